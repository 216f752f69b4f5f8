-- 予防接種台帳: facts are inserted and never changed (no UPDATE, no DELETE is granted). A correction or a retraction
-- names the entry it replaces; no entry is replaced twice, so each fact is one chain whose end is current.

CREATE TABLE ledger_entries (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  entry_id bigint GENERATED ALWAYS AS IDENTITY,
  person_id bigint NOT NULL,
  kind text NOT NULL CHECK (kind IN ('entry', 'correction', 'retraction')),
  replaces bigint,
  reason text,
  outcome text CHECK (outcome IN ('administered', 'screeningOnly', 'notConsented')),
  vaccinated_on date,
  vaccination_class text CHECK (vaccination_class IN ('routine', 'voluntary', 'temporary')),
  programme text,
  stage text,
  product text,
  vaccine_code text,
  vaccine_name text,
  dose_number_as_sent text,
  product_name text,
  manufacturer_code text,
  manufacturer_name text,
  lot_number text,
  expires_on date,
  dose_volume_ml numeric,
  site text,
  route text,
  institution_code text,
  institution_other text,
  venue_code text,
  venue_other text,
  administering_physician text,
  administering_physician_code text,
  screening_class text,
  screening_institution_code text,
  screening_physician text,
  screening_physician_code text,
  screening_reason text,
  visit_kind text,
  body_temperature numeric,
  consent text,
  copayment_class text,
  claim_month text,
  project_number text,
  fiscal_year integer,
  branch_number text,
  schedule_sequence text,
  registering_ward text,
  registered_on date,
  former_municipality text,
  second_mixed_class text,
  first_vaccine_class text,
  tuberculin_result text,
  tuberculin_length_mm numeric,
  tuberculin_width_mm numeric,
  tuberculin_state text,
  error_code text,
  print_class text,
  printed_on date,
  form_number text,
  request_letter_number text,
  certificate_number text,
  coupon_number text,
  given_in_lg_code text,
  image_file_name text,
  sender_batch text,
  sender_line text,
  remarks text,
  source text NOT NULL CHECK (source IN ('clinic', 'elsewhere', 'handbookCopy', 'abroad', 'inquiry', 'legacyLedger')),
  certainty text NOT NULL DEFAULT 'documented' CHECK (certainty IN ('documented', 'reported')),
  findings jsonb NOT NULL DEFAULT '[]',
  batch_id bigint,
  batch_row integer,
  run_id bigint,
  run_row integer,
  act_id bigint NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  recorded_by bigint,
  recorded_by_name text NOT NULL,
  PRIMARY KEY (lg_code, entry_id),
  FOREIGN KEY (lg_code, person_id) REFERENCES persons (lg_code, person_id),
  FOREIGN KEY (lg_code, replaces) REFERENCES ledger_entries (lg_code, entry_id),
  CHECK ((kind = 'entry') = (replaces IS NULL)),
  CHECK (kind = 'entry' OR reason <> ''),
  CHECK (kind = 'retraction' OR (outcome IS NOT NULL AND vaccinated_on IS NOT NULL AND vaccination_class IS NOT NULL))
);
CREATE INDEX ledger_entries_by_person ON ledger_entries (lg_code, person_id, entry_id);
CREATE UNIQUE INDEX ledger_entries_replaced_once ON ledger_entries (lg_code, replaces) WHERE replaces IS NOT NULL;
CREATE UNIQUE INDEX ledger_entries_by_batch_row ON ledger_entries (lg_code, batch_id, batch_row)
  WHERE batch_id IS NOT NULL AND kind = 'entry';
CREATE INDEX ledger_entries_by_act ON ledger_entries (lg_code, act_id);

CREATE TABLE ledger_heads (
  lg_code text NOT NULL,
  person_id bigint NOT NULL,
  version integer NOT NULL DEFAULT 1 CHECK (version > 0),
  changed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (lg_code, person_id),
  FOREIGN KEY (lg_code, person_id) REFERENCES persons (lg_code, person_id)
);

