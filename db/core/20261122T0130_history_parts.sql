-- 移行 (import history): a legacy ledger of many millions of rows enters in parts, each one transaction. The run says how
-- far it is, so that the same file goes on after the last part that stands.
ALTER TABLE feed_runs ADD COLUMN progress jsonb;
COMMENT ON COLUMN feed_runs.progress IS '途中までの件数: figures of the parts that stand, of a run taken in by parts; null for a run of one transaction';
GRANT UPDATE (progress) ON feed_runs TO sesshu_app;
