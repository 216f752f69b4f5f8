import { createWriteStream } from 'node:fs';
import { rename, rm, stat, writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { WrongUse } from './command.ts';

/** Said before anything is taken in: a file that cannot be written afterwards would leave the work without its list. */
export async function refuseUnwritable(option: string, path: string): Promise<void> {
  const half = `${path}.half`;
  try {
    if ((await stat(path).catch(() => undefined))?.isDirectory() === true) throw new Error('a folder');
    await writeFile(half, '', { mode: 0o600 });
  } catch {
    throw new WrongUse(
      `--${option} の ${path} に書き出せません。フォルダーがあるか、書き込みの権限を確かめてください。`,
    );
  }
  await rm(half, { force: true });
}

/** Writes lines beside the wanted file first, so that a killed run leaves no half of one. */
export async function writeWhole(path: string, lines: AsyncIterable<string>): Promise<void> {
  const half = `${path}.half`;
  try {
    await pipeline(Readable.from(lines), createWriteStream(half, { mode: 0o600 }));
    await rename(half, path);
  } catch (error) {
    await rm(half, { force: true });
    throw error;
  }
}
