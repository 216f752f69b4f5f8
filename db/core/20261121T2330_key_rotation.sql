-- 鍵の入替: the wrapping key and the data keys are exchanged while the office works. What is sealed stays the same fact;
-- only its form changes, so the vault's role may rewrite the sealed form and nothing else of the history.

ALTER TABLE number_vault.data_keys ADD COLUMN retired_at timestamptz;
COMMENT ON COLUMN number_vault.data_keys.retired_at IS '使用終了日時: nothing is sealed by it any more; null while in use or while the exchange is under way';

ALTER TABLE number_vault.number_feed_rows ADD COLUMN other_index bytea;
COMMENT ON COLUMN number_vault.number_feed_rows.other_index IS '入替前の鍵での要約値: while the index key is exchanged, to be compared with rows that still have it';

CREATE TABLE number_vault.key_rotations (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  rotation_id bigint GENERATED ALWAYS AS IDENTITY,
  key_version integer NOT NULL CHECK (key_version > 1),
  started_at timestamptz NOT NULL,
  finished_at timestamptz,
  PRIMARY KEY (lg_code, rotation_id)
);
CREATE UNIQUE INDEX key_rotations_one_open ON number_vault.key_rotations (lg_code) WHERE finished_at IS NULL;
COMMENT ON TABLE number_vault.key_rotations IS '鍵の入替: one row per exchange of a municipality''s data keys; at most one is under way, and it is gone on with after a stop';
COMMENT ON COLUMN number_vault.key_rotations.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN number_vault.key_rotations.rotation_id IS '通し番号';
COMMENT ON COLUMN number_vault.key_rotations.key_version IS '新しいデータ鍵の版: of both purposes';
COMMENT ON COLUMN number_vault.key_rotations.started_at IS '開始日時';
COMMENT ON COLUMN number_vault.key_rotations.finished_at IS '終了日時: null while under way';
ALTER TABLE number_vault.key_rotations ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON number_vault.key_rotations USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON number_vault.key_rotations TO sesshu_vault;
GRANT UPDATE (finished_at) ON number_vault.key_rotations TO sesshu_vault;

GRANT UPDATE (wrapping_key_id, wrapped_key, retired_at) ON number_vault.data_keys TO sesshu_vault;
GRANT UPDATE (sealed_number, key_version, number_index, index_key_version) ON number_vault.individual_numbers
  TO sesshu_vault;
GRANT UPDATE (wrapping_key_id, wrapped_key) ON second_factors TO sesshu_app;
