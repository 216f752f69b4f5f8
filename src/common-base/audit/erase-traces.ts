import type { PersonId } from '#kernel';
import type { Tx } from '#platform/postgres';
import { recordAct } from './record-act.ts';
import type { ActBy } from './types.ts';

/**
 * Makes the traces of people whose records were lawfully erased anonymous: who was meant can never be found again,
 * that something was done stays, and the chain stays whole. Needs the disposal role; the erasure is itself an act.
 */
export async function erasePersonTraces(tx: Tx, by: ActBy, personIds: readonly PersonId[]): Promise<number> {
  const { rows } = await tx.client.query<{ person_ref: string }>(
    'DELETE FROM audit_persons WHERE lg_code = $1 AND person_id = ANY ($2::bigint[]) RETURNING person_ref',
    [tx.lgCode, personIds],
  );
  if (rows.length === 0) return 0;
  const items = rows.map((row) => row.person_ref);
  await recordAct(tx, by, { act: 'audit.erased', items, details: { persons: items.length } });
  return items.length;
}
