-- 媒体と持ち出しの管理簿: who takes data out of the system, which columns, why, by whose approval, on which medium, and that
-- it was erased. What happened is only added; where an export stands is read from its events.

CREATE TABLE media (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  medium_id bigint GENERATED ALWAYS AS IDENTITY,
  label text NOT NULL CHECK (label <> '' AND length(label) <= 60),
  kind text NOT NULL CHECK (kind IN ('usbMemory', 'externalDisk', 'disc', 'sharedFolder')),
  registered_by bigint NOT NULL,
  registered_at timestamptz NOT NULL,
  PRIMARY KEY (lg_code, medium_id),
  UNIQUE (lg_code, label),
  FOREIGN KEY (lg_code, registered_by) REFERENCES staff_members (lg_code, staff_id)
);
COMMENT ON TABLE media IS '媒体管理簿: the media that data may be taken out on; each has a number on it';
COMMENT ON COLUMN media.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN media.medium_id IS '通し番号';
COMMENT ON COLUMN media.label IS '管理番号: as it stands on the medium';
COMMENT ON COLUMN media.kind IS '種類: usbMemory 暗号化USBメモリー, externalDisk 外付けディスク, disc 光ディスク, sharedFolder 庁内の共有フォルダー';
COMMENT ON COLUMN media.registered_by IS '登録した職員';
COMMENT ON COLUMN media.registered_at IS '登録日時';

CREATE TABLE exports (
  lg_code text NOT NULL,
  export_id bigint GENERATED ALWAYS AS IDENTITY,
  set_key text NOT NULL,
  columns text[] NOT NULL CHECK (cardinality(columns) > 0),
  day_from date,
  day_to date,
  medium_id bigint NOT NULL,
  recipient text NOT NULL CHECK (recipient <> ''),
  reason text NOT NULL CHECK (reason <> ''),
  erase_by date NOT NULL,
  requested_by bigint NOT NULL,
  requested_at timestamptz NOT NULL,
  PRIMARY KEY (lg_code, export_id),
  FOREIGN KEY (lg_code, medium_id) REFERENCES media (lg_code, medium_id),
  FOREIGN KEY (lg_code, requested_by) REFERENCES staff_members (lg_code, staff_id)
);
COMMENT ON TABLE exports IS '持ち出しの申請: which columns of which published set go out, to whom, on which medium, why';
COMMENT ON COLUMN exports.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN exports.export_id IS '持ち出し番号';
COMMENT ON COLUMN exports.set_key IS 'データの種類: the name of a published set';
COMMENT ON COLUMN exports.columns IS '項目: of the set, in its order; an individual number is in no set';
COMMENT ON COLUMN exports.day_from IS '期間の初め: of the day by which the set is chosen; null without limit';
COMMENT ON COLUMN exports.day_to IS '期間の終わり';
COMMENT ON COLUMN exports.medium_id IS '媒体';
COMMENT ON COLUMN exports.recipient IS '渡す先';
COMMENT ON COLUMN exports.reason IS '目的';
COMMENT ON COLUMN exports.erase_by IS '消去の期限: the day by which nothing of it may be left';
COMMENT ON COLUMN exports.requested_by IS '申請した職員';
COMMENT ON COLUMN exports.requested_at IS '申請日時';

CREATE TABLE oversight_events (
  lg_code text NOT NULL,
  event_id bigint GENERATED ALWAYS AS IDENTITY,
  export_id bigint,
  medium_id bigint,
  event text NOT NULL CHECK (event IN ('approved', 'made', 'taken', 'erasedHere', 'returned', 'erasedThere', 'checked', 'disposed')),
  staff_id bigint,
  staff_name text NOT NULL,
  request_id bigint,
  file_id bigint,
  rows integer,
  people integer,
  digest text,
  note text,
  occurred_at timestamptz NOT NULL,
  PRIMARY KEY (lg_code, event_id),
  CHECK (export_id IS NOT NULL OR medium_id IS NOT NULL),
  CHECK ((event = 'made') = (file_id IS NOT NULL)),
  FOREIGN KEY (lg_code, export_id) REFERENCES exports (lg_code, export_id),
  FOREIGN KEY (lg_code, medium_id) REFERENCES media (lg_code, medium_id),
  FOREIGN KEY (lg_code, staff_id) REFERENCES staff_members (lg_code, staff_id)
);
CREATE INDEX oversight_events_by_export ON oversight_events (lg_code, export_id, event_id) WHERE export_id IS NOT NULL;
CREATE INDEX oversight_events_by_medium ON oversight_events (lg_code, medium_id, event_id) WHERE medium_id IS NOT NULL;
CREATE UNIQUE INDEX oversight_events_approved_once ON oversight_events (lg_code, export_id) WHERE event = 'approved';
CREATE UNIQUE INDEX oversight_events_disposed_once ON oversight_events (lg_code, medium_id) WHERE event = 'disposed';
COMMENT ON TABLE oversight_events IS '媒体と持ち出しの経過: approval, making, taking, return, erasure, check, disposal; only added';
COMMENT ON COLUMN oversight_events.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN oversight_events.event_id IS '通し番号';
COMMENT ON COLUMN oversight_events.export_id IS '持ち出し番号: null for what happened to a medium alone';
COMMENT ON COLUMN oversight_events.medium_id IS '媒体';
COMMENT ON COLUMN oversight_events.event IS '経過: approved 承認, made 作成, taken 受取, erasedHere システム内の消去, returned 返却, erasedThere 媒体の消去(別の職員の確認つき), checked 棚卸し, disposed 廃棄';
COMMENT ON COLUMN oversight_events.staff_id IS '行った職員: null for the system itself';
COMMENT ON COLUMN oversight_events.staff_name IS '行った職員の氏名';
COMMENT ON COLUMN oversight_events.request_id IS '承認の申請番号';
COMMENT ON COLUMN oversight_events.file_id IS 'ファイル番号: of the encrypted file';
COMMENT ON COLUMN oversight_events.rows IS '行数';
COMMENT ON COLUMN oversight_events.people IS '人数';
COMMENT ON COLUMN oversight_events.digest IS '要約値: SHA-256 of the encrypted file';
COMMENT ON COLUMN oversight_events.note IS 'メモ: how it was erased or disposed of';
COMMENT ON COLUMN oversight_events.occurred_at IS '日時';

ALTER TABLE media ENABLE ROW LEVEL SECURITY;
ALTER TABLE exports ENABLE ROW LEVEL SECURITY;
ALTER TABLE oversight_events ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON media USING (lg_code = current_setting('sesshu.lg_code', true));
CREATE POLICY municipality ON exports USING (lg_code = current_setting('sesshu.lg_code', true));
CREATE POLICY municipality ON oversight_events USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON media, exports, oversight_events TO sesshu_app;
-- The encrypted file is removed by the role that removes; it notes what it did.
GRANT SELECT, INSERT ON oversight_events TO sesshu_disposal;
GRANT SELECT ON exports TO sesshu_disposal;
