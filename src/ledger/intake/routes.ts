import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  type ActionContext,
  type Answer,
  addStaffRoute,
  answerWith,
  mayDo,
  type Redirect,
  redirectTo,
  type StaffApp,
  type StaffContext,
  sendFile,
} from '#common-base/access';
import { type FeedSource, loadLayout } from '#common-base/linkage';
import {
  type BatchId,
  Conflict,
  type Day,
  findIsoDay,
  findJapaneseEraDay,
  formatIsoDay,
  NotFound,
  type PersonId,
  UnreadableInput,
} from '#kernel';
import { loadInstitutions } from '#ledger/contracts';
import { loadVaccineMap } from '#ledger/products';
import { todayInTokyo } from '#platform/clock';
import type { FindingsTables } from '#platform/findings';
import type { FormFields } from '#platform/http';
import type { RunHandle } from '#platform/jobs';
import type { FormError } from '#platform/pages';
import { type Tx, withMunicipality } from '#platform/postgres';
import type { RuleSet } from '#schedule';
import { answerRow, answerRows, type RowAnswer } from './answer-rows.ts';
import { commitBatch } from './commit-batch.ts';
import { getBatch, getRow, listBatches, listRowCandidates, listRows } from './list-batches.ts';
import { batchListPage } from './pages/batch-list-page.ts';
import { batchPage, intakeCrumbs } from './pages/batch-page.ts';
import { commitPage, sameAnswerPage, sendBackPage, undoPage } from './pages/confirm-pages.ts';
import { deriveRowView, questionTitle, type RowWording, rowCandidate } from './pages/derive-row-view.ts';
import { deriveSentItems } from './pages/derive-sent-items.ts';
import { batchPath, intakePath, type RowFilter, rowPath } from './pages/paths.ts';
import { rowPage } from './pages/row-page.ts';
import type { UnansweredRow } from './pages/types.ts';
import { countRows } from './read-rows.ts';
import { receiveBatch } from './receive-batch.ts';
import type { BatchSummary, RowDecision } from './types.ts';
import { sendBackBatch, undoBatch } from './undo-batch.ts';
import { writeFindingsCsv } from './write-findings-csv.ts';

/** What the application lends to the routes of this room. */
export interface IntakeTools {
  readonly findings: FindingsTables;
  rulesOf(context: StaffContext): Promise<RuleSet>;
  /**
   * Takes the form's file and works on it in a run of its own that the answer leads to; undefined when the form
   * brought no file. `next` is where the finished run leads on.
   */
  takeFile(
    context: StaffContext,
    run: { readonly kind: string; readonly label: string },
    work: (
      action: ActionContext,
      source: FeedSource,
      handle: RunHandle,
    ) => Promise<Readonly<Record<string, string | number | boolean>>>,
  ): Promise<Redirect | undefined>;
}

const rowsPerPage = 50;
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
  add('POST', '', 'intake.receive', receive);
  add('GET', '/:batchId', 'intake.view', (context) => showBatch(context, tools, null));
  add('GET', '/:batchId/findings.csv', 'intake.view', sendFindings);
  add('POST', '/:batchId/answers', 'intake.answer', answerTicked);
  add('GET', '/:batchId/same-answer', 'intake.answer', (context) => showSameAnswer(context, tools, null));
  add('POST', '/:batchId/same-answer', 'intake.answer', answerSame);
  add('GET', '/:batchId/rows/:ordinal', 'intake.view', (context) => showRow(context, tools, null));
  add('POST', '/:batchId/rows/:ordinal', 'intake.answer', answerOne);
  add('GET', '/:batchId/commit', 'intake.commit', (context) => showConfirm(context, 'commit', null));
  add('POST', '/:batchId/commit', 'intake.commit', commit);
  add('GET', '/:batchId/undo', 'intake.undo', (context) => showConfirm(context, 'undo', null));
  add('POST', '/:batchId/undo', 'intake.undo', (context) => close(context, 'undo'));
  add('GET', '/:batchId/send-back', 'intake.answer', (context) => showConfirm(context, 'sendBack', null));
  add('POST', '/:batchId/send-back', 'intake.answer', (context) => close(context, 'sendBack'));
}

