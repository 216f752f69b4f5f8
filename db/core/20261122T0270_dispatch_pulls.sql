-- 引抜きリスト as it was used: what was to be pulled from a bundle when its posting was recorded, and whether it was.
CREATE TABLE dispatch_pulls (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  print_job_id bigint NOT NULL,
  form_number text NOT NULL,
  reason text NOT NULL,
  is_sent boolean NOT NULL,
  act_id bigint NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (lg_code, print_job_id, form_number),
  FOREIGN KEY (lg_code, print_job_id) REFERENCES letter_dispatches (lg_code, print_job_id),
  FOREIGN KEY (lg_code, form_number) REFERENCES issued_forms (lg_code, form_number)
);
COMMENT ON TABLE dispatch_pulls IS '引き抜いた封書: one row per letter that stood on the pull list when the posting was recorded; what changes later is not in it; inserted only';
COMMENT ON COLUMN dispatch_pulls.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN dispatch_pulls.print_job_id IS '印刷の番号: of a bundle that was posted';
COMMENT ON COLUMN dispatch_pulls.form_number IS '発行番号';
COMMENT ON COLUMN dispatch_pulls.reason IS '抜く理由: in the words of the list on that day';
COMMENT ON COLUMN dispatch_pulls.is_sent IS '抜かずに送った: the letter had gone before the reason was known; false = it was pulled and its number cancelled';
COMMENT ON COLUMN dispatch_pulls.act_id IS '行為の番号: audit act of the posting';
COMMENT ON COLUMN dispatch_pulls.recorded_at IS '登録日時';
ALTER TABLE dispatch_pulls ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON dispatch_pulls USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON dispatch_pulls TO sesshu_app;
GRANT SELECT ON dispatch_pulls TO sesshu_read;
-- Of bundles posted before: what their posting cancelled, with its reason without the words around it.
INSERT INTO dispatch_pulls (lg_code, print_job_id, form_number, reason, is_sent, act_id, recorded_at)
SELECT d.lg_code, d.print_job_id, c.form_number, coalesce(substring(c.reason FROM '（(.*)）$'), c.reason), false, d.act_id,
       d.recorded_at
  FROM letter_dispatches d
  JOIN form_changes c ON c.lg_code = d.lg_code AND c.act_id = d.act_id AND c.change = 'cancelled'
  JOIN issued_forms i ON i.lg_code = c.lg_code AND i.form_number = c.form_number AND i.print_job_id = d.print_job_id;
