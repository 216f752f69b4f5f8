-- 個人番号の手入力: typed from a paper by one person and once more by another. Who, why and how far stands beside the person; the
-- number on its way lies in the vault, sealed, and is gone when it is entered.

CREATE TABLE number_entries (
  lg_code text NOT NULL,
  entry_id bigint GENERATED ALWAYS AS IDENTITY,
  person_id bigint NOT NULL,
  kind text NOT NULL CHECK (kind IN ('first', 'correction', 'changed')),
  branch_number text CHECK (branch_number ~ '^[0-9]{1,4}$'),
  grounds text NOT NULL CHECK (grounds <> ''),
  drafted_at timestamptz NOT NULL,
  drafted_by bigint NOT NULL,
  drafted_by_name text NOT NULL,
  checked_at timestamptz,
  checked_by bigint,
  checked_by_name text,
  approved_at timestamptz,
  state text NOT NULL CHECK (state IN ('drafted', 'approved', 'entered', 'refused')),
  because text CHECK (because ~ '^[a-zA-Z]{1,40}$'),
  settled_at timestamptz,
  PRIMARY KEY (lg_code, entry_id),
  FOREIGN KEY (lg_code, person_id) REFERENCES persons (lg_code, person_id),
  CHECK (checked_by IS NULL OR checked_by <> drafted_by)
);
CREATE INDEX number_entries_by_person ON number_entries (lg_code, person_id);
CREATE INDEX number_entries_waiting ON number_entries (lg_code, entry_id) WHERE state = 'approved';
COMMENT ON TABLE number_entries IS '個人番号の手入力: だれが、何の書類から、どこまで進んだか。番号そのものはここにはない';
COMMENT ON COLUMN number_entries.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN number_entries.entry_id IS '手入力の内部番号';
COMMENT ON COLUMN number_entries.person_id IS '個人の内部番号';
COMMENT ON COLUMN number_entries.kind IS '種類: first 初めての登録, correction 誤りの訂正, changed 番号の変更';
COMMENT ON COLUMN number_entries.branch_number IS '個人番号の枝番';
COMMENT ON COLUMN number_entries.grounds IS '番号を確かめた書類';
COMMENT ON COLUMN number_entries.drafted_at IS '一人目が入れた日時';
COMMENT ON COLUMN number_entries.drafted_by IS '一人目の職員';
COMMENT ON COLUMN number_entries.drafted_by_name IS '一人目の職員の氏名: その時の';
COMMENT ON COLUMN number_entries.checked_at IS '二人目が同じ番号を入れた日時';
COMMENT ON COLUMN number_entries.checked_by IS '二人目の職員';
COMMENT ON COLUMN number_entries.checked_by_name IS '二人目の職員の氏名: その時の';
COMMENT ON COLUMN number_entries.approved_at IS '二人目が承認した日時';
COMMENT ON COLUMN number_entries.state IS '状態: drafted 一人目が入れた, approved 承認された, entered 金庫に入った, refused 入れられなかった';
COMMENT ON COLUMN number_entries.because IS '入れられなかったわけの符号';
COMMENT ON COLUMN number_entries.settled_at IS '金庫に入った、または入れられないと分かった日時';
ALTER TABLE number_entries ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON number_entries USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON number_entries TO sesshu_app;
GRANT UPDATE (checked_at, checked_by, checked_by_name, approved_at, state, because, settled_at) ON number_entries TO sesshu_app;
GRANT SELECT ON number_entries TO sesshu_read;

CREATE TABLE number_vault.number_drafts (
  lg_code text NOT NULL,
  entry_id bigint NOT NULL,
  person_id bigint NOT NULL,
  sealed_number bytea NOT NULL CHECK (length(sealed_number) = 41),
  key_version integer NOT NULL,
  number_index bytea NOT NULL CHECK (length(number_index) = 32),
  index_key_version integer NOT NULL,
  PRIMARY KEY (lg_code, entry_id)
);
COMMENT ON TABLE number_vault.number_drafts IS '手入力中の個人番号: 暗号化したまま、承認と登録まで置く。終われば消す';
COMMENT ON COLUMN number_vault.number_drafts.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN number_vault.number_drafts.entry_id IS '手入力の内部番号';
COMMENT ON COLUMN number_vault.number_drafts.person_id IS '個人の内部番号';
COMMENT ON COLUMN number_vault.number_drafts.sealed_number IS '暗号化された個人番号: AES-256-GCM, bound to municipality, person and version 0';
COMMENT ON COLUMN number_vault.number_drafts.key_version IS '暗号化に使ったデータ鍵の版';
COMMENT ON COLUMN number_vault.number_drafts.number_index IS '個人番号の鍵つき要約値: 二人目の番号とくらべる';
COMMENT ON COLUMN number_vault.number_drafts.index_key_version IS '索引に使ったデータ鍵の版';
ALTER TABLE number_vault.number_drafts ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON number_vault.number_drafts USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT, DELETE ON number_vault.number_drafts TO sesshu_vault;
