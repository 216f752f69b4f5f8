-- 受付の行の件数: the page of a batch of a million rows counted all of them whenever somebody looked. The rows are counted
-- once, when they arrive, in groups of those alike; every later change of rows moves the groups in its own transaction.
CREATE TABLE intake_row_counts (
  lg_code text NOT NULL,
  batch_id bigint NOT NULL,
  answer text NOT NULL CHECK (answer IN ('accepted', 'questioned', 'refused')),
  question_codes text[] NOT NULL,
  decision text NOT NULL CHECK (decision IN ('', 'accept', 'refuse', 'sendBack')),
  is_changed boolean NOT NULL,
  assigned_to bigint NOT NULL,
  assigned_to_name text,
  row_count integer NOT NULL,
  PRIMARY KEY (lg_code, batch_id, answer, question_codes, decision, is_changed, assigned_to),
  FOREIGN KEY (lg_code, batch_id) REFERENCES intake_batches (lg_code, batch_id)
) WITH (fillfactor = 70);
COMMENT ON TABLE intake_row_counts IS '受付の行の件数: how many rows of a batch are alike in answer, questions, decision and assignment; kept with the rows';
COMMENT ON COLUMN intake_row_counts.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN intake_row_counts.batch_id IS '受付番号';
COMMENT ON COLUMN intake_row_counts.answer IS '判定: accepted 問題なし, questioned 要確認, refused 受付不可';
COMMENT ON COLUMN intake_row_counts.question_codes IS '確認事項の種類: as in the rows';
COMMENT ON COLUMN intake_row_counts.decision IS '職員の回答: accept 登録する, refuse 登録しない, sendBack 送付元に戻す; empty = none';
COMMENT ON COLUMN intake_row_counts.is_changed IS '判定が変わったか: a check after the first changed the rows and nobody has answered since';
COMMENT ON COLUMN intake_row_counts.assigned_to IS '担当の職員: who is to answer the rows; 0 = nobody';
COMMENT ON COLUMN intake_row_counts.assigned_to_name IS '担当の職員名: as it was when a row was given last; null = nobody';
COMMENT ON COLUMN intake_row_counts.row_count IS '行数';
ALTER TABLE intake_row_counts ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON intake_row_counts USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT, DELETE ON intake_row_counts TO sesshu_app;
GRANT UPDATE (row_count, assigned_to_name) ON intake_row_counts TO sesshu_app;
GRANT SELECT ON intake_row_counts TO sesshu_read;
-- What waits for whom, over all batches.
CREATE INDEX intake_row_counts_open ON intake_row_counts (lg_code, assigned_to, batch_id)
  WHERE answer = 'questioned' AND decision = '';

INSERT INTO intake_row_counts
SELECT lg_code, batch_id, answer, question_codes, coalesce(decision, ''), changed_at IS NOT NULL,
  coalesce(assigned_to, 0), max(assigned_to_name), count(*)
FROM intake_rows
GROUP BY lg_code, batch_id, answer, question_codes, coalesce(decision, ''), changed_at IS NOT NULL,
  coalesce(assigned_to, 0);

-- Whatever changes rows of a batch holds the lock on it (lockOpenBatch), so that two changes never meet in a group.
-- New rows are counted by who writes them, once for the batch: here they would be counted page by page.
CREATE FUNCTION move_row_counts() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO intake_row_counts AS c
  SELECT m.lg_code, m.batch_id, m.answer, m.question_codes, coalesce(m.decision, ''), m.changed_at IS NOT NULL,
    coalesce(m.assigned_to, 0), max(m.assigned_to_name), sum(m.moved)
  FROM (
    SELECT lg_code, batch_id, answer, question_codes, decision, changed_at, assigned_to, assigned_to_name, -1 AS moved
    FROM rows_before
    UNION ALL
    SELECT lg_code, batch_id, answer, question_codes, decision, changed_at, assigned_to, assigned_to_name, 1
    FROM rows_after
  ) m
  GROUP BY m.lg_code, m.batch_id, m.answer, m.question_codes, coalesce(m.decision, ''), m.changed_at IS NOT NULL,
    coalesce(m.assigned_to, 0)
  HAVING sum(m.moved) <> 0
  ON CONFLICT (lg_code, batch_id, answer, question_codes, decision, is_changed, assigned_to) DO UPDATE
  SET row_count = c.row_count + excluded.row_count,
    assigned_to_name = coalesce(excluded.assigned_to_name, c.assigned_to_name);
  DELETE FROM intake_row_counts c USING (SELECT DISTINCT lg_code, batch_id FROM rows_after) b
  WHERE c.lg_code = b.lg_code AND c.batch_id = b.batch_id AND c.row_count = 0;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION move_row_counts() IS '受付の行の件数を動かす: rows that changed leave their group for another; a group without rows goes';
CREATE TRIGGER rows_move_counts AFTER UPDATE ON intake_rows
  REFERENCING OLD TABLE AS rows_before NEW TABLE AS rows_after FOR EACH STATEMENT EXECUTE FUNCTION move_row_counts();

-- What few rows of many are: each list of them begins at once. None of the indexes holds a row that only arrived in order.
CREATE INDEX intake_rows_refused ON intake_rows (lg_code, batch_id, ordinal) WHERE answer = 'refused';
CREATE INDEX intake_rows_decided ON intake_rows (lg_code, batch_id, decided_at) WHERE decision IS NOT NULL;
CREATE INDEX intake_rows_changed ON intake_rows (lg_code, batch_id, ordinal) WHERE changed_at IS NOT NULL;
CREATE INDEX intake_rows_assigned ON intake_rows (lg_code, batch_id, assigned_to, ordinal) WHERE assigned_to IS NOT NULL;
