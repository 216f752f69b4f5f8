import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  type Answer,
  addStaffRoute,
  answerWith,
  mayDo,
  redirectTo,
  type StaffApp,
  type StaffContext,
  sendFile,
  type WorkOrder,
} from '#common-base/access';
import { strikeNumbersField } from '#common-base/linkage';
import { findTypedDay, formatIsoDay } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import { dayHelp, type FormError } from '#platform/pages';
import type { Tx } from '#platform/postgres';
import { answerOne, answerSame, answerTicked, shareOpen, showRow, showSameAnswer } from './answer-routes.ts';
import { type AskedBatches, readBatchFilter, readBefore } from './batch-filter.ts';
import { getBatch, listBatches } from './list-batches.ts';
import { listRecordLayouts, usualLayoutName } from './list-record-layouts.ts';
import { intakeTask } from './order-tasks.ts';
import { batchListPage } from './pages/batch-list-page.ts';
import { commitPage, sendBackPage, undoPage } from './pages/confirm-pages.ts';
import { batchListPath, batchPath, intakePath } from './pages/paths.ts';
import { batchCrumbs, type IntakeTools, inOffice, readBatchId } from './route-tools.ts';
import { selectAskingBatches } from './row-counts-store.ts';
import { countReady, findRows, showBatch } from './show-batch.ts';
import type { BatchSummary } from './types.ts';
import { sendBackBatch } from './undo-batch.ts';
import { writeFindingsCsv } from './write-findings-csv.ts';
import { writeReturnedCsv } from './write-returned-csv.ts';

const batchesPerPage = 50;

/** The pages of this room: files that came in, their rows and questions, answers, commit and undo. */
export function registerIntakeRoutes(app: StaffApp, tools: IntakeTools): void {
  const add = (method: 'GET' | 'POST', tail: string, permission: IntakePermission, handler: Handler) =>
    addStaffRoute(app, {
      method,
      url: `${intakePath}${tail}`,
      permission,
      needsReason: true,
      takesFiles: tail === '' && method === 'POST',
      handler: (context) => handler(context, tools),
    });
  add('GET', '', 'intake.view', (context) => showBatches(context, []));
  add('POST', '/find', 'intake.view', findBatches);
  add('POST', '', 'intake.receive', receive);
  add('GET', '/:batchId', 'intake.view', (context) => showBatch(context, tools, null));
  add('POST', '/:batchId/find', 'intake.view', findRows);
  add('GET', '/:batchId/findings.csv', 'intake.view', sendFindings);
  add('GET', '/:batchId/returned.csv', 'intake.view', sendReturned);
  add('POST', '/:batchId/answers', 'intake.answer', answerTicked);
  add('POST', '/:batchId/assignment', 'intake.answer', shareOpen);
  add('GET', '/:batchId/same-answer', 'intake.answer', (context) => showSameAnswer(context, tools, null));
  add('POST', '/:batchId/same-answer', 'intake.answer', answerSame);
  add('GET', '/:batchId/rows/:ordinal', 'intake.view', (context) => showRow(context, tools, null));
  add('POST', '/:batchId/rows/:ordinal', 'intake.answer', answerOne);
  add('POST', '/:batchId/recheck', 'intake.answer', recheck);
  add('GET', '/:batchId/commit', 'intake.commit', (context) => showConfirm(context, 'commit', null));
  add('POST', '/:batchId/commit', 'intake.commit', commit);
  add('GET', '/:batchId/undo', 'intake.undo', (context) => showConfirm(context, 'undo', null));
  add('POST', '/:batchId/undo', 'intake.undo', undo);
  add('GET', '/:batchId/send-back', 'intake.answer', (context) => showConfirm(context, 'sendBack', null));
  add('POST', '/:batchId/send-back', 'intake.answer', sendBack);
}

type IntakePermission = 'intake.view' | 'intake.receive' | 'intake.answer' | 'intake.commit' | 'intake.undo';
type Handler = (context: StaffContext, tools: IntakeTools) => Promise<Answer>;

