import { requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import type { PersonId } from '#kernel';
import { type Tx, withMunicipality } from '#platform/postgres';
import type { VaultContext } from './types.ts';

/** What every act of this file needs: no key, since nothing is opened. */
export type WithoutKeys = Omit<VaultContext, 'keyWrapper'>;

/** Gives a 団体内統合宛名番号 to everybody of the query (column person_id, $1 … its parameters) who has none yet. */
export async function assignIntegratedNumbers(
  tx: Tx,
  people: { readonly sql: string; readonly params: readonly unknown[] },
  at: Date,
): Promise<number> {
  const first = people.params.length + 1;
  const assigned = await tx.client.query(
    `INSERT INTO number_vault.integrated_numbers (lg_code, person_id, integrated_number, assigned_at)
     SELECT $${first}, n.person_id, number_vault.draw_integrated_number(), $${first + 1} FROM (
       SELECT p.person_id FROM (${people.sql}) p WHERE NOT EXISTS (SELECT 1 FROM number_vault.integrated_numbers i
         WHERE i.lg_code = $${first} AND i.person_id = p.person_id) ORDER BY p.person_id) n`,
    [...people.params, tx.lgCode, at],
  );
  return assigned.rowCount ?? 0;
}

/**
 * The 団体内統合宛名番号 of a person, of linked records that of the one that stands for all, else of the first that has one;
 * undefined for somebody whose individual number was never entered. Leaves a row in the log.
 */
export async function findIntegratedNumber(
  context: WithoutKeys,
  records: readonly [PersonId, ...PersonId[]],
): Promise<string | undefined> {
  requirePermission(context.actor, 'numbers.confirm');
  return await withMunicipality(
    context.db,
    context.actor.lgCode,
    async (tx) => {
      const { rows } = await tx.client.query<{ integrated_number: string }>(
        `SELECT i.integrated_number FROM unnest($2::bigint[]) WITH ORDINALITY AS r (person_id, place)
         JOIN number_vault.integrated_numbers i ON i.lg_code = $1 AND i.person_id = r.person_id
         ORDER BY r.place LIMIT 1`,
        [tx.lgCode, records],
      );
      const items = ['integratedNumber'];
      await recordAct(tx, context.actor, { act: 'numbers.integratedViewed', personIds: [records[0]], items });
      return rows[0]?.integrated_number;
    },
    { role: 'vault' },
  );
}

/** Whose 団体内統合宛名番号 it is; a mistyped one is nobody's. */
export async function findPersonIdByIntegratedNumber(tx: Tx, number: string): Promise<PersonId | undefined> {
  if (!isIntegratedNumber(number)) return undefined;
  const { rows } = await tx.client.query<{ person_id: PersonId }>(
    'SELECT person_id FROM number_vault.integrated_numbers WHERE lg_code = $1 AND integrated_number = $2',
    [tx.lgCode, number],
  );
  return rows[0]?.person_id;
}

/** Whether fifteen digits check (ISO 7064 MOD 97-10): the whole number leaves 1 when divided by 97. */
export function isIntegratedNumber(number: string): boolean {
  return /^\d{15}$/u.test(number) && BigInt(number) % 97n === 1n;
}

/** One number or branch number that a person had, without the number. */
export interface NumberVersion {
  readonly version: number;
  readonly branchNumber: string | null;
  readonly recordedAt: Date;
  readonly isInForce: boolean;
}

/** The branch numbers (枝番) of a person, newest first; never a number. */
export async function listNumberVersions(context: WithoutKeys, personId: PersonId): Promise<NumberVersion[]> {
  requirePermission(context.actor, 'numbers.confirm');
  return await withMunicipality(
    context.db,
    context.actor.lgCode,
    async ({ client, lgCode }) => {
      const { rows } = await client.query<NumberVersion>(
        `SELECT n.version, n.branch_number AS "branchNumber", n.recorded_at AS "recordedAt",
           f.version IS NOT NULL AS "isInForce"
         FROM number_vault.individual_numbers n LEFT JOIN number_vault.numbers_in_force f
           ON f.lg_code = $1 AND f.person_id = n.person_id AND f.version = n.version
         WHERE n.lg_code = $1 AND n.person_id = $2 ORDER BY n.version DESC`,
        [lgCode, personId],
      );
      return rows;
    },
    { role: 'vault' },
  );
}
