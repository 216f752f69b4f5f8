import { randomBytes } from 'node:crypto';
import { link, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { KeyTrouble } from './errors.ts';
import { formatKeyFile, parseKeyFile } from './key-text.ts';
import { fingerprintOf, localKeyWrapper } from './local-key.ts';
import { keyBytes } from './seal.ts';
import type { KeyRing, MadeKey } from './types.ts';

/** Where an installation keeps its wrapping key. */
export function wrappingKeyPath(home: string): string {
  return join(home, 'keys', 'numbers-vault.key');
}

/** The wrapping keys of the key file of an installation; nothing is read before it is asked something. */
export function fileKeyRing(home: string): KeyRing {
  const path = wrappingKeyPath(home);
  return {
    ...localKeyWrapper(`ファイル ${path} `, () => readKeyFile(home)),
    makeFirst: () => makeWrappingKeyFile(home),
    renew: () => addKey(home),
    retireOthers: () => retireKeys(home),
  };
}

/**
 * Makes the key file of an installation unless there is one: 32 random bytes, mode 0600, on the disk before the answer.
 * Two processes that start at once end up with the same key; an existing file is never written over.
 */
export async function makeWrappingKeyFile(home: string): Promise<MadeKey> {
  const path = wrappingKeyPath(home);
  const key = randomBytes(keyBytes);
  try {
    await writeDraft(home, [key], async (draft) => await link(draft, path));
    return { isNew: true, path };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return { isNew: false, path };
    throw error;
  } finally {
    key.fill(0);
  }
}

/** Every key of the file, newest first; the caller overwrites them with zeros after use. */
export async function readKeyFile(home: string): Promise<Buffer[]> {
  const path = wrappingKeyPath(home);
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    throw explain(error, path);
  });
  try {
    await refuseOpenToOthers(path);
    const bytes = await file.readFile();
    const keys = parseKeyFile(bytes.toString('latin1'), `鍵ファイル ${path} `);
    bytes.fill(0);
    return keys;
  } finally {
    await file.close();
  }
}

/** Puts a new key before those of the file. The file is exchanged whole: a reader sees the old or the new one. */
async function addKey(home: string): Promise<void> {
  const keys = [randomBytes(keyBytes), ...(await readKeyFile(home))];
  try {
    await writeDraft(home, keys, async (draft) => await rename(draft, wrappingKeyPath(home)));
  } finally {
    for (const key of keys) key.fill(0);
  }
}

/** Moves every key but the newest to a file of its own in `keys/retired`; only old backups need it. */
async function retireKeys(home: string): Promise<string[]> {
  const keys = await readKeyFile(home);
  const lines: string[] = [];
  try {
    const [newest, ...others] = keys;
    if (newest === undefined || others.length === 0) return [];
    for (const key of others) lines.push(await keepRetired(home, key));
    await writeDraft(home, [newest], async (draft) => await rename(draft, wrappingKeyPath(home)));
    return lines;
  } finally {
    for (const key of keys) key.fill(0);
  }
}

async function keepRetired(home: string, key: Buffer): Promise<string> {
  const path = join(home, 'keys', 'retired', `${fingerprintOf(key)}.key`);
  await mkdir(join(home, 'keys', 'retired'), { recursive: true, mode: 0o700 });
  await writeDraft(home, [key], async (draft) => await rename(draft, path));
  return `古い鍵 ${fingerprintOf(key)} を ${path} に移しました。この鍵で閉じた古いバックアップを戻すときだけ要ります。この計算機から外して保管し、そのバックアップを捨てる日に消してください。`;
}

/** Writes keys to a draft beside the key file, on the disk, and lets `place` put it where it belongs. */
async function writeDraft(
  home: string,
  keys: readonly Buffer[],
  place: (draft: string) => Promise<void>,
): Promise<void> {
  const folder = join(home, 'keys');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = join(folder, `.numbers-vault.${randomBytes(6).toString('hex')}`);
  try {
    const file = await open(draft, 'wx', 0o600);
    await file.writeFile(formatKeyFile(keys));
    await file.sync();
    await file.close();
    await place(draft);
    await syncFolder(folder);
  } finally {
    await rm(draft, { force: true });
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
