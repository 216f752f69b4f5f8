-- 庁内データ連携: which files were taken in, by whom, with what figures, and which of their rows were not simply taken.

CREATE TABLE feed_runs (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  run_id bigint GENERATED ALWAYS AS IDENTITY,
  kind text NOT NULL CHECK (kind ~ '^[a-z][a-z-]*$'),
  layout_name text NOT NULL,
  file_name text NOT NULL,
  digest text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
  bytes bigint NOT NULL CHECK (bytes >= 0),
  state text NOT NULL CHECK (state IN ('running', 'done', 'failed')),
  started_at timestamptz NOT NULL,
  ended_at timestamptz,
  staff_id bigint,
  staff_name text NOT NULL,
  via text NOT NULL CHECK (via IN ('web', 'cli', 'job')),
  row_count integer CHECK (row_count = accepted + questioned + refused),
  accepted integer,
  questioned integer,
  refused integer,
  unmapped_characters integer,
  seconds double precision,
  failure text,
  PRIMARY KEY (lg_code, run_id),
  CHECK ((state = 'done') = (row_count IS NOT NULL)),
  CHECK ((state = 'failed') = (failure IS NOT NULL))
);
CREATE UNIQUE INDEX feed_runs_one_per_file ON feed_runs (lg_code, kind, layout_name, digest) WHERE state = 'done';

COMMENT ON TABLE feed_runs IS '連携の実行記録: one row per file taken in; the same file again answers the figures of its first run';
COMMENT ON COLUMN feed_runs.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN feed_runs.run_id IS '取込番号: our own key, growing with time';
COMMENT ON COLUMN feed_runs.kind IS '種類: what the feed brings';
COMMENT ON COLUMN feed_runs.layout_name IS 'レイアウト名: in settings/';
COMMENT ON COLUMN feed_runs.file_name IS 'ファイル名: as it was given';
COMMENT ON COLUMN feed_runs.digest IS 'ファイルの要約値: SHA-256, hexadecimal';
COMMENT ON COLUMN feed_runs.bytes IS 'ファイルの大きさ: bytes';
COMMENT ON COLUMN feed_runs.state IS '状態: running 取込中, done 完了, failed 失敗';
COMMENT ON COLUMN feed_runs.started_at IS '開始日時';
COMMENT ON COLUMN feed_runs.ended_at IS '終了日時';
COMMENT ON COLUMN feed_runs.staff_id IS '実行した職員: null for the system itself';
COMMENT ON COLUMN feed_runs.staff_name IS '実行した職員名: as it was at that time';
COMMENT ON COLUMN feed_runs.via IS '経路: web 画面, cli コマンド, job 自動処理';
COMMENT ON COLUMN feed_runs.row_count IS '行数';
COMMENT ON COLUMN feed_runs.accepted IS '問題なしの行数';
COMMENT ON COLUMN feed_runs.questioned IS '確認が必要な行数';
COMMENT ON COLUMN feed_runs.refused IS '受け付けられない行数';
COMMENT ON COLUMN feed_runs.unmapped_characters IS '読めない文字の数: characters that the sender lost or that only its own font knows';
COMMENT ON COLUMN feed_runs.seconds IS '所要秒数';
COMMENT ON COLUMN feed_runs.failure IS '失敗の理由: sentence for staff, without personal data';

ALTER TABLE feed_runs ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON feed_runs USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT, UPDATE ON feed_runs TO sesshu_app, sesshu_vault;
GRANT SELECT ON feed_runs TO sesshu_read;

CREATE TABLE feed_run_rows (
  lg_code text NOT NULL,
  run_id bigint NOT NULL,
  ordinal integer NOT NULL CHECK (ordinal > 0),
  line integer NOT NULL CHECK (line > 0),
  answer text NOT NULL CHECK (answer IN ('accepted', 'questioned', 'refused')),
  findings jsonb NOT NULL,
  PRIMARY KEY (lg_code, run_id, ordinal),
  FOREIGN KEY (lg_code, run_id) REFERENCES feed_runs (lg_code, run_id)
);

COMMENT ON TABLE feed_run_rows IS '連携で指摘のあった行: rows refused, questioned or noted; never what the row says about a person';
COMMENT ON COLUMN feed_run_rows.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN feed_run_rows.run_id IS '取込番号';
COMMENT ON COLUMN feed_run_rows.ordinal IS '行番号: number of the data row, first = 1';
COMMENT ON COLUMN feed_run_rows.line IS 'ファイルの行: first = 1';
COMMENT ON COLUMN feed_run_rows.answer IS '判定: accepted 問題なし, questioned 要確認, refused 受付不可';
COMMENT ON COLUMN feed_run_rows.findings IS '指摘: code, severity, field, params, basis';

ALTER TABLE feed_run_rows ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON feed_run_rows USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON feed_run_rows TO sesshu_app, sesshu_vault;
GRANT SELECT ON feed_run_rows TO sesshu_read;
