import { type Day, formatIsoDay, type PersonId } from '#kernel';
import type { Tx } from '#platform/postgres';

/** The people of the register who were born in a span (both days inclusive, null without limit), a page by their ids. */
export async function listPersonIdsBornIn(
  tx: Tx,
  span: { readonly from: Day | null; readonly to: Day | null; readonly after: PersonId; readonly limit: number },
): Promise<PersonId[]> {
  const { rows } = await tx.client.query<{ person_id: PersonId }>(
    `SELECT person_id FROM persons WHERE lg_code = $1 AND person_id > $2 AND NOT is_cancelled
       AND ($3::date IS NULL OR born_on >= $3) AND ($4::date IS NULL OR born_on <= $4)
     ORDER BY person_id LIMIT $5`,
    [
      ...[tx.lgCode, span.after, span.from === null ? null : formatIsoDay(span.from)],
      ...[span.to === null ? null : formatIsoDay(span.to), span.limit],
    ],
  );
  return rows.map((row) => row.person_id);
}
