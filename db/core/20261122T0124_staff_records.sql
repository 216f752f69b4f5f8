-- 職員と家族の記録: which records of the register are a member's own or the family's, so that the log can be asked who looked at
-- a colleague's record or at one's own. Ids alone; whose they are is known to the register. No foreign key to persons: the
-- clinics' system has this table and no register.
CREATE TABLE staff_records (
  lg_code text NOT NULL,
  staff_id bigint NOT NULL,
  person_id bigint NOT NULL,
  registered_at timestamptz NOT NULL,
  PRIMARY KEY (lg_code, staff_id, person_id),
  FOREIGN KEY (lg_code, staff_id) REFERENCES staff_members (lg_code, staff_id)
);
COMMENT ON TABLE staff_records IS '職員と家族の記録: whose viewing the review of the log tells';
COMMENT ON COLUMN staff_records.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN staff_records.staff_id IS '職員';
COMMENT ON COLUMN staff_records.person_id IS '本人か家族の記録: 内部の番号';
COMMENT ON COLUMN staff_records.registered_at IS '登録日時';
ALTER TABLE staff_records ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON staff_records USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT, DELETE ON staff_records TO sesshu_app;
GRANT SELECT ON staff_records TO sesshu_read;
GRANT SELECT, DELETE ON staff_records TO sesshu_disposal;
