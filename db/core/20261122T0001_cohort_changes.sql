-- 対象者の手直し・通知の希望・返戻・年間計画: what people decide about letters beside what the rules say.

CREATE TABLE cohort_changes (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  cohort_change_id bigint GENERATED ALWAYS AS IDENTITY,
  cohort_id bigint NOT NULL,
  person_id bigint NOT NULL,
  change text NOT NULL CHECK (change IN ('added', 'removed')),
  dose_number integer CHECK (dose_number > 0),
  reason text NOT NULL CHECK (reason <> ''),
  staff_id bigint,
  staff_name text NOT NULL,
  act_id bigint NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (lg_code, cohort_change_id),
  FOREIGN KEY (lg_code, cohort_id) REFERENCES cohorts (lg_code, cohort_id),
  FOREIGN KEY (lg_code, person_id) REFERENCES persons (lg_code, person_id)
);
CREATE INDEX cohort_changes_by_cohort ON cohort_changes (lg_code, cohort_id, person_id, cohort_change_id);
COMMENT ON TABLE cohort_changes IS '抽出の手直し: people whom staff added to a frozen cohort or took out, with the reason; the last change of a person holds; inserted only';
COMMENT ON COLUMN cohort_changes.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN cohort_changes.cohort_change_id IS '手直しの番号';
COMMENT ON COLUMN cohort_changes.cohort_id IS '抽出番号';
COMMENT ON COLUMN cohort_changes.person_id IS '個人: our own key';
COMMENT ON COLUMN cohort_changes.change IS '手直し: added 足した, removed 外した';
COMMENT ON COLUMN cohort_changes.dose_number IS '回数: the dose for which the person was added; null = whichever is next';
COMMENT ON COLUMN cohort_changes.reason IS '理由: what staff wrote; no name, no number';
COMMENT ON COLUMN cohort_changes.staff_id IS '担当者';
COMMENT ON COLUMN cohort_changes.staff_name IS '担当者の名前: as it was on the day';
COMMENT ON COLUMN cohort_changes.act_id IS '行為の番号: audit act under which it was recorded';
COMMENT ON COLUMN cohort_changes.recorded_at IS '登録日時';
ALTER TABLE cohort_changes ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON cohort_changes USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON cohort_changes TO sesshu_app;
GRANT SELECT ON cohort_changes TO sesshu_read;

CREATE TABLE notice_wishes (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  notice_wish_id bigint GENERATED ALWAYS AS IDENTITY,
  person_id bigint NOT NULL,
  channel text NOT NULL CHECK (channel IN ('post', 'portal', 'email')),
  email text,
  language text NOT NULL CHECK (language ~ '^[a-z]{2}$'),
  is_opted_out boolean NOT NULL,
  reason text NOT NULL CHECK (reason <> ''),
  staff_id bigint,
  staff_name text NOT NULL,
  act_id bigint NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (lg_code, notice_wish_id),
  FOREIGN KEY (lg_code, person_id) REFERENCES persons (lg_code, person_id),
  CHECK ((channel = 'email') = (email IS NOT NULL))
);
CREATE INDEX notice_wishes_by_person ON notice_wishes (lg_code, person_id, notice_wish_id);
COMMENT ON TABLE notice_wishes IS '通知の希望: how and in which language a person wants to be told, or not at all; the last row of a person holds; inserted only';
COMMENT ON COLUMN notice_wishes.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN notice_wishes.notice_wish_id IS '希望の番号';
COMMENT ON COLUMN notice_wishes.person_id IS '個人: our own key';
COMMENT ON COLUMN notice_wishes.channel IS '届け方: post 郵便, portal マイナポータルのお知らせ, email 電子メール';
COMMENT ON COLUMN notice_wishes.email IS 'メールアドレス: where the channel is e-mail';
COMMENT ON COLUMN notice_wishes.language IS '言語: ISO 639-1; ja unless another was asked for';
COMMENT ON COLUMN notice_wishes.is_opted_out IS '通知を希望しない: 勧奨 and お知らせ are not sent; 予診票 is, when asked for';
COMMENT ON COLUMN notice_wishes.reason IS '受付のしかた: what staff wrote; no name, no number';
COMMENT ON COLUMN notice_wishes.staff_id IS '担当者';
COMMENT ON COLUMN notice_wishes.staff_name IS '担当者の名前: as it was on the day';
COMMENT ON COLUMN notice_wishes.act_id IS '行為の番号: audit act under which it was recorded';
COMMENT ON COLUMN notice_wishes.recorded_at IS '登録日時';
ALTER TABLE notice_wishes ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON notice_wishes USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON notice_wishes TO sesshu_app;

