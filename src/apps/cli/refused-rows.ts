import {
  copyRecords,
  digestFeed,
  type FeedSource,
  listFeedRunRows,
  listFeedRuns,
  loadLayout,
  writeRunRowsCsv,
} from '#common-base/linkage';
import type { Finding } from '#kernel';
import { explainFinding, type FindingsTables, loadFindingsTables } from '#platform/findings';
import { withMunicipality } from '#platform/postgres';
import type { Office } from './open-office.ts';
import { writeWhole } from './written-file.ts';

/** A row that was refused, as a room lists it. */
export interface RefusedRow {
  readonly line: number;
  readonly findings: readonly Finding[];
}

/** So many refused rows are spelled out on the terminal. */
export const refusedRowsShown = 20;

/** One line per refused row: file, line, column, what is wrong and what to do. */
export function refusedLines(
  tables: FindingsTables,
  fileName: string,
  rows: readonly RefusedRow[],
  total: number,
): string[] {
  const lines = rows.flatMap(({ line, findings }) =>
    findings
      .filter(({ severity }) => severity === 'refuse')
      .map((each) => {
        const { field, message, whatToDo } = explainFinding(tables, each);
        const column = field === null || message.includes(field) ? '' : ` ${field}`;
        return `${fileName} ${line}行目${column}: ${message}${whatToDo}`;
      }),
  );
  return total > rows.length ? [...lines, `ほかに断った行が ${total - rows.length} 行あります。`] : lines;
}

/** The refused rows of a run, in sentences. */
export async function explainRefusedRows(
  office: Office,
  source: FeedSource,
  runId: number | undefined,
  refused: number,
): Promise<string[]> {
  if (refused === 0 || runId === undefined) return [];
  const rows = await withMunicipality(office.context.db, office.lgCode, (tx) =>
    listFeedRunRows(tx, runId, { limit: refusedRowsShown, answer: 'refused' }),
  );
  return refusedLines(await loadFindingsTables(), source.name, rows, refused);
}

/** The run that took a feed in, now or before; `seal` as the room stores its digest. */
export async function findRunOf(
  office: Office,
  source: FeedSource,
  seal?: (digest: string) => Promise<string>,
): Promise<number | undefined> {
  const plain = await digestFeed(source);
  const digest = seal === undefined ? plain.digest : await seal(plain.digest);
  const runs = await withMunicipality(office.context.db, office.lgCode, (tx) => listFeedRuns(tx, { limit: 100 }));
  return runs.find((each) => each.digest === digest && each.state === 'done')?.runId;
}

/** Writes every row of a run that was not simply taken, with its reasons. */
export async function writeReport(office: Office, runId: number, path: string): Promise<void> {
  const tables = await loadFindingsTables();
  await withMunicipality(office.context.db, office.lgCode, (tx) =>
    writeWhole(path, writeRunRowsCsv(tx, runId, tables)),
  );
}

const rowsPerPage = 5000;

/** Writes the records of a file with a row that its run refused, as the sender wrote them, to be sent in another way. */
export async function writeRefusedRecords(
  { context, lgCode }: Office,
  source: FeedSource,
  run: { readonly runId: number; readonly layoutName: string },
  path: string,
): Promise<void> {
  const { layout, lines } = await withMunicipality(context.db, lgCode, async (tx) => {
    const refused = new Set<number>();
    for (let after = 0; ; ) {
      const rows = await listFeedRunRows(tx, run.runId, { limit: rowsPerPage, after, answer: 'refused' });
      for (const row of rows) refused.add(row.line);
      after = rows.at(-1)?.ordinal ?? after;
      if (rows.length < rowsPerPage) return { layout: await loadLayout(tx, run.layoutName), lines: refused };
    }
  });
  await writeWhole(path, copyRecords(source, layout, lines));
}
