import { recordAct } from '#common-base/audit';
import { type Decision, decide, finding, type PersonId, type StaffId } from '#kernel';
import { type Tx, withMunicipality } from '#platform/postgres';
import { getStaff } from './manage-staff.ts';
import { requirePermission } from './require-permission.ts';
import type { ActionContext } from './types.ts';

/** The records of the register that are a member's own or the family's. */
export async function listStaffRecords(tx: Tx, staffId: StaffId): Promise<PersonId[]> {
  const { rows } = await tx.client.query<{ person_id: PersonId }>(
    'SELECT person_id FROM staff_records WHERE lg_code = $1 AND staff_id = $2 ORDER BY person_id LIMIT 100',
    [tx.lgCode, staffId],
  );
  return rows.map((row) => row.person_id);
}

/** The records of all members and their families: whoever looks at one stands out in the review of the log (CB-06). */
export async function listRecordsOfStaff(tx: Tx): Promise<PersonId[]> {
  const { rows } = await tx.client.query<{ person_id: PersonId }>(
    'SELECT DISTINCT person_id FROM staff_records WHERE lg_code = $1 LIMIT 20000',
    [tx.lgCode],
  );
  return rows.map((row) => row.person_id);
}

/** Says which records are a member's own and the family's, by 宛名番号; what stood there before is replaced. */
export async function setStaffRecords(
  context: ActionContext,
  staffId: StaffId,
  numbers: readonly string[],
  findPersonIds: (tx: Tx, number: string) => Promise<readonly PersonId[]>,
): Promise<Decision<number>> {
  const { db, actor, clock } = context;
  requirePermission(actor, 'staff.manage');
  return await withMunicipality(db, actor.lgCode, async (tx) => {
    await getStaff(tx, staffId);
    const found = new Set<PersonId>();
    for (const number of numbers.slice(0, 100)) {
      const ids = await findPersonIds(tx, number);
      if (ids.length === 0) return decide([finding('staffRecordUnknown', 'refuse', 'numbers')], 0);
      for (const id of ids) found.add(id);
    }
    await tx.client.query('DELETE FROM staff_records WHERE lg_code = $1 AND staff_id = $2', [tx.lgCode, staffId]);
    await tx.client.query(
      'INSERT INTO staff_records (lg_code, staff_id, person_id, registered_at) SELECT $1, $2, unnest($3::bigint[]), $4',
      [tx.lgCode, staffId, [...found], clock.now()],
    );
    const details = { staffId, records: found.size };
    await recordAct(tx, actor, { act: 'access.staffRecordsSet', personIds: [...found], details });
    return decide([], found.size);
  });
}
