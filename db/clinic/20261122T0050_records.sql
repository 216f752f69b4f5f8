-- What clinics record. Facts are appended: a correction is a further revision that names the one before it.

CREATE TABLE clinic_records (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  record_id uuid NOT NULL,
  revision integer NOT NULL CHECK (revision > 0),
  kind text NOT NULL CHECK (kind IN ('record', 'withdrawal')),
  form_number text NOT NULL,
  patient_ref uuid NOT NULL,
  institution_code text NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('administered', 'screeningOnly', 'notConsented')),
  vaccinated_on date NOT NULL,
  programme text NOT NULL,
  stage text NOT NULL,
  dose_number integer,
  product text,
  lot_number text,
  expires_on date,
  manufacturer_code text,
  dose_volume_ml numeric(5, 3) CHECK (dose_volume_ml > 0),
  physician text,
  body_temperature numeric(3, 1),
  reason text,
  findings jsonb NOT NULL,
  is_against_advice boolean NOT NULL,
  staff_id bigint NOT NULL,
  staff_name text NOT NULL,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (lg_code, record_id, revision),
  FOREIGN KEY (lg_code, staff_id) REFERENCES staff_members (lg_code, staff_id),
  CHECK ((outcome = 'administered') = (product IS NOT NULL)),
  CHECK (outcome <> 'administered' OR (lot_number <> '' AND physician <> ''))
);
CREATE INDEX clinic_records_by_day ON clinic_records (lg_code, institution_code, vaccinated_on);
COMMENT ON TABLE clinic_records IS '接種の記録: 足すだけで書き換えない。訂正と取消は次の版';
COMMENT ON COLUMN clinic_records.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN clinic_records.record_id IS '記録の番号: 画面を開いたときに決まる乱数。二度送っても一つ';
COMMENT ON COLUMN clinic_records.revision IS '版: 1から';
COMMENT ON COLUMN clinic_records.kind IS '種別: record 記録または訂正, withdrawal 取消';
COMMENT ON COLUMN clinic_records.form_number IS '発行番号';
COMMENT ON COLUMN clinic_records.patient_ref IS '仮の番号';
COMMENT ON COLUMN clinic_records.institution_code IS '医療機関コード';
COMMENT ON COLUMN clinic_records.outcome IS '実施区分: administered 実施, screeningOnly 予診のみ, notConsented 未同意';
COMMENT ON COLUMN clinic_records.vaccinated_on IS '接種年月日: 予診のみ・未同意では予診の日';
COMMENT ON COLUMN clinic_records.programme IS '予防接種の種類';
COMMENT ON COLUMN clinic_records.stage IS '期';
COMMENT ON COLUMN clinic_records.dose_number IS '回数: 期の中の回';
COMMENT ON COLUMN clinic_records.product IS 'ワクチン製品';
COMMENT ON COLUMN clinic_records.lot_number IS 'ロット番号';
COMMENT ON COLUMN clinic_records.expires_on IS '有効期限: 包装の';
COMMENT ON COLUMN clinic_records.manufacturer_code IS 'ワクチンメーカーコード';
COMMENT ON COLUMN clinic_records.dose_volume_ml IS '接種量: mL';
COMMENT ON COLUMN clinic_records.physician IS '接種医: 予診のみ・未同意では予診医';
COMMENT ON COLUMN clinic_records.body_temperature IS '体温: 度';
COMMENT ON COLUMN clinic_records.reason IS '理由: 予診のみ・訂正・取消・確認のうえ接種した理由';
COMMENT ON COLUMN clinic_records.findings IS '指摘: 記録したときの接種前の確認の結果';
COMMENT ON COLUMN clinic_records.is_against_advice IS '不可の後の接種: 確認が不可だったのに接種された(間違い接種の疑い)';
COMMENT ON COLUMN clinic_records.staff_id IS '職員: 記録した人';
COMMENT ON COLUMN clinic_records.staff_name IS '職員氏名: その時の';
COMMENT ON COLUMN clinic_records.recorded_at IS '記録日時';
ALTER TABLE clinic_records ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON clinic_records USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON clinic_records TO sesshu_app;

-- One form, one record: the key is what two clinics at the same moment meet.
CREATE TABLE ticket_uses (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  form_number text NOT NULL,
  record_id uuid NOT NULL,
  revision integer NOT NULL,
  patient_ref uuid NOT NULL,
  product text,
  vaccinated_on date NOT NULL,
  PRIMARY KEY (lg_code, form_number),
  UNIQUE (lg_code, record_id),
  FOREIGN KEY (lg_code, record_id, revision) REFERENCES clinic_records (lg_code, record_id, revision)
);
CREATE INDEX ticket_uses_by_patient ON ticket_uses (lg_code, patient_ref);
COMMENT ON TABLE ticket_uses IS '使った予診票: 今ある記録。取り消せば消える(記録の版は残る)';
COMMENT ON COLUMN ticket_uses.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN ticket_uses.form_number IS '発行番号: 一枚に一つの記録';
COMMENT ON COLUMN ticket_uses.record_id IS '記録の番号';
COMMENT ON COLUMN ticket_uses.revision IS '版: 最後の';
COMMENT ON COLUMN ticket_uses.patient_ref IS '仮の番号';
COMMENT ON COLUMN ticket_uses.product IS 'ワクチン製品: 実施のときだけ。次の確認がこれを見る';
COMMENT ON COLUMN ticket_uses.vaccinated_on IS '接種年月日';
ALTER TABLE ticket_uses ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON ticket_uses USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT, DELETE ON ticket_uses TO sesshu_app;
GRANT UPDATE (revision, product, vaccinated_on) ON ticket_uses TO sesshu_app;

CREATE TABLE undelivered_records (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  record_id uuid NOT NULL,
  revision integer NOT NULL,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (lg_code, record_id, revision),
  FOREIGN KEY (lg_code, record_id, revision) REFERENCES clinic_records (lg_code, record_id, revision)
);
CREATE INDEX undelivered_records_oldest ON undelivered_records (lg_code, recorded_at);
COMMENT ON TABLE undelivered_records IS '発信箱: 自治体がまだ受け取っていない記録の版。受け取りの知らせで消す';
COMMENT ON COLUMN undelivered_records.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN undelivered_records.record_id IS '記録の番号';
COMMENT ON COLUMN undelivered_records.revision IS '版';
COMMENT ON COLUMN undelivered_records.recorded_at IS '記録日時: 古いものから渡す';
ALTER TABLE undelivered_records ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON undelivered_records USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT, DELETE ON undelivered_records TO sesshu_app;
