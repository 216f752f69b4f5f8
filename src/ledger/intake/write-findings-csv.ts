import { type Actor, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { formatCsvLine } from '#formats';
import type { BatchId } from '#kernel';
import { explainFinding, loadFindingsTables, sentenceOf } from '#platform/findings';
import type { Tx } from '#platform/postgres';
import { selectRows } from './read-rows.ts';

const rowsPerPage = 5000;

/**
 * The findings of a batch as the public command writes them: one line per row of the file in its order, UTF-8, CRLF.
 * The lines hold no personal data; sentences are separated by `;`. That they were taken out is recorded.
 */
export async function* writeFindingsCsv(tx: Tx, actor: Actor, batchId: BatchId): AsyncGenerator<string> {
  requirePermission(actor, 'intake.view');
  await recordAct(tx, actor, { act: 'intake.findingsWritten', details: { batch: batchId } });
  const tables = await loadFindingsTables();
  yield formatCsvLine(['行番号', 'answer', 'codes', 'messages']);
  let after = 0;
  for (;;) {
    const rows = await selectRows(tx, batchId, {}, { after, limit: rowsPerPage });
    let text = '';
    for (const row of rows) {
      const codes = row.findings.map((each) => each.code).join(';');
      const messages = row.findings.map((each) => sentenceOf(explainFinding(tables, each))).join(';');
      text += formatCsvLine([row.ordinal, row.answer, codes, messages], { defusesFormulas: true });
    }
    if (text !== '') yield text;
    after = rows.at(-1)?.ordinal ?? after;
    if (rows.length < rowsPerPage) return;
  }
}
