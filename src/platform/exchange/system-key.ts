import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UnreadableInput } from '#kernel';
import type { PeerKey, SystemKey } from './types.ts';

const fileName = 'exchange.key.pem';

/**
 * This system's key in `<home>/keys`, made on the first call: Ed25519, mode 0600. Two processes that start at once end
 * up with the same key.
 */
export async function openSystemKey(home: string): Promise<SystemKey> {
  const folder = join(home, 'keys');
  const path = join(folder, fileName);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const privateKey = createPrivateKey((await findText(path)) ?? (await makeKey(folder, path)));
  const publicText = publicTextOf(createPublicKey(privateKey));
  return { keyId: keyIdOf(publicText), publicText, privateKey };
}

/** The public key that another system gave as text; throws UnreadableInput for anything else. */
export function readPeerKey(text: string): PeerKey {
  const trimmed = text.trim();
  if (!/^[A-Za-z0-9_-]{43}$/u.test(trimmed)) {
    throw new UnreadableInput(
      '連携相手の公開鍵の形ではありません。「sesshu clinic key」などが示す43文字を写してください。',
    );
  }
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: trimmed }, format: 'jwk' });
  return { keyId: keyIdOf(trimmed), publicKey };
}

function publicTextOf(key: KeyObject): string {
  return String(key.export({ format: 'jwk' }).x);
}

function keyIdOf(publicText: string): string {
  return createHash('sha256').update(Buffer.from(publicText, 'base64url')).digest('hex').slice(0, 16);
}

async function makeKey(folder: string, path: string): Promise<string> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const draft = join(folder, `.${fileName}.${randomBytes(6).toString('hex')}`);
  await writeFile(draft, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
  try {
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(draft);
  }
  return await readFile(path, 'utf8');
}

async function findText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
