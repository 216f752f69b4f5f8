import type { PersonId, StaffId } from '#kernel';
import type { Tx } from '#platform/postgres';

/** Why a number is typed by hand. */
export type EntryKind = 'first' | 'correction' | 'changed';

/** A number typed by hand, without the number. */
export interface NumberEntry {
  readonly entryId: number;
  readonly personId: PersonId;
  readonly kind: EntryKind;
  readonly branchNumber: string | null;
  readonly grounds: string;
  readonly draftedAt: Date;
  readonly draftedBy: StaffId;
  readonly draftedByName: string;
  readonly checkedBy: StaffId | null;
  readonly checkedByName: string | null;
  readonly state: 'drafted' | 'approved' | 'entered' | 'refused';
  readonly because: string | null;
  readonly settledAt: Date | null;
}

const columns = `entry_id AS "entryId", person_id AS "personId", kind, branch_number AS "branchNumber", grounds,
  drafted_at AS "draftedAt", drafted_by AS "draftedBy", drafted_by_name AS "draftedByName", checked_by AS "checkedBy",
  checked_by_name AS "checkedByName", state, because, settled_at AS "settledAt"`;

/** Keeps who typed a number for whom, from which paper. */
export async function insertEntry(
  tx: Tx,
  entry: Pick<
    NumberEntry,
    'personId' | 'kind' | 'branchNumber' | 'grounds' | 'draftedAt' | 'draftedBy' | 'draftedByName'
  >,
): Promise<number> {
  const { rows } = await tx.client.query<{ entry_id: number }>(
    `INSERT INTO number_entries (lg_code, person_id, kind, branch_number, grounds, drafted_at, drafted_by,
       drafted_by_name, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'drafted') RETURNING entry_id`,
    [
      tx.lgCode,
      entry.personId,
      entry.kind,
      entry.branchNumber,
      entry.grounds,
      entry.draftedAt,
      entry.draftedBy,
      entry.draftedByName,
    ],
  );
  const entryId = rows[0]?.entry_id;
  if (entryId === undefined) throw new TypeError('the entry has no number');
  return entryId;
}

/** One entry; with `isLocking` nobody else changes it until the transaction ends. */
export async function findEntry(
  tx: Tx,
  entryId: number,
  options: { readonly isLocking?: boolean } = {},
): Promise<NumberEntry | undefined> {
  const { rows } = await tx.client.query<NumberEntry>(
    `SELECT ${columns} FROM number_entries WHERE lg_code = $1 AND entry_id = $2
     ${options.isLocking === true ? 'FOR UPDATE' : ''}`,
    [tx.lgCode, entryId],
  );
  return rows[0];
}

/** The entries of one person, newest first. */
export async function listEntriesOf(tx: Tx, personId: PersonId): Promise<NumberEntry[]> {
  const { rows } = await tx.client.query<NumberEntry>(
    `SELECT ${columns} FROM number_entries WHERE lg_code = $1 AND person_id = $2 ORDER BY entry_id DESC LIMIT 20`,
    [tx.lgCode, personId],
  );
  return rows;
}

/** Entries that were approved and wait to be written into the vault. */
export async function listApproved(tx: Tx, limit: number): Promise<NumberEntry[]> {
  const { rows } = await tx.client.query<NumberEntry>(
    `SELECT ${columns} FROM number_entries WHERE lg_code = $1 AND state = 'approved' ORDER BY entry_id LIMIT $2`,
    [tx.lgCode, limit],
  );
  return rows;
}

/** Notes that a second person typed the same number. */
export async function markChecked(
  tx: Tx,
  entryId: number,
  by: { readonly staffId: StaffId; readonly staffName: string; readonly at: Date },
): Promise<void> {
  await tx.client.query(
    `UPDATE number_entries SET checked_at = $3, checked_by = $4, checked_by_name = $5
     WHERE lg_code = $1 AND entry_id = $2 AND state = 'drafted'`,
    [tx.lgCode, entryId, by.at, by.staffId, by.staffName],
  );
}

/** Notes that the second person approved. */
export async function markApproved(tx: Tx, entryId: number, at: Date): Promise<void> {
  await tx.client.query(
    `UPDATE number_entries SET approved_at = $3, state = 'approved'
     WHERE lg_code = $1 AND entry_id = $2 AND state = 'drafted'`,
    [tx.lgCode, entryId, at],
  );
}

/** Notes that the number is in the vault, or why it cannot be. */
export async function settleEntry(tx: Tx, entryId: number, because: string | null, at: Date): Promise<void> {
  await tx.client.query(
    `UPDATE number_entries SET state = CASE WHEN $3::text IS NULL THEN 'entered' ELSE 'refused' END, because = $3,
       settled_at = $4 WHERE lg_code = $1 AND entry_id = $2 AND state IN ('drafted', 'approved')`,
    [tx.lgCode, entryId, because, at],
  );
}

/** A number on its way, sealed. */
export interface NumberDraft {
  readonly personId: PersonId;
  readonly sealed: Buffer;
  readonly keyVersion: number;
  readonly numberIndex: Buffer;
  readonly indexKeyVersion: number;
}

/** Keeps a sealed number until it is entered. In the vault's role. */
export async function insertDraft(tx: Tx, entryId: number, draft: NumberDraft): Promise<void> {
  await tx.client.query(
    `INSERT INTO number_vault.number_drafts (lg_code, entry_id, person_id, sealed_number, key_version, number_index,
       index_key_version) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [tx.lgCode, entryId, draft.personId, draft.sealed, draft.keyVersion, draft.numberIndex, draft.indexKeyVersion],
  );
}

/** The sealed number of an entry. In the vault's role. */
export async function findDraft(tx: Tx, entryId: number): Promise<NumberDraft | undefined> {
  const { rows } = await tx.client.query<NumberDraft>(
    `SELECT person_id AS "personId", sealed_number AS sealed, key_version AS "keyVersion",
       number_index AS "numberIndex", index_key_version AS "indexKeyVersion"
     FROM number_vault.number_drafts WHERE lg_code = $1 AND entry_id = $2`,
    [tx.lgCode, entryId],
  );
  return rows[0];
}

/** Lets the sealed number of an entry go. In the vault's role. */
export async function deleteDraft(tx: Tx, entryId: number): Promise<void> {
  await tx.client.query('DELETE FROM number_vault.number_drafts WHERE lg_code = $1 AND entry_id = $2', [
    tx.lgCode,
    entryId,
  ]);
}
