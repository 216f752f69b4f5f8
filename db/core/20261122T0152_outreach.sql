-- 啓発 (NT-05): materials that tell of vaccination, and to whom how many of them went.
CREATE TABLE outreach_materials (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  outreach_material_id bigint GENERATED ALWAYS AS IDENTITY,
  title text NOT NULL CHECK (title <> ''),
  kind text NOT NULL CHECK (kind IN ('leaflet', 'poster', 'booklet', 'article', 'video', 'other')),
  programme text,
  language text NOT NULL CHECK (language ~ '^[a-z]{2}$'),
  file_id bigint,
  staff_id bigint,
  staff_name text NOT NULL,
  act_id bigint NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (lg_code, outreach_material_id)
);
COMMENT ON TABLE outreach_materials IS '啓発資材: leaflets, posters and the like that tell of vaccination; inserted only';
COMMENT ON COLUMN outreach_materials.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN outreach_materials.outreach_material_id IS '資材の番号';
COMMENT ON COLUMN outreach_materials.title IS '題名';
COMMENT ON COLUMN outreach_materials.kind IS '種類: チラシ, ポスター, 冊子, 広報記事, 動画, その他';
COMMENT ON COLUMN outreach_materials.programme IS '予防接種: null where it tells of vaccination in general';
COMMENT ON COLUMN outreach_materials.language IS '言語: ISO 639-1';
COMMENT ON COLUMN outreach_materials.file_id IS '保存ファイル: the material itself, where it is kept here';
COMMENT ON COLUMN outreach_materials.staff_id IS '登録した人';
COMMENT ON COLUMN outreach_materials.staff_name IS '登録した人の名前: as it was on the day';
COMMENT ON COLUMN outreach_materials.act_id IS '行為の番号: audit act under which it was registered';
COMMENT ON COLUMN outreach_materials.recorded_at IS '登録日時';
ALTER TABLE outreach_materials ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON outreach_materials USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON outreach_materials TO sesshu_app;
GRANT SELECT ON outreach_materials TO sesshu_read;

CREATE TABLE outreach_dispatches (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  outreach_dispatch_id bigint GENERATED ALWAYS AS IDENTITY,
  outreach_material_id bigint NOT NULL,
  recipient_kind text NOT NULL
    CHECK (recipient_kind IN ('institution', 'school', 'nursery', 'facility', 'event', 'households', 'media', 'other')),
  recipient text NOT NULL CHECK (recipient <> ''),
  means text NOT NULL CHECK (means IN ('post', 'hand', 'email', 'online', 'display')),
  sent_on date NOT NULL,
  copies integer NOT NULL CHECK (copies > 0),
  remark text NOT NULL DEFAULT '',
  withdraws bigint,
  staff_id bigint,
  staff_name text NOT NULL,
  act_id bigint NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (lg_code, outreach_dispatch_id),
  UNIQUE (lg_code, withdraws),
  FOREIGN KEY (lg_code, outreach_material_id) REFERENCES outreach_materials (lg_code, outreach_material_id),
  FOREIGN KEY (lg_code, withdraws) REFERENCES outreach_dispatches (lg_code, outreach_dispatch_id),
  CHECK (withdraws IS NULL OR remark <> '')
);
CREATE INDEX outreach_dispatches_by_material ON outreach_dispatches (lg_code, outreach_material_id);
COMMENT ON TABLE outreach_dispatches IS '啓発資材の発送: to whom how many copies went; a wrong row is withdrawn by another one with its reason; inserted only';
COMMENT ON COLUMN outreach_dispatches.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN outreach_dispatches.outreach_dispatch_id IS '発送の番号';
COMMENT ON COLUMN outreach_dispatches.outreach_material_id IS '資材の番号';
COMMENT ON COLUMN outreach_dispatches.recipient_kind IS '配布先の種類: 医療機関, 学校, 保育所・幼稚園, 公共施設・窓口, 行事・健診, 各世帯, 広報・報道, その他';
COMMENT ON COLUMN outreach_dispatches.recipient IS '配布先: a body or an event, never a person';
COMMENT ON COLUMN outreach_dispatches.means IS '渡し方: 郵送, 手渡し, 電子メール, 掲載, 掲示';
COMMENT ON COLUMN outreach_dispatches.sent_on IS '発送した日';
COMMENT ON COLUMN outreach_dispatches.copies IS '部数';
COMMENT ON COLUMN outreach_dispatches.remark IS '備考; of a row that withdraws another, its reason';
COMMENT ON COLUMN outreach_dispatches.withdraws IS '取り消す発送: the row that this one takes back';
COMMENT ON COLUMN outreach_dispatches.staff_id IS '登録した人';
COMMENT ON COLUMN outreach_dispatches.staff_name IS '登録した人の名前: as it was on the day';
COMMENT ON COLUMN outreach_dispatches.act_id IS '行為の番号: audit act under which it was recorded';
COMMENT ON COLUMN outreach_dispatches.recorded_at IS '登録日時';
ALTER TABLE outreach_dispatches ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON outreach_dispatches USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON outreach_dispatches TO sesshu_app;
GRANT SELECT ON outreach_dispatches TO sesshu_read;
