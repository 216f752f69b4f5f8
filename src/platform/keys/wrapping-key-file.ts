import { randomBytes } from 'node:crypto';
import { link, mkdir, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { KeyTrouble } from './errors.ts';
import { formatKeyFile, parseKeyFile } from './key-text.ts';
import { localKeyWrapper } from './local-key.ts';
import { keyBytes } from './seal.ts';
import type { KeyWrapper } from './types.ts';

/** Where an installation keeps its wrapping key. */
export function wrappingKeyPath(home: string): string {
  return join(home, 'keys', 'numbers-vault.key');
}

/** A wrapper over the key file of an installation; nothing is read before it is asked something. */
export function fileKeyWrapper(home: string): KeyWrapper {
  const path = wrappingKeyPath(home);
  return localKeyWrapper(`ファイル ${path} `, () => readKeyFile(path));
}

/**
 * Makes the key file of an installation unless there is one: 32 random bytes, mode 0600, on the disk before the answer.
 * Two processes that start at once end up with the same key; an existing file is never written over.
 */
export async function makeWrappingKeyFile(home: string): Promise<{ readonly isNew: boolean; readonly path: string }> {
  const path = wrappingKeyPath(home);
  const folder = join(home, 'keys');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const key = randomBytes(keyBytes);
  const draft = join(folder, `.numbers-vault.${randomBytes(6).toString('hex')}`);
  try {
    const file = await open(draft, 'wx', 0o600);
    await file.writeFile(formatKeyFile(key));
    await file.sync();
    await file.close();
    await link(draft, path);
    await syncFolder(folder);
    return { isNew: true, path };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return { isNew: false, path };
    throw error;
  } finally {
    key.fill(0);
    await rm(draft, { force: true });
  }
}

async function readKeyFile(path: string): Promise<Buffer> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    throw explain(error, path);
  });
  try {
    await refuseOpenToOthers(path);
    const bytes = await file.readFile();
    const key = parseKeyFile(bytes.toString('latin1'), `鍵ファイル ${path} `);
    bytes.fill(0);
    return key;
  } finally {
    await file.close();
  }
}

async function refuseOpenToOthers(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const mode = (await stat(path)).mode & 0o777;
  if ((mode & 0o077) === 0) return;
  const shown = mode.toString(8).padStart(4, '0');
  throw new KeyTrouble(
    'keyUnfit',
    `鍵ファイル ${path} を持ち主以外も読めます（${shown}）。だれが読めたかを確かめ、chmod 600 で持ち主だけにしてください。`,
  );
}

function explain(error: NodeJS.ErrnoException, path: string): Error {
  if (error.code === 'ENOENT') {
    return new KeyTrouble(
      'keyLost',
      `鍵ファイル ${path} がありません。新しい鍵を作らずに、保管場所の控えから戻してください（docs/guides/keys.md）。`,
    );
  }
  if (error.code === 'EACCES' || error.code === 'EPERM') {
    return new KeyTrouble(
      'keyUnfit',
      `鍵ファイル ${path} を読む権限がありません。ファイルの持ち主と、このプログラムを動かしている利用者を同じにしてください。`,
    );
  }
  return error;
}

/** Makes the name of a new file survive a power cut; not every file system can, then there is nothing to do. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
