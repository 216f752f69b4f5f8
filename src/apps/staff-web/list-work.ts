import { countOpenDifferences, registerDifferencesPath } from '#addressees/numbers';
import { absencesPath, countAbsences } from '#addressees/persons';
import { approvalsPath, countApprovalsToDecide, mayDo, type StaffApp, type StaffContext } from '#common-base/access';
import { bundlesPath, countWaitingBundles } from '#ledger/bundles';
import { clinicsPath, countOpenClinicRecords } from '#ledger/clinic-exchange';
import { countInquiriesAtWork, historyInquiriesPath } from '#ledger/history-inquiries';
import { batchListPath, batchPath, intakePath, selectAskingBatches, selectBatchesToEnter } from '#ledger/intake';
import { listPrintJobs, noticesPath } from '#ledger/notices';
import { todayInTokyo } from '#platform/clock';
import { formatCount } from '#platform/pages';
import type { Tx } from '#platform/postgres';
import type { WorkList } from './pages/start-page.ts';

/** What waits, for those who may do something about it. */
export async function listWork(app: StaffApp, context: StaffContext, tx: Tx): Promise<WorkList[]> {
  const { actor } = context;
  const lists: WorkList[] = [];
  if (mayDo(actor, 'approvals.view')) {
    const count = await countApprovalsToDecide(app, context, tx);
    lists.push({
      title: 'あなたの承認を待つ申請',
      what: 'ほかの職員が申請したことです。確かめて、承認するか断ります',
      count,
      unit: '件',
      href: approvalsPath,
      icon: 'check',
      isUrgent: count > 0,
    });
  }
  if (mayDo(actor, 'intake.view')) lists.push(...(await intakeWork(tx, context)));
  if (mayDo(actor, 'bundles.view')) lists.push(...(await bundleWork(tx, context)));
  if (mayDo(actor, 'histories.compare')) {
    lists.push({
      title: '転入者の接種歴照会',
      what: '転出元から届いた記録を台帳とくらべます。照会できなかったものもここにあります',
      count: await countInquiriesAtWork(tx),
      unit: '件',
      href: historyInquiriesPath,
      icon: 'history',
      isUrgent: false,
    });
  }
  if (mayDo(actor, 'numbers.askRegister')) {
    lists.push({
      title: '住基ネットとの違い',
      what: '住民記録や個人番号が、住基ネットの答えと違う人です',
      count: await countOpenDifferences(tx),
      unit: '件',
      href: registerDifferencesPath,
      icon: 'alert',
      isUrgent: false,
    });
  }
  if (mayDo(actor, 'persons.import')) {
    lists.push({
      title: '住民記録にいない人',
      what: '全件の住民記録に載っていなかった人です。転出や死亡の届けを確かめます',
      count: await countAbsences(tx),
      unit: '人',
      href: absencesPath,
      icon: 'person',
      isUrgent: false,
    });
  }
  if (mayDo(actor, 'notices.print')) {
    const stopped = (await listPrintJobs(tx, actor)).filter((job) => job.state === 'stopped' || job.state === 'failed');
    lists.push({
      title: '途中で止まっている印刷',
      what: '続きから再開するか、止めたままにするかを決めます',
      count: stopped.length,
      unit: '件',
      href: noticesPath,
      icon: 'print',
      isUrgent: stopped.some((job) => job.state === 'failed'),
    });
  }
  return lists;
}

async function bundleWork(tx: Tx, context: StaffContext): Promise<WorkList[]> {
  const { late, lateMonth, toEnter, enterMonth } = await countWaitingBundles(tx, todayInTokyo(context.clock));
  const pathOf = (month: string | null): string =>
    month === null ? bundlesPath : `${bundlesPath}?month=${month}&open=yes`;
  return [
    {
      title: '届いていない予診票の束',
      what: '届くはずの日を過ぎています。医療機関に確かめます',
      count: late,
      unit: '束',
      href: pathOf(lateMonth),
      icon: 'alert',
      isUrgent: late > 0,
    },
    {
      title: '入力を待つ予診票の束',
      what: '受け取って、まだ入力していない束と、入力の途中の束です',
      count: toEnter,
      unit: '束',
      href: pathOf(enterMonth),
      icon: 'keyboard',
      isUrgent: false,
    },
  ];
}

async function intakeWork(tx: Tx, context: StaffContext): Promise<WorkList[]> {
  const asking = await selectAskingBatches(tx, null);
  const questions = asking.reduce((sum, batch) => sum + batch.count, 0);
  const ready = await selectBatchesToEnter(tx);
  const own = context.actor.staffId === null ? [] : await selectAskingBatches(tx, context.actor.staffId);
  const [mostOwn] = own;
  const [onlyAsking] = asking;
  const [onlyReady] = ready;
  const fromClinics = await countOpenClinicRecords(tx);
  return [
    {
      title: '自分の担当の確認事項',
      what: 'あなたが担当になっている行です。答えがそろうと、ファイルを台帳に登録できます',
      count: own.reduce((sum, batch) => sum + batch.count, 0),
      unit: '行',
      href:
        own.length === 1 && mostOwn !== undefined
          ? batchPath(mostOwn.batchId, { answer: 'open', assigned: 'mine' })
          : intakePath,
      icon: 'person',
      isUrgent: false,
    },
    {
      title: '接種記録の確認事項',
      what: `${formatCount(asking.length)}つのファイルに、人が答えを決める行があります`,
      count: questions,
      unit: '行',
      href:
        asking.length === 1 && onlyAsking !== undefined
          ? batchPath(onlyAsking.batchId, { answer: 'open' })
          : batchListPath({ state: 'open' }),
      icon: 'question',
      isUrgent: asking.length > 0,
    },
    {
      title: '医療機関から届いた記録',
      what: '医療機関ウェブで記録されたものです。受付に入れると、ほかの記録と同じように確かめます',
      count: fromClinics,
      unit: '件',
      href: clinicsPath,
      icon: 'download',
      isUrgent: false,
    },
    {
      title: '台帳への登録を待つファイル',
      what: '確認が済んでいて、登録すれば接種記録になります',
      count: ready.length,
      unit: '件',
      href: ready.length === 1 && onlyReady !== undefined ? batchPath(onlyReady) : batchListPath({ state: 'reviewed' }),
      icon: 'inbox',
      isUrgent: false,
    },
  ];
}
