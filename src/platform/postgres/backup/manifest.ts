import { createHash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { UnreadableInput } from '#kernel';

const count = Type.Integer({ minimum: 0 });
const digestText = Type.String({ pattern: '^[0-9a-f]{64}$' });
const tableSchema = Type.Object({
  schema: Type.String({ minLength: 1 }),
  table: Type.String({ minLength: 1 }),
  columns: Type.Array(Type.String({ minLength: 1 })),
  file: Type.String({ pattern: '^tables/[A-Za-z0-9_.-]+$' }),
  rows: count,
  bytes: count,
  digest: digestText,
  fileBytes: Type.Optional(count),
});
const sequenceSchema = Type.Object({
  schema: Type.String({ minLength: 1 }),
  sequence: Type.String({ minLength: 1 }),
  lastValue: count,
  isCalled: Type.Boolean(),
});
const partitionSchema = Type.Object({
  schema: Type.String({ minLength: 1 }),
  table: Type.String({ minLength: 1 }),
  parent: Type.String({ minLength: 1 }),
  comment: Type.Union([Type.String(), Type.Null()]),
  bound: Type.String({ pattern: "^FOR VALUES FROM \\('[0-9-]+'\\) TO \\('[0-9-]+'\\)$" }),
});
const manifestSchema = Type.Object({
  format: Type.Literal('sesshu-backup-1'),
  createdAt: Type.String(),
  serverVersion: Type.String(),
  notice: Type.String(),
  migrations: Type.Array(Type.Object({ name: Type.String(), checksum: digestText })),
  tables: Type.Array(tableSchema),
  sequences: Type.Array(sequenceSchema),
  partitions: Type.Array(partitionSchema),
  rows: count,
  digest: digestText,
});

/** What a backup folder says of itself; `digest` stands for the data alone: same data, same digest. */
export type Manifest = Static<typeof manifestSchema>;

/**
 * One table of a backup: `digest` and `bytes` are those of its uncompressed COPY text, in order of the key; `fileBytes`
 * is the length of its file, since one that is cut behind its last row still unpacks whole. Older backups do not say it.
 */
export type BackedUpTable = Static<typeof tableSchema>;

/** Where an identity column or sequence goes on. */
export type BackedUpSequence = Static<typeof sequenceSchema>;

/** A month of a partitioned table; months that the migrations of another day would not make are made from this. */
export type BackedUpPartition = Static<typeof partitionSchema>;

/** What must be said to whoever holds the folder. */
export const backupNotice =
  '個人の情報を含みます。個人番号は暗号文のまま入っていますが、復号の鍵は入っていません。鍵は別に保管してください。' +
  '実行待ちのジョブは含みません。';

/** The digest of the data: tables with their rows, and the schema they belong to. */
export function digestOf(manifest: Pick<Manifest, 'migrations' | 'tables'>): string {
  const hash = createHash('sha256');
  for (const { name, checksum } of manifest.migrations) hash.update(`migration ${name} ${checksum}\n`);
  for (const { schema, table, columns, rows, digest } of manifest.tables) {
    hash.update(`table ${schema}.${table} (${columns.join(',')}) ${rows} ${digest}\n`);
  }
  return hash.digest('hex');
}

/** Writes the manifest, with a seal over its own text, to the disk itself: only with it a folder is a backup. */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  const seal = createHash('sha256').update(text).digest('hex');
  await writeThrough(join(folder, 'manifest.sha256'), `${seal}  manifest.json\n`);
  await writeThrough(join(folder, 'manifest.json'), text);
  const directory = await open(folder, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** Reads and checks the manifest of a folder; one sentence where it is none or was changed. */
export async function readManifest(folder: string): Promise<Manifest> {
  const text = await readFile(join(folder, 'manifest.json'), 'utf8').catch(() => {
    throw new UnreadableInput(
      `${folder} に manifest.json がありません。最後まで取れたバックアップのフォルダーを指定してください。`,
    );
  });
  const seal = (await readFile(join(folder, 'manifest.sha256'), 'utf8').catch(() => '')).slice(0, 64);
  const manifest = parse(text);
  const isWhole = seal === createHash('sha256').update(text).digest('hex');
  if (manifest === undefined || !isWhole || digestOf(manifest) !== manifest.digest) {
    throw new UnreadableInput(
      `${join(folder, 'manifest.json')} が壊れているか書き換えられています。別のバックアップを使ってください。何も変えていません。`,
    );
  }
  return manifest;
}

function parse(text: string): Manifest | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Value.Check(manifestSchema, value) ? value : undefined;
  } catch {
    return undefined;
  }
}

async function writeThrough(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}
