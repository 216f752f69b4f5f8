-- 受付: a file of clinic records from its arrival to its commit. The batch is a change set: its rows are opinions
-- about what the sender wrote; the fact enters the ledger at commit.

CREATE TABLE intake_batches (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  batch_id bigint GENERATED ALWAYS AS IDENTITY,
  file_id bigint NOT NULL,
  file_digest text NOT NULL,
  file_name text NOT NULL,
  layout_name text NOT NULL,
  sender text,
  as_of date NOT NULL,
  state text NOT NULL CHECK (state IN ('received', 'checked', 'reviewed', 'committed', 'undone', 'sentBack')),
  row_count integer NOT NULL DEFAULT 0,
  accepted integer NOT NULL DEFAULT 0,
  questioned integer NOT NULL DEFAULT 0,
  refused integer NOT NULL DEFAULT 0,
  open_questions integer NOT NULL DEFAULT 0,
  committed integer NOT NULL DEFAULT 0,
  receipt jsonb NOT NULL DEFAULT '{}',
  version integer NOT NULL DEFAULT 1,
  received_at timestamptz NOT NULL DEFAULT now(),
  received_by bigint,
  received_by_name text NOT NULL,
  committed_at timestamptz,
  committed_by_name text,
  closed_at timestamptz,
  closed_by_name text,
  close_reason text,
  PRIMARY KEY (lg_code, batch_id)
);
CREATE UNIQUE INDEX intake_batches_one_per_file ON intake_batches (lg_code, file_digest)
  WHERE state NOT IN ('undone', 'sentBack');

CREATE TABLE intake_rows (
  lg_code text NOT NULL,
  batch_id bigint NOT NULL,
  ordinal integer NOT NULL CHECK (ordinal > 0),
  line integer NOT NULL,
  raw text[] NOT NULL,
  fields jsonb NOT NULL,
  read_findings jsonb,
  addressee_number text,
  row_key bigint NOT NULL,
  person_id bigint,
  is_person_chosen boolean NOT NULL DEFAULT false,
  programme text,
  stage text,
  product text,
  vaccinated_on date,
  outcome text,
  answer text NOT NULL CHECK (answer IN ('accepted', 'questioned', 'refused')),
  findings jsonb NOT NULL,
  question_codes text[] NOT NULL,
  person_version integer,
  ledger_version integer,
  decision text CHECK (decision IN ('accept', 'refuse', 'sendBack')),
  decision_reason text,
  decided_by bigint,
  decided_by_name text,
  decided_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (lg_code, batch_id, ordinal),
  FOREIGN KEY (lg_code, batch_id) REFERENCES intake_batches (lg_code, batch_id),
  CHECK (decision IS NULL OR decision_reason <> '')
);
CREATE INDEX intake_rows_by_key ON intake_rows (lg_code, row_key);
CREATE INDEX intake_rows_by_person ON intake_rows (lg_code, person_id) WHERE person_id IS NOT NULL;
CREATE INDEX intake_rows_open ON intake_rows (lg_code, batch_id, ordinal)
  WHERE answer = 'questioned' AND decision IS NULL;

-- Staging for COPY, which row-level security refuses on its own tables. Written and emptied in one transaction.
CREATE UNLOGGED TABLE intake_arrivals (
  lg_code text NOT NULL,
  batch_id bigint NOT NULL,
  ordinal integer NOT NULL,
  line integer NOT NULL,
  raw text[] NOT NULL,
  fields jsonb NOT NULL,
  read_findings jsonb,
  addressee_number text,
  vaccinated_on text,
  row_key bigint NOT NULL,
  PRIMARY KEY (lg_code, batch_id, ordinal)
);
CREATE UNLOGGED TABLE intake_judgements (
  lg_code text NOT NULL,
  batch_id bigint NOT NULL,
  ordinal integer NOT NULL,
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
  PRIMARY KEY (lg_code, batch_id, ordinal)
);
GRANT SELECT, INSERT, DELETE ON intake_arrivals, intake_judgements TO sesshu_app;

