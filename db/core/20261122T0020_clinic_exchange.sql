-- 医療機関ウェブとの連携: where the clinics' system is, which forms it should hold and holds, what clinics recorded.

CREATE TABLE clinic_peers (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  origin text NOT NULL CHECK (origin <> ''),
  public_key text NOT NULL CHECK (public_key ~ '^[A-Za-z0-9_-]{43}$'),
  connected_at timestamptz NOT NULL DEFAULT now(),
  leased_until timestamptz NOT NULL DEFAULT '-infinity',
  last_sequence bigint NOT NULL DEFAULT 0,
  masters_digest text,
  exchanged_at timestamptz,
  failed_at timestamptz,
  failure text,
  PRIMARY KEY (lg_code)
);
COMMENT ON TABLE clinic_peers IS '医療機関ウェブとの接続: 自治体ごとに一つ。台帳から呼び出し、相手からは呼ばれない';
COMMENT ON COLUMN clinic_peers.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN clinic_peers.origin IS '相手のアドレス: https:// から';
COMMENT ON COLUMN clinic_peers.public_key IS '相手の公開鍵: Ed25519 (base64url)。この鍵の署名のない返事は信じない';
COMMENT ON COLUMN clinic_peers.connected_at IS '接続した日時';
COMMENT ON COLUMN clinic_peers.leased_until IS '作業の貸出期限: 一つのワーカーだけが連携する。落ちれば期限で次に移る';
COMMENT ON COLUMN clinic_peers.last_sequence IS '送った順番: 電文ごとに増える';
COMMENT ON COLUMN clinic_peers.masters_digest IS '一覧の要約値: 最後に相手が受け取った医療機関・包装・回収の一覧';
COMMENT ON COLUMN clinic_peers.exchanged_at IS '最後に連携できた日時';
COMMENT ON COLUMN clinic_peers.failed_at IS '最後に失敗した日時: 連携できれば空';
COMMENT ON COLUMN clinic_peers.failure IS '失敗の内容: 個人の情報を書かない';
ALTER TABLE clinic_peers ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON clinic_peers USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON clinic_peers TO sesshu_app;
GRANT UPDATE (origin, public_key, connected_at, leased_until, last_sequence, masters_digest, exchanged_at, failed_at,
  failure) ON clinic_peers TO sesshu_app;
GRANT SELECT ON clinic_peers TO sesshu_read;

CREATE TABLE clinic_patients (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  person_id bigint NOT NULL,
  patient_ref uuid NOT NULL,
  PRIMARY KEY (lg_code, person_id),
  UNIQUE (lg_code, patient_ref),
  FOREIGN KEY (lg_code, person_id) REFERENCES persons (lg_code, person_id)
);
COMMENT ON TABLE clinic_patients IS '仮の番号: 医療機関ウェブに渡す人の番号。宛名番号の代わりの乱数で、ここだけが対応を知る';
COMMENT ON COLUMN clinic_patients.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN clinic_patients.person_id IS '個人: our own key';
COMMENT ON COLUMN clinic_patients.patient_ref IS '仮の番号';
ALTER TABLE clinic_patients ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON clinic_patients USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON clinic_patients TO sesshu_app;

CREATE TABLE clinic_people_waiting (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  person_id bigint NOT NULL,
  marked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (lg_code, person_id)
);
COMMENT ON TABLE clinic_people_waiting IS '知らせ直す人: 予診票・住民情報・接種記録のどれかが変わった人。知らせれば消す';
COMMENT ON COLUMN clinic_people_waiting.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN clinic_people_waiting.person_id IS '個人: our own key';
COMMENT ON COLUMN clinic_people_waiting.marked_at IS '変わったと知った日時: 知らせている間にまた変われば残る';
ALTER TABLE clinic_people_waiting ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON clinic_people_waiting USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT, DELETE ON clinic_people_waiting TO sesshu_app;
GRANT UPDATE (marked_at) ON clinic_people_waiting TO sesshu_app;

CREATE TABLE clinic_tickets (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  form_number text NOT NULL,
  person_id bigint NOT NULL,
  digest text NOT NULL,
  acknowledged_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (lg_code, form_number),
  FOREIGN KEY (lg_code, form_number) REFERENCES issued_forms (lg_code, form_number)
);
CREATE INDEX clinic_tickets_by_person ON clinic_tickets (lg_code, person_id);
COMMENT ON TABLE clinic_tickets IS '相手が持つ予診票: 最後に受け取られた内容の要約値。あるべき内容と違えば送る';
COMMENT ON COLUMN clinic_tickets.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN clinic_tickets.form_number IS '発行番号';
COMMENT ON COLUMN clinic_tickets.person_id IS '個人: our own key';
COMMENT ON COLUMN clinic_tickets.digest IS '要約値: 送った内容のSHA-256';
COMMENT ON COLUMN clinic_tickets.acknowledged_at IS '受け取られた日時';
ALTER TABLE clinic_tickets ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON clinic_tickets USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT, DELETE ON clinic_tickets TO sesshu_app;
GRANT UPDATE (digest, acknowledged_at) ON clinic_tickets TO sesshu_app;

