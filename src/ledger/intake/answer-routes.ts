import { type Answer, answerWith, mayDo, redirectTo, type StaffContext } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { loadItemCatalogue } from '#common-base/linkage';
import { type BatchId, Conflict, NotFound, type PersonId, type StaffId, UnreadableInput } from '#kernel';
import { findPhone } from '#ledger/contracts';
import { deriveLedgerView, judgePerson, loadLedgerWording, type PersonLedgerView } from '#ledger/vaccinations';
import { todayInTokyo } from '#platform/clock';
import type { FormFields } from '#platform/http';
import type { Tx } from '#platform/postgres';
import type { RuleSet } from '#schedule';
import { answerRow, answerRows, type RowAnswer } from './answer-rows.ts';
import { selectRowEvents } from './answer-store.ts';
import { assignRows, shareRows } from './assign-rows.ts';
import { carryReason } from './carry-reason.ts';
import { listReasons, loadFormerAnswers } from './former-store.ts';
import { columnsOfRow, findColumnNames, findLayoutFault, findLayoutOfBatch } from './layout-of-batch.ts';
import { findNextOpen, getBatch, getRow, listRowCandidates } from './list-batches.ts';
import { sameAnswerPage } from './pages/confirm-pages.ts';
import { deriveRowView, rowCandidate } from './pages/derive-row-view.ts';
import { deriveSentItems } from './pages/derive-sent-items.ts';
import { batchPath, intakePath, rowPath } from './pages/paths.ts';
import { rowPage } from './pages/row-page.ts';
import type { UnansweredRow } from './pages/types.ts';
import {
  batchCrumbs,
  type IntakeTools,
  inOffice,
  loadWording,
  readBatchId,
  readFilter,
  readNumber,
  readOrdinal,
  rowQuery,
  titlesOf,
} from './route-tools.ts';
import { showBatch } from './show-batch.ts';
import type { RowDecision } from './types.ts';

const nobodyChosen =
  'だれの接種かが決まっていない行は受け付けられません。行ごとの画面で人を決めるか、受け付けない・差し戻すを選んでください。';
const nothingOpen = 'この理由の行には、ほかの職員がもう答えています。';
const missingReason = '答えの理由を書いてください。あとから見る人のために残ります。';

/** The form under the list of rows: one answer for all that are ticked, or each its own from before. */
export async function answerTicked(context: StaffContext, tools: IntakeTools): Promise<Answer> {
  const batchId = readBatchId(context);
  const filter = readFilter(context.body, 'filter');
  const reason = context.body.text('reason');
  const isAsBefore = context.body.text('answer') === 'asBefore';
  const ticked = context.body.list('row').flatMap(readTick);
  if (context.body.text('answer') === 'assign') return assignTicked(context, tools, ticked);
  if (reason === '' && !isAsBefore) return showBatch(context, tools, { filter, reason, message: missingReason });
  if (ticked.length === 0) {
    return showBatch(context, tools, { filter, reason, message: '答える行を選んでください。' });
  }
  const rules = await tools.rulesOf(context);
  const answerOf = isAsBefore
    ? await answersAsBefore(
        context,
        batchId,
        ticked.map(({ ordinal }) => ordinal),
      )
    : sameForAll({ kind: readDecision(context.body), reason });
  const unanswered: UnansweredRow[] = [];
  for (const { ordinal, expectedVersion } of ticked) {
    try {
      await answerRow(context, { batchId, ordinal, expectedVersion, rules, answer: answerOf(ordinal) });
    } catch (error) {
      if (!(error instanceof Conflict || error instanceof UnreadableInput)) throw error;
      unanswered.push({ ordinal, why: error.message });
    }
  }
  if (unanswered.length > 0) return showBatch(context, tools, { filter, reason, message: null, unanswered });
  return redirectTo(`${batchPath(batchId, filter)}#row-${ticked.at(-1)?.ordinal}`);
}

