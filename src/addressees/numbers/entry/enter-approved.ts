import { asJob } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { lockFeeds } from '#common-base/linkage';
import type { LgCode } from '#kernel';
import { KeyTrouble } from '#platform/keys';
import { publish } from '#platform/outbox';
import { type Tx, withMunicipality } from '#platform/postgres';
import { assignIntegratedNumbers } from '../integrated-numbers.ts';
import type { NationalContext } from '../intermediate/types.ts';
import { type NumberKeys, withNumberKeys } from '../number-keys.ts';
import { findPersonIdByIndex } from '../store.ts';
import { draftVersion } from './draft-number.ts';
import {
  deleteDraft,
  findDraft,
  listApproved,
  type NumberDraft,
  type NumberEntry,
  settleEntry,
} from './entry-store.ts';

const perRound = 50;

/**
 * Writes what two people typed and approved into the vault, each as a new row of the history, and lets the draft go. A
 * number that is another person's is not written. Killed in between, it goes on with the same: a number that is in
 * already is not written twice. Answers how many.
 */
export async function enterApprovedNumbers(
  { db, clock, keyWrapper }: Pick<NationalContext, 'db' | 'clock' | 'keyWrapper'>,
  lgCode: LgCode,
): Promise<number> {
  const approved = await withMunicipality(db, lgCode, (tx) => listApproved(tx, perRound));
  if (approved.length === 0) return 0;
  const actor = await asJob(db, lgCode, { job: 'numbers.enter', startedBy: null });
  const context = { db, clock, keyWrapper, actor };
  for (const entry of approved) {
    const because = await withNumberKeys(context, (keys) =>
      withMunicipality(
        db,
        lgCode,
        async (tx) => {
          // No import and no other entry in between: what is in force is judged and written under one lock.
          await lockFeeds(tx);
          await keys.requireNewest(tx);
          const refused = await write(tx, keys, entry, clock.now());
          const details = { entry: entry.entryId, because: refused };
          const outcome = refused === null ? 'done' : 'refused';
          const { personId } = entry;
          await recordAct(tx, actor, { act: 'numbers.entered', outcome, personIds: [personId], details });
          return refused;
        },
        { role: 'vault' },
      ),
    );
    await withMunicipality(db, lgCode, (tx) => settleEntry(tx, entry.entryId, because, clock.now()));
  }
  return approved.length;
}

/** Answers why nothing was written, or null. */
async function write(tx: Tx, keys: NumberKeys, entry: NumberEntry, at: Date): Promise<string | null> {
  const { entryId, personId } = entry;
  const draft = await findDraft(tx, entryId);
  // Gone: it was written before the end of this work could be noted.
  if (draft === undefined) return null;
  await deleteDraft(tx, entryId);
  const individualNumber = openDraft(keys, draft);
  if (individualNumber === undefined) return 'keyExchanged';
  const holder = await findPersonIdByIndex(tx, [...keys.indexes(individualNumber).values()]);
  if (holder !== undefined && holder !== personId) return 'numberOfAnother';
  const { rows } = await tx.client.query<{ next: number }>(
    `SELECT coalesce(max(version), 0) + 1 AS next FROM number_vault.individual_numbers
     WHERE lg_code = $1 AND person_id = $2`,
    [tx.lgCode, personId],
  );
  const version = rows[0]?.next ?? 1;
  const index = keys.index(individualNumber);
  await tx.client.query(
    `INSERT INTO number_vault.individual_numbers (lg_code, person_id, version, branch_number, sealed_number, key_version,
       number_index, index_key_version, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      tx.lgCode,
      personId,
      version,
      entry.branchNumber,
      keys.seal(individualNumber, personId, version),
      keys.encryptionVersion,
      index,
      keys.indexVersion,
      at,
    ],
  );
  await tx.client.query(
    `INSERT INTO number_vault.numbers_in_force (lg_code, person_id, version, branch_number, number_index,
       index_key_version) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (lg_code, person_id) DO UPDATE SET version = excluded.version, branch_number = excluded.branch_number,
       number_index = excluded.number_index, index_key_version = excluded.index_key_version`,
    [tx.lgCode, personId, version, entry.branchNumber, index, keys.indexVersion],
  );
  await assignIntegratedNumbers(tx, { sql: 'SELECT $1::bigint AS person_id', params: [personId] }, at);
  await publish(tx, 'numbers.entered', personId);
  return null;
}

/** Undefined where the key that sealed it was exchanged meanwhile: it has to be typed again. */
function openDraft(keys: NumberKeys, draft: NumberDraft): string | undefined {
  try {
    return keys.open(draft.sealed, draft.keyVersion, draft.personId, draftVersion);
  } catch (error) {
    if (error instanceof KeyTrouble && error.kind === 'keyLost') return undefined;
    throw error;
  }
}
