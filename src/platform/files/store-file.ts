import { createHash } from 'node:crypto';
import { NotFound } from '#kernel';
import type { Tx } from '#platform/postgres';

/** What a file is called and what kind it is; the name is the sender's and may be shown to staff. */
export interface FileLabel {
  readonly name: string;
  readonly mediaType: string;
}

/** A kept file: its id, the SHA-256 of its bytes in hexadecimal, its size. */
export interface StoredFile {
  readonly fileId: number;
  readonly digest: string;
  readonly bytes: number;
}

/** The heading of a kept file. */
export interface FileHeading extends StoredFile, FileLabel {
  readonly storedAt: Date;
}

/** Bytes in one row: large enough for speed, small enough that a file of any size passes in flat memory. */
export const chunkBytes = 1_048_576;

/**
 * Keeps the bytes of a file exactly as they came, in the caller's transaction; a file is never changed afterwards.
 * Chunks of any size may come in.
 */
export async function storeFile(
  tx: Tx,
  label: FileLabel,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<StoredFile> {
  const { rows } = await tx.client.query<{ file_id: number }>("SELECT nextval('file_ids') AS file_id");
  const fileId = rows[0]?.file_id ?? 0;
  const hash = createHash('sha256');
  let bytes = 0;
  let ordinal = 0;
  for await (const chunk of cutEvenly(chunks)) {
    hash.update(chunk);
    bytes += chunk.length;
    await tx.client.query({
      name: 'store-file-chunk',
      text: 'INSERT INTO file_chunks (lg_code, file_id, ordinal, content) VALUES ($1, $2, $3, $4)',
      values: [tx.lgCode, fileId, ordinal, chunk],
    });
    ordinal += 1;
  }
  const digest = hash.digest('hex');
  await tx.client.query(
    'INSERT INTO files (lg_code, file_id, name, media_type, bytes, digest) VALUES ($1, $2, $3, $4, $5, $6)',
    [tx.lgCode, fileId, label.name, label.mediaType, bytes, digest],
  );
  return { fileId, digest, bytes };
}

/**
 * Reads a kept file chunk by chunk while the transaction is open. Throws where there is none, and at the end where
 * the bytes are not those that were kept.
 */
export async function* readFile(tx: Tx, fileId: number): AsyncGenerator<Buffer> {
  const heading = await getFile(tx, fileId);
  const hash = createHash('sha256');
  let bytes = 0;
  for (let ordinal = 0; bytes < heading.bytes; ordinal += 1) {
    const { rows } = await tx.client.query<{ content: Buffer }>(
      'SELECT content FROM file_chunks WHERE lg_code = $1 AND file_id = $2 AND ordinal = $3',
      [tx.lgCode, fileId, ordinal],
    );
    const content = rows[0]?.content;
    if (content === undefined) throw new Error(`file ${fileId} ends before its size`);
    hash.update(content);
    bytes += content.length;
    yield content;
  }
  if (hash.digest('hex') !== heading.digest) throw new Error(`file ${fileId} does not match its digest`);
}

/** The heading of a kept file; throws where there is none in this municipality. */
export async function getFile(tx: Tx, fileId: number): Promise<FileHeading> {
  const { rows } = await tx.client.query<FileHeading>(
    `SELECT file_id AS "fileId", name, media_type AS "mediaType", bytes, digest, stored_at AS "storedAt"
       FROM files WHERE lg_code = $1 AND file_id = $2`,
    [tx.lgCode, fileId],
  );
  const heading = rows[0];
  if (heading === undefined) throw new NotFound(`ファイル ${fileId} はありません。`);
  return heading;
}

/** Gathers and cuts what comes into chunks of exactly `chunkBytes`, the last one shorter. */
async function* cutEvenly(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let gathered = 0;
  for await (const chunk of chunks) {
    let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    while (gathered + rest.length >= chunkBytes) {
      const needed = chunkBytes - gathered;
      yield Buffer.concat([...parts, rest.subarray(0, needed)]);
      rest = rest.subarray(needed);
      parts = [];
      gathered = 0;
    }
    if (rest.length > 0) {
      parts.push(rest);
      gathered += rest.length;
    }
  }
  if (gathered > 0) yield Buffer.concat(parts);
}
