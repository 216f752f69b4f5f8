-- 転入者の接種歴照会 (LG-09): whom a move-in made us ask about, what the former municipality answered, what was taken over.

CREATE TABLE history_inquiries (
  lg_code text NOT NULL,
  inquiry_id bigint GENERATED ALWAYS AS IDENTITY,
  person_id bigint NOT NULL,
  moved_in_on date NOT NULL,
  asked_of text CHECK (asked_of ~ '^[0-9]{6}$'),
  state text NOT NULL CHECK (state IN ('unclear', 'held', 'raised', 'released', 'asked', 'answered', 'empty', 'refused',
    'failed', 'takenOver', 'closed')),
  relay_ref uuid NOT NULL,
  processing_number text,
  because text CHECK (because ~ '^[a-zA-Z]{1,40}$'),
  letter_digest text CHECK (letter_digest ~ '^[0-9a-f]{64}$'),
  raised_at timestamptz NOT NULL,
  released_at timestamptz,
  released_by_name text,
  asked_at timestamptz,
  answered_at timestamptz,
  retry_at timestamptz,
  closed_at timestamptz,
  closed_by_name text,
  note text,
  PRIMARY KEY (lg_code, inquiry_id),
  UNIQUE (lg_code, person_id, moved_in_on),
  UNIQUE (lg_code, relay_ref),
  FOREIGN KEY (lg_code, person_id) REFERENCES persons (lg_code, person_id)
);
CREATE INDEX history_inquiries_by_state ON history_inquiries (lg_code, state, inquiry_id);
COMMENT ON TABLE history_inquiries IS '転入者の接種歴照会: 一度の転入に一件だけ。同じことを二度は尋ねない';
COMMENT ON COLUMN history_inquiries.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN history_inquiries.inquiry_id IS '照会の内部番号';
COMMENT ON COLUMN history_inquiries.person_id IS '個人の内部番号';
COMMENT ON COLUMN history_inquiries.moved_in_on IS '住民となった日: どの転入か';
COMMENT ON COLUMN history_inquiries.asked_of IS '転出元の団体コード: 分からなければ空';
COMMENT ON COLUMN history_inquiries.state IS '状態: unclear 転出元が分からない, held 支援措置のため止めている, raised 承認待ち, released 照会してよい, asked 照会中, answered 回答あり, empty 記録なし, refused 断られた, failed 照会できない, takenOver 台帳に入れた, closed 入れずに終えた';
COMMENT ON COLUMN history_inquiries.relay_ref IS 'やりとりの番号: 乱数。中間サーバーとのやりとりを結ぶ';
COMMENT ON COLUMN history_inquiries.processing_number IS '処理通番';
COMMENT ON COLUMN history_inquiries.because IS '断られた・照会できないわけの符号';
COMMENT ON COLUMN history_inquiries.letter_digest IS '回答の要約値: SHA-256';
COMMENT ON COLUMN history_inquiries.raised_at IS '起票の日時';
COMMENT ON COLUMN history_inquiries.released_at IS '照会を承認した日時';
COMMENT ON COLUMN history_inquiries.released_by_name IS '照会を承認した職員、または自動処理';
COMMENT ON COLUMN history_inquiries.asked_at IS '照会した日時';
COMMENT ON COLUMN history_inquiries.answered_at IS '回答の日時';
COMMENT ON COLUMN history_inquiries.retry_at IS '次に試す日時: 個人番号の連携を待つとき';
COMMENT ON COLUMN history_inquiries.closed_at IS '終えた日時';
COMMENT ON COLUMN history_inquiries.closed_by_name IS '終えた職員';
COMMENT ON COLUMN history_inquiries.note IS '終えたときの説明';

CREATE TABLE history_answers (
  lg_code text NOT NULL,
  inquiry_id bigint NOT NULL,
  ordinal integer NOT NULL CHECK (ordinal > 0),
  content jsonb NOT NULL,
  entry_id bigint,
  PRIMARY KEY (lg_code, inquiry_id, ordinal),
  FOREIGN KEY (lg_code, inquiry_id) REFERENCES history_inquiries (lg_code, inquiry_id),
  FOREIGN KEY (lg_code, entry_id) REFERENCES ledger_entries (lg_code, entry_id)
);
COMMENT ON TABLE history_answers IS '転出元の回答: 接種の記録の一件ずつ。届いたまま。台帳に入れたものは接種記録の番号を持つ';
COMMENT ON COLUMN history_answers.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN history_answers.inquiry_id IS '照会の内部番号';
COMMENT ON COLUMN history_answers.ordinal IS '回答の中の順番';
COMMENT ON COLUMN history_answers.content IS '内容: 電文の一件そのまま';
COMMENT ON COLUMN history_answers.entry_id IS '接種記録の番号: 台帳に入れたとき';

ALTER TABLE history_inquiries ENABLE ROW LEVEL SECURITY;
ALTER TABLE history_answers ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON history_inquiries USING (lg_code = current_setting('sesshu.lg_code', true));
CREATE POLICY municipality ON history_answers USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON history_inquiries, history_answers TO sesshu_app;
GRANT UPDATE (asked_of, state, processing_number, because, letter_digest, released_at, released_by_name, asked_at,
  answered_at, retry_at, closed_at, closed_by_name, note) ON history_inquiries TO sesshu_app;
GRANT UPDATE (entry_id) ON history_answers TO sesshu_app;
GRANT SELECT ON history_inquiries, history_answers TO sesshu_read;
