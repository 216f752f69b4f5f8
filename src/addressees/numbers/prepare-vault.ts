import type { LgCode } from '#kernel';
import { type KeyRing, KeyTrouble, type WrappingKeyIdentity } from '#platform/keys';
import { type Database, withMunicipality } from '#platform/postgres';
import { listDataKeys } from './key-store.ts';
import { ensureDataKeys, openNumberKeys } from './number-keys.ts';

/** What preparing found: the key in use, the file made now (say loudly to keep a copy), or why the vault stays shut. */
export type VaultPreparation =
  | { readonly state: 'ready'; readonly key: WrappingKeyIdentity; readonly madeFile: string | null }
  | { readonly state: 'shut'; readonly trouble: KeyTrouble };

/**
 * Makes the vault of a municipality ready: the wrapping key where no municipality of this installation has anything
 * closed by one yet, and the municipality's data keys. A key that something is closed by and that is gone is never
 * replaced here: the vault stays shut and the sentence says what to do.
 */
export async function prepareVault(
  db: Database,
  municipalities: { readonly lgCode: LgCode; readonly all: readonly LgCode[] },
  keys: KeyRing,
  at: Date,
): Promise<VaultPreparation> {
  const isFirst = !(await hasDataKeys(db, municipalities.all));
  const made = isFirst ? await keys.makeFirst?.() : undefined;
  try {
    const key = await keys.identify();
    await withMunicipality(
      db,
      municipalities.lgCode,
      async (tx) => {
        const stored = await ensureDataKeys(tx, keys, at);
        await openNumberKeys(tx.lgCode, keys, stored);
      },
      { role: 'vault' },
    );
    return { state: 'ready', key, madeFile: made?.isNew === true ? made.path : null };
  } catch (error) {
    if (error instanceof KeyTrouble) return { state: 'shut', trouble: error };
    throw error;
  }
}

/** Whether any municipality of the installation has something closed by a wrapping key. */
async function hasDataKeys(db: Database, lgCodes: readonly LgCode[]): Promise<boolean> {
  for (const lgCode of lgCodes) {
    const keys = await withMunicipality(db, lgCode, listDataKeys, { role: 'vault' });
    if (keys.length > 0) return true;
  }
  return false;
}
