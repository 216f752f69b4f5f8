-- What the office sends: who is under contract, which packages and lots there are, and of the people who hold a form
-- only what the check before the injection needs. No number of the register, no address, no telephone.

CREATE TABLE clinic_institutions (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  institution_code text NOT NULL CHECK (institution_code <> ''),
  name text NOT NULL CHECK (name <> ''),
  contracts jsonb NOT NULL,
  PRIMARY KEY (lg_code, institution_code)
);
COMMENT ON TABLE clinic_institutions IS '契約医療機関: 自治体から届いた一覧の写し。届くたびに全体を入れ替える';
COMMENT ON COLUMN clinic_institutions.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN clinic_institutions.institution_code IS '医療機関コード: 職員の所属がこれを指す';
COMMENT ON COLUMN clinic_institutions.name IS '医療機関名';
COMMENT ON COLUMN clinic_institutions.contracts IS '契約期間: [{from, to}] 両端を含む';
ALTER TABLE clinic_institutions ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON clinic_institutions USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT, DELETE ON clinic_institutions TO sesshu_app;

CREATE TABLE vaccine_packages (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  gtin text NOT NULL CHECK (gtin ~ '^[0-9]{14}$'),
  product text NOT NULL CHECK (product <> ''),
  manufacturer_code text,
  PRIMARY KEY (lg_code, gtin)
);
COMMENT ON TABLE vaccine_packages IS 'ワクチンの包装: バーコードの商品コードと製品の対応。自治体から届いた写し';
COMMENT ON COLUMN vaccine_packages.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN vaccine_packages.gtin IS '商品コード: GS1 の GTIN 14桁';
COMMENT ON COLUMN vaccine_packages.product IS '製品: rules/products.csv の符号';
COMMENT ON COLUMN vaccine_packages.manufacturer_code IS 'ワクチンメーカーコード';
ALTER TABLE vaccine_packages ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON vaccine_packages USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT, DELETE ON vaccine_packages TO sesshu_app;

CREATE TABLE recalled_lots (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  product text NOT NULL CHECK (product <> ''),
  lot_number text NOT NULL CHECK (lot_number <> ''),
  recalled_on date NOT NULL,
  reason text NOT NULL,
  PRIMARY KEY (lg_code, product, lot_number)
);
COMMENT ON TABLE recalled_lots IS '回収ロット: 使ってはならないロット。自治体から届いた写し';
COMMENT ON COLUMN recalled_lots.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN recalled_lots.product IS '製品: rules/products.csv の符号';
COMMENT ON COLUMN recalled_lots.lot_number IS 'ロット番号: 英字は大文字、空白なし';
COMMENT ON COLUMN recalled_lots.recalled_on IS '回収の日: この日から使えない';
COMMENT ON COLUMN recalled_lots.reason IS '回収の理由';
ALTER TABLE recalled_lots ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON recalled_lots USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT, DELETE ON recalled_lots TO sesshu_app;

CREATE TABLE patients (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  patient_ref uuid NOT NULL,
  name text NOT NULL,
  born_on date NOT NULL,
  sex text NOT NULL CHECK (sex IN ('male', 'female', 'unknown')),
  doses jsonb NOT NULL,
  facts jsonb NOT NULL,
  sequence bigint NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (lg_code, patient_ref)
);
COMMENT ON TABLE patients IS '接種を受ける人: 使える予診票を持つ人だけ。使えなくなれば消す';
COMMENT ON COLUMN patients.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN patients.patient_ref IS '仮の番号: この連携だけで使う乱数。宛名番号ではない';
COMMENT ON COLUMN patients.name IS '氏名: 目の前の人が本人かを確かめる';
COMMENT ON COLUMN patients.born_on IS '生年月日: 本人の確認と年齢の判定';
COMMENT ON COLUMN patients.sex IS '性別: 性別で対象が決まる接種の判定';
COMMENT ON COLUMN patients.doses IS '過去の接種: [{product, on, kind}] 間隔と回数の判定';
COMMENT ON COLUMN patients.facts IS '過去の事実: 罹患歴や特例など、対象を変えるもの';
COMMENT ON COLUMN patients.sequence IS '届いた順: これより古い知らせは捨てる';
COMMENT ON COLUMN patients.received_at IS '受信日時';
ALTER TABLE patients ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON patients USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT, DELETE ON patients TO sesshu_app;
GRANT UPDATE (name, born_on, sex, doses, facts, sequence, received_at) ON patients TO sesshu_app;