COMMENT ON TABLE intake_batches IS '受付: one file of clinic records and how far it is';
COMMENT ON COLUMN intake_batches.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN intake_batches.batch_id IS '受付番号: our own key';
COMMENT ON COLUMN intake_batches.file_id IS '受け取ったファイル: its bytes as they came';
COMMENT ON COLUMN intake_batches.file_digest IS 'ファイルの要約値: the same file is taken once';
COMMENT ON COLUMN intake_batches.file_name IS 'ファイル名';
COMMENT ON COLUMN intake_batches.layout_name IS 'レイアウト名: in settings/';
COMMENT ON COLUMN intake_batches.sender IS '送付元';
COMMENT ON COLUMN intake_batches.as_of IS '判定の基準日: a day after it is in the future';
COMMENT ON COLUMN intake_batches.state IS '状態: received 受領, checked 確認待ち, reviewed 確認済み, committed 登録済み, undone 登録取消, sentBack 差戻し';
COMMENT ON COLUMN intake_batches.row_count IS '行数';
COMMENT ON COLUMN intake_batches.accepted IS '問題なしの行数';
COMMENT ON COLUMN intake_batches.questioned IS '確認が必要な行数';
COMMENT ON COLUMN intake_batches.refused IS '受け付けられない行数';
COMMENT ON COLUMN intake_batches.open_questions IS '未回答の行数';
COMMENT ON COLUMN intake_batches.committed IS '台帳に登録した行数';
COMMENT ON COLUMN intake_batches.receipt IS '受領時の件数: figures of the first check, answered again when the same file comes again';
COMMENT ON COLUMN intake_batches.version IS '版: grows with every change of state';
COMMENT ON COLUMN intake_batches.received_at IS '受領日時';
COMMENT ON COLUMN intake_batches.received_by IS '受領者';
COMMENT ON COLUMN intake_batches.received_by_name IS '受領者名: as it was at that time';
COMMENT ON COLUMN intake_batches.committed_at IS '登録日時: the latest commit';
COMMENT ON COLUMN intake_batches.committed_by_name IS '登録者名';
COMMENT ON COLUMN intake_batches.closed_at IS '取消・差戻し日時';
COMMENT ON COLUMN intake_batches.closed_by_name IS '取消・差戻しをした職員';
COMMENT ON COLUMN intake_batches.close_reason IS '取消・差戻しの理由';

COMMENT ON TABLE intake_rows IS '受付の行: what the sender wrote, what was found, what a person answered';
COMMENT ON COLUMN intake_rows.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN intake_rows.batch_id IS '受付番号';
COMMENT ON COLUMN intake_rows.ordinal IS '行番号: ordinal of the data row, first = 1';
COMMENT ON COLUMN intake_rows.line IS 'ファイルの行: first = 1, the header counts';
COMMENT ON COLUMN intake_rows.raw IS '元の値: the fields as the sender wrote them';
COMMENT ON COLUMN intake_rows.fields IS '読み取った値: by field key of the layout';
COMMENT ON COLUMN intake_rows.read_findings IS '読取時の指摘: what the layout found; null = nothing';
COMMENT ON COLUMN intake_rows.addressee_number IS '宛名番号(送付元の記入)';
COMMENT ON COLUMN intake_rows.row_key IS '行の同一性: hash of what the form says; equal for the same form sent twice';
COMMENT ON COLUMN intake_rows.person_id IS '該当者: matched or chosen';
COMMENT ON COLUMN intake_rows.is_person_chosen IS '該当者を職員が選んだか';
COMMENT ON COLUMN intake_rows.programme IS '予防接種の種類';
COMMENT ON COLUMN intake_rows.stage IS '期';
COMMENT ON COLUMN intake_rows.product IS '製品';
COMMENT ON COLUMN intake_rows.vaccinated_on IS '接種年月日';
COMMENT ON COLUMN intake_rows.outcome IS '実施区分';
COMMENT ON COLUMN intake_rows.answer IS '判定: accepted 問題なし, questioned 要確認, refused 受付不可';
COMMENT ON COLUMN intake_rows.findings IS '指摘: code, severity, field, params, basis';
COMMENT ON COLUMN intake_rows.question_codes IS '確認事項の種類: distinct codes of the questions, sorted';
COMMENT ON COLUMN intake_rows.person_version IS '見た宛名の版';
COMMENT ON COLUMN intake_rows.ledger_version IS '見た台帳の版; 0 = no entries';
COMMENT ON COLUMN intake_rows.decision IS '職員の回答: accept 登録する, refuse 登録しない, sendBack 送付元に戻す';
COMMENT ON COLUMN intake_rows.decision_reason IS '回答の理由';
COMMENT ON COLUMN intake_rows.decided_by IS '回答者';
COMMENT ON COLUMN intake_rows.decided_by_name IS '回答者名: as it was at that time';
COMMENT ON COLUMN intake_rows.decided_at IS '回答日時';
COMMENT ON COLUMN intake_rows.version IS '版: grows with every answer and every check that changed something';

