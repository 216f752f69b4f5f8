import type { Tx } from '#platform/postgres';

/** One piece of news: what changed and which row to look at; the listener reads the present state itself. */
export interface News {
  readonly topic: string;
  readonly subjectId: string;
}

/**
 * Puts news beside the fact, in the fact's own transaction. The topic is `<room>.<past participle>`; the id is our
 * own meaningless key, never a number or a name of a person.
 */
export async function publish(tx: Tx, topic: string, id: number | string): Promise<void> {
  await tx.client.query('INSERT INTO outbox (lg_code, topic, subject_id) VALUES ($1, $2, $3)', [
    tx.lgCode,
    topic,
    String(id),
  ]);
}

/**
 * News about many rows at once: `selectIdsSql` is a query of one column with the ids, written in the source (never
 * made from input), with its parameters numbered from $1. Answers how many were published.
 */
export async function publishMany(
  tx: Tx,
  topic: string,
  selectIdsSql: string,
  params: readonly unknown[] = [],
): Promise<number> {
  const { rowCount } = await tx.client.query(
    `INSERT INTO outbox (lg_code, topic, subject_id)
     SELECT $${params.length + 1}, $${params.length + 2}, picked.id::text FROM (${selectIdsSql}) AS picked (id)`,
    [...params, tx.lgCode, topic],
  );
  return rowCount ?? 0;
}

/**
 * Takes the oldest news out of the outbox, to be handed on in the same transaction: if that fails the news stays.
 * Several relays at once take different rows.
 */
export async function takeNews(tx: Tx, limit: number): Promise<News[]> {
  const { rows } = await tx.client.query<{ topic: string; subject_id: string }>(
    `WITH taken AS (
       SELECT outbox_id FROM outbox WHERE lg_code = $1 ORDER BY outbox_id LIMIT $2 FOR UPDATE SKIP LOCKED
     )
     DELETE FROM outbox o USING taken t WHERE o.lg_code = $1 AND o.outbox_id = t.outbox_id
     RETURNING o.topic, o.subject_id`,
    [tx.lgCode, limit],
  );
  return rows.map((row) => ({ topic: row.topic, subjectId: row.subject_id }));
}
