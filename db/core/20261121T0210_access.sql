-- 職員と認証: who may sign in, with which duties, from which sessions. State tables: who changed what stands in the audit log.

CREATE TABLE staff_members (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  staff_id bigint GENERATED ALWAYS AS IDENTITY,
  account_name text NOT NULL CHECK (account_name ~ '^[a-z0-9][a-z0-9._:-]{1,63}$'),
  display_name text NOT NULL CHECK (display_name <> ''),
  department text NOT NULL,
  roles text[] NOT NULL,
  expires_on date,
  disabled_at timestamptz,
  must_change_password boolean NOT NULL,
  is_demonstration boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_signed_in_at timestamptz,
  last_signed_in_from text,
  PRIMARY KEY (lg_code, staff_id),
  UNIQUE (lg_code, account_name)
);
COMMENT ON TABLE staff_members IS '職員: one person, one account; operators of the command line have one too (os:<user>)';
COMMENT ON COLUMN staff_members.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN staff_members.staff_id IS '職員番号(内部): never given to another person';
COMMENT ON COLUMN staff_members.account_name IS 'アカウント名: lower case, unique in the municipality';
COMMENT ON COLUMN staff_members.display_name IS '氏名: as shown on screens and kept in the log';
COMMENT ON COLUMN staff_members.department IS '所属';
COMMENT ON COLUMN staff_members.roles IS '役割: names of the permission table';
COMMENT ON COLUMN staff_members.expires_on IS '有効期限: last day of use; null without end; after it the account lapses by itself';
COMMENT ON COLUMN staff_members.disabled_at IS '停止日時: null while usable';
COMMENT ON COLUMN staff_members.must_change_password IS '初回変更: the password was given by somebody else and must be changed first';
COMMENT ON COLUMN staff_members.is_demonstration IS 'デモ用: made for a demonstration municipality, with a password everybody knows';
COMMENT ON COLUMN staff_members.created_at IS '登録日時';
COMMENT ON COLUMN staff_members.last_signed_in_at IS '前回サインイン日時';
COMMENT ON COLUMN staff_members.last_signed_in_from IS '前回サインイン元';

CREATE TABLE password_hashes (
  lg_code text NOT NULL,
  password_id bigint GENERATED ALWAYS AS IDENTITY,
  staff_id bigint NOT NULL,
  hash text NOT NULL,
  set_at timestamptz NOT NULL DEFAULT now(),
  is_initial boolean NOT NULL,
  PRIMARY KEY (lg_code, password_id),
  FOREIGN KEY (lg_code, staff_id) REFERENCES staff_members (lg_code, staff_id)
);
CREATE INDEX password_hashes_by_staff ON password_hashes (lg_code, staff_id, password_id);
COMMENT ON TABLE password_hashes IS 'パスワード: hashes only; the newest counts, the older ones forbid reuse';
COMMENT ON COLUMN password_hashes.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN password_hashes.password_id IS '通し番号';
COMMENT ON COLUMN password_hashes.staff_id IS '職員番号(内部)';
COMMENT ON COLUMN password_hashes.hash IS 'ハッシュ値: Argon2id in the PHC form with its parameters and salt';
COMMENT ON COLUMN password_hashes.set_at IS '設定日時';
COMMENT ON COLUMN password_hashes.is_initial IS '初期パスワード: chosen by the system, to be changed at the first sign-in';

CREATE TABLE sign_in_delays (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  kind text NOT NULL CHECK (kind IN ('account', 'address')),
  subject bytea NOT NULL,
  failures integer NOT NULL,
  last_failed_at timestamptz NOT NULL,
  locked_until timestamptz,
  PRIMARY KEY (lg_code, kind, subject)
);
CREATE INDEX sign_in_delays_by_age ON sign_in_delays (lg_code, last_failed_at);
COMMENT ON TABLE sign_in_delays IS 'サインイン失敗: growing delays per account name typed and per address, also for names that do not exist';
COMMENT ON COLUMN sign_in_delays.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN sign_in_delays.kind IS '種別: account アカウント名, address 接続元';
COMMENT ON COLUMN sign_in_delays.subject IS '対象のハッシュ値: SHA-256, because people type passwords into the wrong field';
COMMENT ON COLUMN sign_in_delays.failures IS '連続失敗回数';
COMMENT ON COLUMN sign_in_delays.last_failed_at IS '最終失敗日時';
COMMENT ON COLUMN sign_in_delays.locked_until IS '待機終了日時: attempts before it are refused unseen';