ALTER TABLE intake_batches ENABLE ROW LEVEL SECURITY;
ALTER TABLE intake_rows ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON intake_batches USING (lg_code = current_setting('sesshu.lg_code', true));
CREATE POLICY municipality ON intake_rows USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT, UPDATE ON intake_batches TO sesshu_app;
GRANT SELECT, INSERT ON intake_rows TO sesshu_app;
-- What the sender wrote never changes; what was found and answered does.
GRANT UPDATE (person_id, is_person_chosen, programme, stage, product, vaccinated_on, outcome, answer, findings,
  question_codes, person_version, ledger_version, decision, decision_reason, decided_by, decided_by_name, decided_at,
  version) ON intake_rows TO sesshu_app;
GRANT SELECT ON intake_batches, intake_rows TO sesshu_read;

COMMENT ON TABLE intake_arrivals IS '受付の一時表(到着): rows of a file on their way to their check; empty between transactions';
COMMENT ON COLUMN intake_arrivals.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN intake_arrivals.batch_id IS '受付番号';
COMMENT ON COLUMN intake_arrivals.ordinal IS '行番号';
COMMENT ON COLUMN intake_arrivals.line IS 'ファイルの行';
COMMENT ON COLUMN intake_arrivals.raw IS '元の値';
COMMENT ON COLUMN intake_arrivals.fields IS '読み取った値';
COMMENT ON COLUMN intake_arrivals.read_findings IS '読取時の指摘';
COMMENT ON COLUMN intake_arrivals.addressee_number IS '宛名番号(送付元の記入)';
COMMENT ON COLUMN intake_arrivals.vaccinated_on IS '接種年月日';
COMMENT ON COLUMN intake_arrivals.row_key IS '行の同一性';
COMMENT ON TABLE intake_judgements IS '受付の一時表(判定): what was found, on its way to its row; empty between transactions';
COMMENT ON COLUMN intake_judgements.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN intake_judgements.batch_id IS '受付番号';
COMMENT ON COLUMN intake_judgements.ordinal IS '行番号';
COMMENT ON COLUMN intake_judgements.person_id IS '該当者';
COMMENT ON COLUMN intake_judgements.programme IS '予防接種の種類';
COMMENT ON COLUMN intake_judgements.stage IS '期';
COMMENT ON COLUMN intake_judgements.product IS '製品';
COMMENT ON COLUMN intake_judgements.vaccinated_on IS '接種年月日';
COMMENT ON COLUMN intake_judgements.outcome IS '実施区分';
COMMENT ON COLUMN intake_judgements.answer IS '判定';
COMMENT ON COLUMN intake_judgements.findings IS '指摘';
COMMENT ON COLUMN intake_judgements.question_codes IS '確認事項の種類';
COMMENT ON COLUMN intake_judgements.person_version IS '見た宛名の版';
COMMENT ON COLUMN intake_judgements.ledger_version IS '見た台帳の版';
