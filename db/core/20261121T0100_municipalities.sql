-- What every room stands on: the register of municipalities, their settings, kept files, news, long work.

COMMENT ON SCHEMA public IS 'Sesshu 予防接種事務: 業務の表。すべて自治体コードから始まり、行単位で自治体を隔てる';
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO sesshu_app, sesshu_vault, sesshu_disposal, sesshu_read;
-- A function is callable only by whom it is granted to.
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE TABLE municipalities (
  lg_code text NOT NULL CHECK (lg_code ~ '^[0-9]{6}$'),
  name text NOT NULL CHECK (name <> ''),
  prefecture text NOT NULL,
  is_demonstration boolean NOT NULL DEFAULT false,
  registered_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (lg_code)
);
COMMENT ON TABLE municipalities IS '自治体: この設備で事務を行う市区町村';
COMMENT ON COLUMN municipalities.lg_code IS '全国地方公共団体コード: 検査数字を含む6桁';
COMMENT ON COLUMN municipalities.name IS '自治体名: 例 若葉台市';
COMMENT ON COLUMN municipalities.prefecture IS '都道府県名';
COMMENT ON COLUMN municipalities.is_demonstration IS '実演用: 架空の自治体で、実在の人のデータを入れてはならない';
COMMENT ON COLUMN municipalities.registered_at IS '登録日時: はじめて登録した日時';
ALTER TABLE municipalities ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON municipalities USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON municipalities TO sesshu_app;
GRANT UPDATE (name, prefecture, is_demonstration) ON municipalities TO sesshu_app;
GRANT SELECT ON municipalities TO sesshu_read, sesshu_vault, sesshu_disposal;

