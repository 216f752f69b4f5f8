import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { registerMunicipality } from '#common-base/municipalities';
import type { Database } from '#platform/postgres';

/** Loads the demonstration municipality's settings with some files added or written otherwise. */
export async function withSettings(db: Database, files: Readonly<Record<string, string>>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sesshu-settings-'));
  try {
    await cp(fileURLToPath(new URL('../../settings/wakabadai', import.meta.url)), folder, { recursive: true });
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    await registerMunicipality(db, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