CREATE TABLE clinic_deliveries (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  delivery_id bigint GENERATED ALWAYS AS IDENTITY,
  file_name text NOT NULL,
  drawn_at timestamptz NOT NULL DEFAULT now(),
  batch_id bigint,
  PRIMARY KEY (lg_code, delivery_id)
);
COMMENT ON TABLE clinic_deliveries IS '受付への引き渡し: 医療機関の記録をまとめて一つの受付にする。途中で落ちても同じ内容で続ける';
COMMENT ON COLUMN clinic_deliveries.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN clinic_deliveries.delivery_id IS '引き渡しの番号';
COMMENT ON COLUMN clinic_deliveries.file_name IS '受付に示す名前';
COMMENT ON COLUMN clinic_deliveries.drawn_at IS 'まとめた日時';
COMMENT ON COLUMN clinic_deliveries.batch_id IS '受付番号: 受付ができるまで空';
ALTER TABLE clinic_deliveries ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON clinic_deliveries USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON clinic_deliveries TO sesshu_app;
GRANT UPDATE (batch_id) ON clinic_deliveries TO sesshu_app;

CREATE TABLE clinic_inbox (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  record_id uuid NOT NULL,
  revision integer NOT NULL CHECK (revision > 0),
  form_number text NOT NULL,
  person_id bigint,
  vaccinated_on date NOT NULL,
  content jsonb NOT NULL,
  arrived_at timestamptz NOT NULL DEFAULT now(),
  delivery_id bigint,
  delivery_row integer,
  settlement text CHECK (settlement IN ('delivered', 'superseded', 'withdrawn', 'byStaff')),
  settled_at timestamptz,
  settled_by_name text,
  PRIMARY KEY (lg_code, record_id, revision),
  FOREIGN KEY (lg_code, delivery_id) REFERENCES clinic_deliveries (lg_code, delivery_id),
  CHECK ((delivery_id IS NULL) = (delivery_row IS NULL)),
  CHECK ((settlement IS NULL) = (settled_at IS NULL))
);
CREATE INDEX clinic_inbox_open ON clinic_inbox (lg_code, arrived_at) WHERE settlement IS NULL;
CREATE INDEX clinic_inbox_by_form ON clinic_inbox (lg_code, form_number);
CREATE INDEX clinic_inbox_by_person ON clinic_inbox (lg_code, person_id);
COMMENT ON TABLE clinic_inbox IS '医療機関から届いた記録: 届いた版ごとに一行。内容は書き換えない';
COMMENT ON COLUMN clinic_inbox.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN clinic_inbox.record_id IS '記録の番号: 医療機関ウェブの乱数';
COMMENT ON COLUMN clinic_inbox.revision IS '版: 1から。2以上は当日の訂正か取消';
COMMENT ON COLUMN clinic_inbox.form_number IS '発行番号';
COMMENT ON COLUMN clinic_inbox.person_id IS '個人: 発行番号簿による。知らない番号なら空';
COMMENT ON COLUMN clinic_inbox.vaccinated_on IS '接種年月日';
COMMENT ON COLUMN clinic_inbox.content IS '内容: 電文の記録そのまま';
COMMENT ON COLUMN clinic_inbox.arrived_at IS '届いた日時';
COMMENT ON COLUMN clinic_inbox.delivery_id IS '引き渡しの番号';
COMMENT ON COLUMN clinic_inbox.delivery_row IS '引き渡しの中の行';
COMMENT ON COLUMN clinic_inbox.settlement IS '始末: delivered 受付に渡した, superseded 後の版に替わった, withdrawn 渡す前に取り消された, byStaff 職員が確かめた';
COMMENT ON COLUMN clinic_inbox.settled_at IS '始末の日時';
COMMENT ON COLUMN clinic_inbox.settled_by_name IS '始末した人の名前';
ALTER TABLE clinic_inbox ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON clinic_inbox USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON clinic_inbox TO sesshu_app;
GRANT UPDATE (delivery_id, delivery_row, settlement, settled_at, settled_by_name) ON clinic_inbox TO sesshu_app;