CREATE TABLE returned_letters (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  form_number text NOT NULL,
  person_id bigint NOT NULL,
  returned_on date NOT NULL,
  cause text NOT NULL CHECK (cause IN ('unknownAddress', 'movedAway', 'refused', 'notCollected', 'other')),
  place_digest text,
  staff_id bigint,
  staff_name text NOT NULL,
  act_id bigint NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (lg_code, form_number),
  FOREIGN KEY (lg_code, form_number) REFERENCES issued_forms (lg_code, form_number),
  FOREIGN KEY (lg_code, person_id) REFERENCES persons (lg_code, person_id)
);
CREATE INDEX returned_letters_by_person ON returned_letters (lg_code, person_id);
COMMENT ON TABLE returned_letters IS '返戻郵便: letters that the post brought back, by the number on them; inserted only';
COMMENT ON COLUMN returned_letters.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN returned_letters.form_number IS '発行番号: read from the bar code';
COMMENT ON COLUMN returned_letters.person_id IS '個人: our own key';
COMMENT ON COLUMN returned_letters.returned_on IS '戻った日';
COMMENT ON COLUMN returned_letters.cause IS '戻った理由: unknownAddress あて所に尋ねあたらず, movedAway 転居先不明, refused 受取拒絶, notCollected 保管期間経過, other その他';
COMMENT ON COLUMN returned_letters.place_digest IS '送り先の要約値: digest of the person and the place it would be sent to that day; letters wait until the place is another';
COMMENT ON COLUMN returned_letters.staff_id IS '担当者';
COMMENT ON COLUMN returned_letters.staff_name IS '担当者の名前: as it was on the day';
COMMENT ON COLUMN returned_letters.act_id IS '行為の番号: audit act under which it was recorded';
COMMENT ON COLUMN returned_letters.recorded_at IS '登録日時';
ALTER TABLE returned_letters ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON returned_letters USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON returned_letters TO sesshu_app;
GRANT SELECT ON returned_letters TO sesshu_read;

CREATE TABLE notice_plans (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  notice_plan_id bigint GENERATED ALWAYS AS IDENTITY,
  label text NOT NULL CHECK (label <> ''),
  months integer[] NOT NULL CHECK (cardinality(months) BETWEEN 1 AND 12),
  programme text NOT NULL CHECK (programme <> ''),
  stage text NOT NULL CHECK (stage <> ''),
  layout_id text NOT NULL CHECK (layout_id <> ''),
  conditions jsonb NOT NULL,
  kind text NOT NULL CHECK (kind IN ('forms', 'recommendation', 'reminder')),
  is_ended boolean NOT NULL DEFAULT false,
  staff_id bigint,
  staff_name text NOT NULL,
  act_id bigint NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (lg_code, notice_plan_id),
  CHECK (months <@ ARRAY[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
);
COMMENT ON TABLE notice_plans IS '年間計画: which paper goes in which months to whom; the day before a month begins its cohorts are made and wait for approval';
COMMENT ON COLUMN notice_plans.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN notice_plans.notice_plan_id IS '計画の番号';
COMMENT ON COLUMN notice_plans.label IS '計画の名前: no personal data';
COMMENT ON COLUMN notice_plans.months IS '送る月: 1 to 12, every year';
COMMENT ON COLUMN notice_plans.programme IS '予防接種の種類';
COMMENT ON COLUMN notice_plans.stage IS '期';
COMMENT ON COLUMN notice_plans.layout_id IS '様式';
COMMENT ON COLUMN notice_plans.conditions IS '抽出条件: as in cohorts, without the days, which follow from the month';
COMMENT ON COLUMN notice_plans.kind IS '種類: forms 予診票・接種券, recommendation 勧奨, reminder 再勧奨';
COMMENT ON COLUMN notice_plans.is_ended IS '終了: no cohort is made any more';
COMMENT ON COLUMN notice_plans.staff_id IS '登録した人';
COMMENT ON COLUMN notice_plans.staff_name IS '登録した人の名前: as it was on the day';
COMMENT ON COLUMN notice_plans.act_id IS '行為の番号: audit act under which it was recorded';
COMMENT ON COLUMN notice_plans.recorded_at IS '登録日時';
ALTER TABLE notice_plans ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON notice_plans USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON notice_plans TO sesshu_app;
GRANT UPDATE (is_ended) ON notice_plans TO sesshu_app;
GRANT SELECT ON notice_plans TO sesshu_read;

CREATE TABLE planned_cohorts (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  notice_plan_id bigint NOT NULL,
  month_from date NOT NULL,
  cohort_id bigint NOT NULL,
  state text NOT NULL CHECK (state IN ('waiting', 'approved', 'declined')),
  decided_by bigint,
  decided_by_name text,
  decided_at timestamptz,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (lg_code, notice_plan_id, month_from),
  FOREIGN KEY (lg_code, notice_plan_id) REFERENCES notice_plans (lg_code, notice_plan_id),
  FOREIGN KEY (lg_code, cohort_id) REFERENCES cohorts (lg_code, cohort_id),
  CHECK ((state = 'waiting') = (decided_at IS NULL)),
  CHECK ((decided_at IS NULL) = (decided_by_name IS NULL))
);
CREATE INDEX planned_cohorts_by_cohort ON planned_cohorts (lg_code, cohort_id);
COMMENT ON TABLE planned_cohorts IS '計画による抽出: the cohort made for a month of a plan, and whether it may be printed; state changes once';
COMMENT ON COLUMN planned_cohorts.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN planned_cohorts.notice_plan_id IS '計画の番号';
COMMENT ON COLUMN planned_cohorts.month_from IS '送る月の初日';
COMMENT ON COLUMN planned_cohorts.cohort_id IS '抽出番号';
COMMENT ON COLUMN planned_cohorts.state IS '状態: waiting 承認待ち, approved 承認, declined 却下';
COMMENT ON COLUMN planned_cohorts.decided_by IS '決めた人';
COMMENT ON COLUMN planned_cohorts.decided_by_name IS '決めた人の名前: as it was on the day';
COMMENT ON COLUMN planned_cohorts.decided_at IS '決めた日時';
COMMENT ON COLUMN planned_cohorts.recorded_at IS '登録日時';
ALTER TABLE planned_cohorts ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON planned_cohorts USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON planned_cohorts TO sesshu_app;
GRANT UPDATE (state, decided_by, decided_by_name, decided_at) ON planned_cohorts TO sesshu_app;
GRANT SELECT ON planned_cohorts TO sesshu_read;
