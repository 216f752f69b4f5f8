import { recordAct } from '#common-base/audit';
import { type Decision, decide, finding } from '#kernel';
import { withMunicipality } from '#platform/postgres';
import type { AccessSettings } from '../access-settings.ts';
import { requirePermission } from '../require-permission.ts';
import type { ActionContext } from '../types.ts';
import { listAnomalies } from './anomaly-rules.ts';
import { insertReview, type ReviewLine } from './review-store.ts';

/** How many lines one person reviews at once; a longer list is signed in shorter periods. */
const anomaliesMax = 300;

/** What the reviewer decided on one line. */
export interface AnomalyVerdict {
  readonly verdict: string;
  readonly remark: string;
}

/**
 * Signs the review of what stands out in the log of a period. The list is computed anew: each line needs a verdict, and
 * one that needs following up says why. What came meanwhile is not signed unseen.
 */
export async function signAnomalyReview(
  context: ActionContext,
  settings: AccessSettings,
  given: {
    readonly recordedFrom: string;
    readonly recordedTo: string;
    readonly verdicts: ReadonlyMap<string, AnomalyVerdict>;
    readonly note: string;
  },
): Promise<Decision<number>> {
  const { db, actor, clock } = context;
  requirePermission(actor, 'audit.reviewAnomalies');
  const { staffId } = actor;
  if (staffId === null) throw new TypeError('only a person signs');
  return await withMunicipality(db, actor.lgCode, async (tx) => {
    const anomalies = await listAnomalies(tx, settings, given);
    if (anomalies.length > anomaliesMax) {
      return decide([finding('reviewTooLong', 'refuse', 'from', { linesMax: anomaliesMax })], 0);
    }
    const lines: ReviewLine[] = [];
    for (const { key, rule, recordedOn, count, from, staffId: whose } of anomalies) {
      const decided = given.verdicts.get(key);
      const remark = decided?.remark.trim().slice(0, 400) ?? '';
      const verdict = decided?.verdict;
      if (verdict !== 'fine' && verdict !== 'followUp') return decide([finding('reviewIncomplete', 'refuse', null)], 0);
      if (verdict === 'followUp' && remark === '') return decide([finding('reviewRemarkMissing', 'refuse', null)], 0);
      lines.push({ staffId: whose, facts: { rule: rule.rule, recordedOn, count, from }, verdict, remark });
    }
    const reviewId = await insertReview(tx, {
      kind: 'anomalies',
      coversFrom: given.recordedFrom,
      coversTo: given.recordedTo,
      note: given.note.trim().slice(0, 1000),
      signedBy: staffId,
      signedAt: clock.now(),
      lines,
    });
    const followUps = lines.filter((line) => line.verdict === 'followUp').length;
    const details = { reviewId, from: given.recordedFrom, to: given.recordedTo, lines: lines.length, followUps };
    await recordAct(tx, actor, { act: 'audit.anomaliesReviewed', details });
    return decide([], reviewId);
  });
}
