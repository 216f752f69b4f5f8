-- 正確性・最新性の点検: the register is counted by the worker, since a million records take longer than a page may. What was
-- counted stands beside whom it found, so that the correction lists open at once.
CREATE TABLE accuracy_counts (
  lg_code text NOT NULL,
  count_id bigint GENERATED ALWAYS AS IDENTITY,
  counted_at timestamptz NOT NULL,
  as_of date NOT NULL,
  counted_by bigint,
  counted_by_name text NOT NULL,
  people integer NOT NULL CHECK (people >= 0),
  found jsonb NOT NULL,
  PRIMARY KEY (lg_code, count_id)
);
COMMENT ON TABLE accuracy_counts IS '正確性・最新性の点検の集計: appended only, counts only';
COMMENT ON COLUMN accuracy_counts.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN accuracy_counts.count_id IS '集計番号';
COMMENT ON COLUMN accuracy_counts.counted_at IS '集計日時';
COMMENT ON COLUMN accuracy_counts.as_of IS '基準日: the day on which the records were looked at';
COMMENT ON COLUMN accuracy_counts.counted_by IS '集計を頼んだ職員';
COMMENT ON COLUMN accuracy_counts.counted_by_name IS '集計を頼んだ職員の氏名: as it was at that time';
COMMENT ON COLUMN accuracy_counts.people IS '対象の人数: records that were looked at';
COMMENT ON COLUMN accuracy_counts.found IS '見つかった件数: by rule of the check';

-- A cache of the newest count, thrown away by the next one; no foreign key, since a record that is gone drops out of the
-- list when it is read.
CREATE TABLE accuracy_findings (
  lg_code text NOT NULL,
  count_id bigint NOT NULL,
  rule text NOT NULL,
  person_id bigint NOT NULL,
  PRIMARY KEY (lg_code, count_id, rule, person_id)
);
COMMENT ON TABLE accuracy_findings IS '点検で見つかった記録: of the newest count';
COMMENT ON COLUMN accuracy_findings.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN accuracy_findings.count_id IS '集計番号';
COMMENT ON COLUMN accuracy_findings.rule IS '点検の項目';
COMMENT ON COLUMN accuracy_findings.person_id IS '人の番号: 内部の番号';

ALTER TABLE accuracy_counts ENABLE ROW LEVEL SECURITY;
ALTER TABLE accuracy_findings ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON accuracy_counts USING (lg_code = current_setting('sesshu.lg_code', true));
CREATE POLICY municipality ON accuracy_findings USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON accuracy_counts TO sesshu_app;
-- Whom a count found is written before the count itself, under its number.
GRANT USAGE ON SEQUENCE accuracy_counts_count_id_seq TO sesshu_app;
GRANT SELECT, INSERT, DELETE ON accuracy_findings TO sesshu_app;
GRANT SELECT ON accuracy_counts, accuracy_findings TO sesshu_read;
GRANT SELECT, DELETE ON accuracy_counts, accuracy_findings TO sesshu_disposal;
