-- 監査ログの外への送り出し (ASVS 16.4.3): how far the sealed log has gone to a collector outside the database. The lines go before
-- this position moves, so that a crash sends some twice and none never.
CREATE TABLE audit_shipments (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  target text NOT NULL,
  seal_no bigint NOT NULL,
  shipped_at timestamptz NOT NULL,
  PRIMARY KEY (lg_code, target)
);
COMMENT ON TABLE audit_shipments IS '監査ログの送り出し: how far the log has gone to each collector outside the database';
COMMENT ON COLUMN audit_shipments.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN audit_shipments.target IS '送り先: a folder or the address of a syslog server';
COMMENT ON COLUMN audit_shipments.seal_no IS '送り終えた最後の封印の番号';
COMMENT ON COLUMN audit_shipments.shipped_at IS '最後に送った日時';

ALTER TABLE audit_shipments ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON audit_shipments USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON audit_shipments TO sesshu_app;
GRANT UPDATE (seal_no, shipped_at) ON audit_shipments TO sesshu_app;