type IntakePermission = 'intake.view' | 'intake.receive' | 'intake.answer' | 'intake.commit' | 'intake.undo';
type Handler = (context: StaffContext, tools: IntakeTools) => Promise<Answer>;

const nobodyChosen =
  'だれの接種かが決まっていない行は受け付けられません。行ごとの画面で人を決めるか、受け付けない・差し戻すを選んでください。';
const nothingOpen = 'この理由の行には、ほかの職員がもう答えています。';
const missingReason = '答えの理由を書いてください。あとから見る人のために残ります。';

async function showBatches(context: StaffContext, errors: readonly FormError[]): Promise<Answer> {
  const batches = await inOffice(context, (tx) => listBatches(tx, context.actor, { limit: batchesPerPage }));
  const asOf = context.body.text('asOf');
  const body = batchListPage({
    batches,
    mayReceive: mayDo(context.actor, 'intake.receive'),
    csrfToken: context.csrfToken,
    errors,
    asOfText: asOf === '' ? formatIsoDay(todayInTokyo(context.clock)) : asOf,
  });
  const page = context.page({ title: '接種記録の受付', body, current: intakePath });
  return errors.length === 0 ? page : answerWith(422, page);
}

async function receive(context: StaffContext, tools: IntakeTools): Promise<Answer> {
  const asOf = readDay(context.body.text('asOf'));
  if (asOf === undefined) {
    return showBatches(context, [
      { field: 'asOf', message: '確かめる時点を 2026-11-15 や R8.11.15 のように書いてください。' },
    ]);
  }
  const sender = context.body.text('sender');
  const rules = await tools.rulesOf(context);
  const run = { kind: 'intake.receive', label: `接種記録の受付${sender === '' ? '' : `（${sender}）`}` };
  const answer = await tools.takeFile(context, run, async (action, source, handle) => {
    const { batchId, rows, accepted, questioned, refused, seconds, repeated } = await receiveBatch(action, source, {
      rules,
      asOf,
      ...(sender === '' ? {} : { sender }),
      run: handle,
    });
    return { next: batchPath(batchId), rows, accepted, questioned, refused, seconds, repeated: repeated === true };
  });
  return answer ?? showBatches(context, [{ field: 'file', message: '送るファイルを選んでください。' }]);
}

async function showBatch(context: StaffContext, tools: IntakeTools, problem: RowProblem | null): Promise<Answer> {
  const { actor } = context;
  const batchId = readBatchId(context);
  const filter = problem?.filter ?? readFilter(context.query, '');
  const view = await inOffice(context, async (tx) => {
    const detail = await getBatch(tx, actor, batchId);
    const ready = await countReady(tx, detail);
    const page = await listRows(tx, actor, batchId, { ...rowQuery(filter), limit: rowsPerPage });
    const wording = await loadWording(tx, tools);
    const rows = page.rows.map((row) =>
      deriveRowView(row, row.personId === null ? null : (page.people.get(row.personId) ?? null), wording),
    );
    return { detail, ready, page, rows };
  });
  const { detail, ready, page, rows } = view;
  const rights = {
    mayAnswer: mayDo(actor, 'intake.answer'),
    mayCommit: mayDo(actor, 'intake.commit'),
    mayUndo: mayDo(actor, 'intake.undo'),
  };
  const body = batchPage({
    batch: detail,
    ready,
    questions: detail.questions.map(({ code, count }) => ({ code, count, title: questionTitle(code, tools.findings) })),
    groups: detail.questionGroups.map(({ codes, count }) => ({ codes, count, titles: titlesOf(codes, tools) })),
    filter,
    rights,
    unanswered: problem?.unanswered ?? [],
    rows: {
      batch: detail,
      rows,
      total: page.total,
      filter,
      next: page.next,
      mayAnswer: rights.mayAnswer,
      csrfToken: context.csrfToken,
      reason: problem?.reason ?? '',
      reasonError: problem?.message ?? null,
    },
  });
  const shown = context.page({ title: detail.fileName, body, crumbs: intakeCrumbs, current: intakePath });
  return problem === null ? shown : answerWith(problem.unanswered === undefined ? 422 : 409, shown);
}

