import type { LgCode, PersonId } from '#kernel';
import { KeyTrouble } from '#platform/keys';
import { type Database, withMunicipality } from '#platform/postgres';
import type { NumberKeys } from './number-keys.ts';
import { findSealedNumber } from './store.ts';

/**
 * Opens a person's number in force for one message to a national system; undefined where none is in force. The caller
 * writes the row in the log in the transaction that notes the message.
 */
export async function openNumberOf(
  { db, lgCode }: { readonly db: Database; readonly lgCode: LgCode },
  keys: NumberKeys,
  personId: PersonId,
): Promise<string | undefined> {
  const held = await withMunicipality(db, lgCode, (tx) => findSealedNumber(tx, personId), { role: 'vault' });
  if (held === undefined) return undefined;
  const individualNumber = keys.open(held.sealed, held.keyVersion, personId, held.version);
  if (keys.index(individualNumber, held.indexKeyVersion).equals(held.numberIndex)) return individualNumber;
  throw new KeyTrouble('tampered', '個人番号とその索引が合いません。金庫の行が書き換えられています。');
}
