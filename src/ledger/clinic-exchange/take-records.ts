import type { ActBy } from '#common-base/audit';
import { recordAct } from '#common-base/audit';
import { loadFormsByNumber } from '#ledger/forms';
import type { ClinicRecord } from '#messages';
import type { Tx } from '#platform/postgres';
import { insertArrived } from './inbox-store.ts';
import { markPeople } from './store.ts';

/**
 * Keeps records as they came, each revision once. The person comes from the register of form numbers alone; a number
 * that the register does not know is kept too, for a person to look at.
 */
export async function takeRecords(tx: Tx, by: ActBy, records: readonly ClinicRecord[]): Promise<number> {
  const forms = await loadFormsByNumber(
    tx,
    records.map(({ formNumber }) => formNumber),
  );
  const withPeople = records.map((record) => ({ record, personId: forms.get(record.formNumber)?.personId ?? null }));
  const personIds = await insertArrived(tx, withPeople);
  if (personIds.length === 0 && withPeople.every(({ personId }) => personId !== null)) return 0;
  await markPeople(tx, 'SELECT unnest($2::bigint[]) AS person_id WHERE $1::text IS NOT NULL', [tx.lgCode, personIds]);
  const details = { records: records.length };
  await recordAct(tx, by, { act: 'clinics.recordsTaken', personIds: [...new Set(personIds)], details });
  return personIds.length;
}
