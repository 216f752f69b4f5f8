-- 接種券番号 (IN-04): the records of one 券番号 are found by the ten digits at the end of what was sent, alone or as the
-- last part of the OCR line and QR of 18 digits. Most entries have none.
CREATE INDEX ledger_entries_by_coupon ON ledger_entries (lg_code, right(coupon_number, 10))
  WHERE coupon_number IS NOT NULL;
