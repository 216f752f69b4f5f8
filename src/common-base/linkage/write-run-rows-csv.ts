import { formatCsvLine } from '#formats';
import { explainFinding, type FindingsTables, sentenceOf } from '#platform/findings';
import type { Tx } from '#platform/postgres';
import { listFeedRunRows } from './feed-runs.ts';

const rowsPerPage = 5000;

/**
 * Every row of a run that was not simply taken, with its reasons, in the order of the file: UTF-8, CRLF, the columns of
 * the findings of intake and the line of the file. It holds no personal data.
 */
export async function* writeRunRowsCsv(tx: Tx, runId: number, tables: FindingsTables): AsyncGenerator<string> {
  yield formatCsvLine(['行番号', 'ファイルの行', 'answer', 'codes', 'messages']);
  for (let after = 0; ; ) {
    const rows = await listFeedRunRows(tx, runId, { limit: rowsPerPage, after });
    let text = '';
    for (const { ordinal, line, answer, findings } of rows) {
      const codes = findings.map((each) => each.code).join(';');
      const messages = findings.map((each) => sentenceOf(explainFinding(tables, each))).join(';');
      text += formatCsvLine([ordinal, line, answer, codes, messages], { defusesFormulas: true });
    }
    if (text !== '') yield text;
    after = rows.at(-1)?.ordinal ?? after;
    if (rows.length < rowsPerPage) return;
  }
}
