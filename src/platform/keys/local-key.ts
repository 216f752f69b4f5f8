import { createHash } from 'node:crypto';
import { KeyTrouble } from './errors.ts';
import { keyBytes, openValue, sealValue } from './seal.ts';
import type { KeyWrapper, SealContext, WrappedKey, WrappingKeyIdentity } from './types.ts';

/**
 * A wrapper over a key that this process can read. The key is read anew for each question and overwritten with zeros
 * after it, so that it stays in memory no longer than the question.
 */
export function localKeyWrapper(place: string, readKey: () => Promise<Buffer>): KeyWrapper {
  const withKey = async <T>(work: (key: Buffer, keyId: string) => T): Promise<T> => {
    const key = await readKey();
    try {
      return work(key, fingerprintOf(key));
    } finally {
      key.fill(0);
    }
  };
  return {
    identify: () => withKey((_, keyId): WrappingKeyIdentity => ({ keyId, place })),
    wrap: (dataKey, context) =>
      withKey((key, keyId): WrappedKey => ({ keyId, bytes: sealValue(key, dataKey, context) })),
    unwrap: (wrapped, context) =>
      withKey((key, keyId) => {
        if (keyId !== wrapped.keyId) throw wrongKey(keyId, wrapped.keyId, place);
        return openDataKey(key, wrapped, context);
      }),
  };
}

/** The first 16 hexadecimal digits of a hash of the key: tells keys apart, tells nothing of them. */
export function fingerprintOf(key: Uint8Array): string {
  return createHash('sha256').update('sesshu wrapping key ').update(key).digest('hex').slice(0, 16);
}

function openDataKey(key: Buffer, wrapped: WrappedKey, context: SealContext): Buffer {
  const dataKey = openValue(key, wrapped.bytes, context);
  if (dataKey.length === keyBytes) return dataKey;
  dataKey.fill(0);
  throw new KeyTrouble('tampered', '包まれた鍵の長さが違います。バックアップから戻してください。');
}

function wrongKey(present: string, wanted: string, place: string): KeyTrouble {
  return new KeyTrouble(
    'wrongKey',
    `鍵が違います。金庫は鍵 ${wanted} で閉じられていますが、${place}にあるのは鍵 ${present} です。保管場所から正しい鍵を戻してください。`,
  );
}
