import { type Actor, requirePermission } from '#common-base/access';
import { recordAct, recordPersonsTouched } from '#common-base/audit';
import { Conflict, type Day, formatIsoDay, NotFound, UnreadableInput } from '#kernel';
import { cancelForms, lockRegister } from '#ledger/forms';
import { todayInTokyo } from '#platform/clock';
import { type Tx, withMunicipality } from '#platform/postgres';
import { type Dispatch, insertDispatch, selectDispatches } from './dispatch-store.ts';
import type { NoticeContext } from './library.ts';
import { getPrintJob } from './list-print-jobs.ts';
import { labelOfReason } from './notice-reasons.ts';
import { findJob, printedByJobSql } from './print-store.ts';
import { lookThroughDispatch } from './pull-from-dispatch.ts';

/**
 * Records that a printed bundle went to the post (発送): once, after everything to be pulled was pulled; the pull list
 * is kept as it was used. What is pulled loses its number, so that its people are called again when they can be;
 * `pulledSeen` is how many the clerk pulled, and where it is another number by now nothing is recorded and the clerk
 * looks again. A letter that went before its reason was known (`sentAnyway`, by its number) keeps it: its people hold
 * the paper, and a clinic must not turn them away.
 */
export async function recordDispatch(
  context: NoticeContext,
  request: {
    readonly printJobId: number;
    readonly postedOn: Day;
    readonly pulledSeen: number;
    readonly sentAnyway?: readonly string[];
  },
): Promise<{ readonly letters: number; readonly pulled: number }> {
  const { actor, db, clock } = context;
  requirePermission(actor, 'notices.print');
  const { printJobId, postedOn } = request;
  const today = todayInTokyo(clock);
  if (postedOn > today) throw new UnreadableInput('発送日は、今日か、それより前の日にしてください。');
  return withMunicipality(db, actor.lgCode, async (tx) => {
    // The job before the register, as printing takes them.
    const job = await findJob(tx, printJobId, 'locked');
    if (job === undefined) throw new NotFound(`印刷 ${printJobId} はありません。`);
    await lockRegister(tx);
    const { state } = await getPrintJob(tx, actor, printJobId);
    if (state !== 'finished') throw new Conflict('印刷が終わっていません。終わりまで印刷してから記録してください。');
    if (postedOn < job.issuedOn) throw new UnreadableInput('発送日は、発行日より前にできません。');
    if ((await selectDispatches(tx, [printJobId])).has(printJobId)) {
      throw new Conflict('この印刷の発送は、すでに記録してあります。');
    }
    const letters = await lookThroughDispatch(tx, context, printJobId, today);
    const listed = letters.filter((letter) => letter.pulledFor !== null);
    if (listed.length !== request.pulledSeen) {
      throw new Conflict(
        `抜く封書が ${request.pulledSeen} 通から ${listed.length} 通に変わりました。下の一覧で抜いてから、もう一度記録してください。`,
      );
    }
    const sentAnyway = new Set(request.sentAnyway);
    const pulled = listed.filter(({ formNumber }) => !sentAnyway.has(formNumber));
    const posted = letters.length - pulled.length;
    const counted = { letters: posted, pulled: pulled.length, sentAnyway: listed.length - pulled.length };
    const details = { printJobId, postedOn: formatIsoDay(postedOn), ...counted };
    const actId = await recordAct(tx, actor, { act: 'notices.lettersPosted', details });
    await recordPersonsTouched(tx, actId, printedByJobSql, [tx.lgCode, printJobId]);
    const cancelled = pulled.flatMap(({ formNumber, pulledFor, isCancelled }) => {
      const reason = pulledFor === null ? '' : labelOfReason(pulledFor);
      return isCancelled ? [] : [{ formNumber, reason: `発送の前に引き抜いた（${reason}）` }];
    });
    await cancelForms(tx, actor, actId, cancelled, today);
    const { staffId, staffName } = actor;
    const dispatch = { printJobId, postedOn, letters: posted, pulled: pulled.length };
    const kept = listed.map(({ formNumber, pulledFor }) => ({
      ...{ formNumber, reason: pulledFor === null ? '' : labelOfReason(pulledFor) },
      isSent: sentAnyway.has(formNumber),
    }));
    await insertDispatch(tx, { actId, staffId, staffName }, dispatch, kept);
    return { letters: posted, pulled: pulled.length };
  });
}

/** What is recorded of the posting of a print job; undefined where it was not posted yet. */
export async function findDispatch(tx: Tx, actor: Actor, printJobId: number): Promise<Dispatch | undefined> {
  requirePermission(actor, 'notices.view');
  return (await selectDispatches(tx, [printJobId])).get(printJobId);
}
