-- The last day of use of lots as the office knows them: a package whose day nobody read is checked all the same.
CREATE TABLE known_lots (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  product text NOT NULL CHECK (product <> ''),
  lot_number text NOT NULL CHECK (lot_number <> ''),
  expires_on date NOT NULL,
  PRIMARY KEY (lg_code, product, lot_number)
);
COMMENT ON TABLE known_lots IS 'ロットの有効期限: 自治体のマスタから届いた写し。届くたびに全体を入れ替える';
COMMENT ON COLUMN known_lots.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN known_lots.product IS '製品: rules/products.csv の符号';
COMMENT ON COLUMN known_lots.lot_number IS 'ロット番号: 英字は大文字、空白とハイフンなし';
COMMENT ON COLUMN known_lots.expires_on IS '有効期限: この日まで使える';
ALTER TABLE known_lots ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON known_lots USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT, DELETE ON known_lots TO sesshu_app;
COMMENT ON COLUMN recalled_lots.lot_number IS 'ロット番号: 英字は大文字、空白とハイフンなし';
-- Who recorded a lot that was recalled afterwards is asked by the lot.
CREATE INDEX clinic_records_by_lot ON clinic_records (lg_code, institution_code, product);
