-- 受け取ったときの並び (LG-05, IN-01): the rows of a batch are shown, and given back, by the layout as it was when their file
-- came, whatever became of it since. The text is kept once by its digest: its batches, which are many, share it.
CREATE TABLE layout_texts (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  digest text NOT NULL,
  content text NOT NULL,
  kept_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (lg_code, digest),
  CHECK (digest = encode(sha256(convert_to(content, 'UTF8')), 'hex'))
);
COMMENT ON TABLE layout_texts IS '受け取りに使った並び: text of every layout by which a file was received, wherever it was written; inserted only';
COMMENT ON COLUMN layout_texts.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN layout_texts.digest IS '要約値: 内容のSHA-256';
COMMENT ON COLUMN layout_texts.content IS '内容: the layout as JSON, as it was read';
COMMENT ON COLUMN layout_texts.kept_at IS '残した日時: the first file that came by it';
ALTER TABLE layout_texts ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON layout_texts USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON layout_texts TO sesshu_app;
GRANT SELECT ON layout_texts TO sesshu_read;

-- Written with the batch and never after: no role is granted its change.
ALTER TABLE intake_batches ADD COLUMN layout_digest text;
ALTER TABLE intake_batches ADD FOREIGN KEY (lg_code, layout_digest) REFERENCES layout_texts (lg_code, digest);
COMMENT ON COLUMN intake_batches.layout_digest IS '並びの要約値: the layout''s text when the file was received; NULL of a batch of before that was kept';
