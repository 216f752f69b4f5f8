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

type KeysByVersion = ReadonlyMap<number, KeyObject>;

/** Newer keys came into use after these were opened: the work is begun again with them. */
class StaleKeys extends Error {
  override readonly name = 'StaleKeys';
}

/** The data keys of one municipality in the clear, for one piece of work; they never leave this object. */
export class NumberKeys {
  readonly encryptionVersion: number;
  readonly indexVersion: number;
  private readonly lgCode: LgCode;
  private readonly encryptionKeys: KeysByVersion;
  private readonly indexKeys: KeysByVersion;

  constructor(lgCode: LgCode, keys: Readonly<Record<DataKeyPurpose, KeysByVersion>>) {
    this.lgCode = lgCode;
    this.encryptionKeys = keys.encryption;
    this.indexKeys = keys.index;
    this.encryptionVersion = Math.max(...keys.encryption.keys());
    this.indexVersion = Math.max(...keys.index.keys());
  }

  /** Seals a number for one person and one row of the history. */
  seal(individualNumber: string, personId: PersonId, version: number): Buffer {
    const key = this.keyOf(this.encryptionKeys, this.encryptionVersion);
    const value = Buffer.from(individualNumber, 'latin1');
    const sealed = sealValue(key, value, this.contextOf(personId, version));
    value.fill(0);
    return sealed;
  }

  /** Opens a number; one that was changed or belongs to another person or row throws KeyTrouble (tampered). */
  open(sealed: Buffer, keyVersion: number, personId: PersonId, version: number): string {
    const value = openValue(this.keyOf(this.encryptionKeys, keyVersion), sealed, this.contextOf(personId, version));
    const individualNumber = value.toString('latin1');
    value.fill(0);
    return individualNumber;
  }

  /** The keyed hash by which a number is found, by the newest index key or by one that is being exchanged. */
  index(individualNumber: string, version = this.indexVersion): Buffer {
    const key = this.keyOf(this.indexKeys, version);
    return indexValue(key, individualNumber, { lgCode: this.lgCode, purpose: 'individualNumber' });
  }

  /** The hashes under which the number may lie in the vault, newest key first: two while keys are exchanged. */
  indexes(individualNumber: string): Map<number, Buffer> {
    const versions = [...this.indexKeys.keys()].toSorted((a, b) => b - a);
    return new Map(versions.map((version) => [version, this.index(individualNumber, version)]));
  }

  /** Whether rows may have their hash by a former index key, since the keys are being exchanged. */
  get isExchanging(): boolean {
    return this.indexKeys.size > 1;
  }

  /** The hash under the key that is being exchanged; null where none is. */
  otherIndex(individualNumber: string): Buffer | null {
    const version = [...this.indexKeys.keys()].find((each) => each !== this.indexVersion);
    return version === undefined ? null : this.index(individualNumber, version);
  }

  /**
   * The keyed digest of a file of numbers. A plain digest of a small file would let its numbers be guessed from the log
   * of feeds: there are no more than 10^11 of them.
   */
  sealDigest(digest: string): string {
    const key = this.keyOf(this.indexKeys, this.indexVersion);
    return createHmac('sha256', key).update(`feed ${this.lgCode} ${digest}`).digest('hex');
  }

  /** Throws where newer keys came into use since these were opened; to be asked after reading, in its transaction. */
  async requireNewest(tx: Tx): Promise<void> {
    if (!this.areNewest(await listDataKeys(tx))) throw new StaleKeys('newer data keys came into use');
  }

  /** These keys, or those that came into use since they were opened. */
  async renewed(tx: Tx, wrapper: KeyWrapper): Promise<NumberKeys> {
    const stored = await listDataKeys(tx);
    return this.areNewest(stored) ? this : await openNumberKeys(this.lgCode, wrapper, stored);
  }

  /** Whether rows sealed by this version can be opened with these keys. */
  hasKeys(keyVersion: number, indexKeyVersion: number): boolean {
    return this.encryptionKeys.has(keyVersion) && this.indexKeys.has(indexKeyVersion);
  }

  private areNewest(stored: readonly StoredDataKey[]): boolean {
    return stored.every(({ purpose, version }) => {
      return version <= (purpose === 'index' ? this.indexVersion : this.encryptionVersion);
    });
  }

  private keyOf(keys: KeysByVersion, version: number): KeyObject {
    const key = keys.get(version);
    if (key !== undefined) return key;
    if (version > Math.max(...keys.keys())) throw new StaleKeys('newer data keys came into use');
    throw new KeyTrouble('keyLost', `データ鍵の版 ${version} がありません。バックアップから金庫を戻してください。`);
  }

  private contextOf(personId: PersonId, version: number): SealContext {
    return { lgCode: this.lgCode, purpose: 'individualNumber', subject: `${personId}/${version}` };
  }
}

/** Keys come into use once in years; only a machine that exchanges them without pause is met more than once. */
const mostAttempts = 20;

/**
 * Opens the municipality's data keys for one piece of work; they are let go when it is over. Work that found newer keys
 * in use than those it was given wrote nothing and begins again.
 */
export async function withNumberKeys<T>(context: VaultContext, work: (keys: NumberKeys) => Promise<T>): Promise<T> {
  const { lgCode } = context.actor;
  for (let attempt = 1; ; attempt += 1) {
    const stored = await withMunicipality(
      context.db,
      lgCode,
      (tx) => ensureDataKeys(tx, context.keyWrapper, context.clock.now()),
      { role: 'vault' },
    );
    try {
      return await work(await openNumberKeys(lgCode, context.keyWrapper, stored));
    } catch (error) {
      if (!(error instanceof StaleKeys) || attempt === mostAttempts) throw error;
    }
  }
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
    await insertDataKey(tx, { purpose, version, wrapped, createdAt: at, retiredAt: null });
  }
}

/** What a wrapped data key is bound to. */
export function wrapContext(lgCode: LgCode, purpose: DataKeyPurpose, version: number): SealContext {
  return { lgCode, purpose: `numbers.${purpose}`, subject: String(version) };
}

/**
 * Opens the newest key of each purpose, and the older ones that something may still be sealed by: while keys are
 * exchanged. One that was given up with its wrapping key stays shut.
 */
export async function openNumberKeys(
  lgCode: LgCode,
  wrapper: KeyWrapper,
  stored: readonly StoredDataKey[],
): Promise<NumberKeys> {
  const openAll = async (purpose: DataKeyPurpose): Promise<KeysByVersion> => {
    const [newest, ...older] = stored.filter((key) => key.purpose === purpose);
    if (newest === undefined) throw new NotFound('個人番号の金庫の鍵がありません。');
    const open = async ({ wrapped, version }: StoredDataKey): Promise<KeyObject> =>
      await unwrapDataKey(wrapper, wrapped, wrapContext(lgCode, purpose, version));
    const opened = new Map([[newest.version, await open(newest)]]);
    for (const key of older.filter(({ retiredAt }) => retiredAt === null)) {
      const found = await open(key).catch(ifGivenUp);
      if (found !== undefined) opened.set(key.version, found);
    }
    return opened;
  };
  return new NumberKeys(lgCode, { encryption: await openAll('encryption'), index: await openAll('index') });
}

function ifGivenUp(error: unknown): undefined {
  if (error instanceof KeyTrouble && (error.kind === 'wrongKey' || error.kind === 'keyLost')) return undefined;
  throw error;
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
