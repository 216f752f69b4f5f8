-- 団体内統合宛名番号 and questioned numbers: both belong to individual numbers, so they lie in the vault.

-- Thirteen digits and two that check them (ISO 7064 MOD 97-10); it says nothing of the person or the number. Drawn in turn
-- and spread over all numbers (the factor shares no divisor with 9 × 10^12, so none comes twice): neighbours do not show.
CREATE SEQUENCE number_vault.integrated_number_seq MAXVALUE 999999999999;
GRANT USAGE ON SEQUENCE number_vault.integrated_number_seq TO sesshu_vault;

CREATE FUNCTION number_vault.draw_integrated_number() RETURNS text
LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT n::text || lpad((98 - (n * 100) % 97)::text, 2, '0')
  FROM (SELECT 1000000000000 + (nextval('number_vault.integrated_number_seq') * 7368787 + 2718281828459) % 9000000000000 AS n
    ) drawn
$$;
COMMENT ON FUNCTION number_vault.draw_integrated_number() IS '団体内統合宛名番号の採番: the next number with its two check digits';
REVOKE ALL ON FUNCTION number_vault.draw_integrated_number() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION number_vault.draw_integrated_number() TO sesshu_vault;

CREATE TABLE number_vault.integrated_numbers (
  lg_code text NOT NULL,
  person_id bigint NOT NULL,
  integrated_number text NOT NULL CHECK (integrated_number ~ '^[0-9]{15}$'),
  assigned_at timestamptz NOT NULL,
  PRIMARY KEY (lg_code, person_id),
  UNIQUE (lg_code, integrated_number),
  FOREIGN KEY (lg_code, person_id) REFERENCES persons (lg_code, person_id)
);
COMMENT ON TABLE number_vault.integrated_numbers IS '団体内統合宛名番号: given when an individual number is first entered; appended only, never given twice';
COMMENT ON COLUMN number_vault.integrated_numbers.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN number_vault.integrated_numbers.person_id IS '個人の内部番号';
COMMENT ON COLUMN number_vault.integrated_numbers.integrated_number IS '団体内統合宛名番号: 15 digits, the last two check the others (MOD 97-10)';
COMMENT ON COLUMN number_vault.integrated_numbers.assigned_at IS '付番日時';

INSERT INTO number_vault.integrated_numbers (lg_code, person_id, integrated_number, assigned_at)
SELECT lg_code, person_id, number_vault.draw_integrated_number(), now() FROM number_vault.numbers_in_force
ORDER BY lg_code, person_id;

CREATE TABLE number_vault.number_questions (
  lg_code text NOT NULL,
  question_id bigint GENERATED ALWAYS AS IDENTITY,
  code text NOT NULL,
  person_id bigint NOT NULL,
  other_person_id bigint,
  feed_run_id bigint NOT NULL,
  line integer NOT NULL,
  asked_at timestamptz NOT NULL,
  settled_at timestamptz,
  settled_by bigint,
  settled_by_name text,
  note text,
  CHECK ((settled_at IS NULL) = (note IS NULL)),
  PRIMARY KEY (lg_code, question_id),
  FOREIGN KEY (lg_code, person_id) REFERENCES persons (lg_code, person_id),
  FOREIGN KEY (lg_code, other_person_id) REFERENCES persons (lg_code, person_id)
);
CREATE UNIQUE INDEX number_questions_open
  ON number_vault.number_questions (lg_code, person_id, code, coalesce(other_person_id, 0)) WHERE settled_at IS NULL;
COMMENT ON TABLE number_vault.number_questions IS '要確認の個人番号: rows of the feed that were not taken, for a person to settle; never a number';
COMMENT ON COLUMN number_vault.number_questions.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN number_vault.number_questions.question_id IS '確認事項の内部番号';
COMMENT ON COLUMN number_vault.number_questions.code IS '指摘: code of the finding';
COMMENT ON COLUMN number_vault.number_questions.person_id IS '行の宛名番号の人';
COMMENT ON COLUMN number_vault.number_questions.other_person_id IS '同じ個人番号を持つ別の記録; null where the question is about one person';
COMMENT ON COLUMN number_vault.number_questions.feed_run_id IS '連携処理番号';
COMMENT ON COLUMN number_vault.number_questions.line IS 'ファイルの行';
COMMENT ON COLUMN number_vault.number_questions.asked_at IS '起きた日時';
COMMENT ON COLUMN number_vault.number_questions.settled_at IS '確認日時: null while open';
COMMENT ON COLUMN number_vault.number_questions.settled_by IS '確認した職員';
COMMENT ON COLUMN number_vault.number_questions.settled_by_name IS '確認した職員の氏名: as it was at that time';
COMMENT ON COLUMN number_vault.number_questions.note IS '確認の結果';

ALTER TABLE number_vault.integrated_numbers ENABLE ROW LEVEL SECURITY;
ALTER TABLE number_vault.number_questions ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON number_vault.integrated_numbers USING (lg_code = current_setting('sesshu.lg_code', true));
CREATE POLICY municipality ON number_vault.number_questions USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON number_vault.integrated_numbers, number_vault.number_questions TO sesshu_vault;
GRANT UPDATE (settled_at, settled_by, settled_by_name, note) ON number_vault.number_questions TO sesshu_vault;
