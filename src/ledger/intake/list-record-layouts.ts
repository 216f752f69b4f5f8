import { listLayouts, loadLayout } from '#common-base/linkage';
import { UnreadableInput } from '#kernel';
import type { Tx } from '#platform/postgres';

/** A layout by which a file of vaccination records can be received. */
export interface RecordLayout {
  readonly name: string;
  readonly title: string;
}

/** A layout that cannot be read as it stands, and why. */
export interface BrokenLayout {
  readonly name: string;
  readonly why: string;
}

/** The layout of files for which none is named. */
export const usualLayoutName = 'clinic-records';

/** Layouts that are read elsewhere, though they tell vaccinations: the legacy ledger's, and what the program writes itself. */
const readElsewhere = new Set(['history', 'keyed-forms', 'clinic-web']);

/**
 * The layouts, the municipality's own and those of the program, that tell a vaccination and its day, the usual one first.
 * One that breaks a rule made after it was kept is left out and named: the others are taken in as before.
 */
export async function listRecordLayouts(
  tx: Tx,
): Promise<{ readonly layouts: readonly RecordLayout[]; readonly broken: readonly BrokenLayout[] }> {
  const names = (await listLayouts(tx)).map(({ name }) => name).filter((name) => !readElsewhere.has(name));
  const layouts: RecordLayout[] = [];
  const broken: BrokenLayout[] = [];
  for (const name of names.toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))) {
    try {
      const { title, columns, constants } = await loadLayout(tx, name);
      const keys = new Set([...columns.map(({ key }) => key), ...Object.keys(constants)]);
      if (keys.has('vaccineCode') && keys.has('vaccinatedOn') && keys.has('outcome')) layouts.push({ name, title });
    } catch (error) {
      if (!(error instanceof UnreadableInput)) throw error;
      broken.push({ name, why: error.message });
    }
  }
  return { layouts, broken };
}

function rank(name: string): number {
  return name === usualLayoutName ? 0 : 1;
}
