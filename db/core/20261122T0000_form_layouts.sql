-- 様式の版と公印: what a municipality changes of a form's layout, by the day in force, and the seal printed on it.
-- Both are inserted only: a later row takes the place of an earlier one from its day on.

CREATE TABLE form_layout_versions (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  layout_version_id bigint GENERATED ALWAYS AS IDENTITY,
  layout_id text NOT NULL CHECK (layout_id <> ''),
  in_force_from date NOT NULL,
  changes jsonb NOT NULL,
  reason text NOT NULL CHECK (reason <> ''),
  staff_id bigint,
  staff_name text NOT NULL,
  act_id bigint NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (lg_code, layout_version_id)
);
CREATE INDEX form_layout_versions_by_layout ON form_layout_versions (lg_code, layout_id, in_force_from);
COMMENT ON TABLE form_layout_versions IS '様式の版: what a municipality changed of a layout on the screen, by the day in force; inserted only';
COMMENT ON COLUMN form_layout_versions.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN form_layout_versions.layout_version_id IS '版の番号';
COMMENT ON COLUMN form_layout_versions.layout_id IS '様式: the layout in rules/forms';
COMMENT ON COLUMN form_layout_versions.in_force_from IS '適用開始日: forms issued on this day or later are printed so; of two versions of one day the later recorded one holds';
COMMENT ON COLUMN form_layout_versions.changes IS '変えたこと: texts, elements by id, added elements, envelope window; the same shape as settings/forms';
COMMENT ON COLUMN form_layout_versions.reason IS '変えた理由';
COMMENT ON COLUMN form_layout_versions.staff_id IS '変えた人';
COMMENT ON COLUMN form_layout_versions.staff_name IS '変えた人の名前: as it was on the day';
COMMENT ON COLUMN form_layout_versions.act_id IS '行為の番号: audit act under which it was recorded';
COMMENT ON COLUMN form_layout_versions.recorded_at IS '登録日時';
ALTER TABLE form_layout_versions ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON form_layout_versions USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON form_layout_versions TO sesshu_app;
GRANT SELECT ON form_layout_versions TO sesshu_read;

CREATE TABLE official_seals (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  seal_id bigint GENERATED ALWAYS AS IDENTITY,
  in_force_from date NOT NULL,
  file_id bigint NOT NULL,
  digest text NOT NULL,
  staff_id bigint,
  staff_name text NOT NULL,
  act_id bigint NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (lg_code, seal_id)
);
COMMENT ON TABLE official_seals IS '公印の印影: the picture of the seal that is printed on letters and certificates, by the day in force; inserted only';
COMMENT ON COLUMN official_seals.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN official_seals.seal_id IS '印影の番号';
COMMENT ON COLUMN official_seals.in_force_from IS '使い始める日';
COMMENT ON COLUMN official_seals.file_id IS '保存ファイル: a PNG picture';
COMMENT ON COLUMN official_seals.digest IS 'ハッシュ値: SHA-256 of the picture';
COMMENT ON COLUMN official_seals.staff_id IS '登録した人';
COMMENT ON COLUMN official_seals.staff_name IS '登録した人の名前: as it was on the day';
COMMENT ON COLUMN official_seals.act_id IS '行為の番号: audit act under which it was recorded';
COMMENT ON COLUMN official_seals.recorded_at IS '登録日時';
ALTER TABLE official_seals ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON official_seals USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON official_seals TO sesshu_app;
GRANT SELECT ON official_seals TO sesshu_read;

ALTER TABLE issued_forms ADD COLUMN document text NOT NULL DEFAULT 'screening'
  CHECK (document IN ('screening', 'coupon', 'letter'));
COMMENT ON COLUMN issued_forms.document IS '書類の種類: screening 予診票 and coupon 接種券 are used for a dose, letter 案内・勧奨・依頼書 is not';

ALTER TABLE print_jobs ADD COLUMN inputs jsonb NOT NULL DEFAULT '{}';
COMMENT ON COLUMN print_jobs.inputs IS '書き入れた項目: values that staff typed for this printing, by the layout''s names of them';

ALTER TABLE print_files ADD COLUMN sheets_file_id bigint;
COMMENT ON COLUMN print_files.sheets_file_id IS '再印刷用の控え: stored file with the layout and the values as printed, so that a range of pages prints again byte for byte; null for files printed before this was kept';
