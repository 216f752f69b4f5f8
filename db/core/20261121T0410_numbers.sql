-- 個人番号の金庫: the only place where individual numbers lie, encrypted, in a schema of its own that only the vault's role
-- may enter. The keys here are wrapped by a key outside the database; whoever takes the whole database reads no number.

CREATE SCHEMA number_vault;
COMMENT ON SCHEMA number_vault IS '個人番号の金庫: 役割 sesshu_vault だけが入れる。個人番号は暗号文と鍵つき要約値だけ';
REVOKE ALL ON SCHEMA number_vault FROM PUBLIC;
GRANT USAGE ON SCHEMA number_vault TO sesshu_vault;

CREATE TABLE number_vault.data_keys (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  purpose text NOT NULL CHECK (purpose IN ('encryption', 'index')),
  version integer NOT NULL CHECK (version > 0),
  wrapping_key_id text NOT NULL CHECK (wrapping_key_id ~ '^[0-9a-f]{16}$'),
  wrapped_key bytea NOT NULL CHECK (length(wrapped_key) >= 32),
  created_at timestamptz NOT NULL,
  PRIMARY KEY (lg_code, purpose, version)
);
COMMENT ON TABLE number_vault.data_keys IS 'データ鍵: keys of one municipality, wrapped; the highest version of a purpose is in use, older ones open what they once sealed';
COMMENT ON COLUMN number_vault.data_keys.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN number_vault.data_keys.purpose IS '用途: encryption 暗号化, index 番号から人を探す索引';
COMMENT ON COLUMN number_vault.data_keys.version IS '鍵の版: 1, 2, 3 … per purpose';
COMMENT ON COLUMN number_vault.data_keys.wrapping_key_id IS '包んだ鍵の指紋: of the key outside the database; tells which key is needed, nothing of it';
COMMENT ON COLUMN number_vault.data_keys.wrapped_key IS '包まれたデータ鍵: AES-256-GCM, bound to municipality, purpose and version';
COMMENT ON COLUMN number_vault.data_keys.created_at IS '作成日時';

CREATE TABLE number_vault.individual_numbers (
  lg_code text NOT NULL,
  person_id bigint NOT NULL,
  version integer NOT NULL CHECK (version > 0),
  branch_number text CHECK (branch_number ~ '^[0-9]{1,4}$'),
  sealed_number bytea NOT NULL CHECK (length(sealed_number) = 41),
  key_version integer NOT NULL,
  number_index bytea NOT NULL CHECK (length(number_index) = 32),
  index_key_version integer NOT NULL,
  recorded_at timestamptz NOT NULL,
  feed_run_id bigint,
  PRIMARY KEY (lg_code, person_id, version),
  FOREIGN KEY (lg_code, person_id) REFERENCES persons (lg_code, person_id)
);
CREATE INDEX individual_numbers_by_number ON number_vault.individual_numbers (lg_code, number_index);
COMMENT ON TABLE number_vault.individual_numbers IS '個人番号の履歴: one row per number or branch number a person had, encrypted; appended only';
COMMENT ON COLUMN number_vault.individual_numbers.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN number_vault.individual_numbers.person_id IS '個人の内部番号';
COMMENT ON COLUMN number_vault.individual_numbers.version IS '版: 1, 2, 3 … per person';
COMMENT ON COLUMN number_vault.individual_numbers.branch_number IS '個人番号の枝番: rises when the number is changed; as the sender writes it';
COMMENT ON COLUMN number_vault.individual_numbers.sealed_number IS '暗号化された個人番号: AES-256-GCM (format 1, nonce 12, ciphertext 12, tag 16 bytes), bound to municipality, person and version';
COMMENT ON COLUMN number_vault.individual_numbers.key_version IS '暗号化に使ったデータ鍵の版';
COMMENT ON COLUMN number_vault.individual_numbers.number_index IS '個人番号の鍵つき要約値: HMAC-SHA-256, for equality only';
COMMENT ON COLUMN number_vault.individual_numbers.index_key_version IS '索引に使ったデータ鍵の版';
COMMENT ON COLUMN number_vault.individual_numbers.recorded_at IS '記録日時';
COMMENT ON COLUMN number_vault.individual_numbers.feed_run_id IS '連携処理番号: the run that brought it';

