-- 承認の二人: accounts that became known as one person's after the request are one person's when it is decided; and who gave
-- an account a new password or took its second factors away is kept, since whoever did could sign in with it.
ALTER TABLE account_notices ADD COLUMN changed_by bigint;
ALTER TABLE account_notices ADD FOREIGN KEY (lg_code, changed_by) REFERENCES staff_members (lg_code, staff_id);
COMMENT ON COLUMN account_notices.changed_by IS '変更した職員: null for a command, and before this was kept';

CREATE OR REPLACE FUNCTION bind_approval_to_people() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  requesting bigint;
BEGIN
  SELECT COALESCE(person_staff_id, staff_id) INTO requesting FROM staff_members
    WHERE lg_code = NEW.lg_code AND staff_id = NEW.requested_by;
  IF TG_OP = 'UPDATE' THEN
    IF OLD.state <> 'open' THEN
      RAISE EXCEPTION 'a request is decided once' USING ERRCODE = 'check_violation';
    END IF;
    NEW.requested_person := OLD.requested_person;
  ELSE
    NEW.requested_person := requesting;
  END IF;
  NEW.decided_person := NULL;
  IF NEW.decided_by IS NOT NULL THEN
    SELECT COALESCE(person_staff_id, staff_id) INTO NEW.decided_person FROM staff_members
      WHERE lg_code = NEW.lg_code AND staff_id = NEW.decided_by;
    IF NEW.decided_person = requesting THEN
      RAISE EXCEPTION 'four_eyes: nobody approves what they asked for themselves'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'four_eyes';
    END IF;
  END IF;
  RETURN NEW;
END
$$;
