import type { PersonId } from '#kernel';
import { formHoldersSql } from '#ledger/forms';
import type { NewsListener } from '#platform/jobs';
import type { Tx } from '#platform/postgres';
import { findPeer, markPeople } from './store.ts';

/** The task that hears of changes which the clinics' system should know. */
export const clinicNewsTask = 'clinics.hear';

/** Changes of forms and doses name their people; of an import all who hold a form are looked at. */
export const clinicNewsListener: NewsListener = {
  task: clinicNewsTask,
  topics: ['forms.changed', 'vaccinations.changed', 'persons.imported'],
};

/** Marks the people of some news; nothing where no clinics are connected. */
export async function hearNews(tx: Tx, topic: string, ids: readonly string[]): Promise<void> {
  if ((await findPeer(tx)) === undefined) return;
  if (topic === 'persons.imported') return markAllHolders(tx);
  const personIds = ids.map((id) => Number(id) as PersonId);
  const holders = `${formHoldersSql} AND person_id = ANY ($2)`;
  await markPeople(tx, holders, [tx.lgCode, personIds]);
}

/** Everybody who holds a form is looked at anew: once a day, since days alone change what may be used. */
export async function markAllHolders(tx: Tx): Promise<void> {
  if ((await findPeer(tx)) === undefined) return;
  await markPeople(tx, formHoldersSql, [tx.lgCode]);
}
