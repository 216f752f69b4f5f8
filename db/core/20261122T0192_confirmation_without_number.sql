-- 本人確認情報の照会 (AD-18) of somebody without an individual number: asked by the 4情報, so that nothing is said of a number.
ALTER TABLE register_confirmations DROP CONSTRAINT register_confirmations_number_answer_check;
ALTER TABLE register_confirmations ADD CONSTRAINT register_confirmations_number_answer_check
  CHECK (number_answer IN ('valid', 'changed', 'unknown', 'notAsked'));
COMMENT ON COLUMN register_confirmations.number_answer IS '個人番号の真正性: valid 正しい, changed 変更されている, unknown 該当なし, notAsked 個人番号を使わず4情報で照会した';
