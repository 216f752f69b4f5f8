import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { KeyTrouble } from './errors.ts';
import { type LocalKeys, requireDataKey, wrongKey } from './local-key.ts';
import { type TokenKey, type TokenPlace, type TokenSession, withToken } from './pkcs11-token.ts';
import { contextBytes } from './seal.ts';
import type { KeyRing, SealContext, WrappedKey } from './types.ts';

/** First byte of what a device wrapped; a nonce of twelve bytes and the ciphertext with its tag follow. */
const formatByte = 2;
const nonceBytes = 12;

/**
 * The wrapping keys in a device behind PKCS#11: they are made there, never leave it, and wrap and unwrap there. `others`
 * are keys outside of it that go on opening what they wrapped, until everything is rewrapped.
 */
export function pkcs11KeyRing(
  token: TokenPlace,
  others: LocalKeys | null,
  tellOthers: () => Promise<string[]>,
): KeyRing {
  const place = `装置（PKCS#11）「${token.token}」`;
  const inside = async <T>(work: (session: TokenSession) => T): Promise<T> => await withToken(token, work);
  const newestOf = (session: TokenSession): TokenKey => {
    const [newest] = session.listKeys(token.label);
    if (newest !== undefined) return newest;
    throw new KeyTrouble('keyLost', `${place}に鍵「${token.label}」がありません。装置の控えから戻してください。`);
  };
  const draw = (session: TokenSession): void =>
    session.generateKey(token.label, nextKeyId(session.listKeys(token.label)));
  return {
    identify: () => inside((session) => ({ keyId: newestOf(session).keyId, place })),
    wrap: (dataKey, context) => inside((session) => wrapInside(session, newestOf(session), dataKey, context)),
    async unwrap(wrapped, context) {
      const found = await inside((session) => openInside(session, wrapped, context));
      if (found !== undefined) return requireDataKey(found);
      if (others !== null) return await others.unwrap(wrapped, context);
      throw wrongKey((await inside(newestOf)).keyId, wrapped.keyId, place);
    },
    async listKeys() {
      const held = await inside((session) => session.listKeys(token.label));
      return [...held.map(({ keyId }) => ({ keyId, place })), ...((await others?.listKeys()) ?? [])];
    },
    makeFirst: () =>
      inside((session) => {
        const isNew = session.listKeys(token.label).length === 0;
        if (isNew) draw(session);
        return { isNew, path: place };
      }),
    renew: () => inside(draw),
    async retireOthers() {
      const retired = await inside((session) => {
        const former = session.listKeys(token.label).slice(1);
        for (const key of former) session.relabel(key, `${token.label}-retired`);
        return former;
      });
      return [
        ...retired.map(
          ({ keyId }) =>
            `古い鍵 ${keyId} を装置の中で「${token.label}-retired」にしました。この鍵で閉じた古いバックアップを捨てる日に、装置から消してください。`,
        ),
        ...(await tellOthers()),
      ];
    },
  };
}

/** The PIN from the environment, or from a file that only its owner reads. */
export async function readPin(pin: string, file: string): Promise<string> {
  if (pin !== '') return pin;
  if (file === '') {
    throw new KeyTrouble(
      'keyUnfit',
      '装置の PIN がありません。SESSHU_VAULT_PKCS11_PIN_FILE（PIN だけを書いたファイル、0600）か SESSHU_VAULT_PKCS11_PIN を設定してください。',
    );
  }
  const text = await readFile(file, 'utf8').catch(() => {
    throw new KeyTrouble('keyUnfit', `装置の PIN のファイル ${file} を読めません。置き場所と権限を確かめてください。`);
  });
  return text.trim();
}

function wrapInside(session: TokenSession, key: TokenKey, dataKey: Uint8Array, context: SealContext): WrappedKey {
  const nonce = randomBytes(nonceBytes);
  const sealed = session.encrypt(key, { nonce, context: contextBytes(context) }, dataKey);
  return { keyId: key.keyId, bytes: Buffer.concat([Buffer.from([formatByte]), nonce, sealed]) };
}

function openInside(session: TokenSession, { keyId, bytes }: WrappedKey, context: SealContext): Buffer | undefined {
  const key = session.findKey(keyId);
  if (key === undefined || bytes[0] !== formatByte) return undefined;
  const nonce = bytes.subarray(1, 1 + nonceBytes);
  return session.decrypt(key, { nonce, context: contextBytes(context) }, bytes.subarray(1 + nonceBytes));
}

/** Four bytes that grow by one, so that the newest is known, and four of chance. */
function nextKeyId(keys: readonly TokenKey[]): string {
  const last = Math.max(0, ...keys.map(({ keyId }) => Number.parseInt(keyId.slice(0, 8), 16)));
  return `${(last + 1).toString(16).padStart(8, '0')}${randomBytes(4).toString('hex')}`;
}