/** Gives the ticked rows to the member of staff who was chosen beside the buttons. */
async function assignTicked(
  context: StaffContext,
  tools: IntakeTools,
  ticked: readonly { readonly ordinal: number }[],
): Promise<Answer> {
  const batchId = readBatchId(context);
  const filter = readFilter(context.body, 'filter');
  if (ticked.length === 0) {
    return showBatch(context, tools, { filter, reason: context.body.text('reason'), message: '行を選んでください。' });
  }
  const text = context.body.text('assignTo');
  const staffId = text === 'none' ? null : (readNumber(text) as StaffId);
  await assignRows(context, { batchId, ordinals: ticked.map(({ ordinal }) => ordinal), staffId });
  return redirectTo(`${batchPath(batchId, filter)}#row-${ticked.at(-1)?.ordinal}`);
}

/** Deals the rows that nobody has to the members of staff who were ticked. */
export async function shareOpen(context: StaffContext, tools: IntakeTools): Promise<Answer> {
  const batchId = readBatchId(context);
  const staffIds = context.body.list('staff').map((text) => readNumber(text) as StaffId);
  const filter = readFilter(context.body, 'filter');
  if (staffIds.length === 0) {
    return showBatch(context, tools, { filter, reason: '', message: '担当にする職員を選んでください。' });
  }
  await shareRows(context, { batchId, staffIds });
  return redirectTo(batchPath(batchId, { answer: 'open' }));
}

type GivenAnswer = { readonly kind: RowDecision; readonly reason: string };

function sameForAll(answer: GivenAnswer): () => GivenAnswer {
  return () => answer;
}

/** Each row's answer of before, with its reason and where it comes from. */
async function answersAsBefore(
  context: StaffContext,
  batchId: BatchId,
  ordinals: readonly number[],
): Promise<(ordinal: number) => GivenAnswer> {
  const former = await inOffice(context, (tx) => loadFormerAnswers(tx, batchId, ordinals));
  return (ordinal) => {
    const before = former.get(ordinal);
    if (before === undefined || before.decision === null || before.reason === null) {
      throw new Conflict('前の受付に、同じ内容・同じ確認事項の答えがありません。理由を書いて答えてください。');
    }
    return { kind: before.decision, reason: carryReason(before.reason, before.batchId) };
  };
}

