-- 正確性・最新性の点検: when the register was checked, what was found and who signed it.
CREATE TABLE accuracy_checks (
  lg_code text NOT NULL,
  check_id bigint GENERATED ALWAYS AS IDENTITY,
  checked_at timestamptz NOT NULL,
  checked_by bigint,
  checked_by_name text NOT NULL,
  people integer NOT NULL CHECK (people >= 0),
  found jsonb NOT NULL,
  note text NOT NULL CHECK (note <> ''),
  PRIMARY KEY (lg_code, check_id)
);
COMMENT ON TABLE accuracy_checks IS '正確性・最新性の点検の記録: appended only';
COMMENT ON COLUMN accuracy_checks.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN accuracy_checks.check_id IS '点検番号';
COMMENT ON COLUMN accuracy_checks.checked_at IS '点検日時';
COMMENT ON COLUMN accuracy_checks.checked_by IS '点検した職員';
COMMENT ON COLUMN accuracy_checks.checked_by_name IS '点検した職員の氏名: as it was at that time';
COMMENT ON COLUMN accuracy_checks.people IS '対象の人数: records that were looked at';
COMMENT ON COLUMN accuracy_checks.found IS '見つかった件数: by rule of the check; counts only, no person';
COMMENT ON COLUMN accuracy_checks.note IS '所見: what is done about it';
ALTER TABLE accuracy_checks ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON accuracy_checks USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON accuracy_checks TO sesshu_app;
GRANT SELECT ON accuracy_checks TO sesshu_read;
GRANT SELECT, DELETE ON accuracy_checks TO sesshu_disposal;
