-- A recall belongs to the lot it is of: the master of lots holds the day and the reason, and clinics and intake ask it.
ALTER TABLE master_entries
  ADD COLUMN recalled_on date,
  ADD COLUMN recall_reason text,
  ADD CHECK (recalled_on IS NULL OR (kind = 'lot' AND recall_reason <> '')),
  ADD CHECK ((recalled_on IS NULL) = (recall_reason IS NULL));
COMMENT ON COLUMN master_entries.recalled_on IS '回収の日: of a lot, the day from which it may not be used; empty where it was not recalled';
COMMENT ON COLUMN master_entries.recall_reason IS '回収の理由: what clinics are shown';
COMMENT ON COLUMN master_entries.note IS 'メモ';
