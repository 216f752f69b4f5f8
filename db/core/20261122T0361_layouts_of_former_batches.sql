-- Batches of before: the layout that stood in the settings, or was kept on a screen, when their file came is known to the
-- version and is named now. A layout of the program of that day is not: such a batch goes on to be shown by today's.
WITH written AS (
  SELECT b.lg_code, b.batch_id, coalesce(s.content, k.content) AS content
  FROM intake_batches b
  LEFT JOIN LATERAL (
    SELECT d.content FROM settings_documents d
    WHERE d.lg_code = b.lg_code AND d.path = 'layouts/' || b.layout_name || '.json' AND d.loaded_at <= b.received_at
    ORDER BY d.version DESC LIMIT 1) s ON true
  LEFT JOIN LATERAL (
    SELECT l.content FROM kept_layouts l
    WHERE l.lg_code = b.lg_code AND l.name = b.layout_name AND l.kept_at <= b.received_at
    ORDER BY l.version DESC LIMIT 1) k ON true
  WHERE b.layout_digest IS NULL AND coalesce(s.content, k.content) IS NOT NULL
), digested AS (
  SELECT lg_code, batch_id, content, encode(sha256(convert_to(content, 'UTF8')), 'hex') AS digest FROM written
), kept AS (
  INSERT INTO layout_texts (lg_code, digest, content)
  SELECT DISTINCT lg_code, digest, content FROM digested
  ON CONFLICT (lg_code, digest) DO NOTHING
)
UPDATE intake_batches b SET layout_digest = d.digest
FROM digested d WHERE b.lg_code = d.lg_code AND b.batch_id = d.batch_id;
