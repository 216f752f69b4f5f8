-- 医療機関ウェブ, the gate to the office: whose calls are believed, and that none is taken twice.

COMMENT ON SCHEMA public IS '医療機関ウェブ: 自治体の台帳とは別のデータベース。個人番号・住所・電話番号は入らない';

CREATE TABLE exchange_peers (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  key_id text NOT NULL CHECK (key_id ~ '^[0-9a-f]{16}$'),
  public_key text NOT NULL CHECK (public_key ~ '^[A-Za-z0-9_-]{43}$'),
  added_at timestamptz NOT NULL DEFAULT now(),
  removed_at timestamptz,
  PRIMARY KEY (lg_code, key_id)
);
COMMENT ON TABLE exchange_peers IS '連携相手の鍵: 自治体の台帳システムの公開鍵。この鍵の署名だけを信じる';
COMMENT ON COLUMN exchange_peers.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN exchange_peers.key_id IS '鍵の番号: 公開鍵のSHA-256の先頭';
COMMENT ON COLUMN exchange_peers.public_key IS '公開鍵: Ed25519 (base64url)';
COMMENT ON COLUMN exchange_peers.added_at IS '登録日時';
COMMENT ON COLUMN exchange_peers.removed_at IS '廃止日時: これより後の署名は信じない';
ALTER TABLE exchange_peers ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON exchange_peers USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON exchange_peers TO sesshu_app;
GRANT UPDATE (removed_at) ON exchange_peers TO sesshu_app;

CREATE TABLE exchange_calls (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  nonce text NOT NULL CHECK (nonce ~ '^[A-Za-z0-9_-]{22,64}$'),
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (lg_code, nonce)
);
CREATE INDEX exchange_calls_old ON exchange_calls (lg_code, expires_at);
COMMENT ON TABLE exchange_calls IS '受けた呼び出し: 同じ呼び出しの再送(なりすまし)を断るため、有効な間だけ覚える';
COMMENT ON COLUMN exchange_calls.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN exchange_calls.nonce IS '一度だけの番号';
COMMENT ON COLUMN exchange_calls.expires_at IS '忘れてよい日時';
ALTER TABLE exchange_calls ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON exchange_calls USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT, DELETE ON exchange_calls TO sesshu_app;
