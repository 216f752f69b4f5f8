-- 二要素認証と本人確認: the second factor of a sign-in, the fresh confirmation before dangerous acts, and the lock of a
-- screen that was left. Like the accounts these are tables of state; who changed what stands in the audit log.

CREATE TABLE second_factors (
  lg_code text NOT NULL,
  factor_id bigint GENERATED ALWAYS AS IDENTITY,
  staff_id bigint NOT NULL,
  kind text NOT NULL CHECK (kind IN ('totp', 'passkey')),
  label text NOT NULL CHECK (label <> ''),
  created_at timestamptz NOT NULL,
  confirmed_at timestamptz,
  last_used_at timestamptz,
  wrapping_key_id text,
  wrapped_key bytea,
  last_step bigint,
  credential_id text,
  public_key bytea,
  sign_count bigint,
  transports text[],
  rp_id text,
  PRIMARY KEY (lg_code, factor_id),
  UNIQUE (lg_code, credential_id),
  FOREIGN KEY (lg_code, staff_id) REFERENCES staff_members (lg_code, staff_id),
  CHECK (kind <> 'totp' OR (wrapping_key_id IS NOT NULL AND wrapped_key IS NOT NULL AND credential_id IS NULL)),
  CHECK (kind <> 'passkey' OR (credential_id IS NOT NULL AND public_key IS NOT NULL AND sign_count IS NOT NULL
    AND transports IS NOT NULL AND rp_id IS NOT NULL AND wrapped_key IS NULL AND confirmed_at IS NOT NULL))
);
CREATE INDEX second_factors_by_staff ON second_factors (lg_code, staff_id, factor_id);
COMMENT ON TABLE second_factors IS '二要素の登録: what a person has beside the password; removed when given up, the audit log keeps the history';
COMMENT ON COLUMN second_factors.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN second_factors.factor_id IS '通し番号';
COMMENT ON COLUMN second_factors.staff_id IS '職員番号(内部)';
COMMENT ON COLUMN second_factors.kind IS '種別: totp 認証アプリの6桁の番号 (RFC 6238), passkey パスキー・ICカード・セキュリティキー (WebAuthn)';
COMMENT ON COLUMN second_factors.label IS '呼び名: how the person calls it';
COMMENT ON COLUMN second_factors.created_at IS '登録開始日時';
COMMENT ON COLUMN second_factors.confirmed_at IS '登録完了日時: null until the first right code; counts only then';
COMMENT ON COLUMN second_factors.last_used_at IS '最終利用日時';
COMMENT ON COLUMN second_factors.wrapping_key_id IS '鍵を包む鍵の指紋 (totp)';
COMMENT ON COLUMN second_factors.wrapped_key IS '包まれた鍵 (totp): the key that the secret is derived from, useless without the wrapping key outside the database';
COMMENT ON COLUMN second_factors.last_step IS '最後に使われた時間枠 (totp): a code is taken once only';
COMMENT ON COLUMN second_factors.credential_id IS '資格情報の番号 (passkey): base64url';
COMMENT ON COLUMN second_factors.public_key IS '公開鍵 (passkey): COSE';
COMMENT ON COLUMN second_factors.sign_count IS '署名回数 (passkey): a smaller one tells of a copied key';
COMMENT ON COLUMN second_factors.transports IS 'つなぎ方 (passkey): as the authenticator names them';
COMMENT ON COLUMN second_factors.rp_id IS 'サイトの名 (passkey): the host name it was made for';

CREATE TABLE recovery_codes (
  lg_code text NOT NULL,
  staff_id bigint NOT NULL,
  code_hash bytea NOT NULL,
  made_at timestamptz NOT NULL,
  used_at timestamptz,
  PRIMARY KEY (lg_code, staff_id, code_hash),
  FOREIGN KEY (lg_code, staff_id) REFERENCES staff_members (lg_code, staff_id)
);
COMMENT ON TABLE recovery_codes IS '回復コード: for the day on which the second factor is not at hand; each opens once';
COMMENT ON COLUMN recovery_codes.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN recovery_codes.staff_id IS '職員番号(内部)';
COMMENT ON COLUMN recovery_codes.code_hash IS 'コードのハッシュ値: SHA-256 over municipality, person and 79 random bits';
COMMENT ON COLUMN recovery_codes.made_at IS '発行日時';
COMMENT ON COLUMN recovery_codes.used_at IS '使用日時: null while it can be used';

ALTER TABLE sessions ADD COLUMN second_factor_at timestamptz;
ALTER TABLE sessions ADD COLUMN confirmed_at timestamptz;
ALTER TABLE sessions ADD COLUMN locked_at timestamptz;
ALTER TABLE sessions ADD COLUMN passkey_challenge text;
ALTER TABLE sessions ADD COLUMN passkey_challenge_at timestamptz;
UPDATE sessions SET confirmed_at = started_at;
ALTER TABLE sessions ALTER COLUMN confirmed_at SET NOT NULL;
COMMENT ON COLUMN sessions.second_factor_at IS '二要素の確認日時: null until the second factor was shown in this session';
COMMENT ON COLUMN sessions.confirmed_at IS '本人確認日時: when the password was last given; dangerous acts ask for it again after some minutes';
COMMENT ON COLUMN sessions.locked_at IS '画面ロック日時: null while open';
COMMENT ON COLUMN sessions.passkey_challenge IS 'パスキーへの問い: random, answered once';
COMMENT ON COLUMN sessions.passkey_challenge_at IS 'パスキーへの問いの日時: an answer is taken for five minutes';

ALTER TABLE second_factors ENABLE ROW LEVEL SECURITY;
ALTER TABLE recovery_codes ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON second_factors USING (lg_code = current_setting('sesshu.lg_code', true));
CREATE POLICY municipality ON recovery_codes USING (lg_code = current_setting('sesshu.lg_code', true));

GRANT SELECT, INSERT, DELETE ON second_factors TO sesshu_app;
GRANT UPDATE (confirmed_at, last_used_at, last_step, sign_count) ON second_factors TO sesshu_app;
GRANT SELECT, INSERT, DELETE ON recovery_codes TO sesshu_app;
GRANT UPDATE (used_at) ON recovery_codes TO sesshu_app;
-- The token is drawn anew when the second factor was shown, so that one from before it is worth nothing after it.
GRANT UPDATE (token_hash, second_factor_at, confirmed_at, locked_at, passkey_challenge, passkey_challenge_at)
  ON sessions TO sesshu_app;
