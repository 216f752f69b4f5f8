-- 発行番号簿: the number of every printed form and what became of it. Facts are inserted only.

CREATE TABLE form_number_counters (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  next_serial bigint NOT NULL CHECK (next_serial BETWEEN 10000000001 AND 99999999999),
  PRIMARY KEY (lg_code)
);
COMMENT ON TABLE form_number_counters IS '発行番号の採番: one row per municipality; locked while numbers are taken, so that none is skipped or given twice';
COMMENT ON COLUMN form_number_counters.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN form_number_counters.next_serial IS '次の通し番号: the eleven digits before the check digit';
ALTER TABLE form_number_counters ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON form_number_counters USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON form_number_counters TO sesshu_app;
GRANT UPDATE (next_serial) ON form_number_counters TO sesshu_app;

CREATE TABLE issued_forms (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  form_number text NOT NULL CHECK (form_number ~ '^[0-9]{12}$'),
  person_id bigint NOT NULL,
  programme text NOT NULL CHECK (programme <> ''),
  stage text NOT NULL CHECK (stage <> ''),
  dose_number integer CHECK (dose_number > 0),
  layout_id text NOT NULL CHECK (layout_id <> ''),
  issued_on date NOT NULL,
  valid_until date,
  issue_reason text NOT NULL CHECK (issue_reason IN ('cohort', 'single', 'reissue')),
  remark text,
  print_job_id bigint,
  staff_id bigint,
  staff_name text NOT NULL,
  act_id bigint NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (lg_code, form_number),
  FOREIGN KEY (lg_code, person_id) REFERENCES persons (lg_code, person_id),
  CHECK (valid_until IS NULL OR valid_until >= issued_on)
);
CREATE INDEX issued_forms_by_person ON issued_forms (lg_code, person_id, programme, stage);
CREATE INDEX issued_forms_by_day ON issued_forms (lg_code, issued_on);
COMMENT ON TABLE issued_forms IS '発行番号簿: one row per printed form; what became of it stands in form_changes; inserted only';
COMMENT ON COLUMN issued_forms.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN issued_forms.form_number IS '発行番号: 11 digits and a Luhn check digit, unique in the municipality';
COMMENT ON COLUMN issued_forms.person_id IS '個人: our own key';
COMMENT ON COLUMN issued_forms.programme IS '予防接種の種類';
COMMENT ON COLUMN issued_forms.stage IS '期';
COMMENT ON COLUMN issued_forms.dose_number IS '回数: within the stage; null where the form serves any dose';
COMMENT ON COLUMN issued_forms.layout_id IS '様式: the layout in rules/forms';
COMMENT ON COLUMN issued_forms.issued_on IS '発行日';
COMMENT ON COLUMN issued_forms.valid_until IS '有効期限: last legal day of the dose as known when it was issued; null = open';
COMMENT ON COLUMN issued_forms.issue_reason IS '発行事由: cohort 一括, single 個別, reissue 再発行';
COMMENT ON COLUMN issued_forms.remark IS '発行の理由: what staff wrote; no name, no number';
COMMENT ON COLUMN issued_forms.print_job_id IS '印刷番号: print job it came out of';
COMMENT ON COLUMN issued_forms.staff_id IS '発行者: null where the system printed by itself';
COMMENT ON COLUMN issued_forms.staff_name IS '発行者の名前: as it was on the day';
COMMENT ON COLUMN issued_forms.act_id IS '行為の番号: audit act under which it was issued';
COMMENT ON COLUMN issued_forms.recorded_at IS '登録日時';
ALTER TABLE issued_forms ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON issued_forms USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON issued_forms TO sesshu_app;
GRANT SELECT ON issued_forms TO sesshu_read;

CREATE TABLE form_changes (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  form_number text NOT NULL,
  change text NOT NULL CHECK (change IN ('reissued', 'cancelled')),
  replaced_by text,
  reason text NOT NULL CHECK (reason <> ''),
  changed_on date NOT NULL,
  staff_id bigint,
  staff_name text NOT NULL,
  act_id bigint NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (lg_code, form_number),
  FOREIGN KEY (lg_code, form_number) REFERENCES issued_forms (lg_code, form_number),
  FOREIGN KEY (lg_code, replaced_by) REFERENCES issued_forms (lg_code, form_number),
  CHECK ((change = 'reissued') = (replaced_by IS NOT NULL)),
  CHECK (replaced_by IS DISTINCT FROM form_number)
);
COMMENT ON TABLE form_changes IS '発行番号の異動: a number is reissued under another or cancelled, once and for good; inserted only';
COMMENT ON COLUMN form_changes.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN form_changes.form_number IS '発行番号';
COMMENT ON COLUMN form_changes.change IS '異動: reissued 再発行により無効, cancelled 取消';
COMMENT ON COLUMN form_changes.replaced_by IS '新しい発行番号';
COMMENT ON COLUMN form_changes.reason IS '異動の理由: what staff wrote; no name, no number';
COMMENT ON COLUMN form_changes.changed_on IS '異動日';
COMMENT ON COLUMN form_changes.staff_id IS '担当者';
COMMENT ON COLUMN form_changes.staff_name IS '担当者の名前: as it was on the day';
COMMENT ON COLUMN form_changes.act_id IS '行為の番号: audit act under which it was recorded';
COMMENT ON COLUMN form_changes.recorded_at IS '登録日時';
ALTER TABLE form_changes ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON form_changes USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON form_changes TO sesshu_app;
GRANT SELECT ON form_changes TO sesshu_read;