CREATE TABLE number_vault.numbers_in_force (
  lg_code text NOT NULL,
  person_id bigint NOT NULL,
  version integer NOT NULL,
  branch_number text,
  number_index bytea NOT NULL,
  index_key_version integer NOT NULL,
  PRIMARY KEY (lg_code, person_id),
  -- Judged at the end of each statement, so that one statement may exchange the numbers of two people.
  CONSTRAINT numbers_in_force_one_person UNIQUE (lg_code, number_index) DEFERRABLE INITIALLY IMMEDIATE,
  FOREIGN KEY (lg_code, person_id, version)
    REFERENCES number_vault.individual_numbers (lg_code, person_id, version)
);
COMMENT ON TABLE number_vault.numbers_in_force IS 'いまの個人番号: which row of the history holds; at most one number per person and one person per number';
COMMENT ON COLUMN number_vault.numbers_in_force.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN number_vault.numbers_in_force.person_id IS '個人の内部番号';
COMMENT ON COLUMN number_vault.numbers_in_force.version IS '版: of the row of the history that holds';
COMMENT ON COLUMN number_vault.numbers_in_force.branch_number IS '個人番号の枝番';
COMMENT ON COLUMN number_vault.numbers_in_force.number_index IS '個人番号の鍵つき要約値';
COMMENT ON COLUMN number_vault.numbers_in_force.index_key_version IS '索引に使ったデータ鍵の版';

-- Rows of one import on their way. Encrypted before they come here; never written to the write-ahead log nor to a backup.
CREATE UNLOGGED TABLE number_vault.number_feed_rows (
  lg_code text NOT NULL,
  feed_run_id bigint NOT NULL,
  ordinal integer NOT NULL,
  line integer NOT NULL,
  person_id bigint NOT NULL,
  version integer NOT NULL,
  branch_number text,
  sealed_number bytea NOT NULL,
  key_version integer NOT NULL,
  number_index bytea NOT NULL,
  index_key_version integer NOT NULL,
  findings jsonb NOT NULL,
  is_waiting boolean NOT NULL DEFAULT false,
  PRIMARY KEY (lg_code, feed_run_id, ordinal)
);
CREATE INDEX number_feed_rows_by_number ON number_vault.number_feed_rows (lg_code, feed_run_id, number_index);
CREATE UNIQUE INDEX number_feed_rows_by_person ON number_vault.number_feed_rows (lg_code, feed_run_id, person_id);
COMMENT ON TABLE number_vault.number_feed_rows IS '個人番号の取込中の行: new and changed numbers of one import, encrypted; empty between imports';
COMMENT ON COLUMN number_vault.number_feed_rows.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN number_vault.number_feed_rows.feed_run_id IS '連携処理番号';
COMMENT ON COLUMN number_vault.number_feed_rows.ordinal IS '行番号';
COMMENT ON COLUMN number_vault.number_feed_rows.line IS 'ファイルの行';
COMMENT ON COLUMN number_vault.number_feed_rows.person_id IS '個人の内部番号';
COMMENT ON COLUMN number_vault.number_feed_rows.version IS '版: that the row will have in the history';
COMMENT ON COLUMN number_vault.number_feed_rows.branch_number IS '個人番号の枝番';
COMMENT ON COLUMN number_vault.number_feed_rows.sealed_number IS '暗号化された個人番号';
COMMENT ON COLUMN number_vault.number_feed_rows.key_version IS '暗号化に使ったデータ鍵の版';
COMMENT ON COLUMN number_vault.number_feed_rows.number_index IS '個人番号の鍵つき要約値';
COMMENT ON COLUMN number_vault.number_feed_rows.index_key_version IS '索引に使ったデータ鍵の版';
COMMENT ON COLUMN number_vault.number_feed_rows.findings IS '指摘: code, severity, field, params, basis; never a number';
COMMENT ON COLUMN number_vault.number_feed_rows.is_waiting IS '要確認: the number is also another person''s; nothing is written until a person has looked';

-- The planner knows nothing of rows that were staged a moment ago, and would compare every one with every other. Only the
-- owner may count them for it; the function says nothing of them.
CREATE FUNCTION number_vault.count_feed_rows() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  ANALYZE number_vault.number_feed_rows;
END
$$;
COMMENT ON FUNCTION number_vault.count_feed_rows() IS '取込中の行の統計: lets the planner know how many rows are staged';
REVOKE ALL ON FUNCTION number_vault.count_feed_rows() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION number_vault.count_feed_rows() TO sesshu_vault;

ALTER TABLE number_vault.data_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE number_vault.individual_numbers ENABLE ROW LEVEL SECURITY;
ALTER TABLE number_vault.numbers_in_force ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON number_vault.data_keys USING (lg_code = current_setting('sesshu.lg_code', true));
CREATE POLICY municipality ON number_vault.individual_numbers USING (lg_code = current_setting('sesshu.lg_code', true));
CREATE POLICY municipality ON number_vault.numbers_in_force USING (lg_code = current_setting('sesshu.lg_code', true));

-- Keys and history are appended only; what is in force is derived from the history.
GRANT SELECT, INSERT ON number_vault.data_keys, number_vault.individual_numbers TO sesshu_vault;
GRANT SELECT, INSERT, UPDATE, DELETE ON number_vault.numbers_in_force, number_vault.number_feed_rows TO sesshu_vault;
-- Of the people the vault knows only which key belongs to which number of the register.
GRANT SELECT (lg_code, person_id, addressee_number, is_cancelled) ON persons TO sesshu_vault;
-- Layouts of files, which hold nobody's data.
GRANT SELECT ON settings_documents TO sesshu_vault;
