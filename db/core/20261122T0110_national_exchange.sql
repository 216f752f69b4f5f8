-- 中間サーバー and 住基ネット: what the office asks there and what came back. 団体内統合宛名番号 and letters about people belong to
-- individual numbers, so all of it lies in the vault's schema; no number itself is here.

CREATE TABLE number_vault.exchange_peers (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  peer text NOT NULL CHECK (peer IN ('intermediate', 'residentNetwork')),
  origin text NOT NULL CHECK (origin <> ''),
  public_key text NOT NULL CHECK (public_key ~ '^[A-Za-z0-9_-]{43}$'),
  connected_at timestamptz NOT NULL DEFAULT now(),
  leased_until timestamptz NOT NULL DEFAULT '-infinity',
  exchanged_at timestamptz,
  failed_at timestamptz,
  failure text,
  PRIMARY KEY (lg_code, peer)
);
COMMENT ON TABLE number_vault.exchange_peers IS '中間サーバー・住基ネットとの接続: 自治体と相手ごとに一つ。こちらから呼び出し、相手からは呼ばれない';
COMMENT ON COLUMN number_vault.exchange_peers.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN number_vault.exchange_peers.peer IS '相手: intermediate 中間サーバー, residentNetwork 市町村CSと住基GW';
COMMENT ON COLUMN number_vault.exchange_peers.origin IS '相手のアドレス: https:// から';
COMMENT ON COLUMN number_vault.exchange_peers.public_key IS '相手の公開鍵: Ed25519 (base64url)。この鍵の署名のない返事は信じない';
COMMENT ON COLUMN number_vault.exchange_peers.connected_at IS '接続した日時';
COMMENT ON COLUMN number_vault.exchange_peers.leased_until IS '作業の貸出期限: 一つのワーカーだけが連携する。落ちれば期限で次に移る';
COMMENT ON COLUMN number_vault.exchange_peers.exchanged_at IS '最後に連携できた日時';
COMMENT ON COLUMN number_vault.exchange_peers.failed_at IS '最後に失敗した日時: 連携できれば空';
COMMENT ON COLUMN number_vault.exchange_peers.failure IS '失敗の内容: 個人の情報を書かない';

CREATE TABLE number_vault.relays (
  lg_code text NOT NULL,
  relay_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('linkCode', 'inquiry', 'provision')),
  person_id bigint,
  counterpart text CHECK (counterpart ~ '^[0-9]{6}$'),
  state text NOT NULL CHECK (state IN ('wanted', 'requested', 'sentOn', 'obtained', 'answered', 'refused', 'failed',
    'asked', 'prepared', 'sent')),
  processing_number text CHECK (processing_number ~ '^[A-Z][A-Z0-9]{7,39}$'),
  outcome text CHECK (outcome IN ('provided', 'noRecord', 'refused')),
  because text CHECK (because ~ '^[a-zA-Z]{1,40}$'),
  retry_at timestamptz,
  made_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  PRIMARY KEY (lg_code, relay_id),
  FOREIGN KEY (lg_code, person_id) REFERENCES persons (lg_code, person_id),
  CHECK ((kind = 'linkCode') = (counterpart IS NULL)),
  CHECK (person_id IS NOT NULL OR kind = 'provision')
);
-- One code a person: asked for anew only where it failed.
CREATE UNIQUE INDEX relays_one_link_code ON number_vault.relays (lg_code, person_id)
  WHERE kind = 'linkCode' AND state NOT IN ('refused', 'failed');
CREATE INDEX relays_open ON number_vault.relays (lg_code, made_at)
  WHERE state IN ('wanted', 'requested', 'prepared');
