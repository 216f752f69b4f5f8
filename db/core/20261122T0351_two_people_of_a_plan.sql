-- 年間計画の承認: who wrote a line of the plan decides whom it calls; another person approves the people of each month.
CREATE FUNCTION bind_planned_cohort_to_people() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.state = 'approved' AND EXISTS (
    SELECT FROM notice_plans p
      JOIN staff_members w ON w.lg_code = p.lg_code AND w.staff_id = p.staff_id
      JOIN staff_members d ON d.lg_code = p.lg_code AND d.staff_id = NEW.decided_by
    WHERE p.lg_code = NEW.lg_code AND p.notice_plan_id = NEW.notice_plan_id
      AND COALESCE(w.person_staff_id, w.staff_id) = COALESCE(d.person_staff_id, d.staff_id)) THEN
    RAISE EXCEPTION 'four_eyes: nobody approves whom their own plan calls'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'four_eyes';
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION bind_planned_cohort_to_people() IS '年間計画の二人: refuses an approval by the person who wrote the line';
CREATE TRIGGER planned_cohort_by_two BEFORE UPDATE ON planned_cohorts
  FOR EACH ROW EXECUTE FUNCTION bind_planned_cohort_to_people();
