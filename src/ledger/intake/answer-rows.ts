import { loadPersonsForJudging } from '#addressees/persons';
import { type ActionContext, requirePermission } from '#common-base/access';
import { type ActBy, recordAct } from '#common-base/audit';
import { type BatchId, Conflict, NotFound, type PersonId, UnreadableInput } from '#kernel';
import { type Tx, withMunicipality } from '#platform/postgres';
import type { RuleSet } from '#schedule';
import { choosePerson, decideMany, decideOne, findRow, forgetChange, listOpenOfCodes } from './answer-store.ts';
import { lockOpenBatch } from './commit-batch.ts';
import { recheckRows } from './recheck-rows.ts';
import { setFigures } from './row-counts-store.ts';
import type { BatchHead } from './store.ts';
import type { IntakeRow, RowDecision } from './types.ts';

/** What a member of staff says to a questioned row. Every answer but the choice of a person needs a reason. */
export type RowAnswer =
  | { readonly kind: RowDecision; readonly reason: string }
  | { readonly kind: 'otherPerson'; readonly personId: PersonId }
  /** Takes an answer back. */
  | { readonly kind: 'reopen' };

/**
 * Answers one row. `expectedVersion` is the version of the row that was looked at: if it changed meanwhile the
 * answer is a Conflict. Another person is checked at once with all rows of both people.
 */
export async function answerRow(
  context: ActionContext,
  request: {
    readonly batchId: BatchId;
    readonly ordinal: number;
    readonly expectedVersion: number;
    readonly rules: RuleSet;
    readonly answer: RowAnswer;
  },
): Promise<IntakeRow> {
  requirePermission(context.actor, 'intake.answer');
  const { actor, db } = context;
  const { batchId, ordinal, answer } = request;
  return withMunicipality(db, actor.lgCode, async (tx) => {
    const batch = await lockOpenBatch(tx, batchId);
    const row = await findRow(tx, batchId, ordinal);
    if (row === undefined) throw new NotFound(`${ordinal} 行目は、この受付にありません。`);
    refuseSettled(row, request.expectedVersion);
    if (answer.kind === 'otherPerson')
      await changePerson(tx, batch, row, { personId: answer.personId, rules: request.rules, by: actor });
    else {
      if (answer.kind !== 'reopen') refuseUnanswerable(row, answer.kind, answer.reason);
      await decideOne(tx, batchId, ordinal, answer, actor);
      await setFigures(tx, batchId);
    }
    await recordAct(tx, actor, {
      act: 'intake.answered',
      personIds: touchedBy(row, answer),
      details: { batch: batchId, row: ordinal, answer: answer.kind },
    });
    const answered = await findRow(tx, batchId, ordinal);
    if (answered === undefined) throw new Error('the row is gone');
    return answered;
  });
}

/**
 * Gives every open row with exactly these questions the same answer. Rows without a person cannot be accepted and
 * stay open.
 */
export async function answerRows(
  context: ActionContext,
  request: {
    readonly batchId: BatchId;
    readonly codes: readonly string[];
    readonly answer: { readonly kind: RowDecision; readonly reason: string };
  },
): Promise<{ answered: number }> {
  requirePermission(context.actor, 'intake.answer');
  const { actor, db } = context;
  const { batchId, answer } = request;
  if (answer.reason.trim() === '') throw new UnreadableInput('回答の理由を入力してください。');
  return withMunicipality(db, actor.lgCode, async (tx) => {
    await lockOpenBatch(tx, batchId);
    const codes = [...new Set(request.codes)].sort();
    const rows = await listOpenOfCodes(tx, batchId, codes, answer.kind === 'accept');
    const answered = await decideMany(tx, batchId, rows, answer, actor);
    await setFigures(tx, batchId);
    await recordAct(tx, actor, {
      act: 'intake.answered',
      personIds: [...new Set(rows.flatMap((row) => (row.personId === null ? [] : [row.personId])))],
      details: { batch: batchId, rows: answered, answer: answer.kind, codes: codes.join(' ') },
    });
    return { answered };
  });
}

function refuseSettled(row: IntakeRow, expectedVersion: number): void {
  if (row.entryId !== null)
    throw new Conflict(
      'この行は、すでに台帳に登録されています。直すときは、その人の「接種の記録」で訂正してください。',
    );
  if (row.version !== expectedVersion) {
    throw new Conflict(whatChanged(row));
  }
}

const answerWords: Readonly<Record<RowDecision, string>> = {
  accept: '受け付ける',
  refuse: '受け付けない',
  sendBack: '差し戻す',
};

/** What became of a row while somebody looked at it. */
function whatChanged({ decision, decidedByName, decisionReason, answer }: IntakeRow): string {
  if (decision !== null) {
    return `この行には、見ているあいだに${decidedByName}が「${answerWords[decision]}」と答えました（理由「${decisionReason}」）。変えるときは、今の内容を確かめてから答え直してください。`;
  }
  const now = { accepted: '問題なし', questioned: '要確認', refused: '受付できない' }[answer];
  return `この行は、見ているあいだに判定し直されたか、答えが取り消されました。今は「${now}」です。今の内容を確かめてください。`;
}

function refuseUnanswerable(row: IntakeRow, kind: RowDecision, reason: string): void {
  if (reason.trim() === '') throw new UnreadableInput('回答の理由を入力してください。');
  if (kind !== 'accept') return;
  if (row.answer === 'refused') {
    throw new UnreadableInput('この行は読み取れないか、起こり得ない内容のため、登録できません。');
  }
  if (row.personId === null) throw new UnreadableInput('先に、どの人の記録かを選んでください。');
}

async function changePerson(
  tx: Tx,
  batch: BatchHead,
  row: IntakeRow,
  choice: { readonly personId: PersonId; readonly rules: RuleSet; readonly by: ActBy },
): Promise<void> {
  const { personId, rules, by } = choice;
  const [person] = await loadPersonsForJudging(tx, { personIds: [personId] });
  if (person === undefined) throw new NotFound('選んだ人は宛名台帳に見つかりません。');
  if (person.isCancelled) throw new Conflict('選んだ人の登録は取り消されています。別の人を選んでください。');
  await choosePerson(tx, { batchId: batch.batchId, ordinal: row.ordinal, personId }, by);
  const personIds = row.personId === null ? [personId] : [personId, row.personId];
  await recheckRows(tx, batch, { rules, scope: { personIds, ordinals: [row.ordinal] }, by });
  // What became of the row stands before whoever chose: only the other rows of both people are news.
  await forgetChange(tx, batch.batchId, row.ordinal);
}

function touchedBy(row: IntakeRow, answer: RowAnswer): PersonId[] {
  const ids = row.personId === null ? [] : [row.personId];
  if (answer.kind === 'otherPerson') ids.push(answer.personId);
  return ids;
}
