import { listPersonSummaries, type PersonSummary } from '#addressees/persons';
import { type Actor, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { Conflict, type Day, NotFound, type PersonId, UnreadableInput } from '#kernel';
import { type Tx, withMunicipality } from '#platform/postgres';
import { type CohortChange, findCohort, insertCohortChange, selectCohortChanges } from './cohort-store.ts';
import type { NoticeContext } from './library.ts';

/** What staff does to a frozen cohort by hand. */
export interface CohortHand {
  readonly cohortId: number;
  readonly personId: PersonId;
  readonly change: 'added' | 'removed';
  readonly reason: string;
}

/**
 * Adds a person to a frozen cohort or takes one out, with the reason (手直し). What the rules and the post say is asked
 * again at the printing: an added person whom the law does not call gets no paper, and the print job says why.
 */
export async function changeCohort(context: NoticeContext, hand: CohortHand): Promise<void> {
  const { actor, db } = context;
  requirePermission(actor, 'notices.print');
  const reason = hand.reason.trim();
  if (reason === '') throw new UnreadableInput('足す、または外す理由を入力してください。');
  await withMunicipality(db, actor.lgCode, async (tx) => {
    const { cohortId, personId, change } = hand;
    const cohort = await findCohort(tx, cohortId);
    if (cohort === undefined) throw new NotFound(`抽出 ${cohortId} はありません。`);
    if (cohort.printJobIds.length > 0) {
      throw new Conflict(
        'この抽出は印刷を始めています。抜くときは印刷の画面の引抜きリストを、足すときは個別発行を使ってください。',
      );
    }
    const details = { cohortId, change };
    const actId = await recordAct(tx, actor, { act: 'notices.cohortChanged', personIds: [personId], details });
    const { staffId, staffName } = actor;
    await insertCohortChange(tx, { ...hand, reason, staffId, staffName, actId });
  });
}

/** A change by hand with the person as a list shows them. */
export interface ShownCohortChange {
  readonly change: CohortChange;
  readonly person: PersonSummary | undefined;
}

/** What was changed by hand of a cohort, last first; who looks at the names is recorded. */
export async function listCohortChanges(
  tx: Tx,
  actor: Actor,
  cohortId: number,
  asOf: Day,
): Promise<ShownCohortChange[]> {
  requirePermission(actor, 'notices.view');
  requirePermission(actor, 'persons.view');
  const changes = await selectCohortChanges(tx, cohortId);
  const personIds = [...new Set(changes.map((change) => change.personId))];
  if (personIds.length === 0) return [];
  await recordAct(tx, actor, { act: 'notices.cohortPeopleViewed', personIds, details: { cohortId } });
  const people = new Map((await listPersonSummaries(tx, personIds, asOf)).map((one) => [one.personId, one]));
  return changes.map((change) => ({ change, person: people.get(change.personId) }));
}
