import { type Answer, answerWith, mayDo, type StaffContext } from '#common-base/access';
import { titleOfFinding } from '#platform/findings';
import { listAnswerers } from './assign-rows.ts';
import { countStanding, deriveAssigned } from './derive-counts.ts';
import { listReasons, loadFormerAnswers } from './former-store.ts';
import { findLayoutFault, findLayoutOfBatch } from './layout-of-batch.ts';
import { type BatchDetail, findRowsOfText, getBatch, listRows } from './list-batches.ts';
import { batchPage, intakeCrumbs } from './pages/batch-page.ts';
import { deriveRowView } from './pages/derive-row-view.ts';
import { intakePath, type RowFilter } from './pages/paths.ts';
import type { UnansweredRow } from './pages/types.ts';
import { type IntakeTools, inOffice, loadWording, readBatchId, readFilter, rowQuery, titlesOf } from './route-tools.ts';

/** The rows of a name, a number or a line of paper: asked for by a form, since an address must name nobody. */
export function findRows(context: StaffContext, tools: IntakeTools): Promise<Answer> {
  return showBatch(context, tools, null, context.body.text('text').trim());
}

/** As people type it, and as senders write it: digits narrow, kana wide, one wide space. */
function foldedText(typed: string): string {
  const wide = typed.normalize('NFKC').replaceAll(/\s+/gu, '　');
  return wide.replaceAll(/[ぁ-ゖ]/gu, (kana) => String.fromCodePoint((kana.codePointAt(0) ?? 0) + 0x60));
}

/**
 * The page of one batch; `problem` says why the answer to its rows that was sent could not be given; `text` shows only
 * the rows of a name, of a beginning of a number, or of that row number.
 */
export async function showBatch(
  context: StaffContext,
  tools: IntakeTools,
  problem: RowProblem | null,
  text = '',
): Promise<Answer> {
  const { actor } = context;
  const batchId = readBatchId(context);
  const filter = problem?.filter ?? readFilter(context.query, '');
  const view = await inOffice(context, async (tx) => {
    const detail = await getBatch(tx, actor, batchId);
    const query = rowQuery(filter, context);
    const page =
      text === ''
        ? await listRows(tx, actor, batchId, query)
        : await findRowsOfText(tx, actor, batchId, { text: foldedText(text), limit: query.limit });
    const wording = await loadWording(tx, tools);
    const former = await loadFormerAnswers(
      tx,
      batchId,
      page.rows.map(({ ordinal }) => ordinal),
    );
    const rows = page.rows.map((row) => {
      const person = row.personId === null ? null : (page.people.get(row.personId) ?? null);
      return deriveRowView(row, person, former.get(row.ordinal) ?? null, wording);
    });
    const staff = mayDo(actor, 'intake.answer') ? await listAnswerers(tx, context) : [];
    return {
      ...{ detail, page, rows, staff, reasons: await listReasons(tx, batchId) },
      layoutTitle: (await findLayoutOfBatch(tx, detail))?.shape.title ?? null,
      layoutFault: await findLayoutFault(tx, detail),
    };
  });
  const { detail, page, rows, staff, reasons } = view;
  const { rowGroups } = detail;
  const rights = {
    mayAnswer: mayDo(actor, 'intake.answer'),
    mayCommit: mayDo(actor, 'intake.commit'),
    mayUndo: mayDo(actor, 'intake.undo'),
  };
  const body = batchPage({
    batch: detail,
    ready: countReady(detail),
    sentBack: countStanding(rowGroups, { decision: 'sendBack' }),
    changed: countStanding(rowGroups, { isChanged: true }),
    layoutTitle: view.layoutTitle,
    layoutFault: view.layoutFault,
    isRecheckedSame: context.query.has('rechecked'),
    csrfToken: context.csrfToken,
    questions: detail.questions.map(({ code, count }) => ({
      code,
      count,
      title: titleOfFinding(tools.findings, code),
    })),
    groups: detail.questionGroups.map(({ codes, count }) => ({ codes, count, titles: titlesOf(codes, tools) })),
    filter,
    assignment: { assigned: deriveAssigned(rowGroups), staff, ownId: actor.staffId, csrfToken: context.csrfToken },
    rights,
    unanswered: problem?.unanswered ?? [],
    rows: {
      batch: detail,
      rows,
      total: page.total,
      filter,
      next: page.next,
      text,
      mayAnswer: rights.mayAnswer,
      staff,
      ownId: actor.staffId,
      csrfToken: context.csrfToken,
      reason: problem?.reason ?? '',
      reasonError: problem?.message ?? null,
      reasons,
    },
  });
  const shown = context.page({ title: detail.fileName, body, crumbs: intakeCrumbs, current: intakePath });
  return problem === null ? shown : answerWith(problem.unanswered === undefined ? 422 : 409, shown);
}

/** Why rows could not be answered, with what the form held. */
export interface RowProblem {
  readonly filter: RowFilter;
  readonly reason: string;
  readonly message: string | null;
  readonly unanswered?: readonly UnansweredRow[];
}

/** How many rows would enter the ledger now: those accepted, by the check or by a person, that are not in it yet. */
export function countReady({ accepted, committed, rowGroups }: BatchDetail): number {
  return accepted + countStanding(rowGroups, { decision: 'accept' }) - committed;
}
