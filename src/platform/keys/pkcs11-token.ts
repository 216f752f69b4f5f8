import { KeyTrouble } from './errors.ts';
import { deviceTrouble, openPkcs11, type Pkcs11 } from './pkcs11-calls.ts';

/** Where the wrapping key is in a device: the module that speaks with it, the token, and the way to its PIN. */
export interface TokenPlace {
  readonly module: string;
  readonly token: string;
  /** Label of the keys of Sesshu in the token. */
  readonly label: string;
  readPin(): Promise<string>;
}

/** A key in the token; its bytes never leave it. */
export interface TokenKey {
  readonly handle: number;
  /** CKA_ID, sixteen hexadecimal digits: a number that grows, and chance. */
  readonly keyId: string;
}

/** One session of a user with a token. */
export interface TokenSession {
  /** The keys with this label, newest first. */
  listKeys(label: string): TokenKey[];
  /** The key with this id, whatever its label; undefined where there is none. */
  findKey(keyId: string): TokenKey | undefined;
  /** Makes an AES key that can never be read nor leave the token. */
  generateKey(label: string, keyId: string): void;
  relabel(key: TokenKey, label: string): void;
  /** AES-256-GCM in the device: ciphertext and tag. */
  encrypt(key: TokenKey, gcm: Gcm, value: Uint8Array): Buffer;
  /** Throws KeyTrouble (tampered) where the device finds the value changed or moved. */
  decrypt(key: TokenKey, gcm: Gcm, value: Uint8Array): Buffer;
}

interface Gcm {
  readonly nonce: Uint8Array;
  readonly context: Uint8Array;
}

const attribute = {
  ...{ objectClass: 0, token: 1, private: 2, label: 3, keyType: 0x100, id: 0x102, sensitive: 0x103 },
  ...{ encrypt: 0x104, decrypt: 0x105, valueLength: 0x161, extractable: 0x162, modifiable: 0x170 },
} as const;
const secretKeyClass = 4;
const aes = 0x1f;
const mechanisms = { generateAes: 0x1080, aesGcm: 0x1087 } as const;
const tagBytes = 16;
const userType = 1;
/** CKF_SERIAL_SESSION and CKF_RW_SESSION. */
const sessionFlags = 6;
const alreadyLoggedIn = 0x100;
/** Answers by which devices say that the tag does not fit. */
const wrongTag = new Set([0x5, 0x6, 0x20, 0x21, 0x40, 0x41]);

/** Opens a session for one piece of work and closes it, whatever happens. */
export async function withToken<T>(place: TokenPlace, work: (session: TokenSession) => T): Promise<T> {
  const pkcs11 = await openPkcs11(place.module);
  const slot = findSlot(pkcs11, place.token);
  const pin = Buffer.from(await place.readPin(), 'utf8');
  const handle: [number] = [0];
  requireDone('つなぐ', pkcs11.call('openSession', slot, sessionFlags, null, null, handle));
  try {
    const answer = pkcs11.call('login', handle[0], userType, pin, pin.length);
    if (answer !== alreadyLoggedIn) requireDone('入る', answer);
    return work(sessionOf(pkcs11, handle[0]));
  } finally {
    pin.fill(0);
    pkcs11.call('closeSession', handle[0]);
  }
}

function findSlot(pkcs11: Pkcs11, token: string): number {
  const slots = Array.from({ length: 64 }, () => 0);
  const count = [slots.length];
  requireDone('装置を数える', pkcs11.call('listSlots', 1, slots, count));
  for (const slot of slots.slice(0, count[0])) {
    const info = Buffer.alloc(256);
    if (pkcs11.call('getTokenInfo', slot, info) !== 0) continue;
    if (info.toString('utf8', 0, 32).trimEnd() === token) return slot;
  }
  throw new KeyTrouble(
    'keyLost',
    `装置（PKCS#11）「${token}」が見つかりません。装置がつながっているか、SESSHU_VAULT_PKCS11_TOKEN の名前を確かめてください。`,
  );
}

