-- 対象者抽出と印刷: frozen cohorts, print jobs, the pages and files that came of them.

CREATE TABLE cohorts (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  cohort_id bigint GENERATED ALWAYS AS IDENTITY,
  label text NOT NULL CHECK (label <> ''),
  programme text NOT NULL CHECK (programme <> ''),
  stage text NOT NULL CHECK (stage <> ''),
  layout_id text NOT NULL CHECK (layout_id <> ''),
  as_of date NOT NULL,
  due_by date NOT NULL,
  conditions jsonb NOT NULL,
  rules_version text NOT NULL,
  included integer NOT NULL CHECK (included >= 0),
  excluded integer NOT NULL CHECK (excluded >= 0),
  staff_id bigint,
  staff_name text NOT NULL,
  act_id bigint NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (lg_code, cohort_id),
  CHECK (due_by >= as_of)
);
COMMENT ON TABLE cohorts IS '対象者抽出: one row per frozen list of people; inserted only';
COMMENT ON COLUMN cohorts.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN cohorts.cohort_id IS '抽出番号';
COMMENT ON COLUMN cohorts.label IS '抽出の名前: what staff called it; no personal data';
COMMENT ON COLUMN cohorts.programme IS '予防接種の種類';
COMMENT ON COLUMN cohorts.stage IS '期';
COMMENT ON COLUMN cohorts.layout_id IS '様式: the form to be printed';
COMMENT ON COLUMN cohorts.as_of IS '基準日: day as of which everybody was judged';
COMMENT ON COLUMN cohorts.due_by IS '接種可能日の上限: whoever may be given the next dose by this day is in';
COMMENT ON COLUMN cohorts.conditions IS '抽出条件: all conditions as they were asked';
COMMENT ON COLUMN cohorts.rules_version IS '規則の版: digest of the rules that judged';
COMMENT ON COLUMN cohorts.included IS '対象者数';
COMMENT ON COLUMN cohorts.excluded IS '対象外の人数';
COMMENT ON COLUMN cohorts.staff_id IS '抽出者';
COMMENT ON COLUMN cohorts.staff_name IS '抽出者の名前: as it was on the day';
COMMENT ON COLUMN cohorts.act_id IS '行為の番号: audit act under which it was made';
COMMENT ON COLUMN cohorts.recorded_at IS '登録日時';
ALTER TABLE cohorts ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON cohorts USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON cohorts TO sesshu_app;
GRANT SELECT ON cohorts TO sesshu_read;

CREATE TABLE cohort_reasons (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  cohort_id bigint NOT NULL,
  reason text NOT NULL CHECK (reason <> ''),
  is_included boolean NOT NULL,
  people integer NOT NULL CHECK (people > 0),
  PRIMARY KEY (lg_code, cohort_id, reason),
  FOREIGN KEY (lg_code, cohort_id) REFERENCES cohorts (lg_code, cohort_id)
);
COMMENT ON TABLE cohort_reasons IS '抽出の内訳: how many people are in or out for which reason; inserted only';
COMMENT ON COLUMN cohort_reasons.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN cohort_reasons.cohort_id IS '抽出番号';
COMMENT ON COLUMN cohort_reasons.reason IS '理由: code of the table of reasons';
COMMENT ON COLUMN cohort_reasons.is_included IS '対象: whether the reason puts people in';
COMMENT ON COLUMN cohort_reasons.people IS '人数';
ALTER TABLE cohort_reasons ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON cohort_reasons USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON cohort_reasons TO sesshu_app;
GRANT SELECT ON cohort_reasons TO sesshu_read;

