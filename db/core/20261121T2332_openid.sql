-- OpenID Connect: staff who sign in at the municipality's own identity provider. It says who somebody is; accounts, duties
-- and permissions stay here, and nobody gets one by signing in.

CREATE TABLE staff_identities (
  lg_code text NOT NULL,
  issuer text NOT NULL,
  subject text NOT NULL CHECK (subject <> ''),
  staff_id bigint NOT NULL,
  bound_at timestamptz NOT NULL,
  PRIMARY KEY (lg_code, issuer, subject),
  UNIQUE (lg_code, staff_id, issuer),
  FOREIGN KEY (lg_code, staff_id) REFERENCES staff_members (lg_code, staff_id)
);
COMMENT ON TABLE staff_identities IS '外の認証との結び付け: which subject of an identity provider is which account; bound at the first sign-in and then fixed';
COMMENT ON COLUMN staff_identities.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN staff_identities.issuer IS '発行者: the address of the identity provider';
COMMENT ON COLUMN staff_identities.subject IS '発行者の中の利用者: never given to another person by the provider';
COMMENT ON COLUMN staff_identities.staff_id IS '職員番号(内部)';
COMMENT ON COLUMN staff_identities.bound_at IS '結び付けた日時';

CREATE TABLE openid_requests (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  state_hash bytea NOT NULL,
  visitor_hash bytea NOT NULL,
  nonce text NOT NULL,
  code_verifier text NOT NULL,
  next_path text NOT NULL,
  asked_at timestamptz NOT NULL,
  PRIMARY KEY (lg_code, state_hash)
);
COMMENT ON TABLE openid_requests IS '外の認証への問い: one row between leaving for the provider and coming back; used once';
COMMENT ON COLUMN openid_requests.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN openid_requests.state_hash IS '合い言葉のハッシュ値: SHA-256 of the state';
COMMENT ON COLUMN openid_requests.visitor_hash IS '訪問者のハッシュ値: only the browser that asked may come back with the answer';
COMMENT ON COLUMN openid_requests.nonce IS '答えに含まれるべき値';
COMMENT ON COLUMN openid_requests.code_verifier IS 'PKCE の検証値';
COMMENT ON COLUMN openid_requests.next_path IS 'サインインのあとの行き先';
COMMENT ON COLUMN openid_requests.asked_at IS '問いの日時: worth ten minutes';

ALTER TABLE staff_identities ENABLE ROW LEVEL SECURITY;
ALTER TABLE openid_requests ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON staff_identities USING (lg_code = current_setting('sesshu.lg_code', true));
CREATE POLICY municipality ON openid_requests USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT, DELETE ON staff_identities, openid_requests TO sesshu_app;

ALTER TABLE sessions ADD COLUMN signed_in_by text NOT NULL DEFAULT 'password' CHECK (signed_in_by IN ('password', 'openid'));
COMMENT ON COLUMN sessions.signed_in_by IS 'サインインの方法: password, openid 庁内の認証 (then no password of ours is due for change)';
