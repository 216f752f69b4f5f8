import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openSigningKey } from '#platform/keys';

/** The key that signs checkpoints, with the short name under which its public half is kept. */
export interface CheckpointKey {
  readonly keyId: string;
  readonly privateKey: KeyObject;
}

const privateName = 'audit-checkpoint.key.pem';
const publicPattern = /^audit-checkpoint-([0-9a-f]{16})\.pub\.pem$/u;

/**
 * The signing key in `<home>/keys`, made on the first call: Ed25519, the private half with mode 0600, the public
 * half beside it.
 */
export async function openCheckpointKey(home: string): Promise<CheckpointKey> {
  const privateKey = await openSigningKey(home, privateName);
  const publicPem = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString();
  const keyId = keyIdOf(createPublicKey(publicPem));
  await writeFile(join(home, 'keys', `audit-checkpoint-${keyId}.pub.pem`), publicPem, { mode: 0o644 });
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
