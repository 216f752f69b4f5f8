import { constants, createWriteStream } from 'node:fs';
import { access, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { WrongUse } from './command.ts';

/** Said before anything is taken in: a file that cannot be written afterwards would leave the work without its list. */
export async function refuseUnwritable(option: string, path: string): Promise<void> {
  try {
    const target = await findTarget(path);
    if (target.isStream) return await access(target.path, constants.W_OK);
    await writeFile(target.half, '', { mode: 0o600 });
    await rm(target.half, { force: true });
  } catch {
    throw new WrongUse(
      `--${option} の ${path} に書き出せません。フォルダーがあるか、書き込みの権限を確かめてください。`,
    );
  }
}

/**
 * Writes lines beside the wanted file first, so that a killed run leaves no half of one. A pipe or a device
 * (`/dev/stdout`) is written as it stands: a file moved in its place would take it away from every program.
 */
export async function writeWhole(path: string, lines: AsyncIterable<string | Uint8Array>): Promise<void> {
  const target = await findTarget(path);
  if (target.isStream) {
    await pipeline(Readable.from(lines), createWriteStream(target.path, { flags: 'a' }));
    return;
  }
  try {
    await pipeline(Readable.from(lines), createWriteStream(target.half, { mode: 0o600 }));
    await rename(target.half, target.path);
  } catch (error) {
    await rm(target.half, { force: true });
    throw error;
  }
}

/** The file behind a link, or the pipe or device that stands there; a folder is no place to write to. */
async function findTarget(path: string): Promise<{ path: string; half: string; isStream: boolean }> {
  const present = await stat(path).catch(() => undefined);
  if (present?.isDirectory() === true)
    throw new WrongUse(`${path} はフォルダーです。ファイルの名前を指定してください。`);
  if (present === undefined) return { path, half: `${path}.half`, isStream: false };
  // Behind /dev/stdout may stand a file that the shell holds open.
  if (!present.isFile() || resolve(path).startsWith('/dev/')) return { path, half: '', isStream: true };
  const real = await realpath(path);
  return { path: real, half: `${real}.half`, isStream: false };
}
