import { requirePermission } from '#common-base/access';
import { recordAct, recordPersonsTouched } from '#common-base/audit';
import { NotFound, UnreadableInput } from '#kernel';
import { drawPagePicture } from '#platform/pdf';
import { type Tx, withMunicipality } from '#platform/postgres';
import { type KeptSheets, layOutKept, redrawPages } from './kept-sheets.ts';
import type { NoticeContext } from './library.ts';
import { refuseProtectedPages } from './list-print-jobs.ts';
import { findSheetsFile, pagePersonsSql } from './print-store.ts';
import { readKeptSheets } from './read-kept-sheets.ts';

/** Some pages of a printed file, first and last included. */
export interface PageRange {
  readonly printJobId: number;
  readonly part: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Prints a range of pages once more as they were printed (紙詰まり, 汚れ): the same numbers, the same bytes each time.
 * Recorded with whose pages they are; refused where a page must not be opened any more.
 */
export async function reprintPages(context: NoticeContext, range: PageRange): Promise<{ name: string; pdf: Buffer }> {
  const { actor, db, library } = context;
  requirePermission(actor, 'notices.print');
  const kept = await withMunicipality(db, actor.lgCode, async (tx) => {
    const sheets = await openSheets(tx, range);
    const { printJobId, part, from, to } = range;
    const details = { printJobId, part, from, to };
    const actId = await recordAct(tx, actor, { act: 'notices.reprinted', details });
    await recordPersonsTouched(tx, actId, pagePersonsSql, [tx.lgCode, printJobId, part, from, to]);
    return sheets;
  });
  const pdf = await redrawPages(kept, library.fonts, range.from, range.to);
  return { name: `${kept.title}_${range.part}_${range.from}-${range.to}.pdf`, pdf };
}

/** One printed page as a picture for the screen; who looked at whose page is recorded. */
export async function drawPrintedPage(
  context: NoticeContext,
  page: { readonly printJobId: number; readonly part: number; readonly page: number },
): Promise<string> {
  const { actor, db, library } = context;
  requirePermission(actor, 'notices.print');
  const range = { ...page, from: page.page, to: page.page };
  const kept = await withMunicipality(db, actor.lgCode, async (tx) => {
    const sheets = await openSheets(tx, range);
    const { printJobId, part } = page;
    const act = { act: 'notices.pageViewed', details: { printJobId, part, page: page.page } };
    const actId = await recordAct(tx, actor, act);
    await recordPersonsTouched(tx, actId, pagePersonsSql, [tx.lgCode, printJobId, part, range.from, range.to]);
    return sheets;
  });
  const [first] = layOutKept(kept)
    .drop(page.page - 1)
    .take(1);
  if (first === undefined) throw new NotFound('このページはありません。');
  const { background, draw } = first.content;
  const drawings = background === null ? [draw] : [background, draw];
  return drawPagePicture(library.fonts, kept.layout.paper, drawings).svg;
}

async function openSheets(tx: Tx, { printJobId, part, from, to }: PageRange): Promise<KeptSheets> {
  const file = await findSheetsFile(tx, printJobId, part);
  if (file === undefined) throw new NotFound('このファイルはありません。');
  if (file.sheetsFileId === null) {
    throw new NotFound('このファイルは控えを残す前に印刷したものです。ファイルそのものを開いてください。');
  }
  if (!Number.isInteger(from) || !Number.isInteger(to) || from < 1 || to < from || to > file.pages) {
    throw new UnreadableInput(`ページは1から${file.pages}までの数で、小さい方を先に入力してください。`);
  }
  const kept = await readKeptSheets(tx, file.sheetsFileId);
  await refuseProtectedPages(tx, { printJobId, part, from, to }, kept);
  return kept;
}
