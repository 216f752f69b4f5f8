-- ファイルの並び kept on a screen: a vendor's new file is read the day it comes, without a file in the settings folder.
CREATE TABLE kept_layouts (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  name text NOT NULL CHECK (name ~ '^[a-z0-9-]{1,60}$'),
  version integer NOT NULL CHECK (version > 0),
  content text NOT NULL,
  reason text NOT NULL CHECK (reason <> ''),
  staff_id bigint,
  staff_name text NOT NULL,
  act_id bigint NOT NULL,
  kept_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (lg_code, name, version)
);
COMMENT ON TABLE kept_layouts IS '画面で登録したファイルの並び: one row per version, the newest holds; inserted only';
COMMENT ON COLUMN kept_layouts.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN kept_layouts.name IS '並びの名前: one that neither the settings nor the program use';
COMMENT ON COLUMN kept_layouts.version IS '版: 1から始まる';
COMMENT ON COLUMN kept_layouts.content IS '内容: the layout as JSON, as layouts/<name>.json of the settings would be';
COMMENT ON COLUMN kept_layouts.reason IS '理由: why it was kept or changed';
COMMENT ON COLUMN kept_layouts.staff_id IS '登録した人';
COMMENT ON COLUMN kept_layouts.staff_name IS '登録した人の名前: as it was on the day';
COMMENT ON COLUMN kept_layouts.act_id IS '行為の番号: audit act under which it was kept';
COMMENT ON COLUMN kept_layouts.kept_at IS '登録日時';
ALTER TABLE kept_layouts ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON kept_layouts USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON kept_layouts TO sesshu_app;
GRANT SELECT ON kept_layouts TO sesshu_read;
