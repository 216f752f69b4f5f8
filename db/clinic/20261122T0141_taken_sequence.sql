-- How far the office's messages have come: a database that was restored from a backup says an older number than the office
-- remembers, and the office tells everything anew.
CREATE TABLE taken_sequences (
  lg_code text PRIMARY KEY REFERENCES municipalities (lg_code),
  last_sequence bigint NOT NULL CHECK (last_sequence > 0)
);
COMMENT ON TABLE taken_sequences IS '受け取った知らせ: 自治体からの予診票の知らせを、どこまで受け取ったか';
COMMENT ON COLUMN taken_sequences.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN taken_sequences.last_sequence IS '最後の順番: 受け取った知らせの番号の一番大きいもの';
ALTER TABLE taken_sequences ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON taken_sequences USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON taken_sequences TO sesshu_app;
GRANT UPDATE (last_sequence) ON taken_sequences TO sesshu_app;
