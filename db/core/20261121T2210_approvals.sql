-- 承認: one mechanism of four eyes for all rooms. A request is decided once, by another person than the one who asked,
-- whichever accounts the two use.

ALTER TABLE staff_members ADD COLUMN person_staff_id bigint;
ALTER TABLE staff_members ADD FOREIGN KEY (lg_code, person_staff_id) REFERENCES staff_members (lg_code, staff_id);
ALTER TABLE staff_members ADD CHECK (person_staff_id <> staff_id);
COMMENT ON COLUMN staff_members.person_staff_id IS '本人のもう一つのアカウント: the daily account of the same person, where somebody has one for administration as well; null for the daily account itself';
GRANT UPDATE (person_staff_id) ON staff_members TO sesshu_app;

CREATE TABLE approval_requests (
  lg_code text NOT NULL,
  request_id bigint GENERATED ALWAYS AS IDENTITY,
  kind text NOT NULL CHECK (kind ~ '^[a-z][a-zA-Z-]*\.[a-z][a-zA-Z]*$'),
  subject jsonb NOT NULL,
  reason text NOT NULL CHECK (reason <> ''),
  requested_by bigint NOT NULL,
  requested_person bigint NOT NULL,
  requested_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL CHECK (expires_at > requested_at),
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done', 'declined', 'withdrawn')),
  decided_by bigint,
  decided_person bigint,
  decided_at timestamptz,
  note text,
  PRIMARY KEY (lg_code, request_id),
  FOREIGN KEY (lg_code, requested_by) REFERENCES staff_members (lg_code, staff_id),
  FOREIGN KEY (lg_code, decided_by) REFERENCES staff_members (lg_code, staff_id),
  CONSTRAINT four_eyes CHECK (decided_person <> requested_person),
  CHECK ((state IN ('done', 'declined')) = (decided_by IS NOT NULL)),
  CHECK ((decided_by IS NULL) = (decided_person IS NULL)),
  CHECK ((state = 'open') = (decided_at IS NULL))
);
CREATE INDEX approval_requests_open ON approval_requests (lg_code, expires_at) WHERE state = 'open';
CREATE INDEX approval_requests_by_requester ON approval_requests (lg_code, requested_by, request_id);
COMMENT ON TABLE approval_requests IS '承認の申請: what one person asks and another approves (二人確認・上長承認)';
COMMENT ON COLUMN approval_requests.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN approval_requests.request_id IS '申請番号';
COMMENT ON COLUMN approval_requests.kind IS '申請の種別: <room>.<noun>';
COMMENT ON COLUMN approval_requests.subject IS '申請の内容: ids and codes only';
COMMENT ON COLUMN approval_requests.reason IS '申請の理由';
COMMENT ON COLUMN approval_requests.requested_by IS '申請した職員';
COMMENT ON COLUMN approval_requests.requested_person IS '申請した本人: the daily account of the person, set by the database';
COMMENT ON COLUMN approval_requests.requested_at IS '申請日時';
COMMENT ON COLUMN approval_requests.expires_at IS '申請の期限: an open request of the past has expired';
COMMENT ON COLUMN approval_requests.state IS '状態: open 承認待ち, done 承認して実行した, declined 却下, withdrawn 取下げ';
COMMENT ON COLUMN approval_requests.decided_by IS '承認・却下した職員';
COMMENT ON COLUMN approval_requests.decided_person IS '承認・却下した本人: the daily account of the person, set by the database';
COMMENT ON COLUMN approval_requests.decided_at IS '承認・却下・取下げの日時';
COMMENT ON COLUMN approval_requests.note IS '承認者の言葉';

-- Who the two people are is not the application's word: it is read from the accounts, and a decision is final.
CREATE FUNCTION bind_approval_to_people() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF OLD.state <> 'open' THEN
      RAISE EXCEPTION 'a request is decided once' USING ERRCODE = 'check_violation';
    END IF;
    NEW.requested_person := OLD.requested_person;
  ELSE
    SELECT COALESCE(person_staff_id, staff_id) INTO NEW.requested_person FROM staff_members
      WHERE lg_code = NEW.lg_code AND staff_id = NEW.requested_by;
  END IF;
  NEW.decided_person := NULL;
  IF NEW.decided_by IS NOT NULL THEN
    SELECT COALESCE(person_staff_id, staff_id) INTO NEW.decided_person FROM staff_members
      WHERE lg_code = NEW.lg_code AND staff_id = NEW.decided_by;
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION bind_approval_to_people() IS '承認の二人の確定: reads the two people from their accounts';
CREATE TRIGGER people BEFORE INSERT OR UPDATE ON approval_requests
  FOR EACH ROW EXECUTE FUNCTION bind_approval_to_people();

ALTER TABLE approval_requests ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON approval_requests USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT ON approval_requests TO sesshu_app;
GRANT INSERT (lg_code, kind, subject, reason, requested_by, requested_at, expires_at) ON approval_requests TO sesshu_app;
GRANT UPDATE (state, decided_by, decided_at, note) ON approval_requests TO sesshu_app;