CREATE TABLE cohort_members (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  cohort_id bigint NOT NULL,
  person_id bigint NOT NULL,
  is_included boolean NOT NULL,
  reason text NOT NULL CHECK (reason <> ''),
  dose_number integer CHECK (dose_number > 0),
  PRIMARY KEY (lg_code, cohort_id, person_id),
  FOREIGN KEY (lg_code, cohort_id) REFERENCES cohorts (lg_code, cohort_id),
  FOREIGN KEY (lg_code, person_id) REFERENCES persons (lg_code, person_id)
);
COMMENT ON TABLE cohort_members IS '抽出された人: everybody who is in, and everybody who would be but for one reason; inserted only';
COMMENT ON COLUMN cohort_members.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN cohort_members.cohort_id IS '抽出番号';
COMMENT ON COLUMN cohort_members.person_id IS '個人: our own key';
COMMENT ON COLUMN cohort_members.is_included IS '対象: false = left out for the reason';
COMMENT ON COLUMN cohort_members.reason IS '理由: code of the table of reasons';
COMMENT ON COLUMN cohort_members.dose_number IS '回数: the dose that is next, within the stage';
ALTER TABLE cohort_members ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON cohort_members USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON cohort_members TO sesshu_app;
GRANT SELECT ON cohort_members TO sesshu_read;

CREATE TABLE print_jobs (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  print_job_id bigint GENERATED ALWAYS AS IDENTITY,
  cohort_id bigint,
  layout_id text NOT NULL CHECK (layout_id <> ''),
  title text NOT NULL,
  issued_on date NOT NULL,
  pages_per_file integer NOT NULL CHECK (pages_per_file BETWEEN 1 AND 5000),
  people_total integer NOT NULL DEFAULT 0 CHECK (people_total >= 0),
  run_id bigint,
  is_prepared boolean NOT NULL DEFAULT false,
  staff_id bigint,
  staff_name text NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (lg_code, print_job_id),
  FOREIGN KEY (lg_code, cohort_id) REFERENCES cohorts (lg_code, cohort_id)
);
CREATE INDEX print_jobs_by_cohort ON print_jobs (lg_code, cohort_id);
COMMENT ON TABLE print_jobs IS '印刷: one row per print job; its progress stands in runs, its outcome in print_files and print_outcomes';
COMMENT ON COLUMN print_jobs.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN print_jobs.print_job_id IS '印刷番号';
COMMENT ON COLUMN print_jobs.cohort_id IS '抽出番号: null where one person''s form was printed';
COMMENT ON COLUMN print_jobs.layout_id IS '様式';
COMMENT ON COLUMN print_jobs.title IS '様式の名前: as it was when printing began';
COMMENT ON COLUMN print_jobs.issued_on IS '発行日: printed on the forms';
COMMENT ON COLUMN print_jobs.pages_per_file IS '1ファイルの枚数: upper limit';
COMMENT ON COLUMN print_jobs.people_total IS '印刷する人数: as prepared, before the last exclusion';
COMMENT ON COLUMN print_jobs.run_id IS '処理番号: the run that shows its progress';
COMMENT ON COLUMN print_jobs.is_prepared IS '準備済み: whether the order of the pages is fixed';
COMMENT ON COLUMN print_jobs.staff_id IS '印刷を始めた人';
COMMENT ON COLUMN print_jobs.staff_name IS '印刷を始めた人の名前: as it was on the day';
COMMENT ON COLUMN print_jobs.recorded_at IS '登録日時';
ALTER TABLE print_jobs ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON print_jobs USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON print_jobs TO sesshu_app;
GRANT UPDATE (people_total, run_id, is_prepared) ON print_jobs TO sesshu_app;
GRANT SELECT ON print_jobs TO sesshu_read;

CREATE TABLE print_items (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  print_job_id bigint NOT NULL,
  ordinal integer NOT NULL CHECK (ordinal > 0),
  person_id bigint NOT NULL,
  part integer NOT NULL CHECK (part > 0),
  PRIMARY KEY (lg_code, print_job_id, ordinal),
  UNIQUE (lg_code, print_job_id, person_id),
  FOREIGN KEY (lg_code, print_job_id) REFERENCES print_jobs (lg_code, print_job_id),
  FOREIGN KEY (lg_code, person_id) REFERENCES persons (lg_code, person_id)
);
CREATE INDEX print_items_by_part ON print_items (lg_code, print_job_id, part, ordinal);
COMMENT ON TABLE print_items IS '印刷の順番: the people of a print job in the order of their postcodes, cut into files; inserted only';
COMMENT ON COLUMN print_items.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN print_items.print_job_id IS '印刷番号';
COMMENT ON COLUMN print_items.ordinal IS '順番: first = 1';
COMMENT ON COLUMN print_items.person_id IS '個人: our own key';
COMMENT ON COLUMN print_items.part IS 'ファイルの番号: first = 1';
ALTER TABLE print_items ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON print_items USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON print_items TO sesshu_app;
GRANT SELECT ON print_items TO sesshu_read;

