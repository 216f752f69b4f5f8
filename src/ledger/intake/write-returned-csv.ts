import { type Actor, requirePermission } from '#common-base/access';
import { recordAct, recordPersonsTouched } from '#common-base/audit';
import type { LayoutShape } from '#common-base/linkage';
import { encodeCp932, formatCsvLine } from '#formats';
import { type BatchId, NotFound, UnreadableInput } from '#kernel';
import { readFile } from '#platform/files';
import { explainFinding, type FindingsTables, loadFindingsTables, sentenceOf } from '#platform/findings';
import type { Tx } from '#platform/postgres';
import { findColumnNames, findLayoutOfBatch } from './layout-of-batch.ts';
import { findBatch, selectRows } from './read-rows.ts';
import { findingsTold, isForPartner } from './tell-findings.ts';
import type { IntakeRow } from './types.ts';

const rowsPerPage = 2000;

/**
 * The rows that go back to their sender, in the sender's own columns, order, separator and character set as the layout told
 * them when the file came (in UTF-8 with a mark, so that a spreadsheet opens it), with the reasons behind them: those refused by the check, and those
 * that somebody refused or sent back. What the register or the ledger knows beyond the row is not told to the sender, nor
 * are the words by which colleagues decided, but for those of a row sent back, which are meant for the sender. Formulas are
 * defused. The rows are personal data: who took them out is recorded.
 */
export async function* writeReturnedCsv(tx: Tx, actor: Actor, batchId: BatchId): AsyncGenerator<Uint8Array> {
  requirePermission(actor, 'intake.view');
  const batch = await findBatch(tx, batchId);
  if (batch === undefined) throw new NotFound('この受付はありません。');
  const layout = (await findLayoutOfBatch(tx, batch))?.shape;
  if (layout === undefined) throw new UnreadableInput(layoutIsGone);
  const names = await findColumnNames(tx, batch.fileId, layout);
  if (names === undefined) throw new UnreadableInput(layoutIsOther);
  const actId = await recordAct(tx, actor, { act: 'intake.returnedWritten', details: { batch: batchId } });
  await recordPersonsTouched(
    tx,
    actId,
    `SELECT person_id FROM intake_rows WHERE lg_code = $1 AND batch_id = $2 AND person_id IS NOT NULL
       AND (answer = 'refused' OR decision IN ('refuse', 'sendBack'))`,
    [tx.lgCode, batchId],
  );
  const tables = await loadFindingsTables();
  const encode = await encoderFor(tx, batch.fileId, layout);
  const style = { defusesFormulas: true, delimiter: layout.delimiter };
  yield encode(`\uFEFF${formatCsvLine([...names, '届いた行', '扱い', '理由', 'していただくこと', '連絡'], style)}`);
  let after = 0;
  for (;;) {
    const rows = await selectRows(tx, batchId, {}, { after, limit: rowsPerPage });
    let text = '';
    for (const row of rows) {
      const treatment = treatmentOf(row);
      if (treatment === undefined) continue;
      const [word, todo] = [words[treatment], todoOf(treatment, layout)];
      const message = treatment === 'sendBack' ? (row.decisionReason ?? '') : '';
      text += formatCsvLine([...row.raw, row.ordinal, word, reasonsFor(row, tables), todo, message], style);
    }
    if (text !== '') yield encode(text);
    after = rows.at(-1)?.ordinal ?? after;
    if (rows.length < rowsPerPage) return;
  }
}

const layoutIsGone =
  'このファイルを受け取ったときの並びは残っておらず、今はその名前の並びもないため、送付元の形で書き出せません。「ファイルの並び」で同じ名前の並びを登録すると、書き出せます。';

const layoutIsOther =
  'このファイルを受け取ったときの並びは残っておらず、今の並びでは読めないファイルのため、送付元の形で書き出せません。「ファイルの並び」を受け取ったときの形に直すと、書き出せます。';

type Treatment = 'refused' | 'refuse' | 'sendBack';

/** What happens with a row that goes back. */
const words: Readonly<Record<Treatment, string>> = {
  refused: '受け付けません',
  refuse: '受け付けません',
  sendBack: '差し戻します',
};

/** What its sender does with a row that goes back. */
function todoOf(treatment: Treatment, layout: LayoutShape): string {
  if (treatment === 'refuse') return '送り直しは要りません';
  const mend = treatment === 'refused' ? '原票と照らして直し' : '連絡を見て直し';
  if (!layout.isPlain) return `${mend}、この行だけを元のファイルと同じ形で作って、送り直してください。`;
  // A file with columns that its layout does not have is refused; names in a file without a header would be read as a row.
  const header = layout.hasHeader ? '' : '1行目の列の名前と、';
  return `${mend}、この行だけを送り直してください。${header}「届いた行」から右の列は消してください`;
}

/** A row that goes on to a partner of the mutual agreement goes back to nobody. */
function treatmentOf({ answer, decision, findings }: IntakeRow): Treatment | undefined {
  if (decision === 'refuse' || decision === 'sendBack') return decision;
  return answer === 'refused' && !isForPartner(findings) ? 'refused' : undefined;
}

/** The reasons in few words where they rest on what the municipality knows; of the row itself, the sentence with its column. */
function reasonsFor(row: IntakeRow, tables: FindingsTables): string {
  const told = findingsTold(row.findings).filter((each) => each.severity !== 'note');
  return told.map((each) => tables.get(each.code)?.title || sentenceOf(explainFinding(tables, each))).join(' ');
}

/** Writes text as the sender's file was written; what CP932 lacks becomes a visible 〓. */
async function encoderFor(tx: Tx, fileId: number, { encodings }: LayoutShape): Promise<(text: string) => Uint8Array> {
  if (encodings.includes('cp932') && !(encodings.includes('utf-8') && (await isUtf8(tx, fileId)))) {
    return (text) => encodeCp932(text.replace('\uFEFF', '')).bytes;
  }
  return (text) => Buffer.from(text, 'utf8');
}

async function isUtf8(tx: Tx, fileId: number): Promise<boolean> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of readFile(tx, fileId)) decoder.decode(chunk, { stream: true });
    decoder.decode();
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}