CREATE TABLE current_doses (
  lg_code text NOT NULL,
  person_id bigint NOT NULL,
  entry_id bigint NOT NULL,
  origin_entry_id bigint NOT NULL,
  vaccinated_on date NOT NULL,
  outcome text NOT NULL,
  vaccination_class text NOT NULL,
  programme text,
  stage text,
  product text,
  vaccine_code text,
  dose_number_as_sent text,
  PRIMARY KEY (lg_code, person_id, entry_id),
  FOREIGN KEY (lg_code, entry_id) REFERENCES ledger_entries (lg_code, entry_id)
);
CREATE INDEX current_doses_by_day ON current_doses (lg_code, vaccinated_on);
CREATE INDEX current_doses_by_origin ON current_doses (lg_code, origin_entry_id);

CREATE TABLE person_forecasts (
  lg_code text NOT NULL,
  person_id bigint NOT NULL,
  as_of date NOT NULL,
  rules_version text NOT NULL,
  person_version integer NOT NULL,
  ledger_version integer NOT NULL,
  due_count integer NOT NULL,
  overdue_count integer NOT NULL,
  due text[] NOT NULL,
  overdue text[] NOT NULL,
  computed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (lg_code, person_id),
  FOREIGN KEY (lg_code, person_id) REFERENCES persons (lg_code, person_id)
);

