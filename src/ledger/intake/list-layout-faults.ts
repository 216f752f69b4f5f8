import { type Layout, listLayouts, loadLayout } from '#common-base/linkage';
import { UnreadableInput } from '#kernel';
import type { Tx } from '#platform/postgres';
import { layoutItems } from './row-items.ts';

const knownKeys: ReadonlySet<string> = new Set(layoutItems.map(([key]) => key));

/**
 * What is wrong with the municipality's own layouts as they stand, in sentences: one that cannot be read, and of
 * vaccination records a column whose key nothing reads, so that what the sender tells there would be lost in silence.
 */
export async function listLayoutFaults(tx: Tx): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const { name, origin } of await listLayouts(tx)) {
    if (origin === 'program') continue;
    try {
      faults.push(...unreadColumns(await loadLayout(tx, name)));
    } catch (error) {
      if (!(error instanceof UnreadableInput)) throw error;
      faults.push(error.message);
    }
  }
  return faults;
}

/** The columns of a layout of vaccination records that nobody reads. Pure. */
function unreadColumns({ title, name, columns, constants }: Layout): readonly string[] {
  const keys = new Set([...columns.map(({ key }) => key), ...Object.keys(constants)]);
  // Reservations and wishes name a vaccine too, on the day of something else.
  if (!keys.has('vaccineCode') || !keys.has('vaccinatedOn')) return [];
  return columns
    .filter(({ key, type }) => type !== 'skip' && !knownKeys.has(key))
    .map(
      (column) =>
        `レイアウト「${title}」(${name})の列「${column.name}」の key「${column.key}」は、接種データの項目にありません。この列は読まれません。項目の名前を直すか、読まない列なら "type": "skip" にしてください（docs/guides/add-a-layout.md）。`,
    );
}
