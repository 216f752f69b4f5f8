-- 発送 (NT-04): the day on which a printed bundle went to the post, how many letters went and how many were pulled before.
CREATE TABLE letter_dispatches (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  print_job_id bigint NOT NULL,
  posted_on date NOT NULL,
  letters integer NOT NULL CHECK (letters >= 0),
  pulled integer NOT NULL CHECK (pulled >= 0),
  staff_id bigint,
  staff_name text NOT NULL,
  act_id bigint NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (lg_code, print_job_id),
  FOREIGN KEY (lg_code, print_job_id) REFERENCES print_jobs (lg_code, print_job_id)
);
COMMENT ON TABLE letter_dispatches IS '発送の記録: one row per print job that went to the post; the numbers of what was pulled are cancelled in form_changes; inserted only';
COMMENT ON COLUMN letter_dispatches.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN letter_dispatches.print_job_id IS '印刷の番号';
COMMENT ON COLUMN letter_dispatches.posted_on IS '発送日: the day on which the bundle was handed to the post';
COMMENT ON COLUMN letter_dispatches.letters IS '発送した通数';
COMMENT ON COLUMN letter_dispatches.pulled IS '引き抜いた通数: letters that were taken out of the bundle, their numbers cancelled';
COMMENT ON COLUMN letter_dispatches.staff_id IS '記録した人';
COMMENT ON COLUMN letter_dispatches.staff_name IS '記録した人の名前: as it was on the day';
COMMENT ON COLUMN letter_dispatches.act_id IS '行為の番号: audit act under which it was recorded';
COMMENT ON COLUMN letter_dispatches.recorded_at IS '登録日時';
ALTER TABLE letter_dispatches ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON letter_dispatches USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON letter_dispatches TO sesshu_app;
GRANT SELECT ON letter_dispatches TO sesshu_read;
