import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StaffContext } from '#common-base/access';
import { bytesSource, type FeedSource } from '#common-base/linkage';
import { UnreadableInput } from '#kernel';

/** A file of a form, kept until the work on it has ended. */
export interface KeptFile {
  readonly source: FeedSource;
  discard(): Promise<void>;
}

const memoryLimitBytes = 256 * 1024 * 1024;
const chunkBytes = 1024 * 1024;

/** The first file of a form, on a disk without a name or in memory alone; undefined where the form brought none. */
export async function keepFirstFile(context: StaffContext, isInMemory: boolean): Promise<KeptFile | undefined> {
  for await (const file of context.files()) {
    if (file.fileName === '') continue;
    return isInMemory ? keepInMemory(file.fileName, file.chunks) : keepOnDisk(file.fileName, file.chunks);
  }
  return undefined;
}

async function keepInMemory(name: string, chunks: AsyncIterable<Buffer>): Promise<KeptFile> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > memoryLimitBytes)
      throw new UnreadableInput(`${name} は大きすぎます。256MB以下に分けて送ってください。`);
    parts.push(chunk);
  }
  return { source: bytesSource(name, Buffer.concat(parts)), discard: async () => undefined };
}

async function keepOnDisk(name: string, chunks: AsyncIterable<Buffer>): Promise<KeptFile> {
  const folder = await mkdtemp(join(tmpdir(), 'sesshu-upload-'));
  const file = await open(join(folder, 'file'), 'wx+', 0o600);
  const discard = () => file.close();
  try {
    // Without a name the bytes are gone with the process, however it ends.
    await rm(folder, { recursive: true });
    for await (const chunk of chunks) await file.writeFile(chunk);
  } catch (error) {
    await discard();
    throw error;
  }
  return { source: { name, open: () => readFromStart(file) }, discard };
}

/** The bytes of a file without a name. No stream: one that is not read to its end would hold the file open for ever. */
async function* readFromStart(file: FileHandle): AsyncGenerator<Buffer> {
  for (let at = 0; ; ) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
