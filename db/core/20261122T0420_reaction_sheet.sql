-- 副反応疑い報告: the items of the official sheet (別紙様式1) beside what every report of a dose tells.

ALTER TABLE safety_reports ADD COLUMN sheet jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(sheet) = 'object');
COMMENT ON COLUMN safety_reports.sheet IS '報告書の項目: what the sheet of 副反応疑い報告 asks beside the columns, by key of the sheet''s items (src/ledger/safety/report-sheet.ts)';
COMMENT ON COLUMN safety_reports.category IS '区分: the symptom as rules/reportable-reactions.csv names it, or the kind of error';
