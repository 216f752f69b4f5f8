-- 過去の事実 (LG-06): what is known of a person beside doses and changes what may be given. Appended like entries: a
-- correction or retraction names the fact it replaces, and each fact is one chain whose end is current.

CREATE TABLE person_facts (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  fact_id bigint GENERATED ALWAYS AS IDENTITY,
  person_id bigint NOT NULL,
  change text NOT NULL CHECK (change IN ('entry', 'correction', 'retraction')),
  replaces bigint,
  kind text NOT NULL CHECK (kind IN ('hadDisease', 'pregnancy', 'longTermIllness', 'exceptionGranted', 'hbigAtBirth',
    'categoryBEligible60to64', 'antibodyTest', 'supplyShortage', 'doctorJudgedNecessary', 'startedProgramme',
    'contraindication')),
  disease text,
  programme text,
  ground text,
  result text CHECK (result IN ('sufficient', 'insufficient')),
  from_on date,
  to_on date,
  certainty text NOT NULL CHECK (certainty IN ('documented', 'reported')),
  note text,
  reason text,
  act_id bigint NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  recorded_by bigint,
  recorded_by_name text NOT NULL,
  PRIMARY KEY (lg_code, fact_id),
  FOREIGN KEY (lg_code, person_id) REFERENCES persons (lg_code, person_id),
  FOREIGN KEY (lg_code, replaces) REFERENCES person_facts (lg_code, fact_id),
  CHECK ((change = 'entry') = (replaces IS NULL)),
  CHECK (change = 'entry' OR reason <> '')
);
CREATE INDEX person_facts_by_person ON person_facts (lg_code, person_id, fact_id);
CREATE UNIQUE INDEX person_facts_replaced_once ON person_facts (lg_code, replaces) WHERE replaces IS NOT NULL;
COMMENT ON TABLE person_facts IS '過去の事実: 罹患歴, 抗体検査, 妊娠, 特例, 禁忌 and the like; inserted only';
COMMENT ON COLUMN person_facts.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN person_facts.fact_id IS '事実の番号: our own key';
COMMENT ON COLUMN person_facts.person_id IS '個人の内部番号';
COMMENT ON COLUMN person_facts.change IS '種類: entry 登録, correction 訂正, retraction 取消';
COMMENT ON COLUMN person_facts.replaces IS '訂正・取消の対象: the fact that this one replaces';
COMMENT ON COLUMN person_facts.kind IS '事実の種類: as the schedule reads facts; contraindication 禁忌 is asked about at intake';
COMMENT ON COLUMN person_facts.disease IS '病気: disease of rules/';
COMMENT ON COLUMN person_facts.programme IS '予防接種の種類: programme of rules/';
COMMENT ON COLUMN person_facts.ground IS '理由の区分: heart, kidney, respiratory, hiv';
COMMENT ON COLUMN person_facts.result IS '抗体検査の結果: sufficient 十分, insufficient 不十分';
COMMENT ON COLUMN person_facts.from_on IS 'いつ・いつから: day of the disease, test or judgement, due day of a pregnancy, first day of a span';
COMMENT ON COLUMN person_facts.to_on IS 'いつまで: last day of a span; null = still';
COMMENT ON COLUMN person_facts.certainty IS '確かさ: documented 書面あり, reported 本人・保護者の申告';
COMMENT ON COLUMN person_facts.note IS 'メモ: what the paper says';
COMMENT ON COLUMN person_facts.reason IS '訂正・取消の理由';
COMMENT ON COLUMN person_facts.act_id IS '行為の番号: audit act under which it was recorded';
COMMENT ON COLUMN person_facts.recorded_at IS '登録日時';
COMMENT ON COLUMN person_facts.recorded_by IS '登録者';
COMMENT ON COLUMN person_facts.recorded_by_name IS '登録者名: as it was at that time';

ALTER TABLE person_facts ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON person_facts USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON person_facts TO sesshu_app;
GRANT SELECT ON person_facts TO sesshu_read;
