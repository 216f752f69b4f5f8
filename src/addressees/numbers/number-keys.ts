import { createHmac, type KeyObject } from 'node:crypto';
import { type LgCode, NotFound, type PersonId } from '#kernel';
import {
  drawDataKey,
  indexValue,
  KeyTrouble,
  type KeyWrapper,
  openValue,
  type SealContext,
  sealValue,
  unwrapDataKey,
} from '#platform/keys';
import { type Tx, withMunicipality } from '#platform/postgres';
import { type DataKeyPurpose, insertDataKey, listDataKeys, type StoredDataKey } from './key-store.ts';
import type { VaultContext } from './types.ts';

const purposes: readonly DataKeyPurpose[] = ['encryption', 'index'];

/** The data keys of one municipality in the clear, for one piece of work; they never leave this object. */
export class NumberKeys {
  readonly encryptionVersion: number;
  readonly indexVersion: number;
  private readonly lgCode: LgCode;
  private readonly encryptionKeys: ReadonlyMap<number, KeyObject>;
  private readonly indexKey: KeyObject;

  constructor(
    lgCode: LgCode,
    encryptionKeys: ReadonlyMap<number, KeyObject>,
    index: { version: number; key: KeyObject },
  ) {
    this.lgCode = lgCode;
    this.encryptionKeys = encryptionKeys;
    this.encryptionVersion = Math.max(...encryptionKeys.keys());
    this.indexKey = index.key;
    this.indexVersion = index.version;
  }

  /** Seals a number for one person and one row of the history. */
  seal(individualNumber: string, personId: PersonId, version: number): Buffer {
    const key = this.keyOf(this.encryptionVersion);
    const value = Buffer.from(individualNumber, 'latin1');
    const sealed = sealValue(key, value, this.contextOf(personId, version));
    value.fill(0);
    return sealed;
  }

  /** Opens a number; one that was changed or belongs to another person or row throws KeyTrouble (tampered). */
  open(sealed: Buffer, keyVersion: number, personId: PersonId, version: number): string {
    const value = openValue(this.keyOf(keyVersion), sealed, this.contextOf(personId, version));
    const individualNumber = value.toString('latin1');
    value.fill(0);
    return individualNumber;
  }

  /** The keyed hash by which a number is found. */
  index(individualNumber: string): Buffer {
    return indexValue(this.indexKey, individualNumber, { lgCode: this.lgCode, purpose: 'individualNumber' });
  }

  /**
   * The keyed digest of a file of numbers. A plain digest of a small file would let its numbers be guessed from the log
   * of feeds: there are no more than 10^11 of them.
   */
  sealDigest(digest: string): string {
    return createHmac('sha256', this.indexKey).update(`feed ${this.lgCode} ${digest}`).digest('hex');
  }

  private keyOf(version: number): KeyObject {
    const key = this.encryptionKeys.get(version);
    if (key !== undefined) return key;
    throw new KeyTrouble('keyLost', `データ鍵の版 ${version} がありません。バックアップから金庫を戻してください。`);
  }

  private contextOf(personId: PersonId, version: number): SealContext {
    return { lgCode: this.lgCode, purpose: 'individualNumber', subject: `${personId}/${version}` };
  }
}

/** Opens the municipality's data keys for one piece of work; they are let go when it is over. */
export async function withNumberKeys<T>(context: VaultContext, work: (keys: NumberKeys) => Promise<T>): Promise<T> {
  const { lgCode } = context.actor;
  const stored = await withMunicipality(
    context.db,
    lgCode,
    (tx) => ensureDataKeys(tx, context.keyWrapper, context.clock.now()),
    { role: 'vault' },
  );
  return work(await openNumberKeys(lgCode, context.keyWrapper, stored));
}

/** The digest under which a file of numbers is known in the log of feeds. */
export function sealFeedDigest(context: VaultContext, digest: string): Promise<string> {
  return withNumberKeys(context, (keys) => Promise.resolve(keys.sealDigest(digest)));
}

/** The data keys of the municipality, drawn now where it has none yet. */
export async function ensureDataKeys(tx: Tx, wrapper: KeyWrapper, at: Date): Promise<StoredDataKey[]> {
  const present = await listDataKeys(tx);
  if (purposes.every((purpose) => present.some((key) => key.purpose === purpose))) return present;
  await drawDataKeys(tx, wrapper, 1, at);
  return listDataKeys(tx);
}

/** Draws a data key of this version for each purpose and appends it. */
export async function drawDataKeys(tx: Tx, wrapper: KeyWrapper, version: number, at: Date): Promise<void> {
  for (const purpose of purposes) {
    const wrapped = await drawDataKey(wrapper, wrapContext(tx.lgCode, purpose, version)).catch((error: unknown) => {
      throw isLost(error) ? notMadeYet(error) : error;
    });
    await insertDataKey(tx, { purpose, version, wrapped, createdAt: at });
  }
}

/** What a wrapped data key is bound to. */
export function wrapContext(lgCode: LgCode, purpose: DataKeyPurpose, version: number): SealContext {
  return { lgCode, purpose: `numbers.${purpose}`, subject: String(version) };
}

/** Opens the newest index key, and every encryption key that the same wrapping key closed: old rows stay readable. */
export async function openNumberKeys(
  lgCode: LgCode,
  wrapper: KeyWrapper,
  stored: readonly StoredDataKey[],
): Promise<NumberKeys> {
  const index = stored.find((key) => key.purpose === 'index');
  const newest = stored.find((key) => key.purpose === 'encryption');
  if (index === undefined || newest === undefined) throw new NotFound('個人番号の金庫の鍵がありません。');
  const open = ({ wrapped, purpose, version }: StoredDataKey): Promise<KeyObject> =>
    unwrapDataKey(wrapper, wrapped, wrapContext(lgCode, purpose, version));
  const encryptionKeys = new Map<number, KeyObject>();
  for (const key of stored) {
    const isOpenable = key.purpose === 'encryption' && key.wrapped.keyId === newest.wrapped.keyId;
    if (isOpenable) encryptionKeys.set(key.version, await open(key));
  }
  return new NumberKeys(lgCode, encryptionKeys, { version: index.version, key: await open(index) });
}

function isLost(error: unknown): error is KeyTrouble {
  return error instanceof KeyTrouble && error.kind === 'keyLost';
}

/** Nothing was ever sealed here: the key is not lost, it was never made. */
function notMadeYet(error: KeyTrouble): KeyTrouble {
  return new KeyTrouble(
    'keyLost',
    `個人番号の金庫の鍵がまだありません。「sesshu init」で作るか、別の計算機の鍵をここに置いてください。(${error.message})`,
  );
}
