import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { isLocalGovernmentCode, type LgCode, UnreadableInput } from '#kernel';
import type { Municipality, SettingsFile } from './types.ts';

/** What every settings folder's municipality.json must say; rooms read further fields of theirs themselves. */
const municipalitySchema = Type.Object({
  lgCode: Type.String({ pattern: '^[0-9]{6}$' }),
  name: Type.String({ minLength: 1 }),
  prefecture: Type.String({ minLength: 1 }),
  isDemonstration: Type.Boolean(),
});

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Reads a settings folder whole; a folder that cannot be used throws one sentence that names the file. */
export async function readSettingsFolder(
  folder: string,
): Promise<{ municipality: Municipality; files: SettingsFile[] }> {
  const files = await readFiles(folder);
  const own = files.find(({ path }) => path === 'municipality.json');
  if (own === undefined) throw noMunicipality(folder);
  return { municipality: readMunicipality(own.content, join(folder, own.path)), files };
}

function noMunicipality(folder: string): UnreadableInput {
  return new UnreadableInput(
    `設定フォルダー ${folder} に municipality.json がありません。自治体の設定フォルダーを指定してください。`,
  );
}

function readMunicipality(content: string, place: string): Municipality {
  const value = parseJson(content, place);
  if (!Value.Check(municipalitySchema, value)) {
    const fault = Value.Errors(municipalitySchema, value).at(0);
    throw new UnreadableInput(
      `${place} の ${fault?.instancePath ?? ''} が正しくありません (${fault?.message ?? ''})。`,
    );
  }
  const { lgCode, name, prefecture, isDemonstration }: Static<typeof municipalitySchema> = value;
  if (!isLocalGovernmentCode(lgCode)) {
    throw new UnreadableInput(
      `${place} の lgCode ${lgCode} は検査数字が合いません。全国地方公共団体コード6桁を確かめてください。`,
    );
  }
  return { lgCode: lgCode as LgCode, name, prefecture, isDemonstration };
}

function parseJson(content: string, place: string): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    throw new UnreadableInput(`${place} は JSON として読めません (${error instanceof Error ? error.message : ''})。`);
  }
}

async function readFiles(folder: string): Promise<SettingsFile[]> {
  let entries: Awaited<ReturnType<typeof readEntries>>;
  try {
    // Looked at first: a wrong folder may be a large one, full of files that are no settings.
    if (!(await readdir(folder)).includes('municipality.json')) throw noMunicipality(folder);
    entries = await readEntries(folder);
  } catch (error) {
    if (error instanceof UnreadableInput) throw error;
    throw new UnreadableInput(`設定フォルダー ${folder} を開けません。場所と読み取りの権限を確かめてください。`);
  }
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return Promise.all(
    paths.map(async (path) => {
      const bytes = await readFile(path);
      const digest = createHash('sha256').update(bytes).digest('hex');
      return { path: path.slice(folder.length + 1).replaceAll('\\', '/'), content: decode(bytes, path), digest };
    }),
  );
}

function readEntries(folder: string) {
  return readdir(folder, { recursive: true, withFileTypes: true });
}

function decode(bytes: Uint8Array, path: string): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new UnreadableInput(`${path} は UTF-8 の文字ではありません。UTF-8 で保存し直してください。`);
  }
}
