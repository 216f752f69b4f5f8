import { listLayouts, loadLayout } from '#common-base/linkage';
import type { Tx } from '#platform/postgres';

/** A layout by which a file of vaccination records can be received. */
export interface RecordLayout {
  readonly name: string;
  readonly title: string;
}

/** The layout of files for which none is named. */
export const usualLayoutName = 'clinic-records';

/** Layouts that are read elsewhere, though they tell vaccinations: the legacy ledger's. */
const readElsewhere = new Set(['history', 'vrs-ledger', 'keyed-forms', 'clinic-web']);

/** The layouts, the municipality's own and those of the program, that tell a vaccination and its day; the usual one first. */
export async function listRecordLayouts(tx: Tx): Promise<readonly RecordLayout[]> {
  const names = (await listLayouts(tx)).map(({ name }) => name).filter((name) => !readElsewhere.has(name));
  const layouts: RecordLayout[] = [];
  for (const name of names.toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))) {
    const { title, columns, constants } = await loadLayout(tx, name);
    const keys = new Set([...columns.map(({ key }) => key), ...Object.keys(constants)]);
    if (keys.has('vaccineCode') && keys.has('vaccinatedOn') && keys.has('outcome')) layouts.push({ name, title });
  }
  return layouts;
}

function rank(name: string): number {
  return name === usualLayoutName ? 0 : 1;
}
