import { fileSource } from '#common-base/linkage';
import type { BatchId } from '#kernel';
import { commitBatch, listRows, receiveBatch, undoBatch, usualLayoutName, writeFindingsCsv } from '#ledger/intake';
import { loadFindingsTables } from '#platform/findings';
import { withMunicipality } from '#platform/postgres';
import { type Command, WrongUse } from '../command.ts';
import { loadOfficeRules, type Office, withOffice } from '../open-office.ts';
import { refusedLines, refusedRowsShown } from '../refused-rows.ts';
import { findOption, getOption, getWord } from '../run-command.ts';
import { refuseUnwritable, writeWhole } from '../written-file.ts';
import { layoutOf, sourceOf } from './feeds.ts';

/** A month of clinic records: receive, check, match, commit, take back. */
export const intakeCommands: readonly Command[] = [
  {
    path: 'intake',
    usage: 'FILE',
    summary: '医療機関からの接種記録を受け付ける（--commit で台帳に登録）',
    options: {
      layout: 'text',
      commit: 'flag',
      findings: 'text',
      'as-of': 'text',
      sender: 'text',
      'strike-numbers': 'flag',
    },
    run: (call, around) =>
      withOffice(call, around, async (office) => {
        const rules = await loadOfficeRules(office);
        const file = await fileSource(getWord(call, 0, '受け付けるファイル'));
        const { source, notes: struck } = await sourceOf(call, office, file, usualLayoutName);
        const sender = findOption(call, 'sender');
        const findings = findOption(call, 'findings');
        if (findings !== undefined) await refuseUnwritable('findings', findings);
        const received = await receiveBatch(office.context, source, {
          rules,
          ...layoutOf(call),
          ...(sender === undefined ? {} : { sender }),
          asOf: office.asOf,
        });
        const { batchId, rows, accepted, questioned, refused, seconds } = received;
        // A file shown before and not committed is committed now; one that is in the ledger changes nothing.
        const mayCommit = call.options['commit'] === true && received.committed === 0;
        const committed = mayCommit
          ? (await commitBatch(office.context, batchId, { rules })).committed
          : received.committed;
        const isRepeated = received.repeated === true && !mayCommit;
        if (findings !== undefined) await writeFindings(office, batchId, findings);
        const lines = [
          `受付 ${batchId}: ${rows}件 受け入れ ${accepted}、要確認 ${questioned}、断り ${refused}、台帳に登録 ${committed}`,
        ];
        return {
          exitCode: refused > 0 ? 1 : 0,
          json: {
            ...{ batch: batchId, rows, accepted, questioned, refused, committed, seconds },
            ...(isRepeated && { repeated: true }),
          },
          lines,
          notes: [
            ...struck,
            ...(await explainRefused(office, source.name, batchId, refused)),
            ...(isRepeated ? [repeatedBatch, ...(committed === 0 ? [readAgain] : [])] : []),
          ],
        };
      }),
  },
  {
    path: 'intake undo',
    usage: 'BATCH --reason TEXT',
    summary: '登録した受付をまとめて取り消す',
    options: {},
    run: (call, around) =>
      withOffice(call, around, async (office) => {
        const batch = Number(getWord(call, 0, '受付番号'));
        if (!Number.isSafeInteger(batch) || batch <= 0) throw new WrongUse('受付番号は数字で指定してください。');
        const json = await undoBatch(office.context, batch as BatchId, getOption(call, 'reason'));
        return { exitCode: 0, json, lines: [`${json.retracted}件の登録を取り消しました。`] };
      }),
  },
];

const repeatedBatch = '同じファイルは受け付け済みです。前回の結果を示しました。何も書いていません。';
const readAgain =
  '並びやコードの表を直したあとにもう一度読むときは、受付の画面の「ファイルごと差し戻す」のあとに、同じ命令を行ってください。';

async function explainRefused(office: Office, fileName: string, batchId: BatchId, refused: number): Promise<string[]> {
  if (refused === 0) return [];
  const { rows } = await withMunicipality(office.context.db, office.lgCode, (tx) =>
    listRows(tx, office.context.actor, batchId, { answer: 'refused', limit: refusedRowsShown }),
  );
  return refusedLines(await loadFindingsTables(), fileName, rows, refused);
}

async function writeFindings(office: Office, batchId: BatchId, path: string): Promise<void> {
  await withMunicipality(office.context.db, office.lgCode, (tx) =>
    writeWhole(path, writeFindingsCsv(tx, office.context.actor, batchId)),
  );
}
