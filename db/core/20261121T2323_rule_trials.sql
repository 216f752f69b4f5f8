-- きまりの試算: proposed rows of rules/ tried against those in force over everybody, before they go live. Nothing of it
-- enters the ledger; a trial may be thrown away.
CREATE TABLE rule_trials (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  trial_id bigint GENERATED ALWAYS AS IDENTITY,
  label text NOT NULL CHECK (label <> '' AND length(label) <= 100),
  as_of date NOT NULL,
  base_version text NOT NULL,
  proposed_version text NOT NULL,
  texts jsonb NOT NULL,
  run_id bigint NOT NULL,
  started_by bigint,
  started_by_name text NOT NULL,
  started_at timestamptz NOT NULL DEFAULT now(),
  people integer,
  affected integer,
  listed integer,
  finished_at timestamptz,
  PRIMARY KEY (lg_code, trial_id),
  FOREIGN KEY (lg_code, base_version) REFERENCES rules_versions (lg_code, rules_version),
  CHECK ((finished_at IS NULL) = (people IS NULL))
);
COMMENT ON TABLE rule_trials IS 'きまりの試算: proposed tables, held against a version in force; its figures once it has ended';
COMMENT ON COLUMN rule_trials.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN rule_trials.trial_id IS '試算番号';
COMMENT ON COLUMN rule_trials.label IS '試算の名前';
COMMENT ON COLUMN rule_trials.as_of IS '基準日';
COMMENT ON COLUMN rule_trials.base_version IS '比べるきまりの版: in force when it was begun';
COMMENT ON COLUMN rule_trials.proposed_version IS '案の版: digest of all tables with the proposed ones in their place';
COMMENT ON COLUMN rule_trials.texts IS '案の本文: the proposed tables, whole, by file name';
COMMENT ON COLUMN rule_trials.run_id IS '処理番号: its progress among the runs';
COMMENT ON COLUMN rule_trials.started_by IS '始めた職員; null for a command';
COMMENT ON COLUMN rule_trials.started_by_name IS '始めた職員の名前: as it was then';
COMMENT ON COLUMN rule_trials.started_at IS '始めた日時';
COMMENT ON COLUMN rule_trials.people IS '判定した人数: residents; null until it has ended';
COMMENT ON COLUMN rule_trials.affected IS '変わる人数: residents of whom anything changes';
COMMENT ON COLUMN rule_trials.listed IS '一覧の人数: of whom rule_trial_people tells';
COMMENT ON COLUMN rule_trials.finished_at IS '終わった日時';

CREATE TABLE rule_trial_counts (
  lg_code text NOT NULL,
  trial_id bigint NOT NULL,
  kind text NOT NULL CHECK (kind IN ('stage', 'dose')),
  programme text NOT NULL,
  stage text NOT NULL,
  before_standing text NOT NULL,
  after_standing text NOT NULL,
  age_from integer NOT NULL,
  count integer NOT NULL CHECK (count > 0),
  PRIMARY KEY (lg_code, trial_id, kind, programme, stage, before_standing, after_standing, age_from),
  FOREIGN KEY (lg_code, trial_id) REFERENCES rule_trials (lg_code, trial_id)
);
COMMENT ON TABLE rule_trial_counts IS '試算の件数: how many people of an age group change in one way; no person';
COMMENT ON COLUMN rule_trial_counts.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN rule_trial_counts.trial_id IS '試算番号';
COMMENT ON COLUMN rule_trial_counts.kind IS '種類: stage 期の状態, dose 接種の判定';
COMMENT ON COLUMN rule_trial_counts.programme IS '予防接種の種類';
COMMENT ON COLUMN rule_trial_counts.stage IS '期; empty where a dose belongs to none';
COMMENT ON COLUMN rule_trial_counts.before_standing IS 'いまのきまりでの状態または判定; absent where it has no such stage or product';
COMMENT ON COLUMN rule_trial_counts.after_standing IS '案での状態または判定';
COMMENT ON COLUMN rule_trial_counts.age_from IS '年齢区分: its youngest age in years';
COMMENT ON COLUMN rule_trial_counts.count IS '人数; of doses: how many';

CREATE TABLE rule_trial_people (
  lg_code text NOT NULL,
  trial_id bigint NOT NULL,
  person_id bigint NOT NULL,
  ordinal integer NOT NULL CHECK (ordinal > 0),
  kind text NOT NULL CHECK (kind IN ('stage', 'dose')),
  programme text NOT NULL,
  stage text NOT NULL,
  before_standing text NOT NULL,
  after_standing text NOT NULL,
  PRIMARY KEY (lg_code, trial_id, person_id, ordinal),
  FOREIGN KEY (lg_code, trial_id) REFERENCES rule_trials (lg_code, trial_id)
);
COMMENT ON TABLE rule_trial_people IS '試算で変わる人: what would change for whom; goes with its trial';
COMMENT ON COLUMN rule_trial_people.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN rule_trial_people.trial_id IS '試算番号';
COMMENT ON COLUMN rule_trial_people.person_id IS '個人の内部番号';
COMMENT ON COLUMN rule_trial_people.ordinal IS '順番: first change of the person = 1';
COMMENT ON COLUMN rule_trial_people.kind IS '種類: stage 期の状態, dose 接種の判定';
COMMENT ON COLUMN rule_trial_people.programme IS '予防接種の種類';
COMMENT ON COLUMN rule_trial_people.stage IS '期';
COMMENT ON COLUMN rule_trial_people.before_standing IS 'いまのきまりでの状態または判定';
COMMENT ON COLUMN rule_trial_people.after_standing IS '案での状態または判定';

ALTER TABLE rule_trials ENABLE ROW LEVEL SECURITY;
ALTER TABLE rule_trial_counts ENABLE ROW LEVEL SECURITY;
ALTER TABLE rule_trial_people ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON rule_trials USING (lg_code = current_setting('sesshu.lg_code', true));
CREATE POLICY municipality ON rule_trial_counts USING (lg_code = current_setting('sesshu.lg_code', true));
CREATE POLICY municipality ON rule_trial_people USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT, DELETE ON rule_trials, rule_trial_counts, rule_trial_people TO sesshu_app;
GRANT UPDATE (people, affected, listed, finished_at) ON rule_trials TO sesshu_app;
GRANT SELECT ON rule_trials, rule_trial_counts, rule_trial_people TO sesshu_read;
