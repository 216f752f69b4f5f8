import { type Actor, requirePermission } from '#common-base/access';
import type { PersonId } from '#kernel';
import type { Tx } from '#platform/postgres';
import { listEntriesOfPerson } from './read-entries.ts';
import type { LedgerEntry } from './types.ts';

/** Every entry of a person with its corrections and retractions, newest first (異動リスト). */
export async function listEntryHistory(tx: Tx, actor: Actor, personId: PersonId): Promise<LedgerEntry[]> {
  requirePermission(actor, 'vaccinations.view');
  return listEntriesOfPerson(tx, personId);
}
