-- 情報提供 (AD-13): what other municipalities ask about people who lived here, and the answer that two people gave.

CREATE TABLE history_provisions (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  relay_ref uuid NOT NULL,
  person_id bigint,
  asked_by text NOT NULL CHECK (asked_by ~ '^[0-9]{6}$'),
  processing_number text NOT NULL,
  is_readable boolean NOT NULL,
  asked_at timestamptz NOT NULL,
  state text NOT NULL CHECK (state IN ('asked', 'approved', 'handedOver')),
  outcome text CHECK (outcome IN ('provided', 'noRecord', 'refused')),
  letter text,
  letter_digest text CHECK (letter_digest ~ '^[0-9a-f]{64}$'),
  basis_id text,
  approved_at timestamptz,
  answered_by_name text,
  handed_over_at timestamptz,
  PRIMARY KEY (lg_code, relay_ref),
  FOREIGN KEY (lg_code, person_id) REFERENCES persons (lg_code, person_id),
  CHECK (letter IS NULL OR letter_digest IS NOT NULL),
  CHECK (outcome IS DISTINCT FROM 'provided' OR letter_digest IS NOT NULL)
);
CREATE INDEX history_provisions_by_state ON history_provisions (lg_code, state, asked_at);
COMMENT ON TABLE history_provisions IS '他の自治体からの照会と回答: 一件ずつ。回答は二人で確かめてから中間サーバーへ渡す';
COMMENT ON COLUMN history_provisions.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN history_provisions.relay_ref IS 'やりとりの番号: 乱数。中間サーバーとのやりとりを結ぶ';
COMMENT ON COLUMN history_provisions.person_id IS '個人の内部番号: 統合宛名番号の人がいなければ空';
COMMENT ON COLUMN history_provisions.asked_by IS '照会元の団体コード';
COMMENT ON COLUMN history_provisions.processing_number IS '処理通番';
COMMENT ON COLUMN history_provisions.is_readable IS '照会の内容を取り決めのとおりに読めたか';
COMMENT ON COLUMN history_provisions.asked_at IS '受け取った日時';
COMMENT ON COLUMN history_provisions.state IS '状態: asked 回答を待つ, approved 承認された, handedOver 中間サーバーとのやりとりに渡した';
COMMENT ON COLUMN history_provisions.outcome IS '回答: provided 提供, noRecord 該当なし, refused 提供しない';
COMMENT ON COLUMN history_provisions.letter IS '回答の内容: 渡すまで。渡せば消す';
COMMENT ON COLUMN history_provisions.letter_digest IS '回答の要約値: SHA-256';
COMMENT ON COLUMN history_provisions.basis_id IS '提供の根拠: 表の行';
COMMENT ON COLUMN history_provisions.approved_at IS '承認の日時';
COMMENT ON COLUMN history_provisions.answered_by_name IS '答えた二人';
COMMENT ON COLUMN history_provisions.handed_over_at IS '渡した日時';
ALTER TABLE history_provisions ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON history_provisions USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON history_provisions TO sesshu_app;
GRANT UPDATE (state, outcome, letter, letter_digest, basis_id, approved_at, answered_by_name, handed_over_at)
  ON history_provisions TO sesshu_app;
GRANT SELECT (lg_code, relay_ref, person_id, asked_by, processing_number, is_readable, asked_at, state, outcome,
  letter_digest, basis_id, approved_at, answered_by_name, handed_over_at) ON history_provisions TO sesshu_read;
