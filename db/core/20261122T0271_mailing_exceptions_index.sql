-- Whose letter may go elsewhere than to the own address, or not at all, is asked of the whole register for every cohort.
CREATE INDEX persons_mailing_exceptions ON persons (lg_code, person_id)
  WHERE is_protected OR principal_id IS NOT NULL OR address IS NULL OR address = '' OR postal_code IS NULL;