/** State and month stand in the address of the answer; the name of a file or sender is asked for by the form alone. */
async function findBatches(context: StaffContext): Promise<Answer> {
  const asked = readBatchFilter(context.body);
  if (asked.isMonthUnreadable) {
    return showBatches(
      context,
      [{ field: 'month', message: '受け取った月を 2026-10 や R8.10 のように書いてください。' }],
      asked,
    );
  }
  if (asked.filter.text === '') return redirectTo(batchListPath(asked.filter));
  return showBatches(context, [], asked);
}

async function showBatches(
  context: StaffContext,
  errors: readonly FormError[],
  asked: AskedBatches = readBatchFilter(context.query),
): Promise<Answer> {
  const { staffId } = context.actor;
  const before = readBefore(context.query.text('before'));
  const { batches, own, known } = await inOffice(context, async (tx) => ({
    batches: await listBatches(tx, context.actor, asked.filter, { before, limit: batchesPerPage + 1 }),
    own: staffId === null ? [] : await selectAskingBatches(tx, staffId),
    known: await listRecordLayouts(tx),
  }));
  const shown = batches.slice(0, batchesPerPage);
  const asOf = context.body.text('asOf');
  const body = batchListPage({
    batches: shown,
    asked,
    isFirst: before === null,
    next: batches.length > shown.length ? (shown.at(-1)?.batchId ?? null) : null,
    own: new Map(own.map(({ batchId, count }) => [batchId, count])),
    mayReceive: mayDo(context.actor, 'intake.receive'),
    layouts: known.layouts.map(({ name, title }) => ({ value: name, label: title })),
    broken: known.broken,
    layoutName: context.body.text('layout'),
    csrfToken: context.csrfToken,
    errors,
    sender: context.body.text('sender'),
    strikes: context.body.text(strikeNumbersField) === 'yes',
    asOfText: asOf === '' ? formatIsoDay(todayInTokyo(context.clock)) : asOf,
  });
  const page = context.page({ title: '接種記録の受付', body, current: intakePath });
  return errors.length === 0 ? page : answerWith(422, page);
}

async function receive(context: StaffContext, tools: IntakeTools): Promise<Answer> {
  const asOf = findTypedDay(context.body.text('asOf'));
  if (asOf === undefined) {
    return showBatches(context, [{ field: 'asOf', message: dayHelp('確かめる時点') }]);
  }
  // 26.11.15 is a day of 令和26年: as of such a day nothing would lie in the future, and every mistyped day would pass.
  if (asOf > todayInTokyo(context.clock)) {
    return showBatches(context, [{ field: 'asOf', message: '確かめる時点には、今日までの日を書いてください。' }]);
  }
  const { layouts } = await inOffice(context, listRecordLayouts);
  const asked = context.body.text('layout');
  const layout = asked === '' ? usualLayoutName : layouts.find(({ name }) => name === asked)?.name;
  if (layout === undefined) {
    return showBatches(context, [{ field: 'layout', message: 'ファイルの並びを選んでください。' }]);
  }
  const sender = context.body.text('sender');
  const answer = await tools.orderWork(context, {
    task: intakeTask.receive,
    label: `接種記録の受付${sender === '' ? '' : `（${sender}）`}`,
    params: { asOf: formatIsoDay(asOf), sender, layout, strikes: context.body.text(strikeNumbersField) === 'yes' },
    back: intakePath,
    takesFile: true,
  });
  return answer ?? showBatches(context, [{ field: 'file', message: '送るファイルを選んでください。' }]);
}

async function showConfirm(
  context: StaffContext,
  what: 'commit' | 'undo' | 'sendBack',
  problem: string | null,
  status: 409 | 422 = 422,
): Promise<Answer> {
  const batchId = readBatchId(context);
  const { batch, ready } = await inOffice(context, async (tx) => {
    const detail = await getBatch(tx, context.actor, batchId);
    return { batch: detail, ready: countReady(detail) };
  });
  const view = { batch, csrfToken: context.csrfToken, reason: context.body.text('reason'), reasonError: problem };
  const pages = {
    commit: () => commitPage({ ...view, ready }),
    undo: () => undoPage(view),
    sendBack: () => sendBackPage(view),
  };
  const titles = { commit: '台帳に登録しますか', undo: '登録を取り消しますか', sendBack: 'ファイルごと差し戻しますか' };
  const crumbs = batchCrumbs(batch);
  const page = context.page({ title: titles[what], body: pages[what](), crumbs, current: intakePath, width: 'narrow' });
  return problem === null ? page : answerWith(status, page);
}

