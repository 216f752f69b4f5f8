-- 受付のロット: a recall asks where a lot went, and the answer must hold the doses that wait in intake. Which rows of a
-- batch name a lot is known when they are read; to look through every row for it took a minute for a million of them.
CREATE TABLE intake_batch_lots (
  lg_code text NOT NULL,
  batch_id bigint NOT NULL,
  lot_key text NOT NULL CHECK (lot_key <> ''),
  ordinals integer[] NOT NULL,
  PRIMARY KEY (lg_code, batch_id, lot_key),
  FOREIGN KEY (lg_code, batch_id) REFERENCES intake_batches (lg_code, batch_id)
);
COMMENT ON TABLE intake_batch_lots IS '受付のロット: which rows of a batch name which lot; written once, with the rows';
COMMENT ON COLUMN intake_batch_lots.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN intake_batch_lots.batch_id IS '受付番号';
COMMENT ON COLUMN intake_batch_lots.lot_key IS 'ロット番号（比べる形）: width and letters folded, without blanks and hyphens';
COMMENT ON COLUMN intake_batch_lots.ordinals IS '行番号: rows that name the lot, in their order';
ALTER TABLE intake_batch_lots ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON intake_batch_lots USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON intake_batch_lots TO sesshu_app;
GRANT SELECT ON intake_batch_lots TO sesshu_read;

INSERT INTO intake_batch_lots (lg_code, batch_id, lot_key, ordinals)
WITH told AS MATERIALIZED (
  SELECT r.lg_code, r.batch_id, r.fields->>'lotNumber' AS lot, array_agg(r.ordinal) AS ordinals
  FROM intake_rows r JOIN intake_batches b USING (lg_code, batch_id)
  WHERE b.state IN ('checked', 'reviewed', 'committed') AND b.committed < b.row_count AND r.fields->>'lotNumber' <> ''
  GROUP BY r.lg_code, r.batch_id, r.fields->>'lotNumber'
), folded AS (
  SELECT t.*, translate(upper(normalize(t.lot, NFKC)), E' \t\n\r\v\f-', '') AS lot_key FROM told t
)
SELECT f.lg_code, f.batch_id, f.lot_key, array_agg(o.ordinal ORDER BY o.ordinal)
FROM folded f, unnest(f.ordinals) AS o(ordinal) WHERE f.lot_key <> '' GROUP BY f.lg_code, f.batch_id, f.lot_key;

-- 断った行数: with it a batch whose other rows are all in the ledger is known without reading its rows.
ALTER TABLE intake_batches ADD COLUMN settled integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN intake_batches.settled IS
  '断った行数: refused by the check or by a person, and never to enter the ledger; what was sent back is not among them';
GRANT UPDATE (settled) ON intake_batches TO sesshu_app;
UPDATE intake_batches b SET settled = c.settled
FROM (SELECT lg_code, batch_id, count(*) AS settled FROM intake_rows
  WHERE answer = 'refused' OR decision = 'refuse' GROUP BY lg_code, batch_id) c
WHERE b.lg_code = c.lg_code AND b.batch_id = c.batch_id;
