import { type ActionContext, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { Conflict, NotFound } from '#kernel';
import { answerRow, getRow } from '#ledger/intake';
import { wordOfReference } from '#messages';
import { withMunicipality } from '#platform/postgres';
import type { RuleSet } from '#schedule';
import { loadRevisions, settle, supersedeDelivered } from './inbox-store.ts';
import type { ArrivedRecord } from './types.ts';

/** Which revision is meant. */
export interface RevisionName {
  readonly recordId: string;
  readonly revision: number;
}

/**
 * Puts a later revision in the place of the one that went to 受付: that row is refused there with the reason, and the
 * new content goes with the next batch; a withdrawal ends with the refusal. Conflict where the row is in the ledger.
 */
export async function replaceInIntake(
  context: ActionContext,
  name: RevisionName,
  options: { readonly rules: RuleSet },
): Promise<void> {
  requirePermission(context.actor, 'intake.answer');
  const { db, actor } = context;
  const { later, earlier } = await withMunicipality(db, actor.lgCode, (tx) => findPair(tx, name));
  const { batchId, row: ordinal } = earlier;
  if (batchId === null || ordinal === null)
    throw new Conflict('元の記録の受付が、まだできていません。少し待ってください。');
  const { row } = await withMunicipality(db, actor.lgCode, (tx) => getRow(tx, actor, batchId, ordinal));
  if (row.entryId !== null) {
    throw new Conflict(
      '元の記録は、すでに台帳にあります。本人の画面で訂正または取消をしてから「確認済み」にしてください。',
    );
  }
  const isWithdrawal = later.content.kind === 'withdrawal';
  const reason = `医療機関が当日に${isWithdrawal ? '取り消した' : '訂正した'}: ${later.content.reason ?? ''}`;
  const answer = { kind: 'refuse', reason } as const;
  if (row.decision !== 'refuse') {
    await answerRow(context, { batchId, ordinal, expectedVersion: row.version, rules: options.rules, answer });
  }
  await withMunicipality(db, actor.lgCode, async (tx) => {
    await supersedeDelivered(tx, earlier, actor.staffName);
    if (isWithdrawal) await settle(tx, [later], 'withdrawn', actor.staffName);
    const details = { record: wordOfReference(name.recordId), revision: name.revision, batch: batchId, row: ordinal };
    await recordAct(tx, actor, { act: 'clinics.recordReplaced', personIds: personsOf(later), details });
  });
}

/** Says that a person has seen to a revision by hand: the ledger is right, or the form was cleared up. */
export async function settleByHand(context: ActionContext, name: RevisionName): Promise<void> {
  requirePermission(context.actor, 'intake.answer');
  const { db, actor } = context;
  await withMunicipality(db, actor.lgCode, async (tx) => {
    const revisions = await loadRevisions(tx, [name.recordId]);
    const later = revisions.find(({ revision }) => revision === name.revision);
    if (later === undefined) throw new NotFound('この記録は見つかりません。画面を開き直してください。');
    if ((await settle(tx, [later], 'byStaff', actor.staffName)) === 0) {
      throw new Conflict('この記録は、すでに確認済みです。画面を開き直してください。');
    }
    const details = { record: wordOfReference(name.recordId), revision: name.revision };
    await recordAct(tx, actor, { act: 'clinics.recordSettled', personIds: personsOf(later), details });
  });
}

async function findPair(
  tx: Parameters<typeof loadRevisions>[0],
  { recordId, revision }: RevisionName,
): Promise<{ later: ArrivedRecord; earlier: ArrivedRecord }> {
  const revisions = await loadRevisions(tx, [recordId]);
  const later = revisions.find((each) => each.revision === revision && each.settlement === null);
  const earlier = revisions.find((each) => each.settlement === 'delivered');
  if (later === undefined || earlier === undefined) {
    throw new NotFound('この訂正は、すでに済んでいるか、見つかりません。画面を開き直してください。');
  }
  return { later, earlier };
}

function personsOf({ personId }: ArrivedRecord) {
  return personId === null ? [] : [personId];
}
