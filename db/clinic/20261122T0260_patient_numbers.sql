-- Whom an act of the log is about: the log knows people by a number of its own system (audit_persons), and a clinic
-- knows them by the office's 仮の番号. The number stays when the office takes the person back, as the log does.
CREATE TABLE patient_numbers (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  patient_ref uuid NOT NULL,
  person_id bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (lg_code, patient_ref),
  UNIQUE (lg_code, person_id)
);
COMMENT ON TABLE patient_numbers IS '監査ログの上の番号: 仮の番号ごとに一つ。予診票が使えなくなっても、ログが残る間は残す';
COMMENT ON COLUMN patient_numbers.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN patient_numbers.patient_ref IS '仮の番号: 自治体が送ってきた乱数';
COMMENT ON COLUMN patient_numbers.person_id IS '内部番号: audit_persons が指す。この系の外には出ない';
ALTER TABLE patient_numbers ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON patient_numbers USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON patient_numbers TO sesshu_app;
INSERT INTO patient_numbers (lg_code, patient_ref)
  SELECT lg_code, patient_ref FROM patients UNION SELECT lg_code, patient_ref FROM clinic_records;
