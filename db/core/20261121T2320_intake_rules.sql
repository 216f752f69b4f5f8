-- 判定に使ったきまりの版: a batch that was checked by other rules than those of its commit is checked again first.
ALTER TABLE intake_batches ADD COLUMN rules_version text;
COMMENT ON COLUMN intake_batches.rules_version IS 'きまりの版: by which rules the rows were last checked as a whole; NULL before it was noted';
GRANT UPDATE (rules_version) ON intake_batches TO sesshu_app;
