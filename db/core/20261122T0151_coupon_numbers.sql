-- 接種券の券番号: ten digits, one per person and municipality, for ever the same.
CREATE TABLE coupon_numbers (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  coupon_number text NOT NULL CHECK (coupon_number ~ '^[0-9]{10}$'),
  person_id bigint NOT NULL,
  is_kept boolean NOT NULL,
  act_id bigint NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (lg_code, coupon_number),
  UNIQUE (lg_code, person_id),
  FOREIGN KEY (lg_code, person_id) REFERENCES persons (lg_code, person_id)
);
COMMENT ON TABLE coupon_numbers IS '接種券番号: whose 券番号 is which; given with the first 接種券, never changed and never given again; inserted only';
COMMENT ON COLUMN coupon_numbers.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN coupon_numbers.coupon_number IS '券番号: ten digits, unique in the municipality';
COMMENT ON COLUMN coupon_numbers.person_id IS '個人: our own key';
COMMENT ON COLUMN coupon_numbers.is_kept IS '引継ぎ: the number of an older 接種券 that the ledger knew; false = given here, one after the other';
COMMENT ON COLUMN coupon_numbers.act_id IS '行為の番号: audit act of the printing that gave it';
COMMENT ON COLUMN coupon_numbers.recorded_at IS '登録日時';
ALTER TABLE coupon_numbers ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON coupon_numbers USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON coupon_numbers TO sesshu_app;
GRANT SELECT ON coupon_numbers TO sesshu_read;
