import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The private key in `<home>/keys/<fileName>`, made on the first call: Ed25519, mode 0600. Two processes that start at
 * once end up with the same key.
 */
export async function openSigningKey(home: string, fileName: string): Promise<KeyObject> {
  const folder = join(home, 'keys');
  const path = join(folder, fileName);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return createPrivateKey((await findText(path)) ?? (await makeKey(folder, path, fileName)));
}

async function makeKey(folder: string, path: string, fileName: string): Promise<string> {
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