CREATE INDEX relays_by_processing_number ON number_vault.relays (lg_code, processing_number);
CREATE INDEX relays_by_person ON number_vault.relays (lg_code, person_id);
COMMENT ON TABLE number_vault.relays IS '中間サーバーとのやりとり: 符号取得・情報照会・情報提供の一件ずつ。いまの状態。経過は relay_steps';
COMMENT ON COLUMN number_vault.relays.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN number_vault.relays.relay_id IS 'やりとりの番号: 乱数。同じ番号は同じ一件';
COMMENT ON COLUMN number_vault.relays.kind IS '種類: linkCode 符号取得, inquiry 情報照会, provision 情報提供';
COMMENT ON COLUMN number_vault.relays.person_id IS '個人の内部番号: 情報提供で、統合宛名番号の人がいなければ空';
COMMENT ON COLUMN number_vault.relays.counterpart IS '相手の団体コード: 情報照会は照会先, 情報提供は照会元';
COMMENT ON COLUMN number_vault.relays.state IS '状態: wanted これから, requested 処理通番を受けた, sentOn 住基GWに送った, obtained 符号あり, answered 回答あり, refused 断られた, failed 成らず, asked 照会を受けた, prepared 回答を用意した, sent 回答を送った';
COMMENT ON COLUMN number_vault.relays.processing_number IS '処理通番: 中間サーバーが付ける';
COMMENT ON COLUMN number_vault.relays.outcome IS '回答: provided 提供, noRecord 該当なし, refused 提供しない';
COMMENT ON COLUMN number_vault.relays.because IS 'わけの符号';
COMMENT ON COLUMN number_vault.relays.retry_at IS '次に試す日時: 混み合いや休止のあと';
COMMENT ON COLUMN number_vault.relays.made_at IS '始めた日時';
COMMENT ON COLUMN number_vault.relays.changed_at IS '状態が変わった日時';

CREATE TABLE number_vault.relay_steps (
  lg_code text NOT NULL,
  relay_id uuid NOT NULL,
  step_no integer NOT NULL CHECK (step_no > 0),
  step text NOT NULL CHECK (step ~ '^[a-zA-Z]{1,40}$'),
  at timestamptz NOT NULL,
  processing_number text,
  letter_digest text CHECK (letter_digest ~ '^[0-9a-f]{64}$'),
  computed_digest text CHECK (computed_digest ~ '^[0-9a-f]{64}$'),
  because text,
  by_name text NOT NULL,
  PRIMARY KEY (lg_code, relay_id, step_no),
  FOREIGN KEY (lg_code, relay_id) REFERENCES number_vault.relays (lg_code, relay_id)
);
COMMENT ON TABLE number_vault.relay_steps IS '追跡調査: やりとりの経過。中継した内容の要約値を、相手が言った値と自分で数えた値の両方で残す。書き足すだけ';
COMMENT ON COLUMN number_vault.relay_steps.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN number_vault.relay_steps.relay_id IS 'やりとりの番号';
COMMENT ON COLUMN number_vault.relay_steps.step_no IS '経過の番号: 1から';
COMMENT ON COLUMN number_vault.relay_steps.step IS '経過の符号';
COMMENT ON COLUMN number_vault.relay_steps.at IS '日時';
COMMENT ON COLUMN number_vault.relay_steps.processing_number IS '処理通番';
COMMENT ON COLUMN number_vault.relay_steps.letter_digest IS '内容の要約値(書いた側が言った値): SHA-256';
COMMENT ON COLUMN number_vault.relay_steps.computed_digest IS '内容の要約値(中継で数えた値): SHA-256。違えば渡さない';
COMMENT ON COLUMN number_vault.relay_steps.because IS 'わけの符号';
COMMENT ON COLUMN number_vault.relay_steps.by_name IS 'だれが: 職員か自動処理の名前';

CREATE TABLE number_vault.relay_letters (
  lg_code text NOT NULL,
  relay_id uuid NOT NULL,
  direction text NOT NULL CHECK (direction IN ('asked', 'answered')),
  letter text NOT NULL,
  letter_digest text NOT NULL CHECK (letter_digest ~ '^[0-9a-f]{64}$'),
  kept_until timestamptz NOT NULL,
  PRIMARY KEY (lg_code, relay_id, direction),
  FOREIGN KEY (lg_code, relay_id) REFERENCES number_vault.relays (lg_code, relay_id)
);
CREATE INDEX relay_letters_old ON number_vault.relay_letters (lg_code, kept_until);
COMMENT ON TABLE number_vault.relay_letters IS '照会内容と提供内容: 書いたままの文字列。期限が来れば自動で消す';
COMMENT ON COLUMN number_vault.relay_letters.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN number_vault.relay_letters.relay_id IS 'やりとりの番号';
COMMENT ON COLUMN number_vault.relay_letters.direction IS '向き: asked 照会, answered 回答';
COMMENT ON COLUMN number_vault.relay_letters.letter IS '内容: 中継は読まず、書き直さない';
COMMENT ON COLUMN number_vault.relay_letters.letter_digest IS '内容の要約値: SHA-256';
COMMENT ON COLUMN number_vault.relay_letters.kept_until IS '消してよい日時: 照会結果は一定期間の後に自動で消す';