interface RowProblem {
  readonly filter: RowFilter;
  readonly reason: string;
  readonly message: string | null;
  readonly unanswered?: readonly UnansweredRow[];
}

async function answerTicked(context: StaffContext, tools: IntakeTools): Promise<Answer> {
  const batchId = readBatchId(context);
  const filter = readFilter(context.body, 'filter');
  const reason = context.body.text('reason');
  const kind = readDecision(context.body);
  const ticked = context.body.list('row').flatMap(readTick);
  if (reason === '') return showBatch(context, tools, { filter, reason, message: missingReason });
  if (ticked.length === 0) {
    return showBatch(context, tools, { filter, reason, message: '答える行を選んでください。' });
  }
  const rules = await tools.rulesOf(context);
  const unanswered: UnansweredRow[] = [];
  for (const { ordinal, expectedVersion } of ticked) {
    try {
      await answerRow(context, { batchId, ordinal, expectedVersion, rules, answer: { kind, reason } });
    } catch (error) {
      if (!(error instanceof Conflict || error instanceof UnreadableInput)) throw error;
      unanswered.push({ ordinal, why: error.message });
    }
  }
  if (unanswered.length > 0) return showBatch(context, tools, { filter, reason, message: null, unanswered });
  return redirectTo(`${batchPath(batchId, filter)}#row-${ticked.at(-1)?.ordinal}`);
}

async function showSameAnswer(context: StaffContext, tools: IntakeTools, problem: string | null): Promise<Answer> {
  const batchId = readBatchId(context);
  const codes = [...(problem === null ? context.query : context.body).list('code')].sort();
  const detail = await inOffice(context, (tx) => getBatch(tx, context.actor, batchId));
  const group = detail.questionGroups.find((one) => [...one.codes].sort().join() === codes.join());
  if (group === undefined) throw new NotFound('この理由の行は、もうありません。ほかの職員が答えたようです。');
  const body = sameAnswerPage({
    batch: detail,
    group: { codes: group.codes, count: group.count, titles: titlesOf(group.codes, tools) },
    csrfToken: context.csrfToken,
    reason: context.body.text('reason'),
    reasonError: problem,
  });
  const crumbs = batchCrumbs(detail);
  const page = context.page({
    title: '同じ理由の行に、まとめて答える',
    body,
    crumbs,
    current: intakePath,
    width: 'narrow',
  });
  return problem === null ? page : answerWith(422, page);
}

async function answerSame(context: StaffContext, tools: IntakeTools): Promise<Answer> {
  const batchId = readBatchId(context);
  const reason = context.body.text('reason');
  if (reason === '') return showSameAnswer(context, tools, missingReason);
  const kind = readDecision(context.body);
  const codes = context.body.list('code');
  const { answered } = await answerRows(context, { batchId, codes, answer: { kind, reason } });
  if (answered === 0) return showSameAnswer(context, tools, kind === 'accept' ? nobodyChosen : nothingOpen);
  return redirectTo(batchPath(batchId, { answer: 'open' }));
}

