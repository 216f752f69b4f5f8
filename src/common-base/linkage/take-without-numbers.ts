import type { ActionContext } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { withMunicipality } from '#platform/postgres';
import { loadLayout } from './load-layout.ts';
import { countStruckRows, strikingSource } from './strike-numbers.ts';
import type { FeedSource } from './types.ts';

/**
 * A file as it is taken in where its sender wrote what may be a 個人番号 into its words: with these struck out before
 * anything is kept, digest and all. The log says in how many rows; a file without any is answered as it came.
 */
export async function withoutNumbersInWords(
  { db, actor }: ActionContext,
  source: FeedSource,
  layoutName: string,
): Promise<{ readonly source: FeedSource; readonly rows: number }> {
  const layout = await withMunicipality(db, actor.lgCode, (tx) => loadLayout(tx, layoutName));
  const rows = await countStruckRows(source, layout);
  if (rows === 0) return { source, rows };
  const act = { act: 'linkage.numbersStruck', details: { rows, layout: layoutName } };
  await withMunicipality(db, actor.lgCode, (tx) => recordAct(tx, actor, act));
  return { source: strikingSource(source, layout), rows };
}