CREATE TABLE number_vault.relay_notices (
  lg_code text NOT NULL,
  notice_id uuid NOT NULL,
  taken_at timestamptz NOT NULL,
  PRIMARY KEY (lg_code, notice_id)
);
COMMENT ON TABLE number_vault.relay_notices IS '受け取った知らせ: 同じ知らせが二度届いても一度だけ扱う';
COMMENT ON COLUMN number_vault.relay_notices.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN number_vault.relay_notices.notice_id IS '知らせの番号: 中間サーバーの乱数';
COMMENT ON COLUMN number_vault.relay_notices.taken_at IS '受け取った日時';

ALTER TABLE number_vault.exchange_peers ENABLE ROW LEVEL SECURITY;
ALTER TABLE number_vault.relays ENABLE ROW LEVEL SECURITY;
ALTER TABLE number_vault.relay_steps ENABLE ROW LEVEL SECURITY;
ALTER TABLE number_vault.relay_letters ENABLE ROW LEVEL SECURITY;
ALTER TABLE number_vault.relay_notices ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON number_vault.exchange_peers USING (lg_code = current_setting('sesshu.lg_code', true));
CREATE POLICY municipality ON number_vault.relays USING (lg_code = current_setting('sesshu.lg_code', true));
CREATE POLICY municipality ON number_vault.relay_steps USING (lg_code = current_setting('sesshu.lg_code', true));
CREATE POLICY municipality ON number_vault.relay_letters USING (lg_code = current_setting('sesshu.lg_code', true));
CREATE POLICY municipality ON number_vault.relay_notices USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON number_vault.exchange_peers, number_vault.relays, number_vault.relay_steps,
  number_vault.relay_letters, number_vault.relay_notices TO sesshu_vault;
GRANT UPDATE (origin, public_key, connected_at, leased_until, exchanged_at, failed_at, failure)
  ON number_vault.exchange_peers TO sesshu_vault;
GRANT UPDATE (state, processing_number, outcome, because, retry_at, changed_at) ON number_vault.relays TO sesshu_vault;
GRANT DELETE ON number_vault.relay_letters TO sesshu_vault;

-- 本人確認情報の照会 (住基ネット): who is to be asked about is fixed by one person and confirmed by another. The answer holds
-- agreements alone, so it lies beside the person, not in the vault.
CREATE TABLE register_confirmations (
  lg_code text NOT NULL,
  confirmation_id bigint GENERATED ALWAYS AS IDENTITY,
  person_id bigint NOT NULL,
  reason text NOT NULL CHECK (reason <> ''),
  asked_by bigint NOT NULL,
  asked_by_name text NOT NULL,
  confirmed_by bigint NOT NULL,
  confirmed_by_name text NOT NULL,
  approved_at timestamptz NOT NULL,
  request_ref uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('approved', 'answered', 'failed')),
  because text CHECK (because ~ '^[a-zA-Z]{1,40}$'),
  answered_at timestamptz,
  number_answer text CHECK (number_answer IN ('valid', 'changed', 'unknown')),
  name_answer text CHECK (name_answer IN ('agrees', 'differs', 'notCompared')),
  birth_date_answer text CHECK (birth_date_answer IN ('agrees', 'differs', 'notCompared')),
  sex_answer text CHECK (sex_answer IN ('agrees', 'differs', 'notCompared')),
  address_answer text CHECK (address_answer IN ('agrees', 'differs', 'notCompared')),
  previous_municipality text CHECK (previous_municipality ~ '^[0-9]{6}$'),
  is_difference boolean NOT NULL DEFAULT false,
  settled_at timestamptz,
  settled_by bigint,
  settled_by_name text,
  note text,
  PRIMARY KEY (lg_code, confirmation_id),
  UNIQUE (lg_code, request_ref),
  FOREIGN KEY (lg_code, person_id) REFERENCES persons (lg_code, person_id),
  CHECK (asked_by <> confirmed_by),
  CHECK ((state = 'approved') = (answered_at IS NULL)),
  CHECK ((settled_at IS NULL) = (note IS NULL))
);
CREATE INDEX register_confirmations_by_person ON register_confirmations (lg_code, person_id);
CREATE INDEX register_confirmations_waiting ON register_confirmations (lg_code, confirmation_id) WHERE state = 'approved';
CREATE INDEX register_confirmations_open ON register_confirmations (lg_code, confirmation_id)
  WHERE is_difference AND settled_at IS NULL;