CREATE TABLE sessions (
  lg_code text NOT NULL,
  session_id bigint GENERATED ALWAYS AS IDENTITY,
  token_hash bytea NOT NULL,
  staff_id bigint NOT NULL,
  started_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  remote_address text NOT NULL,
  browser text NOT NULL,
  reason text,
  previous_sign_in_at timestamptz,
  previous_sign_in_from text,
  failed_sign_ins_since integer NOT NULL,
  ended_at timestamptz,
  end_kind text CHECK (end_kind IN ('signedOut', 'idle', 'expired', 'revoked', 'replaced', 'passwordChanged')),
  PRIMARY KEY (lg_code, session_id),
  UNIQUE (lg_code, token_hash),
  FOREIGN KEY (lg_code, staff_id) REFERENCES staff_members (lg_code, staff_id),
  CHECK ((ended_at IS NULL) = (end_kind IS NULL))
);
CREATE INDEX sessions_by_staff ON sessions (lg_code, staff_id, session_id);
COMMENT ON TABLE sessions IS 'セッション: who is signed in from where; the token itself is never stored';
COMMENT ON COLUMN sessions.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN sessions.session_id IS '通し番号';
COMMENT ON COLUMN sessions.token_hash IS 'トークンのハッシュ値: SHA-256 of 256 random bits';
COMMENT ON COLUMN sessions.staff_id IS '職員番号(内部)';
COMMENT ON COLUMN sessions.started_at IS '開始日時';
COMMENT ON COLUMN sessions.last_seen_at IS '最終利用日時: kept to the minute';
COMMENT ON COLUMN sessions.expires_at IS '終了期限: however much it is used';
COMMENT ON COLUMN sessions.remote_address IS '接続元';
COMMENT ON COLUMN sessions.browser IS 'ブラウザー: as it names itself, shortened';
COMMENT ON COLUMN sessions.reason IS '処理事由: of the present working context';
COMMENT ON COLUMN sessions.previous_sign_in_at IS '前回サインイン日時: shown at sign-in';
COMMENT ON COLUMN sessions.previous_sign_in_from IS '前回サインイン元: shown at sign-in';
COMMENT ON COLUMN sessions.failed_sign_ins_since IS '前回からの失敗回数: shown at sign-in';
COMMENT ON COLUMN sessions.ended_at IS '終了日時: null while it lives';
COMMENT ON COLUMN sessions.end_kind IS '終了の種別';

ALTER TABLE staff_members ENABLE ROW LEVEL SECURITY;
ALTER TABLE password_hashes ENABLE ROW LEVEL SECURITY;
ALTER TABLE sign_in_delays ENABLE ROW LEVEL SECURITY;
ALTER TABLE sessions ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON staff_members USING (lg_code = current_setting('sesshu.lg_code', true));
CREATE POLICY municipality ON password_hashes USING (lg_code = current_setting('sesshu.lg_code', true));
CREATE POLICY municipality ON sign_in_delays USING (lg_code = current_setting('sesshu.lg_code', true));
CREATE POLICY municipality ON sessions USING (lg_code = current_setting('sesshu.lg_code', true));

-- Accounts are never deleted: the log names them. Neither is a password's hash, which forbids its reuse.
GRANT SELECT, INSERT ON staff_members TO sesshu_app;
GRANT UPDATE (display_name, department, roles, expires_on, disabled_at, must_change_password, last_signed_in_at,
  last_signed_in_from) ON staff_members TO sesshu_app;
GRANT SELECT, INSERT ON password_hashes TO sesshu_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON sign_in_delays TO sesshu_app;
GRANT SELECT, INSERT ON sessions TO sesshu_app;
GRANT UPDATE (last_seen_at, reason, ended_at, end_kind) ON sessions TO sesshu_app;
-- Foreign keys of other rooms to staff_members are checked as the owner; reports show names.
GRANT SELECT (lg_code, staff_id, display_name, department) ON staff_members TO sesshu_vault, sesshu_disposal, sesshu_read;
