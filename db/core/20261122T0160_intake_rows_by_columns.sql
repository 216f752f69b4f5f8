-- Checked rows come as columns of one statement: what a staging table costs is written, read and removed for every row.
DROP TABLE intake_checks;

-- The text that was read is kept as it came and taken apart by who looks into it, not for every row that arrives.
ALTER TABLE intake_rows ALTER COLUMN fields TYPE json USING fields::json;
