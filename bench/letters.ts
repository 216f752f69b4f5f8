import { importResidents } from '#addressees/persons';
import { getDay } from '#kernel';
import {
  createCohort,
  getPrintJob,
  type NoticeContext,
  previewCohort,
  runPrintJob,
  startPrintJob,
} from '#ledger/notices';
import { getFile } from '#platform/files';
import { type Tx, withMunicipality } from '#platform/postgres';
import type { Bench, Figure } from './bench.ts';
import { residentFile } from './make-residents.ts';
import { timed, watchMemory } from './measure.ts';
import { openNotices } from './open-notices.ts';
import type { Stage } from './stage.ts';

const mebibyte = 1024 * 1024;
const asOf = getDay(2026, 11, 2);
const layoutId = 'screening-influenza-older';
const conditions = { programme: 'influenza-older', stage: 'seasonal', asOf, dueBy: asOf, layoutId };
const printedBornTo = getDay(1940, 1, 1);

const bench: Bench = {
  title: '通知 (全員からの抽出、高齢者インフルエンザ予診票の印刷、控えと番号簿と保存したPDFまで)',
  async run(stage) {
    const people = stage.rows ?? (stage.isLarge ? 1_000_000 : 40_000);
    const context = await openNotices(stage);
    stage.tell(`${people.toLocaleString('ja-JP')} 人を取り込んでいます`);
    await importResidents(context, residentFile({ people }), { isChanges: false, asOf });
    stage.tell('対象者を数えています');
    const preview = await timed(() => previewCohort(context, conditions));
    // Of a million about a hundred thousand are printed: those of the greatest age.
    const narrowing = stage.isLarge ? { bornTo: printedBornTo } : {};
    const request = { label: '性能測定', conditions: { ...conditions, narrowing } };
    const { cohortId, included } = await createCohort(context, request);
    const { printJobId } = await startPrintJob(context, { cohortId, issuedOn: asOf });
    const memoryBefore = process.memoryUsage.rss() / mebibyte;
    const memory = watchMemory();
    stage.tell(`${included.toLocaleString('ja-JP')} 枚を印刷しています`);
    const print = await timed(() => runPrintJob(context, printJobId));
    const memoryMax = memory.stop();
    const { pages, bytes } = await inOffice(stage, (tx) => weigh(tx, context, printJobId));
    const data = `${pages.toLocaleString('ja-JP')} 枚, 1枚 ${(bytes / pages).toFixed(0)} バイト`;
    const figures: Figure[] = [
      {
        what: '対象者の抽出',
        data: `${people.toLocaleString('ja-JP')} 人`,
        value: people / preview.seconds,
        unit: '人/秒',
      },
      {
        what: '対象者の抽出にかかる時間',
        data: `${people.toLocaleString('ja-JP')} 人`,
        value: preview.seconds,
        unit: '秒',
        ...(stage.isLarge ? { aim: { atMost: 10 } } : {}),
      },
      {
        what: '印刷 (1コア当たり、計算時間)',
        data,
        value: pages / print.cpuSeconds,
        unit: '枚/秒',
        aim: { atLeast: 200 },
      },
      { what: '印刷 (実時間、番号簿と保存を含む)', data, value: pages / print.seconds, unit: '枚/秒' },
      {
        what: '印刷にかかる時間 (実時間)',
        data,
        value: print.seconds,
        unit: '秒',
        ...(stage.isLarge ? { aim: { atMost: 300 } } : {}),
      },
      {
        what: '印刷中の最大メモリ',
        data: `${data}, 始め ${memoryBefore.toFixed(0)} MiB`,
        value: memoryMax,
        unit: 'MiB',
      },
    ];
    return figures;
  },
};

export default bench;

function inOffice<T>(stage: Stage, work: (tx: Tx) => Promise<T>): Promise<T> {
  return withMunicipality(stage.context.db, stage.lgCode, work);
}

async function weigh(tx: Tx, context: NoticeContext, printJobId: number): Promise<{ pages: number; bytes: number }> {
  const job = await getPrintJob(tx, context.actor, printJobId);
  let bytes = 0;
  for (const { fileId } of job.files) if (fileId !== null) bytes += (await getFile(tx, fileId)).bytes;
  return { pages: job.pagesPrinted, bytes };
}