CREATE TABLE print_files (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  print_job_id bigint NOT NULL,
  part integer NOT NULL CHECK (part > 0),
  file_id bigint,
  digest text,
  pages integer NOT NULL CHECK (pages >= 0),
  first_postal_code text,
  last_postal_code text,
  excluded integer NOT NULL CHECK (excluded >= 0),
  pages_with_findings integer NOT NULL CHECK (pages_with_findings BETWEEN 0 AND pages),
  act_id bigint NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (lg_code, print_job_id, part),
  FOREIGN KEY (lg_code, print_job_id) REFERENCES print_jobs (lg_code, print_job_id),
  CHECK ((file_id IS NULL) = (pages = 0))
);
CREATE INDEX print_files_by_file ON print_files (lg_code, file_id);
COMMENT ON TABLE print_files IS '印刷したファイル: a part of a print job is done when its row stands here, in one transaction with its numbers; inserted only';
COMMENT ON COLUMN print_files.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN print_files.print_job_id IS '印刷番号';
COMMENT ON COLUMN print_files.part IS 'ファイルの番号';
COMMENT ON COLUMN print_files.file_id IS '保存ファイル: null where everybody of the part had dropped out';
COMMENT ON COLUMN print_files.digest IS 'ハッシュ値: SHA-256 of the file';
COMMENT ON COLUMN print_files.pages IS '枚数';
COMMENT ON COLUMN print_files.first_postal_code IS '最初の郵便番号';
COMMENT ON COLUMN print_files.last_postal_code IS '最後の郵便番号';
COMMENT ON COLUMN print_files.excluded IS '除外した人数: of this part, at the last moment';
COMMENT ON COLUMN print_files.pages_with_findings IS '見ておくページの数: pages with characters without a glyph or texts that did not fit';
COMMENT ON COLUMN print_files.act_id IS '行為の番号: audit act under which it was printed';
COMMENT ON COLUMN print_files.recorded_at IS '登録日時';
ALTER TABLE print_files ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON print_files USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON print_files TO sesshu_app;
GRANT SELECT ON print_files TO sesshu_read;

CREATE TABLE print_outcomes (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  print_job_id bigint NOT NULL,
  ordinal integer NOT NULL,
  form_number text,
  page integer CHECK (page > 0),
  excluded_for text,
  findings jsonb NOT NULL DEFAULT '[]',
  recorded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (lg_code, print_job_id, ordinal),
  FOREIGN KEY (lg_code, print_job_id, ordinal) REFERENCES print_items (lg_code, print_job_id, ordinal),
  FOREIGN KEY (lg_code, form_number) REFERENCES issued_forms (lg_code, form_number),
  CHECK ((form_number IS NULL) <> (excluded_for IS NULL)),
  CHECK ((form_number IS NULL) = (page IS NULL))
);
CREATE INDEX print_outcomes_excluded ON print_outcomes (lg_code, print_job_id, excluded_for) WHERE excluded_for IS NOT NULL;
CREATE INDEX print_outcomes_with_findings ON print_outcomes (lg_code, print_job_id, ordinal) WHERE findings <> '[]';
COMMENT ON TABLE print_outcomes IS '印刷の結果: each person of a print job was printed on a page or left out for a reason; inserted only';
COMMENT ON COLUMN print_outcomes.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN print_outcomes.print_job_id IS '印刷番号';
COMMENT ON COLUMN print_outcomes.ordinal IS '順番';
COMMENT ON COLUMN print_outcomes.form_number IS '発行番号';
COMMENT ON COLUMN print_outcomes.page IS 'ページ: within the file of the part';
COMMENT ON COLUMN print_outcomes.excluded_for IS '除外の理由: code of the table of reasons';
COMMENT ON COLUMN print_outcomes.findings IS '指摘: characters without a glyph, texts that did not fit';
COMMENT ON COLUMN print_outcomes.recorded_at IS '登録日時';
ALTER TABLE print_outcomes ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON print_outcomes USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON print_outcomes TO sesshu_app;
GRANT SELECT ON print_outcomes TO sesshu_read;