function sessionOf(pkcs11: Pkcs11, session: number): TokenSession {
  const find = (template: readonly Attribute[]): TokenKey[] => {
    requireDone('鍵をさがす', pkcs11.call('findBegin', session, template, template.length));
    const handles = Array.from({ length: 64 }, () => 0);
    const count = [0];
    const answer = pkcs11.call('find', session, handles, handles.length, count);
    pkcs11.call('findEnd', session);
    requireDone('鍵をさがす', answer);
    const keys = handles.slice(0, count[0]).map((handle) => ({ handle, keyId: readId(pkcs11, session, handle) }));
    return keys.toSorted((a, b) => (a.keyId < b.keyId ? 1 : -1));
  };
  const run = (kind: 'encrypt' | 'decrypt', key: TokenKey, gcm: Gcm, value: Uint8Array): Buffer => {
    const begin = kind === 'encrypt' ? 'encryptBegin' : 'decryptBegin';
    requireDone('暗号を始める', pkcs11.call(begin, session, gcmMechanism(gcm), key.handle));
    const output = Buffer.alloc(value.length + tagBytes);
    const length = [output.length];
    const answer = pkcs11.call(kind, session, value, value.length, output, length);
    if (kind === 'decrypt' && wrongTag.has(answer)) throw tampered();
    requireDone('暗号', answer);
    return output.subarray(0, length[0]);
  };
  return {
    listKeys: (label) => find([...secretKeys(), bytes(attribute.label, Buffer.from(label))]),
    findKey: (keyId) => find([...secretKeys(), bytes(attribute.id, Buffer.from(keyId, 'hex'))])[0],
    generateKey(label, keyId) {
      const template = keyTemplate(label, keyId);
      const mechanism = { mechanism: mechanisms.generateAes, parameter: null, length: 0 };
      requireDone('鍵を作る', pkcs11.call('generateKey', session, mechanism, template, template.length, [0]));
    },
    relabel(key, label) {
      requireDone(
        '鍵の名を変える',
        pkcs11.call('setAttributes', session, key.handle, [bytes(attribute.label, Buffer.from(label))], 1),
      );
    },
    encrypt: (key, gcm, value) => run('encrypt', key, gcm, value),
    decrypt: (key, gcm, value) => run('decrypt', key, gcm, value),
  };
}

interface Attribute {
  readonly type: number;
  readonly value: Buffer;
  readonly length: number;
}

function readId(pkcs11: Pkcs11, session: number, handle: number): string {
  const value = Buffer.alloc(8);
  const template = [bytes(attribute.id, value)];
  requireDone('鍵の番号を読む', pkcs11.call('getAttributes', session, handle, template, 1));
  return value.toString('hex');
}

function keyTemplate(label: string, keyId: string): Attribute[] {
  const truths = ['token', 'private', 'sensitive', 'encrypt', 'decrypt', 'modifiable'] as const;
  return [
    ...secretKeys(),
    number(attribute.keyType, aes),
    number(attribute.valueLength, 32),
    bytes(attribute.label, Buffer.from(label)),
    bytes(attribute.id, Buffer.from(keyId, 'hex')),
    ...truths.map((name) => bytes(attribute[name], Buffer.from([1]))),
    bytes(attribute.extractable, Buffer.from([0])),
  ];
}

function secretKeys(): Attribute[] {
  return [number(attribute.objectClass, secretKeyClass)];
}

function bytes(type: number, value: Buffer): Attribute {
  return { type, value, length: value.length };
}

/** A CK_ULONG as the machine holds it: eight bytes, least first, on every machine that this runs on. */
function number(type: number, value: number): Attribute {
  const held = Buffer.alloc(8);
  held.writeBigUInt64LE(BigInt(value));
  return bytes(type, held);
}

function gcmMechanism({ nonce, context }: Gcm): object {
  const parameter = {
    ...{ iv: nonce, ivLength: nonce.length, ivBits: nonce.length * 8 },
    ...{ aad: context, aadLength: context.length, tagBits: tagBytes * 8 },
  };
  return { mechanism: mechanisms.aesGcm, parameter, length: 48 };
}

function requireDone(doing: string, answer: number): void {
  if (answer !== 0) throw deviceTrouble(doing, answer);
}

function tampered(): KeyTrouble {
  return new KeyTrouble(
    'tampered',
    '包まれた鍵を装置で開けません。書き換えられたか、別の自治体・用途のものです。データベースの管理者に知らせてください。',
  );
}
