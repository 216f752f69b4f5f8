import { findSettings } from '#common-base/municipalities';
import { UnreadableInput } from '#kernel';
import type { Tx } from '#platform/postgres';
import { parseManufacturers } from './parse-manufacturers.ts';
import { parsePackages, parseRecalledLots, type RecalledLot, type VaccinePackage } from './parse-packages.ts';
import { parseVaccineMap } from './parse-vaccine-map.ts';
import type { VaccineMap } from './types.ts';

const vaccineFile = 'vaccine-codes.csv';
const manufacturerFile = 'manufacturers.csv';
const packageFile = 'vaccine-packages.csv';
const recallFile = 'recalled-lots.csv';

/** The municipality's table of vaccine codes as its settings were last loaded; without one nothing can be judged. */
export async function loadVaccineMap(tx: Tx): Promise<VaccineMap> {
  const text = await findSettings(tx, vaccineFile);
  if (text === undefined) {
    throw new UnreadableInput(`設定フォルダに ${vaccineFile} がありません。予防接種コードの対応表を置いてください。`);
  }
  return parseSettings(vaccineFile, text, parseVaccineMap);
}

/** The makers' names by the sender's code; a municipality without the table has none. */
export async function loadManufacturers(tx: Tx): Promise<ReadonlyMap<string, string>> {
  const text = await findSettings(tx, manufacturerFile);
  return text === undefined ? new Map() : parseSettings(manufacturerFile, text, parseManufacturers);
}

/** The packages that the municipality's list names; none without the list. */
export async function loadPackages(tx: Tx): Promise<readonly VaccinePackage[]> {
  const text = await findSettings(tx, packageFile);
  return text === undefined ? [] : parseSettings(packageFile, text, parsePackages);
}

/** The lots that may not be used any more, as the municipality's list names them; none without the list. */
export async function loadRecalledLots(tx: Tx): Promise<readonly RecalledLot[]> {
  const text = await findSettings(tx, recallFile);
  return text === undefined ? [] : parseSettings(recallFile, text, parseRecalledLots);
}

function parseSettings<T>(name: string, text: string, parse: (text: string) => T): T {
  try {
    return parse(text);
  } catch (error) {
    const place = error instanceof Error ? error.message : '';
    throw new UnreadableInput(`設定ファイル ${name} を読み取れません（${place}）。`);
  }
}
