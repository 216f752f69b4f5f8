import { type Actor, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { Conflict, type Day, type PersonId } from '#kernel';
import type { Tx } from '#platform/postgres';
import { listPersonSummaries } from './person-store.ts';
import type { PersonSummary } from './types.ts';

/** A resident who did not occur in a whole feed, waiting for somebody to look. */
export interface PersonAbsence {
  readonly person: PersonSummary;
  readonly feedRunId: number;
  readonly noticedAt: Date;
}

/** How many absences wait; for the start page. */
export async function countAbsences(tx: Tx): Promise<number> {
  const { rows } = await tx.client.query<{ count: number }>(
    "SELECT count(*) AS count FROM person_absences WHERE lg_code = $1 AND state = 'open'",
    [tx.lgCode],
  );
  return rows[0]?.count ?? 0;
}

/** The absences that wait, by person, a page at a time. */
export async function listAbsences(
  tx: Tx,
  actor: Actor,
  options: { readonly asOf: Day; readonly limit: number; readonly after?: PersonId },
): Promise<PersonAbsence[]> {
  requirePermission(actor, 'persons.view');
  const { rows } = await tx.client.query<{ person_id: PersonId; feed_run_id: number; noticed_at: Date }>(
    `SELECT person_id, feed_run_id, noticed_at FROM person_absences
     WHERE lg_code = $1 AND state = 'open' AND person_id > $2 ORDER BY person_id LIMIT $3`,
    [tx.lgCode, options.after ?? 0, options.limit],
  );
  const ids = rows.map((row) => row.person_id);
  const people = new Map((await listPersonSummaries(tx, ids, options.asOf)).map((one) => [one.personId, one]));
  await recordAct(tx, actor, { act: 'persons.absencesListed', personIds: ids, items: ['basics'] });
  return rows.flatMap((row) => {
    const person = people.get(row.person_id);
    return person === undefined ? [] : [{ person, feedRunId: row.feed_run_id, noticedAt: row.noticed_at }];
  });
}

/** Takes an absence off the work list after somebody looked; nobody is closed by it. */
export async function settleAbsence(
  tx: Tx,
  actor: Actor,
  absence: { readonly personId: PersonId; readonly note: string; readonly at: Date },
): Promise<void> {
  requirePermission(actor, 'persons.import');
  const settled = await tx.client.query(
    `UPDATE person_absences SET state = 'settled', settled_at = $3, settled_by = $4, note = $5
     WHERE lg_code = $1 AND person_id = $2 AND state = 'open'`,
    [tx.lgCode, absence.personId, absence.at, actor.staffId, absence.note],
  );
  if (settled.rowCount === 0) throw new Conflict('この件はすでに確認が済んでいます。一覧を開き直してください。');
  await recordAct(tx, actor, { act: 'persons.absenceSettled', personIds: [absence.personId] });
}
