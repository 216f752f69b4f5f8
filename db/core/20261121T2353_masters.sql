-- マスタ (LG-10): メーカー, ロット, 医師, 会場 with validity. A changed entry is a new version beside the old one.

CREATE TABLE master_entries (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  master_entry_id bigint GENERATED ALWAYS AS IDENTITY,
  kind text NOT NULL CHECK (kind IN ('manufacturer', 'lot', 'physician', 'venue')),
  code text NOT NULL CHECK (code <> ''),
  owner text NOT NULL DEFAULT '',
  name text NOT NULL,
  valid_from date,
  valid_to date,
  is_retired boolean NOT NULL DEFAULT false,
  note text,
  act_id bigint NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  recorded_by_name text NOT NULL,
  PRIMARY KEY (lg_code, master_entry_id),
  CHECK (valid_to IS NULL OR valid_from IS NULL OR valid_from <= valid_to)
);
CREATE INDEX master_entries_by_code ON master_entries (lg_code, kind, code, owner, master_entry_id);
COMMENT ON TABLE master_entries IS 'マスタ: メーカー, ロット, 医師, 会場; the newest version of a kind, code and owner holds';
COMMENT ON COLUMN master_entries.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN master_entries.master_entry_id IS 'マスタの番号: our own key';
COMMENT ON COLUMN master_entries.kind IS '種類: manufacturer メーカー, lot ロット, physician 医師, venue 会場';
COMMENT ON COLUMN master_entries.code IS 'コード: of a lot its number as printed';
COMMENT ON COLUMN master_entries.owner IS '属する先: of a lot its product of rules/, of a physician the institution; empty for the others';
COMMENT ON COLUMN master_entries.name IS '名前: of a lot its maker';
COMMENT ON COLUMN master_entries.valid_from IS '有効の始まり: of a lot the day from which it was shipped';
COMMENT ON COLUMN master_entries.valid_to IS '有効の終わり: of a lot its last day of use (有効期限)';
COMMENT ON COLUMN master_entries.is_retired IS '取り下げ: entered by mistake or no longer used';
COMMENT ON COLUMN master_entries.note IS 'メモ: of a lot, that it was recalled';
COMMENT ON COLUMN master_entries.act_id IS '行為の番号';
COMMENT ON COLUMN master_entries.recorded_at IS '登録日時';
COMMENT ON COLUMN master_entries.recorded_by_name IS '登録者名';

ALTER TABLE master_entries ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON master_entries USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON master_entries TO sesshu_app;
GRANT SELECT ON master_entries TO sesshu_read;
