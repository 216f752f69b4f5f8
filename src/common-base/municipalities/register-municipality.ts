import { resolve } from 'node:path';
import { type LgCode, NotFound } from '#kernel';
import { type Database, type Tx, withMunicipality } from '#platform/postgres';
import { decideSettingsChanges } from './decide-settings-changes.ts';
import { readSettingsFolder } from './read-settings-folder.ts';
import {
  appendSettings,
  findMunicipalityRow,
  listMunicipalityRows,
  loadSettingsInForce,
  upsertMunicipality,
} from './store.ts';
import type { Municipality } from './types.ts';

/**
 * Registers the municipality of a settings folder, or reads its settings anew: every file becomes a version in the
 * database, so that all processes work by the same settings and an older day's can be shown.
 */
export async function registerMunicipality(
  db: Database,
  folder: string,
): Promise<{ lgCode: LgCode; created: boolean }> {
  const { municipality, files } = await readSettingsFolder(resolve(folder));
  return withMunicipality(db, municipality.lgCode, async (tx) => {
    const created = await upsertMunicipality(tx, municipality);
    await appendSettings(tx, decideSettingsChanges(files, await loadSettingsInForce(tx)));
    return { lgCode: municipality.lgCode, created };
  });
}

/** The municipality of the transaction; one that was never registered is not found. */
export async function getMunicipality(tx: Tx): Promise<Municipality> {
  const municipality = await findMunicipalityRow(tx);
  if (municipality === undefined) throw new NotFound(`自治体 ${tx.lgCode} は登録されていません。`);
  return municipality;
}

/** The municipalities of the installation in the order of their codes. */
export function listMunicipalities(db: Database): Promise<Municipality[]> {
  return listMunicipalityRows(db);
}

/** The paths of the settings in force that begin so (`layouts/`), in order. */
export async function listSettingsPaths(tx: Tx, beginning: string): Promise<string[]> {
  return [...(await loadSettingsInForce(tx)).keys()].filter((path) => path.startsWith(beginning)).toSorted();
}
