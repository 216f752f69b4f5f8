-- 接種予測の控え: everybody has a row, also who has left, and each row says how long it holds, so that a nightly run
-- judges only those of whom something is new: facts, rules, or a day on which the answer may change.

-- A cache: what was stored says too little to be kept.
DELETE FROM person_forecasts;
-- No foreign key: the check costs more than the judgement and locks every person; a run forgets who is gone.
ALTER TABLE person_forecasts DROP CONSTRAINT person_forecasts_lg_code_person_id_fkey;
ALTER TABLE person_forecasts
  ADD COLUMN is_here boolean NOT NULL,
  ADD COLUMN facts_digest text NOT NULL,
  ADD COLUMN next_change_on date;
COMMENT ON COLUMN person_forecasts.as_of IS '計算の基準日: the row holds from this day until the day before next_change_on';
COMMENT ON COLUMN person_forecasts.is_here IS '住民か: resident (or kept as 住登外者) and alive; of others nothing is due';
COMMENT ON COLUMN person_forecasts.facts_digest IS '判定に使った事実の要約値: birth date, sex, residence and doses; a change of the person that leaves it alone needs no judging';
COMMENT ON COLUMN person_forecasts.next_change_on IS '次に見直す日: the first day on which the answer may differ; null when no day changes it';

CREATE TABLE forecast_states (
  lg_code text NOT NULL,
  as_of date NOT NULL,
  rules_version text NOT NULL,
  people integer NOT NULL,
  due bigint NOT NULL,
  overdue bigint NOT NULL,
  completed_at timestamptz NOT NULL,
  PRIMARY KEY (lg_code)
);
COMMENT ON TABLE forecast_states IS '接種予測の状態: the last forecast of the whole population that came to its end';
COMMENT ON COLUMN forecast_states.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN forecast_states.as_of IS '基準日: the day of which every row of person_forecasts speaks';
COMMENT ON COLUMN forecast_states.rules_version IS '規則の版: digest of rules/';
COMMENT ON COLUMN forecast_states.people IS '人数: residents who were judged';
COMMENT ON COLUMN forecast_states.due IS '接種時期の件数: person and stage';
COMMENT ON COLUMN forecast_states.overdue IS '標準の時期を過ぎた件数: person and stage';
COMMENT ON COLUMN forecast_states.completed_at IS '終わった日時';

ALTER TABLE forecast_states ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON forecast_states USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON forecast_states TO sesshu_app;
GRANT UPDATE (as_of, rules_version, people, due, overdue, completed_at) ON forecast_states TO sesshu_app;
GRANT SELECT ON forecast_states TO sesshu_read;
