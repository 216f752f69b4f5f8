import type { PersonId } from '#kernel';
import { publishMany } from '#platform/outbox';
import type { Tx } from '#platform/postgres';
import { raiseHeads } from './store.ts';

/**
 * Says that these ledgers are to be read anew though nothing was entered (records were linked or parted): whoever checked
 * before is answered with a conflict, and forecasts are made again.
 */
export async function touchLedgers(tx: Tx, personIds: readonly PersonId[]): Promise<void> {
  await raiseHeads(tx, { sql: 'SELECT unnest($1::bigint[]) AS person_id', params: [personIds] });
  await publishMany(tx, 'vaccinations.changed', 'SELECT unnest($1::bigint[]) AS id', [personIds]);
}
