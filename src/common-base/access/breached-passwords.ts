import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { UnreadableInput } from '#kernel';

/** Whether a password stands on the list of passwords that became known by breaches. */
export type BreachedPasswords = (password: string) => Promise<boolean>;

/** Where the operator puts the list, in SESSHU_HOME. */
export function breachedPasswordsPath(home: string): string {
  return join(home, 'breached-passwords.txt');
}

/** Longer than any line `SHA-1:count`, so that a window holds a whole line wherever it begins. */
const windowBytes = 256;
const line = /^[0-9A-F]{40}(?::\d+)?$/u;

/**
 * Looks passwords up in a file of their SHA-1 digests in capitals, one a line and sorted, with or without `:count` (the
 * form of Pwned Passwords "ordered by hash"). Of a file of any size some forty windows are read. Without a file nothing
 * is found; one that is no such list is refused, since it would find nothing for ever.
 */
export function openBreachedPasswords(path: string): BreachedPasswords {
  return async (password) => {
    const file = await open(path).catch((error: unknown) => {
      if ((error as { code?: string }).code === 'ENOENT') return undefined;
      throw error;
    });
    if (file === undefined) return false;
    try {
      return await has(file, createHash('sha1').update(password, 'utf8').digest('hex').toUpperCase());
    } finally {
      await file.close();
    }
  };
}

async function has(file: FileHandle, digest: string): Promise<boolean> {
  let from = 0;
  let to = (await file.stat()).size;
  // The line wanted begins in [from, to); both are narrowed until one window holds what is left.
  while (to - from > windowBytes) {
    const middle = Math.floor((from + to) / 2);
    const next = await firstLineAfter(file, middle);
    if (next === undefined || next.start >= to) to = middle + 1;
    else if (next.digest === digest) return true;
    else if (next.digest < digest) from = next.start;
    else to = middle + 1;
  }
  const rest = (await readText(file, from, windowBytes * 2)).split('\n').map((text) => text.trim());
  if (rest[0]) refuseOtherLine(rest[0]);
  return rest.some((text) => text.split(':')[0] === digest);
}

/** The first line that begins after a place. */
async function firstLineAfter(
  file: FileHandle,
  place: number,
): Promise<{ readonly start: number; readonly digest: string } | undefined> {
  const text = await readText(file, place, windowBytes);
  const end = text.indexOf('\n');
  const following =
    text
      .slice(end + 1)
      .split('\n')[0]
      ?.trim() ?? '';
  if (end < 0 || following === '') return undefined;
  refuseOtherLine(following);
  return { start: place + end + 1, digest: following.slice(0, 40) };
}

function refuseOtherLine(text: string): void {
  if (line.test(text)) return;
  throw new UnreadableInput(
    '漏えいしたパスワードの一覧（breached-passwords.txt）が、SHA-1 を並べた形ではありません。システム管理者に知らせてください。',
  );
}

async function readText(file: FileHandle, place: number, bytes: number): Promise<string> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, place);
  return buffer.toString('latin1', 0, bytesRead);
}
