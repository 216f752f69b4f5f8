-- 単価 (LG-10, claims): what a contract pays for a dose or an interview on a day. A changed price is a new version beside the
-- old one; another price from a later day is another row with its own first day.
CREATE TABLE contract_prices (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  version_id bigint GENERATED ALWAYS AS IDENTITY,
  price_code text NOT NULL CHECK (price_code <> ''),
  programme text NOT NULL CHECK (programme <> ''),
  product text,
  outcome text NOT NULL CHECK (outcome IN ('administered', 'screeningOnly')),
  institution_code text,
  age_from_years integer CHECK (age_from_years >= 0),
  age_to_years integer CHECK (age_to_years >= 0),
  unit_price_yen integer NOT NULL CHECK (unit_price_yen >= 0),
  valid_from date,
  valid_to date,
  is_retired boolean NOT NULL DEFAULT false,
  note text,
  act_id bigint NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  recorded_by_name text NOT NULL,
  PRIMARY KEY (lg_code, version_id),
  CHECK (valid_to IS NULL OR valid_from IS NULL OR valid_from <= valid_to),
  CHECK (age_to_years IS NULL OR age_from_years IS NULL OR age_from_years <= age_to_years)
);
CREATE INDEX contract_prices_by_code ON contract_prices (lg_code, price_code, valid_from, version_id);
COMMENT ON TABLE contract_prices IS '単価: the newest version per code and first day holds; inserted only';
COMMENT ON COLUMN contract_prices.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN contract_prices.version_id IS '版の番号: our own key, growing with time';
COMMENT ON COLUMN contract_prices.price_code IS '単価コード: as claims name it';
COMMENT ON COLUMN contract_prices.programme IS '予防接種: programme of rules/';
COMMENT ON COLUMN contract_prices.product IS '製品: of rules/; null = every product of the programme';
COMMENT ON COLUMN contract_prices.outcome IS '実施区分: administered 実施, screeningOnly 予診のみ（見合せ料）';
COMMENT ON COLUMN contract_prices.institution_code IS '医療機関コード: where the price is for one alone; null = all under contract';
COMMENT ON COLUMN contract_prices.age_from_years IS '年齢の始まり: completed years on the day of the dose; null = from birth';
COMMENT ON COLUMN contract_prices.age_to_years IS '年齢の終わり: completed years, inclusive; null = every age';
COMMENT ON COLUMN contract_prices.unit_price_yen IS '単価（円、税込）';
COMMENT ON COLUMN contract_prices.valid_from IS '有効の始まり: day of the dose, inclusive; null = since ever';
COMMENT ON COLUMN contract_prices.valid_to IS '有効の終わり: inclusive; null = open';
COMMENT ON COLUMN contract_prices.is_retired IS '取り下げ: entered by mistake and never held';
COMMENT ON COLUMN contract_prices.note IS 'メモ';
COMMENT ON COLUMN contract_prices.act_id IS '行為の番号: audit act under which it was recorded';
COMMENT ON COLUMN contract_prices.recorded_at IS '登録日時';
COMMENT ON COLUMN contract_prices.recorded_by_name IS '登録者名';
ALTER TABLE contract_prices ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON contract_prices USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON contract_prices TO sesshu_app;
GRANT SELECT ON contract_prices TO sesshu_read;

-- 請求書の件数 beside the paper of a bundle.
ALTER TABLE paper_bundles
  ADD COLUMN claimed_doses integer CHECK (claimed_doses >= 0),
  ADD COLUMN claimed_screenings integer CHECK (claimed_screenings >= 0);
COMMENT ON COLUMN paper_bundles.claimed_doses IS '請求書の接種の件数; null where no claim was seen';
COMMENT ON COLUMN paper_bundles.claimed_screenings IS '請求書の予診のみ（見合せ）の件数; null likewise';
GRANT UPDATE (claimed_doses, claimed_screenings) ON paper_bundles TO sesshu_app;
ALTER TABLE bundle_events DROP CONSTRAINT bundle_events_kind_check,
  ADD CONSTRAINT bundle_events_kind_check
    CHECK (kind IN ('expected', 'received', 'claimed', 'reminded', 'handedOver', 'linked'));
COMMENT ON COLUMN bundle_events.kind IS '種類: expected 予定, received 受領, claimed 請求書の件数, reminded 督促, handedOver 受付へ回した, linked 受付と結びつけた';
