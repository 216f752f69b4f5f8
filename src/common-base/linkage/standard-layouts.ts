import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const folder = new URL('../../../layouts/', import.meta.url);

/**
 * The text of a layout that comes with the program (`layouts/<name>.json` beside `src/`); undefined where there is none.
 * A municipality's own layout of that name stands before it.
 */
export async function findStandardLayout(name: string): Promise<string | undefined> {
  try {
    return await readFile(fileURLToPath(new URL(`${name}.json`, folder)), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The names of the layouts that come with the program. */
export async function listStandardLayouts(): Promise<string[]> {
  const names = await readdir(fileURLToPath(folder));
  return names.flatMap((name) => (name.endsWith('.json') ? [name.slice(0, -'.json'.length)] : [])).toSorted();
}
