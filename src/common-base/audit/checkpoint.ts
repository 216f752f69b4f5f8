import { createHash, type KeyObject, sign, verify } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type LgCode, UnreadableInput } from '#kernel';
import { type Database, withMunicipality } from '#platform/postgres';
import { openCheckpointKey } from './checkpoint-key.ts';

/** A signed statement of how far the chain had come, kept outside the database. */
export interface Checkpoint {
  readonly lgCode: string;
  readonly sealNo: number;
  /** The seal's hash in hexadecimal digits. */
  readonly seal: string;
  /** Number of acts sealed up to and including this seal. */
  readonly actCount: number;
  /** UTC instant of writing. */
  readonly at: string;
  /** SHA-256 of the line before in the file; 64 zeros on the first. */
  readonly previousLine: string;
  readonly keyId: string;
  /** Ed25519 over all fields above, base64. */
  readonly signature: string;
}

/** Where the checkpoints of a municipality stand: one JSON object per line, appended only. */
export function checkpointPath(home: string, lgCode: LgCode): string {
  return join(home, 'checkpoints', `audit-${lgCode}.jsonl`);
}

/**
 * Appends a signed checkpoint of the chain's head and waits until it is on the disk. Undefined when the last one
 * already names the head, or nothing has been sealed yet.
 */
export async function writeCheckpoint(
  db: Database,
  lgCode: LgCode,
  options: { home: string; at: Date },
): Promise<Checkpoint | undefined> {
  const head = await findChainHead(db, lgCode);
  if (head === undefined) return undefined;
  const path = checkpointPath(options.home, lgCode);
  const text = await readCheckpointText(path);
  const last = parseLines(text).at(-1);
  if (last !== undefined && last.sealNo >= head.sealNo) return undefined;
  const key = await openCheckpointKey(options.home);
  const unsigned = {
    lgCode,
    sealNo: head.sealNo,
    seal: head.seal,
    actCount: head.actCount,
    at: options.at.toISOString(),
    previousLine: last === undefined ? noLine : digestOf(last),
    keyId: key.keyId,
  };
  const checkpoint = { ...unsigned, signature: sign(null, signedBytes(unsigned), key.privateKey).toString('base64') };
  // A line torn by a crash stays where it is and is passed over; the new one begins on its own line.
  await appendText(path, `${text === '' || text.endsWith('\n') ? '' : '\n'}${JSON.stringify(checkpoint)}\n`);
  return checkpoint;
}

/**
 * The checkpoints of a municipality in the order of their writing. A line that is none (torn by a crash) is passed
 * over; one that was spoilt on purpose shows itself, because the next names its digest.
 */
export async function readCheckpoints(home: string, lgCode: LgCode): Promise<Checkpoint[]> {
  return parseLines(await readCheckpointText(checkpointPath(home, lgCode)));
}

/**
 * The checkpoints of a municipality in a copy that was kept elsewhere: the whole file, its end, or one line that
 * `sesshu audit checkpoint --json` printed. A file without any is refused: it would prove nothing.
 */
export async function readCheckpointCopy(path: string, lgCode: LgCode): Promise<Checkpoint[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    throw new UnreadableInput(`確認点の控え ${path} を開けません。場所と読む権限を確かめてください。`);
  }
  const own = parseCopy(text).filter((checkpoint) => checkpoint.lgCode === lgCode);
  if (own.length > 0) return own;
  throw new UnreadableInput(
    `確認点の控え ${path} に、団体コード ${lgCode} の確認点がありません。checkpoints フォルダーの audit-${lgCode}.jsonl の写しを渡してください。`,
  );
}

/** What was spoilt on its way is no checkpoint. */
function parseCopy(text: string): Checkpoint[] {
  try {
    return parseLines(text.replaceAll('\r', ''));
  } catch {
    return [];
  }
}

/** Whether a checkpoint was signed by one of the keys. */
export function isSignedBy(checkpoint: Checkpoint, keys: ReadonlyMap<string, KeyObject>): boolean {
  const key = keys.get(checkpoint.keyId);
  if (key === undefined) return false;
  return verify(null, signedBytes(checkpoint), key, Buffer.from(checkpoint.signature, 'base64'));
}

/** Whether each line names the digest of the line before: a line taken out of the middle breaks it. */
export function isUnbroken(checkpoints: readonly Checkpoint[]): boolean {
  return checkpoints.every((checkpoint, i) => {
    const before = checkpoints[i - 1];
    return checkpoint.previousLine === (before === undefined ? noLine : digestOf(before));
  });
}

async function findChainHead(
  db: Database,
  lgCode: LgCode,
): Promise<{ sealNo: number; seal: string; actCount: number } | undefined> {
  return await withMunicipality(db, lgCode, async (tx) => {
    const { rows } = await tx.client.query<{ seal_no: number; seal: Buffer; act_count: number }>(
      `SELECT seal_no, seal, act_total AS act_count FROM audit_seals WHERE lg_code = $1
       ORDER BY seal_no DESC LIMIT 1`,
      [lgCode],
    );
    const row = rows[0];
    if (row === undefined) return undefined;
    return { sealNo: row.seal_no, seal: row.seal.toString('hex'), actCount: row.act_count };
  });
}

function signedBytes(checkpoint: Omit<Checkpoint, 'signature'>): Buffer {
  return Buffer.from(
    JSON.stringify([
      'sesshu-audit-checkpoint-1',
      checkpoint.lgCode,
      checkpoint.sealNo,
      checkpoint.seal,
      checkpoint.actCount,
      checkpoint.at,
      checkpoint.previousLine,
      checkpoint.keyId,
    ]),
  );
}

function parseLines(text: string): Checkpoint[] {
  return text.split('\n').flatMap((line) => {
    const checkpoint = findCheckpoint(line);
    return checkpoint === undefined ? [] : [checkpoint];
  });
}

function findCheckpoint(line: string): Checkpoint | undefined {
  if (!/^\{.*\}$/u.test(line)) return undefined;
  const { lgCode, sealNo, seal, actCount, at, previousLine, keyId, signature } = JSON.parse(
    line,
  ) as Partial<Checkpoint>;
  if (typeof lgCode !== 'string' || typeof at !== 'string' || typeof seal !== 'string') return undefined;
  if (typeof sealNo !== 'number' || typeof actCount !== 'number' || typeof previousLine !== 'string') return undefined;
  if (typeof keyId !== 'string' || typeof signature !== 'string') return undefined;
  return { lgCode, sealNo, seal, actCount, at, previousLine, keyId, signature };
}

async function appendText(path: string, text: string): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true, mode: 0o700 });
  const file = await open(path, 'a', 0o600);
  try {
    await file.appendFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function readCheckpointText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

const noLine = '0'.repeat(64);

function digestOf(checkpoint: Checkpoint): string {
  return createHash('sha256').update(JSON.stringify(checkpoint)).digest('hex');
}