/** Asks for a new check of what is not in the ledger: after an import of institutions, masters or people. */
async function recheck(context: StaffContext, tools: IntakeTools): Promise<Answer> {
  const batchId = readBatchId(context);
  const batch = await inOffice(context, (tx) => getBatch(tx, context.actor, batchId));
  const order = { task: intakeTask.recheck, label: '接種記録の確かめ直し', params: { batch: batchId } };
  return orderOn(context, tools, batch, order);
}

/** What enters is what the page counted: where colleagues' answers made it more or less, it is shown again. */
async function commit(context: StaffContext, tools: IntakeTools): Promise<Answer> {
  const batchId = readBatchId(context);
  const { batch, ready } = await inOffice(context, async (tx) => {
    const detail = await getBatch(tx, context.actor, batchId);
    return { batch: detail, ready: countReady(detail) };
  });
  const shown = context.body.text('ready');
  if (shown !== '' && shown !== String(ready)) return showConfirm(context, 'commit', countChanged, 409);
  return orderOn(context, tools, batch, {
    task: intakeTask.commit,
    label: '接種記録の登録',
    params: { batch: batchId },
  });
}

async function undo(context: StaffContext, tools: IntakeTools): Promise<Answer> {
  const batchId = readBatchId(context);
  const reason = context.body.text('reason');
  if (reason === '') return showConfirm(context, 'undo', missingCloseReason);
  const batch = await inOffice(context, (tx) => getBatch(tx, context.actor, batchId));
  const params = { batch: batchId, reason };
  return orderOn(context, tools, batch, { task: intakeTask.undo, label: '接種記録の登録の取消', params });
}

/** Asks the worker for work on a batch; its run leads back to the batch. */
async function orderOn(
  context: StaffContext,
  tools: IntakeTools,
  batch: BatchSummary,
  order: Pick<WorkOrder, 'task' | 'label' | 'params'>,
): Promise<Answer> {
  const back = batchPath(batch.batchId);
  const answer = await tools.orderWork(context, { ...order, label: `${order.label} ${batch.fileName}`, back });
  return answer ?? redirectTo(back);
}

async function sendBack(context: StaffContext): Promise<Answer> {
  const batchId = readBatchId(context);
  const reason = context.body.text('reason');
  if (reason === '') return showConfirm(context, 'sendBack', missingCloseReason);
  await sendBackBatch(context, batchId, reason);
  return redirectTo(batchPath(batchId));
}

const countChanged = '見ているあいだに、ほかの職員の答えで登録する件数が変わりました。今の件数を確かめてください。';
const missingCloseReason = '理由を書いてください。';

async function sendFindings(context: StaffContext): Promise<Answer> {
  const batchId = readBatchId(context);
  const batch = await inOffice(context, (tx) => getBatch(tx, context.actor, batchId));
  const name = `${batch.fileName.replace(/\.[^.]*$/u, '')}-findings.csv`;
  const chunks = csvLines(context, (tx) => writeFindingsCsv(tx, context.actor, batchId));
  return sendFile({ name, mediaType: 'text/csv; charset=utf-8', chunks });
}

/** The rows that go back to the sender, in the sender's own columns. */
async function sendReturned(context: StaffContext): Promise<Answer> {
  const batchId = readBatchId(context);
  const batch = await inOffice(context, (tx) => getBatch(tx, context.actor, batchId));
  const name = `${batch.fileName.replace(/\.[^.]*$/u, '')}-returned.csv`;
  const chunks = csvLines(context, (tx) => writeReturnedCsv(tx, context.actor, batchId));
  return sendFile({ name, mediaType: 'text/csv', chunks });
}

/** The lines as they are read, in one transaction that ends with the download or its end halfway. */
function csvLines(context: StaffContext, write: (tx: Tx) => AsyncGenerator<string | Uint8Array>): PassThrough {
  const lines = new PassThrough();
  inOffice(context, (tx) => pipeline(write(tx), lines)).catch((error: unknown) => {
    lines.destroy(error instanceof Error ? error : new Error('the download ended'));
  });
  return lines;
}
