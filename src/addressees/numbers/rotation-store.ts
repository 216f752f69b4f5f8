import type { PersonId } from '#kernel';
import type { Tx } from '#platform/postgres';

/** An exchange of a municipality's data keys. */
export interface KeyRotation {
  readonly rotationId: number;
  /** The version of the new data keys, of both purposes. */
  readonly keyVersion: number;
  readonly startedAt: Date;
}

/** The exchange under way; undefined where there is none. */
export async function findOpenRotation(tx: Tx): Promise<KeyRotation | undefined> {
  const { rows } = await tx.client.query<KeyRotation>(
    `SELECT rotation_id AS "rotationId", key_version AS "keyVersion", started_at AS "startedAt"
     FROM number_vault.key_rotations WHERE lg_code = $1 AND finished_at IS NULL`,
    [tx.lgCode],
  );
  return rows[0];
}

/** Begins an exchange to the data keys of this version. */
export async function insertRotation(tx: Tx, keyVersion: number, at: Date): Promise<void> {
  await tx.client.query(
    'INSERT INTO number_vault.key_rotations (lg_code, key_version, started_at) VALUES ($1, $2, $3)',
    [tx.lgCode, keyVersion, at],
  );
}

/** Ends an exchange. */
export async function endRotation(tx: Tx, rotationId: number, at: Date): Promise<void> {
  await tx.client.query(
    'UPDATE number_vault.key_rotations SET finished_at = $3 WHERE lg_code = $1 AND rotation_id = $2',
    [tx.lgCode, rotationId, at],
  );
}

/** Where a walk through the history stands: behind this row. */
export interface HistoryPlace {
  readonly personId: PersonId;
  readonly version: number;
}

/** A row of the history as it is sealed now. */
export interface SealedRow extends HistoryPlace {
  readonly sealed: Buffer;
  readonly keyVersion: number;
  readonly indexKeyVersion: number;
}

/** Rows of the history that are not under the keys of this version, in their order, held until the transaction ends. */
export async function lockOlderRows(
  tx: Tx,
  options: { readonly keyVersion: number; readonly after: HistoryPlace | null; readonly limit: number },
): Promise<SealedRow[]> {
  const { rows } = await tx.client.query<SealedRow>(
    `SELECT person_id AS "personId", version, sealed_number AS sealed, key_version AS "keyVersion",
       index_key_version AS "indexKeyVersion"
     FROM number_vault.individual_numbers
     WHERE lg_code = $1 AND (person_id, version) > ($2, $3) AND (key_version < $4 OR index_key_version < $4)
     ORDER BY person_id, version LIMIT $5 FOR UPDATE`,
    [tx.lgCode, options.after?.personId ?? 0, options.after?.version ?? 0, options.keyVersion, options.limit],
  );
  // In the order in which an import writes them, so that the two never wait for each other crosswise.
  await tx.client.query(
    `SELECT FROM number_vault.numbers_in_force WHERE lg_code = $1 AND person_id = ANY ($2) ORDER BY person_id FOR UPDATE`,
    [tx.lgCode, rows.map((row) => row.personId)],
  );
  return rows;
}

/** A row of the history sealed and indexed anew. */
export interface ResealedRow extends HistoryPlace {
  readonly sealed: Buffer;
  readonly numberIndex: Buffer;
}

/** Writes rows sealed anew, and the index of those that are in force; both in one transaction. */
export async function writeResealed(tx: Tx, rows: readonly ResealedRow[], keyVersion: number): Promise<void> {
  const values = [
    tx.lgCode,
    rows.map((row) => row.personId),
    rows.map((row) => row.version),
    rows.map((row) => row.sealed),
    rows.map((row) => row.numberIndex),
    keyVersion,
  ];
  await tx.client.query(
    `UPDATE number_vault.individual_numbers n
     SET sealed_number = r.sealed, number_index = r.number_index, key_version = $6, index_key_version = $6
     FROM unnest($2::bigint[], $3::integer[], $4::bytea[], $5::bytea[]) AS r (person_id, version, sealed, number_index)
     WHERE n.lg_code = $1 AND n.person_id = r.person_id AND n.version = r.version`,
    values,
  );
  await tx.client.query(
    `UPDATE number_vault.numbers_in_force f SET number_index = r.number_index, index_key_version = $5
     FROM unnest($2::bigint[], $3::integer[], $4::bytea[]) AS r (person_id, version, number_index)
     WHERE f.lg_code = $1 AND f.person_id = r.person_id AND f.version = r.version`,
    [tx.lgCode, values[1], values[2], values[4], keyVersion],
  );
}

/** How many rows of the history there are, and how many are not under the keys of this version. */
export async function countOlderRows(
  tx: Tx,
  keyVersion: number,
): Promise<{ readonly all: number; readonly older: number }> {
  const { rows } = await tx.client.query<{ all: number; older: number }>(
    `SELECT count(*)::int AS all, (count(*) FILTER (WHERE key_version < $2 OR index_key_version < $2))::int AS older
     FROM number_vault.individual_numbers WHERE lg_code = $1`,
    [tx.lgCode, keyVersion],
  );
  return rows[0] ?? { all: 0, older: 0 };
}
