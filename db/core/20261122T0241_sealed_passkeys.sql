-- パスキーの公開鍵の封 (ASVS 6.7.1): a key that somebody with rights on the database put in or exchanged opens no door. The seal is
-- made with a key that only the wrapping key outside the database opens. A passkey without a seal is not taken; its
-- person shows another factor and registers it anew.
ALTER TABLE second_factors ADD COLUMN key_seal bytea;
ALTER TABLE second_factors DROP CONSTRAINT second_factors_check1;
ALTER TABLE second_factors ADD CONSTRAINT second_factors_passkey CHECK (kind <> 'passkey' OR (credential_id IS NOT NULL
  AND public_key IS NOT NULL AND sign_count IS NOT NULL AND transports IS NOT NULL AND rp_id IS NOT NULL
  AND confirmed_at IS NOT NULL AND (key_seal IS NULL) = (wrapped_key IS NULL)
  AND (wrapping_key_id IS NULL) = (wrapped_key IS NULL)));
COMMENT ON COLUMN second_factors.key_seal IS '公開鍵の封 (passkey): HMAC-SHA-256 over whose key it is, under the wrapped key of this row';
COMMENT ON COLUMN second_factors.wrapping_key_id IS '鍵を包む鍵の指紋';
COMMENT ON COLUMN second_factors.wrapped_key IS '包まれた鍵: the key that the secret (totp) is derived from or the seal (passkey) is made with, useless without the wrapping key outside the database';
