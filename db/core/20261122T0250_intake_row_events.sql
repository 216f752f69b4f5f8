-- 受付の行の経過: every answer to a row stays, also one that a later check or a colleague took back, so that whoever asks
-- years later finds who said what of it, why, and what the row asked at that moment.
CREATE TABLE intake_row_events (
  lg_code text NOT NULL,
  event_id bigint GENERATED ALWAYS AS IDENTITY,
  batch_id bigint NOT NULL,
  ordinal integer NOT NULL,
  kind text NOT NULL CHECK (kind IN ('accept', 'refuse', 'sendBack', 'reopen', 'otherPerson', 'rechecked')),
  reason text,
  answer text NOT NULL CHECK (answer IN ('accepted', 'questioned', 'refused')),
  question_codes text[] NOT NULL,
  staff_id bigint,
  staff_name text NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (lg_code, event_id),
  FOREIGN KEY (lg_code, batch_id, ordinal) REFERENCES intake_rows (lg_code, batch_id, ordinal)
);
CREATE INDEX intake_row_events_of_row ON intake_row_events (lg_code, batch_id, ordinal, event_id);
COMMENT ON TABLE intake_row_events IS '受付の行の経過: answers given, taken back and undone by a new check; inserted only';
COMMENT ON COLUMN intake_row_events.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN intake_row_events.event_id IS '経過番号';
COMMENT ON COLUMN intake_row_events.batch_id IS '受付番号';
COMMENT ON COLUMN intake_row_events.ordinal IS '行番号';
COMMENT ON COLUMN intake_row_events.kind IS 'したこと: an answer, its taking back, the choice of a person, a new check that changed the row';
COMMENT ON COLUMN intake_row_events.reason IS '理由: as it was written; null where none is asked';
COMMENT ON COLUMN intake_row_events.answer IS '判定: what the check said of the row at that moment, after a new check: what it says now';
COMMENT ON COLUMN intake_row_events.question_codes IS '確認事項: the questions of the row at that moment';
COMMENT ON COLUMN intake_row_events.staff_id IS '職員; null = a command or a job';
COMMENT ON COLUMN intake_row_events.staff_name IS '職員の名前: as it was on the day';
COMMENT ON COLUMN intake_row_events.recorded_at IS '日時';
ALTER TABLE intake_row_events ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON intake_row_events USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON intake_row_events TO sesshu_app;
GRANT SELECT ON intake_row_events TO sesshu_read;

ALTER TABLE intake_rows ADD COLUMN changed_at timestamptz;
COMMENT ON COLUMN intake_rows.changed_at IS '判定が変わった日時: a check after the first changed the row and nobody has answered since; null = not so';
GRANT UPDATE (changed_at) ON intake_rows TO sesshu_app;
