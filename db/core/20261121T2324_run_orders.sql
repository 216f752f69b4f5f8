-- 処理の依頼: long work that somebody asks for on the web is done by the worker. The order stands beside its run in the
-- transaction of the asking, with the reason (処理事由) under which it will act; a file that was sent waits here in pieces
-- and is removed when the work has ended.
CREATE TABLE run_orders (
  lg_code text NOT NULL,
  run_id bigint NOT NULL,
  task text NOT NULL CHECK (task <> ''),
  params jsonb NOT NULL,
  reason text,
  asked_from text NOT NULL,
  file_name text,
  taken_at timestamptz,
  PRIMARY KEY (lg_code, run_id),
  FOREIGN KEY (lg_code, run_id) REFERENCES runs (lg_code, run_id)
);
CREATE TABLE run_files (
  lg_code text NOT NULL,
  run_id bigint NOT NULL,
  ordinal integer NOT NULL CHECK (ordinal >= 0),
  content bytea NOT NULL,
  PRIMARY KEY (lg_code, run_id, ordinal),
  FOREIGN KEY (lg_code, run_id) REFERENCES runs (lg_code, run_id)
);
ALTER TABLE run_files ALTER COLUMN content SET STORAGE EXTERNAL;

COMMENT ON TABLE run_orders IS '処理の依頼: 画面で頼まれ、ワーカーが行う長い処理';
COMMENT ON COLUMN run_orders.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN run_orders.run_id IS '処理番号';
COMMENT ON COLUMN run_orders.task IS '仕事の名前: 例 intake.commit';
COMMENT ON COLUMN run_orders.params IS '仕事の条件: 番号、日付、コードと送付元の名前。個人の情報を書かない';
COMMENT ON COLUMN run_orders.reason IS '処理事由: 頼んだときのもの。操作記録にはこの理由で残る';
COMMENT ON COLUMN run_orders.asked_from IS '依頼元: 頼んだ端末のアドレス';
COMMENT ON COLUMN run_orders.file_name IS 'ファイル名: 送られたファイルの名前。ファイルのない仕事は空';
COMMENT ON COLUMN run_orders.taken_at IS '着手日時: ワーカーが初めて取りかかったとき。空は順番待ち';
COMMENT ON TABLE run_files IS '送られたファイルの切れ: 処理が終わると消す';
COMMENT ON COLUMN run_files.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN run_files.run_id IS '処理番号';
COMMENT ON COLUMN run_files.ordinal IS '順番: 0から始まる';
COMMENT ON COLUMN run_files.content IS '内容';

ALTER TABLE run_orders ENABLE ROW LEVEL SECURITY;
ALTER TABLE run_files ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON run_orders USING (lg_code = current_setting('sesshu.lg_code', true));
CREATE POLICY municipality ON run_files USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON run_orders TO sesshu_app;
GRANT UPDATE (taken_at) ON run_orders TO sesshu_app;
-- Not a fact of the ledger: what was sent is read once and thrown away.
GRANT SELECT, INSERT, DELETE ON run_files TO sesshu_app;
