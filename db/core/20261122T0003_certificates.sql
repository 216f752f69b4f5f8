-- 証明書の交付簿: every certificate with a frozen copy of what it says; a correction of the ledger shows it as superseded.

CREATE TABLE issued_certificates (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  certificate_id bigint NOT NULL CHECK (certificate_id > 0),
  person_id bigint NOT NULL,
  layout_id text NOT NULL CHECK (layout_id <> ''),
  title text NOT NULL,
  issued_on date NOT NULL,
  ledger_version integer NOT NULL CHECK (ledger_version >= 0),
  file_id bigint NOT NULL,
  digest text NOT NULL,
  pages integer NOT NULL CHECK (pages > 0),
  doses integer NOT NULL CHECK (doses >= 0),
  purpose text NOT NULL CHECK (purpose <> ''),
  staff_id bigint,
  staff_name text NOT NULL,
  act_id bigint NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (lg_code, certificate_id),
  FOREIGN KEY (lg_code, person_id) REFERENCES persons (lg_code, person_id)
);
CREATE INDEX issued_certificates_by_person ON issued_certificates (lg_code, person_id);
COMMENT ON TABLE issued_certificates IS '交付簿: one row per certificate (済証, 接種記録の証明) with its frozen copy; inserted only';
COMMENT ON COLUMN issued_certificates.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN issued_certificates.certificate_id IS '交付番号: from 1 without a gap in the municipality';
COMMENT ON COLUMN issued_certificates.person_id IS '個人: our own key';
COMMENT ON COLUMN issued_certificates.layout_id IS '様式';
COMMENT ON COLUMN issued_certificates.title IS '様式の名前: as it was when it was issued';
COMMENT ON COLUMN issued_certificates.issued_on IS '交付日';
COMMENT ON COLUMN issued_certificates.ledger_version IS '台帳の版: of the person when it was issued; a later version means that the certificate is superseded';
COMMENT ON COLUMN issued_certificates.file_id IS '写し: stored file, exactly as handed out';
COMMENT ON COLUMN issued_certificates.digest IS 'ハッシュ値: SHA-256 of the copy';
COMMENT ON COLUMN issued_certificates.pages IS '枚数';
COMMENT ON COLUMN issued_certificates.doses IS '記録の件数';
COMMENT ON COLUMN issued_certificates.purpose IS '使いみち・申請の経緯: what staff wrote; no name, no number';
COMMENT ON COLUMN issued_certificates.staff_id IS '交付した人';
COMMENT ON COLUMN issued_certificates.staff_name IS '交付した人の名前: as it was on the day';
COMMENT ON COLUMN issued_certificates.act_id IS '行為の番号: audit act under which it was issued';
COMMENT ON COLUMN issued_certificates.recorded_at IS '登録日時';
ALTER TABLE issued_certificates ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON issued_certificates USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON issued_certificates TO sesshu_app;
GRANT SELECT ON issued_certificates TO sesshu_read;

CREATE TABLE certificate_revocations (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  certificate_id bigint NOT NULL,
  reason text NOT NULL CHECK (reason <> ''),
  staff_id bigint,
  staff_name text NOT NULL,
  act_id bigint NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (lg_code, certificate_id),
  FOREIGN KEY (lg_code, certificate_id) REFERENCES issued_certificates (lg_code, certificate_id)
);
COMMENT ON TABLE certificate_revocations IS '証明書の失効: a certificate is revoked once and for good, with the reason; inserted only';
COMMENT ON COLUMN certificate_revocations.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN certificate_revocations.certificate_id IS '交付番号: from 1 without a gap in the municipality';
COMMENT ON COLUMN certificate_revocations.reason IS '失効の理由: what staff wrote; no name, no number';
COMMENT ON COLUMN certificate_revocations.staff_id IS '担当者';
COMMENT ON COLUMN certificate_revocations.staff_name IS '担当者の名前: as it was on the day';
COMMENT ON COLUMN certificate_revocations.act_id IS '行為の番号: audit act under which it was recorded';
COMMENT ON COLUMN certificate_revocations.recorded_at IS '登録日時';
ALTER TABLE certificate_revocations ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON certificate_revocations USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON certificate_revocations TO sesshu_app;
GRANT SELECT ON certificate_revocations TO sesshu_read;
