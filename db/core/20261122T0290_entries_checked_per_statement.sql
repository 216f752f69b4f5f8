-- 台帳: a commit enters thousands of doses. A foreign key looks at each one for itself, and locks what it finds: the person's
-- row and the entry written a moment ago were both written anew for that, which was a quarter of a commit's time and half of
-- its log. One look per statement says the same.

-- Implied: an entry's person belongs to a municipality by the key of persons.
ALTER TABLE ledger_entries DROP CONSTRAINT ledger_entries_lg_code_fkey;

-- Every entry speaks of a person who is registered. Nobody has the right to delete a person, and ledger_heads, which has a
-- row for everybody with an entry, still refers to persons.
ALTER TABLE ledger_entries DROP CONSTRAINT ledger_entries_lg_code_person_id_fkey;
CREATE FUNCTION refuse_entries_without_person() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp
  -- A plan made for thousands of entries is kept for the next one: it must not read the whole register.
  SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
  IF EXISTS (
    SELECT FROM arrived a
    WHERE NOT EXISTS (SELECT FROM persons p WHERE p.lg_code = a.lg_code AND p.person_id = a.person_id)
  ) THEN
    RAISE foreign_key_violation USING MESSAGE = 'an entry belongs to no person';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION refuse_entries_without_person() IS '宛名のない接種記録を断る: keeps ledger_entries to people who are registered';
CREATE TRIGGER entries_belong_to_persons AFTER INSERT ON ledger_entries
  REFERENCING NEW TABLE AS arrived FOR EACH STATEMENT EXECUTE FUNCTION refuse_entries_without_person();

-- The current history is derived from the entries in the statement that writes them, and `verify` holds it against them.
ALTER TABLE current_doses DROP CONSTRAINT current_doses_lg_code_entry_id_fkey;