COMMENT ON TABLE register_confirmations IS '本人確認情報の照会(住基ネット): 二人で対象者を確定してから照会した一件ずつ。番号も相手の4情報も残さず、一致したかだけを残す';
COMMENT ON COLUMN register_confirmations.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN register_confirmations.confirmation_id IS '照会の内部番号';
COMMENT ON COLUMN register_confirmations.person_id IS '個人の内部番号';
COMMENT ON COLUMN register_confirmations.reason IS '照会の理由';
COMMENT ON COLUMN register_confirmations.asked_by IS '対象者を定めた職員';
COMMENT ON COLUMN register_confirmations.asked_by_name IS '対象者を定めた職員の氏名: その時の';
COMMENT ON COLUMN register_confirmations.confirmed_by IS '対象者を確かめた別の職員';
COMMENT ON COLUMN register_confirmations.confirmed_by_name IS '対象者を確かめた職員の氏名: その時の';
COMMENT ON COLUMN register_confirmations.approved_at IS '確定した日時';
COMMENT ON COLUMN register_confirmations.request_ref IS '照会の番号: 乱数。同じ番号は同じ一件';
COMMENT ON COLUMN register_confirmations.state IS '状態: approved 照会中, answered 回答あり, failed 照会できなかった';
COMMENT ON COLUMN register_confirmations.because IS '照会できなかったわけの符号';
COMMENT ON COLUMN register_confirmations.answered_at IS '回答の日時: 照会できなかったときはその日時';
COMMENT ON COLUMN register_confirmations.number_answer IS '個人番号の真正性: valid 正しい, changed 変更されている, unknown 該当なし';
COMMENT ON COLUMN register_confirmations.name_answer IS '氏名の一致';
COMMENT ON COLUMN register_confirmations.birth_date_answer IS '生年月日の一致';
COMMENT ON COLUMN register_confirmations.sex_answer IS '性別の一致';
COMMENT ON COLUMN register_confirmations.address_answer IS '住所の一致: 支援措置の対象者は送らず notCompared';
COMMENT ON COLUMN register_confirmations.previous_municipality IS '転出元の団体コード';
COMMENT ON COLUMN register_confirmations.is_difference IS '違いがあり、人が確かめるもの';
COMMENT ON COLUMN register_confirmations.settled_at IS '違いを確かめた日時';
COMMENT ON COLUMN register_confirmations.settled_by IS '違いを確かめた職員';
COMMENT ON COLUMN register_confirmations.settled_by_name IS '違いを確かめた職員の氏名: その時の';
COMMENT ON COLUMN register_confirmations.note IS '確かめた結果';
ALTER TABLE register_confirmations ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON register_confirmations USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON register_confirmations TO sesshu_app;
GRANT UPDATE (state, because, answered_at, number_answer, name_answer, birth_date_answer, sex_answer, address_answer,
  previous_municipality, is_difference, settled_at, settled_by, settled_by_name, note) ON register_confirmations TO sesshu_app;
GRANT SELECT ON register_confirmations TO sesshu_read;