CREATE TABLE tickets (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  form_number text NOT NULL CHECK (form_number ~ '^[0-9]{12}$'),
  state text NOT NULL CHECK (state IN ('usable', 'used', 'reissued', 'cancelled', 'stopped')),
  patient_ref uuid,
  programme text NOT NULL CHECK (programme <> ''),
  stage text NOT NULL CHECK (stage <> ''),
  dose_number integer CHECK (dose_number > 0),
  valid_until date,
  sequence bigint NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (lg_code, form_number),
  FOREIGN KEY (lg_code, patient_ref) REFERENCES patients (lg_code, patient_ref),
  CHECK ((state = 'usable') = (patient_ref IS NOT NULL))
);
CREATE INDEX tickets_by_patient ON tickets (lg_code, patient_ref);
COMMENT ON TABLE tickets IS '予診票: 発行番号と、何のための予診票か。使えるものだけが人を指す';
COMMENT ON COLUMN tickets.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN tickets.form_number IS '発行番号: 予診票のバーコード';
COMMENT ON COLUMN tickets.state IS '状態: usable 使える, used 使用済み, reissued 再発行により無効, cancelled 取消, stopped 自治体が止めた';
COMMENT ON COLUMN tickets.patient_ref IS '仮の番号: 使える間だけ';
COMMENT ON COLUMN tickets.programme IS '予防接種の種類';
COMMENT ON COLUMN tickets.stage IS '期';
COMMENT ON COLUMN tickets.dose_number IS '回数: 期の中の回。どの回にも使えるものは空';
COMMENT ON COLUMN tickets.valid_until IS '有効期限: この日まで使える。空は期限なし';
COMMENT ON COLUMN tickets.sequence IS '届いた順: これより古い知らせは捨てる';
COMMENT ON COLUMN tickets.received_at IS '受信日時';
ALTER TABLE tickets ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON tickets USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT, DELETE ON tickets TO sesshu_app;
GRANT UPDATE (state, patient_ref, programme, stage, dose_number, valid_until, sequence, received_at) ON tickets TO sesshu_app;

CREATE TABLE ticket_guards (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  subject text NOT NULL CHECK (subject ~ '^(staff|institution|form):.+$'),
  failures integer NOT NULL CHECK (failures >= 0),
  first_failed_at timestamptz NOT NULL,
  locked_until timestamptz,
  PRIMARY KEY (lg_code, subject)
);
COMMENT ON TABLE ticket_guards IS '番号の当て推量への備え: 続けて外れた回数と、止めている期限';
COMMENT ON COLUMN ticket_guards.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN ticket_guards.subject IS '数える相手: 職員・医療機関・発行番号のどれか';
COMMENT ON COLUMN ticket_guards.failures IS '外れた回数: 窓の中の';
COMMENT ON COLUMN ticket_guards.first_failed_at IS '数え始めた日時';
COMMENT ON COLUMN ticket_guards.locked_until IS '止めている期限';
ALTER TABLE ticket_guards ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON ticket_guards USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT, DELETE ON ticket_guards TO sesshu_app;
GRANT UPDATE (failures, first_failed_at, locked_until) ON ticket_guards TO sesshu_app;

CREATE TABLE ticket_openings (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  opening_id uuid NOT NULL,
  form_number text NOT NULL,
  institution_code text NOT NULL,
  staff_id bigint NOT NULL,
  opened_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (lg_code, opening_id),
  FOREIGN KEY (lg_code, staff_id) REFERENCES staff_members (lg_code, staff_id)
);
CREATE INDEX ticket_openings_old ON ticket_openings (lg_code, expires_at);
COMMENT ON TABLE ticket_openings IS '開いた予診票: 発行番号と生年月日が合った人だけが、しばらくの間見られる';
COMMENT ON COLUMN ticket_openings.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN ticket_openings.opening_id IS '開いた番号: 画面のアドレスに出る乱数。発行番号は出さない';
COMMENT ON COLUMN ticket_openings.form_number IS '発行番号';
COMMENT ON COLUMN ticket_openings.institution_code IS '医療機関コード: 開いた医療機関だけが見られる';
COMMENT ON COLUMN ticket_openings.staff_id IS '職員: 開いた人';
COMMENT ON COLUMN ticket_openings.opened_at IS '開いた日時';
COMMENT ON COLUMN ticket_openings.expires_at IS '見られる期限';
ALTER TABLE ticket_openings ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON ticket_openings USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT, DELETE ON ticket_openings TO sesshu_app;
