import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, constants, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { UnreadableInput } from '#kernel';
import type { FeedSource } from './types.ts';

/** A file on this machine as a feed; one that is missing or may not be read throws UnreadableInput. */
export async function fileSource(path: string): Promise<FeedSource> {
  try {
    await access(path, constants.R_OK);
  } catch {
    throw new UnreadableInput(`ファイル ${path} を開けません。場所と名前、読み取りの権限を確かめてください。`);
  }
  // The bytes are asked for twice (digest, then rows), so that a pipe or a folder is of no use.
  if (!(await stat(path)).isFile()) {
    throw new UnreadableInput(`${path} はファイルではありません。取り込むファイルそのものを指定してください。`);
  }
  return { name: basename(path), open: () => createReadStream(path, { highWaterMark: 256 * 1024 }) };
}

/** Bytes already in memory (a small upload, a test) as a feed. */
export function bytesSource(name: string, bytes: Uint8Array): FeedSource {
  return {
    name,
    async *open() {
      yield bytes;
    },
  };
}

/** SHA-256 (hex) and length of a feed's bytes, by which the same file is known again. */
export async function digestFeed(source: FeedSource): Promise<{ readonly digest: string; readonly bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of source.open()) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { digest: hash.digest('hex'), bytes };
}
