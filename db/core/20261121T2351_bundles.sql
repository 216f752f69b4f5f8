-- 予診票の束 (IN-02, IN-03): paper forms from their arrival to the keyboard and on to intake, counted at every step. What
-- is typed is appended; only the head of a bundle, which says how far it is, changes.

CREATE TABLE paper_bundles (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  bundle_id bigint GENERATED ALWAYS AS IDENTITY,
  institution_code text NOT NULL CHECK (institution_code <> ''),
  claim_month text NOT NULL CHECK (claim_month ~ '^\d{4}-(0[1-9]|1[0-2])$'),
  ward text NOT NULL DEFAULT '',
  sequence integer NOT NULL CHECK (sequence > 0),
  expected_count integer CHECK (expected_count >= 0),
  due_on date,
  received_count integer CHECK (received_count >= 0),
  received_on date,
  needs_second boolean NOT NULL DEFAULT false,
  batch_id bigint,
  version integer NOT NULL DEFAULT 1,
  act_id bigint NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by_name text NOT NULL,
  PRIMARY KEY (lg_code, bundle_id),
  UNIQUE (lg_code, claim_month, institution_code, ward, sequence),
  CHECK ((received_count IS NULL) = (received_on IS NULL))
);
COMMENT ON TABLE paper_bundles IS '予診票の束: the paper of one institution, month and ward';
COMMENT ON COLUMN paper_bundles.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN paper_bundles.bundle_id IS '束の番号: our own key';
COMMENT ON COLUMN paper_bundles.institution_code IS '医療機関コード';
COMMENT ON COLUMN paper_bundles.claim_month IS '請求月: YYYY-MM';
COMMENT ON COLUMN paper_bundles.ward IS '区・経由先: empty where there is none';
COMMENT ON COLUMN paper_bundles.sequence IS '連番: 1 for the first bundle of the institution in the month, 2 for one that came later';
COMMENT ON COLUMN paper_bundles.expected_count IS '届くはずの枚数: as the claim or the sender says; null where nobody said';
COMMENT ON COLUMN paper_bundles.due_on IS '届くはずの日';
COMMENT ON COLUMN paper_bundles.received_count IS '受け取って数えた枚数; null while it has not come';
COMMENT ON COLUMN paper_bundles.received_on IS '受け取った日';
COMMENT ON COLUMN paper_bundles.needs_second IS '二人で入力するか: a second person types every form again';
COMMENT ON COLUMN paper_bundles.batch_id IS '受付番号: the intake batch into which it was handed; null before';
COMMENT ON COLUMN paper_bundles.version IS '版: grows with every change';
COMMENT ON COLUMN paper_bundles.act_id IS '行為の番号: audit act under which it was made';
COMMENT ON COLUMN paper_bundles.created_at IS '作成日時';
COMMENT ON COLUMN paper_bundles.created_by_name IS '作成者名';

CREATE TABLE bundle_events (
  lg_code text NOT NULL,
  event_id bigint GENERATED ALWAYS AS IDENTITY,
  bundle_id bigint NOT NULL,
  kind text NOT NULL CHECK (kind IN ('expected', 'received', 'reminded', 'handedOver', 'linked')),
  count integer,
  note text,
  act_id bigint NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  recorded_by_name text NOT NULL,
  PRIMARY KEY (lg_code, event_id),
  FOREIGN KEY (lg_code, bundle_id) REFERENCES paper_bundles (lg_code, bundle_id)
);
CREATE INDEX bundle_events_by_bundle ON bundle_events (lg_code, bundle_id, event_id);
COMMENT ON TABLE bundle_events IS '束の経過: what became of a bundle, by whom; inserted only';
COMMENT ON COLUMN bundle_events.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN bundle_events.event_id IS '経過の番号: our own key';
COMMENT ON COLUMN bundle_events.bundle_id IS '束の番号';
COMMENT ON COLUMN bundle_events.kind IS '種類: expected 予定, received 受領, reminded 督促, handedOver 受付へ回した, linked 受付と結びつけた';
COMMENT ON COLUMN bundle_events.count IS '枚数';
COMMENT ON COLUMN bundle_events.note IS 'メモ';
COMMENT ON COLUMN bundle_events.act_id IS '行為の番号';
COMMENT ON COLUMN bundle_events.recorded_at IS '登録日時';
COMMENT ON COLUMN bundle_events.recorded_by_name IS '登録者名';

CREATE TABLE keyed_forms (
  lg_code text NOT NULL,
  bundle_id bigint NOT NULL,
  ordinal integer NOT NULL CHECK (ordinal > 0),
  pass integer NOT NULL CHECK (pass IN (1, 2, 3)),
  revision integer NOT NULL CHECK (revision > 0),
  fields jsonb NOT NULL,
  act_id bigint NOT NULL,
  keyed_at timestamptz NOT NULL DEFAULT now(),
  keyed_by bigint NOT NULL,
  keyed_by_name text NOT NULL,
  PRIMARY KEY (lg_code, bundle_id, ordinal, pass, revision),
  FOREIGN KEY (lg_code, bundle_id) REFERENCES paper_bundles (lg_code, bundle_id)
);
COMMENT ON TABLE keyed_forms IS '入力した予診票: what was typed of one form; a form typed again is a new revision';
COMMENT ON COLUMN keyed_forms.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN keyed_forms.bundle_id IS '束の番号';
COMMENT ON COLUMN keyed_forms.ordinal IS '束の中の順番: first = 1';
COMMENT ON COLUMN keyed_forms.pass IS '何度目の入力か: 1 first person, 2 second person, 3 decided where the two differ';
COMMENT ON COLUMN keyed_forms.revision IS '版: the highest one holds';
COMMENT ON COLUMN keyed_forms.fields IS '入力した値: by field key of the layout keyed-forms';
COMMENT ON COLUMN keyed_forms.act_id IS '行為の番号';
COMMENT ON COLUMN keyed_forms.keyed_at IS '入力日時';
COMMENT ON COLUMN keyed_forms.keyed_by IS '入力した職員';
COMMENT ON COLUMN keyed_forms.keyed_by_name IS '入力した職員の名前';

ALTER TABLE paper_bundles ENABLE ROW LEVEL SECURITY;
ALTER TABLE bundle_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE keyed_forms ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON paper_bundles USING (lg_code = current_setting('sesshu.lg_code', true));
CREATE POLICY municipality ON bundle_events USING (lg_code = current_setting('sesshu.lg_code', true));
CREATE POLICY municipality ON keyed_forms USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON paper_bundles, bundle_events, keyed_forms TO sesshu_app;
GRANT UPDATE (expected_count, due_on, received_count, received_on, needs_second, batch_id, version) ON paper_bundles
  TO sesshu_app;
GRANT SELECT ON paper_bundles, bundle_events, keyed_forms TO sesshu_read;
