import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The key that signs checkpoints, with the short name under which its public half is kept. */
export interface CheckpointKey {
  readonly keyId: string;
  readonly privateKey: KeyObject;
}

const privateName = 'audit-checkpoint.key.pem';
const publicPattern = /^audit-checkpoint-([0-9a-f]{16})\.pub\.pem$/u;

/**
 * The signing key in `<home>/keys`, made on the first call: Ed25519, the private half with mode 0600, the public
 * half beside it. Two processes that start at once end up with the same key.
 */
export async function openCheckpointKey(home: string): Promise<CheckpointKey> {
  const folder = join(home, 'keys');
  const path = join(folder, privateName);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const pem = (await findText(path)) ?? (await makeKey(folder, path));
  const privateKey = createPrivateKey(pem);
  const publicPem = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString();
  const keyId = keyIdOf(createPublicKey(publicPem));
  await writeFile(join(folder, `audit-checkpoint-${keyId}.pub.pem`), publicPem, { mode: 0o644 });
  return { keyId, privateKey };
}

/** Every public key that ever signed here, by its short name; old ones stay so that old checkpoints can be checked. */
export async function loadCheckpointPublicKeys(home: string): Promise<ReadonlyMap<string, KeyObject>> {
  const folder = join(home, 'keys');
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const keys = new Map<string, KeyObject>();
  for (const name of names) {
    const keyId = publicPattern.exec(name)?.[1];
    if (keyId === undefined) continue;
    const key = createPublicKey(await readFile(join(folder, name), 'utf8'));
    if (keyIdOf(key) === keyId) keys.set(keyId, key);
  }
  return keys;
}

function keyIdOf(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 16);
}

async function makeKey(folder: string, path: string): Promise<string> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const draft = join(folder, `.${privateName}.${randomBytes(6).toString('hex')}`);
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