COMMENT ON TABLE ledger_entries IS '予防接種台帳の記録: one row per fact, correction or retraction; inserted only';
COMMENT ON COLUMN ledger_entries.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN ledger_entries.entry_id IS '記録番号: our own key';
COMMENT ON COLUMN ledger_entries.person_id IS '個人の内部番号';
COMMENT ON COLUMN ledger_entries.kind IS '記録の種類: entry 登録, correction 訂正, retraction 取消';
COMMENT ON COLUMN ledger_entries.replaces IS '訂正・取消の対象: the entry that this one replaces';
COMMENT ON COLUMN ledger_entries.reason IS '訂正・取消の理由; of an entry: why it was registered in spite of its findings';
COMMENT ON COLUMN ledger_entries.outcome IS '実施区分: administered 実施, screeningOnly 予診のみ, notConsented 未同意; null on a retraction';
COMMENT ON COLUMN ledger_entries.vaccinated_on IS '接種年月日(受診日)';
COMMENT ON COLUMN ledger_entries.vaccination_class IS '接種区分: routine 定期, voluntary 任意, temporary 臨時';
COMMENT ON COLUMN ledger_entries.programme IS '予防接種の種類: programme of rules/ as the settings mapped it on that day';
COMMENT ON COLUMN ledger_entries.stage IS '期: stage of rules/ as the settings mapped it';
COMMENT ON COLUMN ledger_entries.product IS '製品: product of rules/ as the settings mapped it';
COMMENT ON COLUMN ledger_entries.vaccine_code IS '予防接種の種類(送付元のコード): the sender''s own code';
COMMENT ON COLUMN ledger_entries.vaccine_name IS '接種名称(送付元の表記)';
COMMENT ON COLUMN ledger_entries.dose_number_as_sent IS '期・回数(送付元の表記): as the sender counts';
COMMENT ON COLUMN ledger_entries.product_name IS '製品名(送付元の表記)';
COMMENT ON COLUMN ledger_entries.manufacturer_code IS 'ワクチンメーカーコード: the sender''s own code';
COMMENT ON COLUMN ledger_entries.manufacturer_name IS 'ワクチンメーカー名';
COMMENT ON COLUMN ledger_entries.lot_number IS 'ロット番号';
COMMENT ON COLUMN ledger_entries.expires_on IS '有効期限';
COMMENT ON COLUMN ledger_entries.dose_volume_ml IS '接種量: millilitres';
COMMENT ON COLUMN ledger_entries.site IS '接種部位';
COMMENT ON COLUMN ledger_entries.route IS '接種方法';
COMMENT ON COLUMN ledger_entries.institution_code IS '接種医療機関コード';
COMMENT ON COLUMN ledger_entries.institution_other IS '接種医療機関その他: free text where the master has no entry';
COMMENT ON COLUMN ledger_entries.venue_code IS '会場コード(実施場所)';
COMMENT ON COLUMN ledger_entries.venue_other IS '会場その他: free text where the master has no entry';
COMMENT ON COLUMN ledger_entries.administering_physician IS '接種医';
COMMENT ON COLUMN ledger_entries.administering_physician_code IS '接種医コード';
COMMENT ON COLUMN ledger_entries.screening_class IS '予診区分';
COMMENT ON COLUMN ledger_entries.screening_institution_code IS '予診医療機関コード';
COMMENT ON COLUMN ledger_entries.screening_physician IS '予診医';
COMMENT ON COLUMN ledger_entries.screening_physician_code IS '予診医コード';
COMMENT ON COLUMN ledger_entries.screening_reason IS '予診理由: why only the screening took place';
COMMENT ON COLUMN ledger_entries.visit_kind IS '受診種別';
COMMENT ON COLUMN ledger_entries.body_temperature IS '体温: degrees Celsius before the screening';
COMMENT ON COLUMN ledger_entries.consent IS '同意: given, notGiven, or the sender''s own word';
COMMENT ON COLUMN ledger_entries.copayment_class IS '自己負担区分';
COMMENT ON COLUMN ledger_entries.claim_month IS '請求月: YYYY-MM';
COMMENT ON COLUMN ledger_entries.project_number IS '事業番号';
COMMENT ON COLUMN ledger_entries.fiscal_year IS '年度';
COMMENT ON COLUMN ledger_entries.branch_number IS '予防枝番';
COMMENT ON COLUMN ledger_entries.schedule_sequence IS '事業予定連番';
COMMENT ON COLUMN ledger_entries.registering_ward IS '登録区';
COMMENT ON COLUMN ledger_entries.registered_on IS '登録日: in the sender''s ledger';
COMMENT ON COLUMN ledger_entries.former_municipality IS '合併前市町村';
COMMENT ON COLUMN ledger_entries.second_mixed_class IS '二混合区分';
COMMENT ON COLUMN ledger_entries.first_vaccine_class IS '初回ワクチン区分';
COMMENT ON COLUMN ledger_entries.tuberculin_result IS 'ツベルクリン判定';
COMMENT ON COLUMN ledger_entries.tuberculin_length_mm IS 'ツベルクリン判定(大きさ:縦)';
COMMENT ON COLUMN ledger_entries.tuberculin_width_mm IS 'ツベルクリン判定(大きさ:横)';
COMMENT ON COLUMN ledger_entries.tuberculin_state IS 'ツベルクリン判定(状態)';
COMMENT ON COLUMN ledger_entries.error_code IS 'エラーコード(送付元)';
COMMENT ON COLUMN ledger_entries.print_class IS '印刷区分';
COMMENT ON COLUMN ledger_entries.printed_on IS '印刷日';
COMMENT ON COLUMN ledger_entries.form_number IS '予診票発行番号: number of the printed form';
COMMENT ON COLUMN ledger_entries.request_letter_number IS '依頼書発行番号';
COMMENT ON COLUMN ledger_entries.certificate_number IS '証明書発行番号';
COMMENT ON COLUMN ledger_entries.coupon_number IS '接種券番号';
COMMENT ON COLUMN ledger_entries.given_in_lg_code IS '接種した自治体コード';
COMMENT ON COLUMN ledger_entries.image_file_name IS '画像ファイル名';
COMMENT ON COLUMN ledger_entries.sender_batch IS '送付元のバッチ番号';
COMMENT ON COLUMN ledger_entries.sender_line IS '送付元の行番号';
COMMENT ON COLUMN ledger_entries.remarks IS '備考';
COMMENT ON COLUMN ledger_entries.source IS '記録の出所: clinic 委託医療機関, elsewhere 他市区町村, handbookCopy 母子健康手帳の写し, abroad 国外, inquiry 情報照会, legacyLedger 旧台帳';
COMMENT ON COLUMN ledger_entries.certainty IS '確かさ: documented 書面あり, reported 本人・保護者の申告';
COMMENT ON COLUMN ledger_entries.findings IS '登録時の指摘: code, severity, field, params, basis as they were when it was registered';
COMMENT ON COLUMN ledger_entries.batch_id IS '受付番号: the intake batch that brought it';
COMMENT ON COLUMN ledger_entries.batch_row IS '受付の行番号: ordinal of the data row, first = 1';
COMMENT ON COLUMN ledger_entries.run_id IS '取込番号: the feed run that brought it';
COMMENT ON COLUMN ledger_entries.run_row IS '取込の行番号: ordinal of the data row, first = 1';
COMMENT ON COLUMN ledger_entries.act_id IS '行為の番号: audit act under which it was recorded';
COMMENT ON COLUMN ledger_entries.recorded_at IS '登録日時';
COMMENT ON COLUMN ledger_entries.recorded_by IS '登録者: member of staff; null for the system and for an operating system account';
COMMENT ON COLUMN ledger_entries.recorded_by_name IS '登録者名: as it was at that time';

