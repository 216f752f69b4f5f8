-- 提供の根拠: every export names the row of the table of provisions (rules/provisions, provisions.csv) that allows it.
ALTER TABLE exports ADD COLUMN provision text;
COMMENT ON COLUMN exports.provision IS '提供の根拠: 表の行の番号。この列より前の申請は空';
-- Not of the rows that were there before; of every row from now on.
ALTER TABLE exports ADD CONSTRAINT exports_provision_named CHECK (provision <> '' AND provision IS NOT NULL) NOT VALID;
