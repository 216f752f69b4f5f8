import type { PersonId } from '#kernel';
import type { Tx } from '#platform/postgres';
import type { KnownNumber, NumberState } from './types.ts';

/** What the vault holds of these people, by their number in the register. */
export async function findKnownNumbers(tx: Tx, addresseeNumbers: readonly string[]): Promise<Map<string, KnownNumber>> {
  const { rows } = await tx.client.query<KnownNumber & { readonly addresseeNumber: string }>(
    `SELECT p.addressee_number AS "addresseeNumber", p.person_id AS "personId", p.is_cancelled AS "isCancelled",
       COALESCE(f.version, (SELECT max(n.version) FROM number_vault.individual_numbers n
                            WHERE n.lg_code = $1 AND n.person_id = p.person_id), 0) AS version,
       f.number_index AS "numberIndex", f.index_key_version AS "indexKeyVersion", f.branch_number AS "branchNumber"
     FROM persons p LEFT JOIN number_vault.numbers_in_force f ON f.lg_code = $1 AND f.person_id = p.person_id
     WHERE p.lg_code = $1 AND p.addressee_number = ANY($2)`,
    [tx.lgCode, addresseeNumbers],
  );
  return new Map(rows.map(({ addresseeNumber, ...known }) => [addresseeNumber, known]));
}

/** The number in force of one person as it lies in the vault. */
export interface SealedNumber {
  readonly version: number;
  readonly branchNumber: string | null;
  readonly sealed: Buffer;
  readonly keyVersion: number;
  readonly numberIndex: Buffer;
  readonly indexKeyVersion: number;
  readonly recordedAt: Date;
}

/** The number in force of one person, sealed; undefined where there is none. */
export async function findSealedNumber(tx: Tx, personId: PersonId): Promise<SealedNumber | undefined> {
  const { rows } = await tx.client.query<SealedNumber>(
    `SELECT n.version, n.branch_number AS "branchNumber", n.sealed_number AS sealed, n.key_version AS "keyVersion",
       f.number_index AS "numberIndex", f.index_key_version AS "indexKeyVersion", n.recorded_at AS "recordedAt"
     FROM number_vault.numbers_in_force f
     JOIN number_vault.individual_numbers n ON n.lg_code = $1 AND n.person_id = f.person_id AND n.version = f.version
     WHERE f.lg_code = $1 AND f.person_id = $2`,
    [tx.lgCode, personId],
  );
  return rows[0];
}

/** A keyed hash of a number that a person has or had. */
export interface NumberIndex {
  readonly numberIndex: Buffer;
  readonly indexKeyVersion: number;
  readonly isInForce: boolean;
}

/** The keyed hashes of one person: of the number in force, and of all the person ever had. */
export async function listNumberIndexes(tx: Tx, personId: PersonId): Promise<NumberIndex[]> {
  const { rows } = await tx.client.query<NumberIndex>(
    `SELECT n.number_index AS "numberIndex", n.index_key_version AS "indexKeyVersion", f.version IS NOT NULL AS "isInForce"
     FROM number_vault.individual_numbers n
     LEFT JOIN number_vault.numbers_in_force f
       ON f.lg_code = $1 AND f.person_id = n.person_id AND f.version = n.version
     WHERE n.lg_code = $1 AND n.person_id = $2`,
    [tx.lgCode, personId],
  );
  return rows;
}

/** Whose number in force has one of these keyed hashes. */
export async function findPersonIdByIndex(tx: Tx, numberIndexes: readonly Buffer[]): Promise<PersonId | undefined> {
  const { rows } = await tx.client.query<{ person_id: PersonId }>(
    'SELECT person_id FROM number_vault.numbers_in_force WHERE lg_code = $1 AND number_index = ANY ($2)',
    [tx.lgCode, numberIndexes],
  );
  return rows[0]?.person_id;
}

/** Whether there is such a person in this municipality. */
export async function hasPerson(tx: Tx, personId: PersonId): Promise<boolean> {
  const { rowCount } = await tx.client.query('SELECT 1 FROM persons WHERE lg_code = $1 AND person_id = $2', [
    tx.lgCode,
    personId,
  ]);
  return rowCount === 1;
}

/** What the vault says of a person without any number. */
export async function findNumberState(tx: Tx, personId: PersonId): Promise<NumberState> {
  const { rows } = await tx.client.query<NumberState>(
    `SELECT f.version IS NOT NULL AS "isOnRecord", f.branch_number AS "branchNumber", count(*)::int AS versions,
       max(n.recorded_at) FILTER (WHERE n.version = f.version) AS "recordedAt"
     FROM number_vault.individual_numbers n
     LEFT JOIN number_vault.numbers_in_force f ON f.lg_code = $1 AND f.person_id = n.person_id
     WHERE n.lg_code = $1 AND n.person_id = $2 GROUP BY f.version, f.branch_number`,
    [tx.lgCode, personId],
  );
  return rows[0] ?? { isOnRecord: false, branchNumber: null, versions: 0, recordedAt: null };
}

/** How many people have a number in force. */
export async function countNumbersInForce(tx: Tx): Promise<number> {
  const { rows } = await tx.client.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM number_vault.numbers_in_force WHERE lg_code = $1',
    [tx.lgCode],
  );
  return rows[0]?.count ?? 0;
}

/** Lets no number be in force any more; the history stays. Answers how many there were. */
export async function endNumbersInForce(tx: Tx): Promise<number> {
  const ended = await tx.client.query('DELETE FROM number_vault.numbers_in_force WHERE lg_code = $1', [tx.lgCode]);
  return ended.rowCount ?? 0;
}
