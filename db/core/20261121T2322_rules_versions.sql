-- 判定に使ったきまりの本文: every version that a judgement of this municipality was made by, once and for good, so that a
-- judgement can be explained as long as the ledger is kept. Inserted only.
CREATE TABLE rules_versions (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  rules_version text NOT NULL CHECK (rules_version ~ '^[0-9a-f]{16}$'),
  digest text NOT NULL,
  texts jsonb NOT NULL,
  first_used_at timestamptz NOT NULL DEFAULT now(),
  first_used_by text NOT NULL CHECK (first_used_by <> ''),
  PRIMARY KEY (lg_code, rules_version)
);
COMMENT ON TABLE rules_versions IS 'きまりの版: the texts of every version of the rules that judged here; inserted only';
COMMENT ON COLUMN rules_versions.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN rules_versions.rules_version IS '規則の版: as batches, cohorts and forecasts name it';
COMMENT ON COLUMN rules_versions.digest IS '要約値: SHA-256 of names and texts';
COMMENT ON COLUMN rules_versions.texts IS '本文: text of each table by file name, the municipality''s own seasons among them';
COMMENT ON COLUMN rules_versions.first_used_at IS '使い始めた日時: before the first judgement by it';
COMMENT ON COLUMN rules_versions.first_used_by IS '使い始めた処理または人: name as it was then';

ALTER TABLE rules_versions ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON rules_versions USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON rules_versions TO sesshu_app;
GRANT SELECT ON rules_versions TO sesshu_read;
