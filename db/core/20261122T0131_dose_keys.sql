-- ロットの追跡 (LG-08), 券番号 (IN-04), 予診票の番号: the current history carries what its doses are looked up by. An index
-- on an expression of the entries would not be used under row-level security, since the functions in it are not leakproof.
ALTER TABLE current_doses ADD COLUMN lot_key text, ADD COLUMN coupon_key text, ADD COLUMN form_key text;
COMMENT ON COLUMN current_doses.lot_key IS 'ロット番号（比べる形）: width and letters folded, without blanks and hyphens; null = none';
COMMENT ON COLUMN current_doses.coupon_key IS '接種券番号: the ten digits at the end of what was sent; null = none';
COMMENT ON COLUMN current_doses.form_key IS '予診票の発行番号: width folded, without blanks and hyphens; null = none';

UPDATE current_doses c SET
  lot_key = nullif(translate(upper(normalize(e.lot_number, NFKC)), E' \t\n\r\v\f-', ''), ''),
  coupon_key = nullif(right(e.coupon_number, 10), ''),
  form_key = nullif(translate(normalize(e.form_number, NFKC), E' \t\n\r\v\f-', ''), '')
FROM ledger_entries e
WHERE e.lg_code = c.lg_code AND e.entry_id = c.entry_id
  AND (e.lot_number IS NOT NULL OR e.coupon_number IS NOT NULL OR e.form_number IS NOT NULL);

CREATE INDEX current_doses_by_lot ON current_doses (lg_code, lot_key, vaccinated_on) WHERE lot_key IS NOT NULL;
CREATE INDEX current_doses_by_coupon ON current_doses (lg_code, coupon_key) WHERE coupon_key IS NOT NULL;
CREATE INDEX current_doses_by_form ON current_doses (lg_code, form_key) WHERE form_key IS NOT NULL;
DROP INDEX ledger_entries_by_coupon;
