-- 引抜きリスト of bundles posted before it was kept: what had lost its number before the posting was on the list and was pulled
-- too. Without a row such a letter counts as one that arrived.
INSERT INTO dispatch_pulls (lg_code, print_job_id, form_number, reason, is_sent, act_id, recorded_at)
SELECT d.lg_code, d.print_job_id, i.form_number, '印刷の後に発行番号が無効になった', false, d.act_id, d.recorded_at
  FROM letter_dispatches d
  JOIN issued_forms i ON i.lg_code = d.lg_code AND i.print_job_id = d.print_job_id
  JOIN form_changes c ON c.lg_code = i.lg_code AND c.form_number = i.form_number AND c.recorded_at < d.recorded_at
ON CONFLICT DO NOTHING;
