import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { UnreadableInput } from '#kernel';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Every text file of a folder and its subfolders, by its path with `/` between names, in order of the paths. Hidden
 * files are left out; bytes that are no UTF-8 are an error that names the file.
 */
export async function readTextFolder(
  dir: string,
  isWanted: (path: string) => boolean = () => true,
): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !path.split('/').some((name) => name.startsWith('.')) && isWanted(path))
    .sort();
  const texts = new Map<string, string>();
  for (const path of paths) texts.set(path, await readText(dir, path));
  return texts;
}

/**
 * The tables (CSV) of a rules folder by which doses are judged, by file name, such as `programmes.csv`. Tables of other law
 * lie in folders of their own (`provisions/`) and change no judgement.
 */
export function readRulesFolder(dir: string): Promise<ReadonlyMap<string, string>> {
  return readTextFolder(dir, (path) => path.endsWith('.csv') && !path.includes('/'));
}

async function readText(dir: string, path: string): Promise<string> {
  const bytes = await readFile(join(dir, path));
  try {
    return utf8.decode(bytes);
  } catch {
    throw new UnreadableInput(`${join(dir, path)} はUTF-8ではありません。UTF-8で保存し直してください。`);
  }
}