-- The only question asked across municipalities: which ones are there. Names of public bodies, nobody's data.
CREATE FUNCTION list_municipalities()
RETURNS TABLE (lg_code text, name text, prefecture text, is_demonstration boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT m.lg_code, m.name, m.prefecture, m.is_demonstration
    FROM public.municipalities m ORDER BY m.lg_code
$$;
COMMENT ON FUNCTION list_municipalities() IS '自治体一覧: 登録されている自治体 (個人の情報を含まない)';
GRANT EXECUTE ON FUNCTION list_municipalities() TO sesshu_app, sesshu_read;

CREATE TABLE settings_documents (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  path text NOT NULL CHECK (path <> ''),
  version bigint NOT NULL CHECK (version > 0),
  digest text NOT NULL,
  content text,
  loaded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (lg_code, path, version)
);
COMMENT ON TABLE settings_documents IS '設定文書: settings/<自治体> の各ファイルの版。足すだけで書き換えない';
COMMENT ON COLUMN settings_documents.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN settings_documents.path IS '場所: 自治体の設定フォルダーからの相対パス';
COMMENT ON COLUMN settings_documents.version IS '版: 1から始まる';
COMMENT ON COLUMN settings_documents.digest IS '要約値: 内容のSHA-256 (取り下げは空文字)';
COMMENT ON COLUMN settings_documents.content IS '内容: 取り下げられたファイルは空';
COMMENT ON COLUMN settings_documents.loaded_at IS '読込日時';
ALTER TABLE settings_documents ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON settings_documents USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON settings_documents TO sesshu_app;
GRANT SELECT ON settings_documents TO sesshu_read;

CREATE SEQUENCE file_ids;
COMMENT ON SEQUENCE file_ids IS '保管ファイルの番号: 中身を書き終えてから見出しを書くため、先に番号を取る';
GRANT USAGE ON SEQUENCE file_ids TO sesshu_app;

CREATE TABLE files (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  file_id bigint NOT NULL,
  name text NOT NULL,
  media_type text NOT NULL,
  bytes bigint NOT NULL CHECK (bytes >= 0),
  digest text NOT NULL,
  stored_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (lg_code, file_id)
);
COMMENT ON TABLE files IS '保管ファイル: 受け取った、または作ったファイルの見出し。内容は書き換えない';
COMMENT ON COLUMN files.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN files.file_id IS 'ファイル番号: 内部の番号';
COMMENT ON COLUMN files.name IS '名前: 受け取ったときのファイル名';
COMMENT ON COLUMN files.media_type IS '種類: 例 text/csv, application/pdf';
COMMENT ON COLUMN files.bytes IS '大きさ: バイト数';
COMMENT ON COLUMN files.digest IS '要約値: 内容のSHA-256 (16進)';
COMMENT ON COLUMN files.stored_at IS '保管日時';
CREATE INDEX files_digest ON files (lg_code, digest);
ALTER TABLE files ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON files USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON files TO sesshu_app;
GRANT SELECT, DELETE ON files TO sesshu_disposal;

CREATE TABLE file_chunks (
  lg_code text NOT NULL,
  file_id bigint NOT NULL,
  ordinal integer NOT NULL CHECK (ordinal >= 0),
  content bytea NOT NULL,
  PRIMARY KEY (lg_code, file_id, ordinal),
  FOREIGN KEY (lg_code, file_id) REFERENCES files (lg_code, file_id) DEFERRABLE INITIALLY DEFERRED
);
ALTER TABLE file_chunks ALTER COLUMN content SET STORAGE EXTERNAL;
COMMENT ON TABLE file_chunks IS '保管ファイルの内容: 1MiBずつの切れ';
COMMENT ON COLUMN file_chunks.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN file_chunks.file_id IS 'ファイル番号';
COMMENT ON COLUMN file_chunks.ordinal IS '順番: 0から始まる';
COMMENT ON COLUMN file_chunks.content IS '内容: 最後の切れのほかは1MiB';
ALTER TABLE file_chunks ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON file_chunks USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON file_chunks TO sesshu_app;
GRANT SELECT, DELETE ON file_chunks TO sesshu_disposal;

CREATE TABLE outbox (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  outbox_id bigint GENERATED ALWAYS AS IDENTITY,
  topic text NOT NULL CHECK (topic ~ '^[a-z][A-Za-z-]*\.[a-z][A-Za-z-]*$'),
  subject_id text NOT NULL,
  published_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (lg_code, outbox_id)
);
COMMENT ON TABLE outbox IS '発信箱: 変わったことの知らせ。題と番号だけで個人の情報は持たず、届けたら消す';
COMMENT ON COLUMN outbox.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN outbox.outbox_id IS '知らせの番号';
COMMENT ON COLUMN outbox.topic IS '題: <部屋>.<過去分詞> 例 vaccinations.changed';
COMMENT ON COLUMN outbox.subject_id IS '対象の番号: 内部の番号';
COMMENT ON COLUMN outbox.published_at IS '発信日時: 事実と同じ取引の日時';
ALTER TABLE outbox ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON outbox USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT, UPDATE, DELETE ON outbox TO sesshu_app;
GRANT INSERT ON outbox TO sesshu_vault, sesshu_disposal;

-- Which municipalities have news waiting: the relay asks this every second, whatever their number.
CREATE FUNCTION list_municipalities_with_news()
RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT m.lg_code FROM public.municipalities m
   WHERE EXISTS (SELECT 1 FROM public.outbox o WHERE o.lg_code = m.lg_code)
   ORDER BY m.lg_code
$$;
COMMENT ON FUNCTION list_municipalities_with_news() IS '知らせのある自治体: 発信箱に行がある自治体のコード';
GRANT EXECUTE ON FUNCTION list_municipalities_with_news() TO sesshu_app;

CREATE TABLE runs (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  run_id bigint GENERATED ALWAYS AS IDENTITY,
  kind text NOT NULL CHECK (kind <> ''),
  label text NOT NULL,
  state text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'done', 'failed', 'stopped')),
  done bigint NOT NULL DEFAULT 0 CHECK (done >= 0),
  total bigint CHECK (total >= 0),
  message text NOT NULL DEFAULT '',
  resume_from jsonb,
  result jsonb,
  started_by bigint,
  started_at timestamptz NOT NULL DEFAULT now(),
  reported_at timestamptz NOT NULL DEFAULT now(),
  stop_requested_at timestamptz,
  finished_at timestamptz,
  CHECK ((finished_at IS NULL) = (state = 'running')),
  PRIMARY KEY (lg_code, run_id)
);
COMMENT ON TABLE runs IS '長い処理: 進み具合、停止の求め、続きから始めるための印';
COMMENT ON COLUMN runs.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN runs.run_id IS '処理番号';
COMMENT ON COLUMN runs.kind IS '種類: ジョブの名前 例 residents.import';
COMMENT ON COLUMN runs.label IS '表示名: 職員に見せる名前。個人の情報を書かない';
COMMENT ON COLUMN runs.state IS '状態: running 実行中, done 完了, failed 失敗, stopped 停止';
COMMENT ON COLUMN runs.done IS '済んだ件数';
COMMENT ON COLUMN runs.total IS '全体の件数: 分からない間は空';
COMMENT ON COLUMN runs.message IS '経過の一文: 個人の情報を書かない';
COMMENT ON COLUMN runs.resume_from IS '再開位置: 止まったところから続けるための印 (番号と件数だけ)';
COMMENT ON COLUMN runs.result IS '結果: 件数など';
COMMENT ON COLUMN runs.started_by IS '開始者: 職員の内部番号。定時の処理は空';
COMMENT ON COLUMN runs.started_at IS '開始日時';
COMMENT ON COLUMN runs.reported_at IS '報告日時: 最後に進み具合を記した日時';
COMMENT ON COLUMN runs.stop_requested_at IS '停止の求め: 求められた日時';
COMMENT ON COLUMN runs.finished_at IS '終了日時';
CREATE INDEX runs_running ON runs (lg_code, run_id) WHERE state = 'running';
ALTER TABLE runs ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON runs USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON runs TO sesshu_app;
GRANT UPDATE (state, done, total, message, resume_from, result, reported_at, stop_requested_at, finished_at, started_by)
  ON runs TO sesshu_app;
GRANT SELECT ON runs TO sesshu_read;
