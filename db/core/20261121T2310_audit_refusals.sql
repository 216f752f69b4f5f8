-- 監査: refusals are few among millions of acts; the auditor finds them without reading the rest.
CREATE INDEX audit_acts_refused ON audit_acts (lg_code, recorded_on, act_id) WHERE outcome = 'refused';

COMMENT ON COLUMN recovery_codes.code_hash IS 'コードのハッシュ値: SHA-256 over municipality, person and 118 random bits';
