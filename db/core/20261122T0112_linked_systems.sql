-- 宛名情報照会 (AD-17): whose calls are believed under which name of the allow-list, and that none is taken twice.

CREATE TABLE linked_system_keys (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  key_id text NOT NULL CHECK (key_id ~ '^[0-9a-f]{16}$'),
  system text NOT NULL CHECK (system ~ '^[a-z][a-zA-Z0-9-]{1,40}$'),
  public_key text NOT NULL CHECK (public_key ~ '^[A-Za-z0-9_-]{43}$'),
  added_at timestamptz NOT NULL,
  added_by_name text NOT NULL,
  removed_at timestamptz,
  called_at timestamptz,
  PRIMARY KEY (lg_code, key_id)
);
COMMENT ON TABLE linked_system_keys IS '業務システムの鍵: 宛名情報照会をしてよいシステムの公開鍵。この鍵の署名だけを、この名で信じる';
COMMENT ON COLUMN linked_system_keys.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN linked_system_keys.key_id IS '鍵の番号: 公開鍵のSHA-256の先頭';
COMMENT ON COLUMN linked_system_keys.system IS 'システムの符号: linked-systems.csv のもの。この鍵はこの名でだけ照会できる';
COMMENT ON COLUMN linked_system_keys.public_key IS '公開鍵: Ed25519 (base64url)';
COMMENT ON COLUMN linked_system_keys.added_at IS '登録日時';
COMMENT ON COLUMN linked_system_keys.added_by_name IS '登録した人';
COMMENT ON COLUMN linked_system_keys.removed_at IS '廃止日時: これより後の署名は信じない';
COMMENT ON COLUMN linked_system_keys.called_at IS '最後に呼び出された日時';
ALTER TABLE linked_system_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON linked_system_keys USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON linked_system_keys TO sesshu_app;
GRANT UPDATE (removed_at, called_at) ON linked_system_keys TO sesshu_app;
GRANT SELECT ON linked_system_keys TO sesshu_read;

CREATE TABLE linked_system_calls (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  nonce text NOT NULL CHECK (nonce ~ '^[A-Za-z0-9_-]{22,64}$'),
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (lg_code, nonce)
);
CREATE INDEX linked_system_calls_old ON linked_system_calls (lg_code, expires_at);
COMMENT ON TABLE linked_system_calls IS '受けた呼び出し: 同じ呼び出しの再送を断るため、有効な間だけ覚える';
COMMENT ON COLUMN linked_system_calls.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN linked_system_calls.nonce IS '一度だけの番号';
COMMENT ON COLUMN linked_system_calls.expires_at IS '忘れてよい日時';
ALTER TABLE linked_system_calls ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON linked_system_calls USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT, DELETE ON linked_system_calls TO sesshu_app;
