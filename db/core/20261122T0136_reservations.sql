-- 予約と優先接種希望者 (IN-07): lists of a reservation system and of people who asked to come first. A row told anew is a new
-- version beside the old one; the newest per kind and number holds.
CREATE TABLE reservations (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  version_id bigint GENERATED ALWAYS AS IDENTITY,
  kind text NOT NULL CHECK (kind IN ('reservation', 'priority')),
  number text NOT NULL CHECK (number <> ''),
  person_id bigint NOT NULL,
  programme text NOT NULL CHECK (programme <> ''),
  stage text,
  dose_number integer,
  on_day date NOT NULL,
  at_time text CHECK (at_time ~ '^\d\d:\d\d$'),
  venue text,
  priority_class text,
  is_cancelled boolean NOT NULL DEFAULT false,
  run_id bigint NOT NULL,
  act_id bigint NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (lg_code, version_id),
  FOREIGN KEY (lg_code, person_id) REFERENCES persons (lg_code, person_id)
);
CREATE INDEX reservations_by_number ON reservations (lg_code, kind, number, version_id);
CREATE INDEX reservations_by_day ON reservations (lg_code, kind, on_day);
CREATE INDEX reservations_by_person ON reservations (lg_code, person_id);
COMMENT ON TABLE reservations IS '予約と優先接種希望者: inserted only; the newest version of a kind and number holds';
COMMENT ON COLUMN reservations.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN reservations.version_id IS '版の番号: our own key, growing with time';
COMMENT ON COLUMN reservations.kind IS '種類: reservation 予約, priority 優先接種希望者';
COMMENT ON COLUMN reservations.number IS '予約番号・受付番号: of the system that sent the list';
COMMENT ON COLUMN reservations.person_id IS '本人: by 宛名番号 and birth date';
COMMENT ON COLUMN reservations.programme IS '予防接種: programme of rules/';
COMMENT ON COLUMN reservations.stage IS '期: where the code and dose number tell it';
COMMENT ON COLUMN reservations.dose_number IS '回数: as the sender counts';
COMMENT ON COLUMN reservations.on_day IS '予約日・申出日';
COMMENT ON COLUMN reservations.at_time IS '予約の時刻: HH:MM; null where there is none';
COMMENT ON COLUMN reservations.venue IS '会場・医療機関: as the list writes it';
COMMENT ON COLUMN reservations.priority_class IS '優先区分: as the list writes it';
COMMENT ON COLUMN reservations.is_cancelled IS '取消: the list says that it no longer holds';
COMMENT ON COLUMN reservations.run_id IS '取込番号: feed run that told it';
COMMENT ON COLUMN reservations.act_id IS '行為の番号';
COMMENT ON COLUMN reservations.recorded_at IS '登録日時';
ALTER TABLE reservations ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON reservations USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON reservations TO sesshu_app;
GRANT SELECT ON reservations TO sesshu_read;