async function showRow(
  context: StaffContext,
  tools: IntakeTools,
  problem: string | null,
  askedNumber: string | null = null,
): Promise<Answer> {
  const batchId = readBatchId(context);
  const ordinal = readOrdinal(context.params['ordinal']);
  const view = await inOffice(context, async (tx) => {
    const batch = await getBatch(tx, context.actor, batchId);
    const { row, person } = await getRow(tx, context.actor, batchId, ordinal);
    const layout = await loadLayout(tx, batch.layoutName);
    const candidates = await listRowCandidates(tx, context.actor, row, askedNumber);
    const wording = await loadWording(tx, tools);
    const one = deriveRowView(row, person, wording);
    const sent = deriveSentItems(layout, row, person, one);
    return { batch, one, sent, candidates: candidates.map(rowCandidate) };
  });
  const body = rowPage({
    ...view,
    mayAnswer: mayDo(context.actor, 'intake.answer') && view.one.row.entryId === null,
    csrfToken: context.csrfToken,
    reason: '',
    reasonError: problem,
    askedNumber,
  });
  const page = context.page({ title: `${ordinal}行目`, body, crumbs: batchCrumbs(view.batch), current: intakePath });
  return problem === null ? page : answerWith(422, page);
}

async function answerOne(context: StaffContext, tools: IntakeTools): Promise<Answer> {
  const batchId = readBatchId(context);
  const ordinal = readOrdinal(context.params['ordinal']);
  if (context.body.text('answer') === 'findPerson') {
    const number = context.body.text('addresseeNumber').normalize('NFKC').replaceAll(/\s/gu, '');
    return showRow(context, tools, null, number);
  }
  const answer = readRowAnswer(context.body);
  if (typeof answer === 'string') return showRow(context, tools, answer);
  const expectedVersion = readNumber(context.body.find('version'));
  const rules = await tools.rulesOf(context);
  await answerRow(context, { batchId, ordinal, expectedVersion, rules, answer });
  const isStillHere = answer.kind === 'otherPerson' || answer.kind === 'reopen';
  return redirectTo(
    isStillHere
      ? rowPath(batchId, ordinal)
      : `${batchPath(batchId, { answer: 'open', after: ordinal - 1 })}#row-${ordinal}`,
  );
}