/** Asks for one answer to all rows with the same questions. */
export async function showSameAnswer(
  context: StaffContext,
  tools: IntakeTools,
  problem: string | null,
): Promise<Answer> {
  const batchId = readBatchId(context);
  const codes = [...(problem === null ? context.query : context.body).list('code')].sort();
  const { detail, reasons } = await inOffice(context, async (tx) => ({
    detail: await getBatch(tx, context.actor, batchId),
    reasons: await listReasons(tx, batchId),
  }));
  const group = detail.questionGroups.find((one) => [...one.codes].sort().join() === codes.join());
  if (group === undefined) throw new NotFound('この理由の行は、もうありません。ほかの職員が答えたようです。');
  const body = sameAnswerPage({
    batch: detail,
    group: { codes: group.codes, count: group.count, titles: titlesOf(group.codes, tools) },
    csrfToken: context.csrfToken,
    reason: context.body.text('reason'),
    reasonError: problem,
    reasons,
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

/** Gives that answer. */
export async function answerSame(context: StaffContext, tools: IntakeTools): Promise<Answer> {
  const batchId = readBatchId(context);
  const reason = context.body.text('reason');
  if (reason === '') return showSameAnswer(context, tools, missingReason);
  const kind = readDecision(context.body);
  const codes = context.body.list('code');
  const { answered } = await answerRows(context, { batchId, codes, answer: { kind, reason } });
  if (answered === 0) return showSameAnswer(context, tools, kind === 'accept' ? nobodyChosen : nothingOpen);
  return redirectTo(batchPath(batchId, { answer: 'open' }));
}

/** One row with all its sender wrote. */
export async function showRow(
  context: StaffContext,
  tools: IntakeTools,
  problem: string | null,
  askedNumber: string | null = null,
  status: 409 | 422 = 422,
): Promise<Answer> {
  const batchId = readBatchId(context);
  const ordinal = readOrdinal(context.params['ordinal']);
  const filter = readFilter(context.query, '');
  const rules = await tools.rulesOf(context);
  const view = await inOffice(context, async (tx) => {
    const batch = await getBatch(tx, context.actor, batchId);
    const { row, person } = await getRow(tx, context.actor, batchId, ordinal);
    const layout = await findLayoutOfBatch(tx, batch);
    const names = layout && (await findColumnNames(tx, batch.fileId, layout.shape));
    const former = (await loadFormerAnswers(tx, batchId, [ordinal])).get(ordinal) ?? null;
    const candidates = await listRowCandidates(tx, context.actor, row, {
      askedNumber,
      formerPersonId: former?.chosenPersonId ?? null,
    });
    const wording = await loadWording(tx, tools);
    const one = deriveRowView(row, person, former, wording);
    const columns = columnsOfRow(layout, row, names ?? [], await loadItemCatalogue(tx));
    const sent = deriveSentItems(columns, row, person, one);
    const reasons = await listReasons(tx, batchId);
    const ledger =
      person === null ? null : await loadOwnDoses(tx, context, { tools, rules, personId: person.personId });
    const nextOpen = await findNextOpen(tx, batchId, ordinal, rowQuery(filter, context));
    const events = (await selectRowEvents(tx, batchId, ordinal)).map((event) => ({
      event,
      // A code of years ago may have no title any more.
      titles: event.questionCodes.map((code) => tools.findings.get(code)?.title || code),
    }));
    const phone = await findPhone(tx, row.fields['institutionCode'] ?? '');
    return {
      phone,
      ...{ batch, one, sent, reasons, ledger, nextOpen, events, candidates: candidates.map(rowCandidate) },
      layoutSince: layout?.since ?? ('gone' as const),
      layoutFault: await findLayoutFault(tx, batch),
    };
  });
  const body = rowPage({
    ...view,
    filter,
    mayAnswer: mayDo(context.actor, 'intake.answer') && view.one.row.entryId === null,
    csrfToken: context.csrfToken,
    reason: context.body.text('reason'),
    reasonError: status === 409 ? null : problem,
    conflict: status === 409 ? problem : null,
    askedNumber,
  });
  const crumbs = batchCrumbs(view.batch, filter);
  const page = context.page({ title: `${ordinal}行目`, body, crumbs, current: intakePath });
  return problem === null ? page : answerWith(status, page);
}

/** What the ledger holds of the person whom a row means, for who may see it; the view is recorded. */
async function loadOwnDoses(
  tx: Tx,
  context: StaffContext,
  known: { readonly tools: IntakeTools; readonly rules: RuleSet; readonly personId: PersonId },
): Promise<PersonLedgerView | null> {
  if (!mayDo(context.actor, 'vaccinations.view')) return null;
  const { tools, rules, personId } = known;
  const today = todayInTokyo(context.clock);
  await recordAct(tx, context.actor, { act: 'vaccinations.viewed', personIds: [personId], items: ['history'] });
  const judged = await judgePerson(tx, rules, personId, today);
  return deriveLedgerView(judged, today, await loadLedgerWording(tx, rules, tools.findings));
}

/** The form of one row. */
export async function answerOne(context: StaffContext, tools: IntakeTools): Promise<Answer> {
  const batchId = readBatchId(context);
  const ordinal = readOrdinal(context.params['ordinal']);
  if (context.body.text('answer') === 'findPerson') {
    const number = context.body.text('addresseeNumber').normalize('NFKC').replaceAll(/\s/gu, '');
    return showRow(context, tools, null, number);
  }
  const isAsBefore = context.body.text('answer') === 'asBefore';
  const answer = isAsBefore
    ? (await answersAsBefore(context, batchId, [ordinal]))(ordinal)
    : readRowAnswer(context.body);
  if (typeof answer === 'string') return showRow(context, tools, answer);
  const expectedVersion = readNumber(context.body.find('version'));
  const rules = await tools.rulesOf(context);
  try {
    await answerRow(context, { batchId, ordinal, expectedVersion, rules, answer });
  } catch (error) {
    if (!(error instanceof Conflict || error instanceof UnreadableInput)) throw error;
    return showRow(context, tools, error.message, null, error instanceof Conflict ? 409 : 422);
  }
  const filter = readFilter(context.query, '');
  const isStillHere = answer.kind === 'otherPerson' || answer.kind === 'reopen';
  return redirectTo(
    isStillHere
      ? rowPath(batchId, ordinal, filter)
      : `${batchPath(batchId, { ...filter, answer: filter.answer ?? 'open', after: ordinal - 1 })}#row-${ordinal}`,
  );
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
