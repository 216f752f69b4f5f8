-- 契約医療機関: what the office knew of an institution and its contract, each feed's state kept beside the next.

CREATE TABLE institution_versions (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  version_id bigint GENERATED ALWAYS AS IDENTITY,
  institution_code text NOT NULL CHECK (institution_code <> ''),
  name text NOT NULL,
  postal_code text,
  address text,
  phone text,
  contracted_from date,
  contracted_to date,
  bank_code text,
  branch_code text,
  account_kind text,
  account_number text,
  account_holder_kana text,
  findings jsonb NOT NULL DEFAULT '[]',
  run_id bigint,
  act_id bigint NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (lg_code, version_id),
  CHECK (contracted_to IS NULL OR contracted_from IS NULL OR contracted_from <= contracted_to)
);
CREATE INDEX institution_versions_by_code ON institution_versions (lg_code, institution_code, version_id);
COMMENT ON TABLE institution_versions IS '医療機関の履歴: one row per state that a feed told; the latest per code and first day of contract holds; inserted only';
COMMENT ON COLUMN institution_versions.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN institution_versions.version_id IS '履歴番号: our own key, growing with time';
COMMENT ON COLUMN institution_versions.institution_code IS '医療機関コード: ten digits with check digit, or a local code of the municipality';
COMMENT ON COLUMN institution_versions.name IS '医療機関名';
COMMENT ON COLUMN institution_versions.postal_code IS '郵便番号';
COMMENT ON COLUMN institution_versions.address IS '所在地';
COMMENT ON COLUMN institution_versions.phone IS '電話番号';
COMMENT ON COLUMN institution_versions.contracted_from IS '契約開始日: first day; null = since ever';
COMMENT ON COLUMN institution_versions.contracted_to IS '契約終了日: last day; null = open';
COMMENT ON COLUMN institution_versions.bank_code IS '振込銀行コード';
COMMENT ON COLUMN institution_versions.branch_code IS '支店コード';
COMMENT ON COLUMN institution_versions.account_kind IS '預金種別';
COMMENT ON COLUMN institution_versions.account_number IS '口座番号';
COMMENT ON COLUMN institution_versions.account_holder_kana IS '口座名義カナ';
COMMENT ON COLUMN institution_versions.findings IS '取込時の指摘: code, severity, field, params, basis';
COMMENT ON COLUMN institution_versions.run_id IS '取込番号: feed run that told it';
COMMENT ON COLUMN institution_versions.act_id IS '行為の番号: audit act under which it was recorded';
COMMENT ON COLUMN institution_versions.recorded_at IS '登録日時';

ALTER TABLE institution_versions ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON institution_versions USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON institution_versions TO sesshu_app;
GRANT SELECT ON institution_versions TO sesshu_read;
