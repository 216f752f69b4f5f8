import { createHash } from 'node:crypto';
import { KeyTrouble } from './errors.ts';
import { keyBytes, openValue, sealValue } from './seal.ts';
import type { KeyWrapper, SealContext, WrappedKey, WrappingKeyIdentity } from './types.ts';

/** A wrapper over keys that this process can read, with a list of them. */
export interface LocalKeys extends KeyWrapper {
  listKeys(): Promise<readonly WrappingKeyIdentity[]>;
}

/**
 * A wrapper over keys that this process can read: the first wraps, each opens what it wrapped. They are read anew for
 * each question and overwritten with zeros after it, so that they stay in memory no longer than the question, and a key
 * that was exchanged meanwhile is known at once.
 */
export function localKeyWrapper(place: string, readKeys: () => Promise<readonly Buffer[]>): LocalKeys {
  const withKeys = async <T>(work: (keys: readonly Buffer[]) => T): Promise<T> => {
    const keys = await readKeys();
    try {
      return work(keys);
    } finally {
      for (const key of keys) key.fill(0);
    }
  };
  return {
    identify: () => withKeys((keys): WrappingKeyIdentity => ({ keyId: fingerprintOf(firstOf(keys)), place })),
    listKeys: () => withKeys((keys) => keys.map((key) => ({ keyId: fingerprintOf(key), place }))),
    wrap: (dataKey, context) =>
      withKeys((keys): WrappedKey => {
        const key = firstOf(keys);
        return { keyId: fingerprintOf(key), bytes: sealValue(key, dataKey, context) };
      }),
    unwrap: (wrapped, context) =>
      withKeys((keys) => {
        const key = keys.find((each) => fingerprintOf(each) === wrapped.keyId);
        if (key === undefined) throw wrongKey(fingerprintOf(firstOf(keys)), wrapped.keyId, place);
        return openDataKey(key, wrapped, context);
      }),
  };
}

/** The first 16 hexadecimal digits of a hash of the key: tells keys apart, tells nothing of them. */
export function fingerprintOf(key: Uint8Array): string {
  return createHash('sha256').update('sesshu wrapping key ').update(key).digest('hex').slice(0, 16);
}

/** Something is closed by a key that is not at hand; says which is there and which is wanted. */
export function wrongKey(present: string, wanted: string, place: string): KeyTrouble {
  return new KeyTrouble(
    'wrongKey',
    `鍵が違います。金庫は鍵 ${wanted} で閉じられていますが、${place}にあるのは鍵 ${present} です。保管場所から正しい鍵を戻してください。`,
  );
}

/** The data key in what was opened; another length is no data key. */
export function requireDataKey(dataKey: Buffer): Buffer {
  if (dataKey.length === keyBytes) return dataKey;
  dataKey.fill(0);
  throw new KeyTrouble('tampered', '包まれた鍵の長さが違います。バックアップから戻してください。');
}

function openDataKey(key: Buffer, wrapped: WrappedKey, context: SealContext): Buffer {
  return requireDataKey(openValue(key, wrapped.bytes, context));
}

function firstOf(keys: readonly Buffer[]): Buffer {
  const [key] = keys;
  if (key === undefined) throw new TypeError('a wrapper without any key');
  return key;
}
