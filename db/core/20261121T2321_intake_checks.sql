-- One staging table for checked rows instead of two: what the sender wrote and what was found reach their row together,
-- a page at a time, since a row that is staged twice and joined costs more than its check.
DROP TABLE intake_arrivals, intake_judgements;

CREATE UNLOGGED TABLE intake_checks (
  lg_code text NOT NULL,
  batch_id bigint NOT NULL,
  page integer NOT NULL,
  ordinal integer NOT NULL,
  line integer,
  raw text,
  fields jsonb,
  read_findings jsonb,
  addressee_number text,
  row_key bigint,
  person_id bigint,
  programme text,
  stage text,
  product text,
  vaccinated_on date,
  outcome text,
  answer text NOT NULL,
  findings jsonb NOT NULL,
  question_codes text[] NOT NULL,
  person_version integer,
  ledger_version integer,
  PRIMARY KEY (lg_code, batch_id, page, ordinal)
);
GRANT SELECT, INSERT, DELETE ON intake_checks TO sesshu_app;

COMMENT ON TABLE intake_checks IS '受付の一時表: checked rows on their way to the batch; empty between transactions';
COMMENT ON COLUMN intake_checks.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN intake_checks.batch_id IS '受付番号';
COMMENT ON COLUMN intake_checks.page IS '何番目のまとまりか: rows that were checked together';
COMMENT ON COLUMN intake_checks.ordinal IS '行番号';
COMMENT ON COLUMN intake_checks.line IS 'ファイルの行; null in a recheck, like all that the sender wrote';
COMMENT ON COLUMN intake_checks.raw IS '元の値: JSON array of texts';
COMMENT ON COLUMN intake_checks.fields IS '読み取った値';
COMMENT ON COLUMN intake_checks.read_findings IS '読取時の指摘';
COMMENT ON COLUMN intake_checks.addressee_number IS '宛名番号(送付元の記入)';
COMMENT ON COLUMN intake_checks.row_key IS '行の同一性';
COMMENT ON COLUMN intake_checks.person_id IS '該当者';
COMMENT ON COLUMN intake_checks.programme IS '予防接種の種類';
COMMENT ON COLUMN intake_checks.stage IS '期';
COMMENT ON COLUMN intake_checks.product IS '製品';
COMMENT ON COLUMN intake_checks.vaccinated_on IS '接種年月日';
COMMENT ON COLUMN intake_checks.outcome IS '実施区分';
COMMENT ON COLUMN intake_checks.answer IS '判定';
COMMENT ON COLUMN intake_checks.findings IS '指摘';
COMMENT ON COLUMN intake_checks.question_codes IS '確認事項の種類';
COMMENT ON COLUMN intake_checks.person_version IS '見た宛名の版';
COMMENT ON COLUMN intake_checks.ledger_version IS '見た台帳の版';

-- The sender's fields as one JSON text: nobody asks for a single one of them, and an array of texts costs twice to write.
ALTER TABLE intake_rows ALTER COLUMN raw TYPE text USING to_json(raw)::text;
COMMENT ON COLUMN intake_rows.raw IS '元の値: the fields as the sender wrote them, a JSON array of texts';

-- Every row belongs to a batch: looked at once per statement, since a check for each row costs a third of its writing.
ALTER TABLE intake_rows DROP CONSTRAINT intake_rows_lg_code_batch_id_fkey;
CREATE FUNCTION refuse_rows_without_batch() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (
    SELECT FROM (SELECT DISTINCT lg_code, batch_id FROM arrived) a
    WHERE NOT EXISTS (SELECT FROM intake_batches b WHERE b.lg_code = a.lg_code AND b.batch_id = a.batch_id)
  ) THEN
    RAISE foreign_key_violation USING MESSAGE = 'an intake row belongs to no batch';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION refuse_rows_without_batch() IS '受付のない行を断る: keeps intake_rows to batches that exist';
CREATE TRIGGER rows_belong_to_batches AFTER INSERT ON intake_rows
  REFERENCING NEW TABLE AS arrived FOR EACH STATEMENT EXECUTE FUNCTION refuse_rows_without_batch();

-- Nobody looks for the rows of a person but within one batch, where the primary key leads.
DROP INDEX intake_rows_by_person;
