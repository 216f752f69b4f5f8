import { type Actor, requirePermission } from '#common-base/access';
import { recordAct, recordPersonsTouched } from '#common-base/audit';
import { type Layout, loadLayout } from '#common-base/linkage';
import { CsvScanner, decodeText, formatCsvLine, maxLineBytes } from '#formats';
import { type BatchId, NotFound } from '#kernel';
import { readFile } from '#platform/files';
import { explainFinding, loadFindingsTables, sentenceOf } from '#platform/findings';
import type { Tx } from '#platform/postgres';
import { findBatch, selectRows } from './read-rows.ts';

const rowsPerPage = 2000;

/**
 * The rows that go back to their sender, in the sender's own columns and order, with the reasons and what to do behind
 * them: those refused by the check, and those that somebody refused or sent back. UTF-8 with a mark, so that a
 * spreadsheet opens it; formulas are defused. The rows are personal data: who took them out is recorded.
 */
export async function* writeReturnedCsv(tx: Tx, actor: Actor, batchId: BatchId): AsyncGenerator<string> {
  requirePermission(actor, 'intake.view');
  const batch = await findBatch(tx, batchId);
  if (batch === undefined) throw new NotFound('この受付はありません。');
  const layout = await loadLayout(tx, batch.layoutName);
  const actId = await recordAct(tx, actor, { act: 'intake.returnedWritten', details: { batch: batchId } });
  await recordPersonsTouched(
    tx,
    actId,
    `SELECT person_id FROM intake_rows WHERE lg_code = $1 AND batch_id = $2 AND person_id IS NOT NULL
       AND (answer = 'refused' OR decision IN ('refuse', 'sendBack'))`,
    [tx.lgCode, batchId],
  );
  const tables = await loadFindingsTables();
  const names = layout.hasHeader
    ? await readHeader(tx, batch.fileId, layout)
    : layout.columns.map((column) => column.name);
  yield `\uFEFF${formatCsvLine([...names, '行番号', '扱い', '理由', 'していただくこと'], { defusesFormulas: true })}`;
  let after = 0;
  for (;;) {
    const rows = await selectRows(tx, batchId, {}, { after, limit: rowsPerPage });
    let text = '';
    for (const row of rows) {
      const word = row.answer === 'refused' || row.decision === 'refuse' ? '受け付けません' : '差し戻します';
      if (row.answer !== 'refused' && row.decision !== 'refuse' && row.decision !== 'sendBack') continue;
      const explained = row.findings
        .filter((each) => each.severity !== 'note')
        .map((each) => explainFinding(tables, each));
      const reasons = [...explained.map(sentenceOf), row.decisionReason ?? ''].filter((sentence) => sentence !== '');
      const todo = [...new Set(explained.map((each) => each.whatToDo))].join(' ');
      text += formatCsvLine([...row.raw, row.ordinal, word, reasons.join(' '), todo], { defusesFormulas: true });
    }
    if (text !== '') yield text;
    after = rows.at(-1)?.ordinal ?? after;
    if (rows.length < rowsPerPage) return;
  }
}

/** The header as the sender wrote it: columns may stand in another order than in the layout. */
async function readHeader(tx: Tx, fileId: number, layout: Layout): Promise<readonly string[]> {
  const scanner = new CsvScanner({ delimiter: layout.delimiter });
  const pieces = decodeText(readFile(tx, fileId), { encodings: layout.encodings, maxLineBytes });
  for await (const piece of pieces) {
    const [header] = scanner.push(piece);
    if (header !== undefined) return header.values;
  }
  return layout.columns.map((column) => column.name);
}