COMMENT ON TABLE ledger_heads IS '台帳の見出し: the one mutable row per person; writers lock it in ascending id and answer 409 on change';
COMMENT ON COLUMN ledger_heads.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN ledger_heads.person_id IS '個人の内部番号';
COMMENT ON COLUMN ledger_heads.version IS '版: grows by one with every transaction that writes entries of the person; a cache that saw another version is stale';
COMMENT ON COLUMN ledger_heads.changed_at IS '最終変更日時';

COMMENT ON TABLE current_doses IS '現在の接種歴: derived from ledger_entries in the same transaction; can be thrown away and derived again';
COMMENT ON COLUMN current_doses.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN current_doses.person_id IS '個人の内部番号';
COMMENT ON COLUMN current_doses.entry_id IS '記録番号: the entry or correction that holds now';
COMMENT ON COLUMN current_doses.origin_entry_id IS '最初の記録番号: the entry at the start of its chain of corrections';
COMMENT ON COLUMN current_doses.vaccinated_on IS '接種年月日';
COMMENT ON COLUMN current_doses.outcome IS '実施区分';
COMMENT ON COLUMN current_doses.vaccination_class IS '接種区分';
COMMENT ON COLUMN current_doses.programme IS '予防接種の種類';
COMMENT ON COLUMN current_doses.stage IS '期';
COMMENT ON COLUMN current_doses.product IS '製品';
COMMENT ON COLUMN current_doses.vaccine_code IS '予防接種の種類(送付元のコード)';
COMMENT ON COLUMN current_doses.dose_number_as_sent IS '期・回数(送付元の表記)';

COMMENT ON TABLE person_forecasts IS '接種予測の控え: what was due on a day by which rules; a cache, stale when a version differs';
COMMENT ON COLUMN person_forecasts.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN person_forecasts.person_id IS '個人の内部番号';
COMMENT ON COLUMN person_forecasts.as_of IS '基準日';
COMMENT ON COLUMN person_forecasts.rules_version IS '規則の版: digest of rules/';
COMMENT ON COLUMN person_forecasts.person_version IS '宛名の版: version of the person that was judged';
COMMENT ON COLUMN person_forecasts.ledger_version IS '台帳の版: version of the ledger head that was judged; 0 = no entries';
COMMENT ON COLUMN person_forecasts.due_count IS '接種時期の件数: number of stages that are due';
COMMENT ON COLUMN person_forecasts.overdue_count IS '標準の時期を過ぎた件数: number of stages that are overdue';
COMMENT ON COLUMN person_forecasts.due IS '接種時期の種類: programme/stage';
COMMENT ON COLUMN person_forecasts.overdue IS '標準の時期を過ぎた種類: programme/stage';
COMMENT ON COLUMN person_forecasts.computed_at IS '計算日時';

ALTER TABLE ledger_entries ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_heads ENABLE ROW LEVEL SECURITY;
ALTER TABLE current_doses ENABLE ROW LEVEL SECURITY;
ALTER TABLE person_forecasts ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON ledger_entries USING (lg_code = current_setting('sesshu.lg_code', true));
CREATE POLICY municipality ON ledger_heads USING (lg_code = current_setting('sesshu.lg_code', true));
CREATE POLICY municipality ON current_doses USING (lg_code = current_setting('sesshu.lg_code', true));
CREATE POLICY municipality ON person_forecasts USING (lg_code = current_setting('sesshu.lg_code', true));

GRANT SELECT, INSERT ON ledger_entries TO sesshu_app;
GRANT SELECT, INSERT, UPDATE ON ledger_heads TO sesshu_app;
-- Current history is derived: a corrected or retracted entry leaves it.
GRANT SELECT, INSERT, DELETE ON current_doses TO sesshu_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON person_forecasts TO sesshu_app;
GRANT SELECT ON ledger_entries, ledger_heads, current_doses, person_forecasts TO sesshu_read;
