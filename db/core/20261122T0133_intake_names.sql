-- 医師・会場 (LG-10) at intake: what the masters know beside what the sender wrote (a doctor's code of the name) is kept with
-- the row, also where a recheck finds it.
GRANT UPDATE (fields) ON intake_rows TO sesshu_app;
COMMENT ON COLUMN intake_rows.fields IS '読み取った値: by field key of the layout, with what the masters know beside it; what the sender wrote is in raw';
