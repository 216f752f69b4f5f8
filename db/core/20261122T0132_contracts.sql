-- 契約 (LG-10) on screens: which programmes a contract is for, a contract taken down, and who wrote it and why. A contract
-- is changed by a new version beside the old one, as a feed does.
ALTER TABLE institution_versions
  ADD COLUMN programmes text[] CHECK (programmes <> '{}'),
  ADD COLUMN is_retired boolean NOT NULL DEFAULT false,
  ADD COLUMN reason text,
  ADD COLUMN recorded_by_name text;
COMMENT ON COLUMN institution_versions.programmes IS '契約の範囲: programmes of rules/; null = all that the municipality entrusts';
COMMENT ON COLUMN institution_versions.is_retired IS '取り下げ: the contract was entered by mistake and never held';
COMMENT ON COLUMN institution_versions.reason IS '変更の理由: of a version written on a screen; null for a feed';
COMMENT ON COLUMN institution_versions.recorded_by_name IS '登録者名: as it was at that time; null for versions of before';
