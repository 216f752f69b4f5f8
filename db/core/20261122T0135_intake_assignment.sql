-- 担当: which member of staff answers a row of intake. It changes nothing of what was found or answered.
ALTER TABLE intake_rows ADD COLUMN assigned_to bigint, ADD COLUMN assigned_to_name text;
COMMENT ON COLUMN intake_rows.assigned_to IS '担当の職員: who is to answer the row; null = nobody yet';
COMMENT ON COLUMN intake_rows.assigned_to_name IS '担当の職員名: as it was when the row was given';
GRANT UPDATE (assigned_to, assigned_to_name) ON intake_rows TO sesshu_app;