async function showConfirm(
  context: StaffContext,
  what: 'commit' | 'undo' | 'sendBack',
  problem: string | null,
): Promise<Answer> {
  const batchId = readBatchId(context);
  const { batch, ready } = await inOffice(context, async (tx) => {
    const detail = await getBatch(tx, context.actor, batchId);
    return { batch: detail, ready: await countReady(tx, detail) };
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
  return problem === null ? page : answerWith(422, page);
}

/** How many rows would enter the ledger now: those accepted, by the check or by a person, that are not in it yet. */
async function countReady(tx: Tx, batch: BatchSummary): Promise<number> {
  return batch.accepted + (await countRows(tx, batch.batchId, { decision: 'accept' })) - batch.committed;
}

async function commit(context: StaffContext, tools: IntakeTools): Promise<Answer> {
  const batchId = readBatchId(context);
  await commitBatch(context, batchId, { rules: await tools.rulesOf(context) });
  return redirectTo(batchPath(batchId));
}

async function close(context: StaffContext, what: 'undo' | 'sendBack'): Promise<Answer> {
  const batchId = readBatchId(context);
  const reason = context.body.text('reason');
  if (reason === '') return showConfirm(context, what, '理由を書いてください。');
  if (what === 'undo') await undoBatch(context, batchId, reason);
  else await sendBackBatch(context, batchId, reason);
  return redirectTo(batchPath(batchId));
}

async function sendFindings(context: StaffContext): Promise<Answer> {
  const batchId = readBatchId(context);
  const batch = await inOffice(context, (tx) => getBatch(tx, context.actor, batchId));
  const name = `${batch.fileName.replace(/\.[^.]*$/u, '')}-findings.csv`;
  return sendFile({ name, mediaType: 'text/csv; charset=utf-8', chunks: csvLines(context, batchId) });
}

/** The lines as they are read, in one transaction that ends with the download or its end halfway. */
function csvLines(context: StaffContext, batchId: BatchId): PassThrough {
  const lines = new PassThrough();
  inOffice(context, (tx) => pipeline(writeFindingsCsv(tx, context.actor, batchId), lines)).catch((error: unknown) => {
    lines.destroy(error instanceof Error ? error : new Error('the download ended'));
  });
  return lines;
}

function inOffice<T>(context: StaffContext, work: (tx: Tx) => Promise<T>): Promise<T> {
  return withMunicipality(context.db, context.lgCode, work);
}

async function loadWording(tx: Tx, tools: IntakeTools): Promise<RowWording> {
  return { findings: tools.findings, institutions: await loadInstitutions(tx), vaccines: await loadVaccineMap(tx) };
}

function titlesOf(codes: readonly string[], tools: IntakeTools): readonly string[] {
  return codes.map((code) => questionTitle(code, tools.findings));
}

function batchCrumbs(batch: BatchSummary): readonly { readonly label: string; readonly href: string }[] {
  return [...intakeCrumbs, { label: batch.fileName, href: batchPath(batch.batchId) }];
}

function readBatchId(context: StaffContext): BatchId {
  return readNumber(context.params['batchId']) as BatchId;
}

function readNumber(text: string | undefined): number {
  if (text === undefined || !/^\d{1,15}$/u.test(text)) throw new NotFound('この受付や行はありません。');
  return Number(text);
}

/** A row's number is smaller than ten digits: a longer one is no row, not a fault of the database. */
function readOrdinal(text: string | undefined): number {
  return readNumber(/^\d{1,9}$/u.test(text ?? '') ? text : undefined);
}

function readDay(text: string): Day | undefined {
  return findIsoDay(text) ?? findJapaneseEraDay(text)?.day;
}

const filterAnswers = ['accepted', 'questioned', 'refused', 'open'] as const;

/** The filter of an address, or of a form where its fields carry a prefix (`filterAnswer`). */
function readFilter(fields: FormFields, prefix: '' | 'filter'): RowFilter {
  const named = (name: string) => (prefix === '' ? name : `${prefix}${name.charAt(0).toUpperCase()}${name.slice(1)}`);
  const answer = fields.text(named('answer'));
  const code = fields.text(named('code'));
  const after = Number(fields.text(named('after')));
  return {
    answer: filterAnswers.find((one) => one === answer) ?? null,
    code: /^\w{1,60}$/u.test(code) ? code : null,
    after: Number.isSafeInteger(after) && after > 0 && after < 1e9 ? after : null,
  };
}

function rowQuery(filter: RowFilter): Parameters<typeof listRows>[3] {
  return {
    ...(filter.answer === 'open' ? { isOpen: true } : filter.answer === null ? {} : { answer: filter.answer }),
    ...(filter.code === null ? {} : { code: filter.code }),
    ...(filter.after === null ? {} : { after: filter.after }),
    limit: rowsPerPage,
  };
}

const decisions: readonly RowDecision[] = ['accept', 'refuse', 'sendBack'];

function readDecision(body: FormFields): RowDecision {
  const decision = decisions.find((one) => one === body.text('answer'));
  if (decision === undefined) throw new NotFound('答えのボタンを押してください。');
  return decision;
}

function readTick(value: string): { ordinal: number; expectedVersion: number }[] {
  const match = /^(\d{1,9}):(\d{1,9})$/u.exec(value);
  return match === null ? [] : [{ ordinal: Number(match[1]), expectedVersion: Number(match[2]) }];
}

/** The answer of the form of one row; a sentence where it cannot be one. */
function readRowAnswer(body: FormFields): RowAnswer | string {
  const kind = body.text('answer');
  if (kind === 'reopen') return { kind };
  if (kind === 'otherPerson') {
    const personId = body.text('personId');
    return /^\d{1,15}$/u.test(personId) ? { kind, personId: Number(personId) as PersonId } : '人を一人選んでください。';
  }
  const reason = body.text('reason');
  return reason === '' ? missingReason : { kind: readDecision(body), reason };
}
