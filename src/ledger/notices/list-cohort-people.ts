import { listPersonSummaries, type PersonSummary } from '#addressees/persons';
import { type Actor, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import type { Day, PersonId } from '#kernel';
import type { Tx } from '#platform/postgres';
import { findCohort, selectMembers } from './cohort-store.ts';
import type { CohortMember } from './types.ts';

/** Somebody of a cohort as a list shows them; a protected person or household without address. */
export interface CohortPerson {
  readonly member: CohortMember;
  readonly person: PersonSummary;
}

/** A page of a cohort's people. */
export interface CohortPeople {
  readonly people: readonly CohortPerson[];
  /** Whom the next page begins after; null where this is the last. */
  readonly next: PersonId | null;
}

/**
 * The people who are in, or those who would be but for one reason, a page at a time in the order of our keys. Who
 * looks at the names is recorded.
 */
export async function listCohortPeople(
  tx: Tx,
  actor: Actor,
  cohortId: number,
  page: { readonly isIncluded: boolean; readonly after: PersonId | null; readonly limit: number; readonly asOf: Day },
): Promise<CohortPeople> {
  requirePermission(actor, 'notices.view');
  requirePermission(actor, 'persons.view');
  if ((await findCohort(tx, cohortId)) === undefined) return { people: [], next: null };
  const found = await selectMembers(tx, cohortId, { ...page, limit: page.limit + 1 });
  const members = found.slice(0, page.limit);
  const personIds = members.map((member) => member.personId);
  const summaries = await listPersonSummaries(tx, personIds, page.asOf);
  const byId = new Map(summaries.map((person) => [person.personId, person]));
  const people = members.flatMap((member) => {
    const person = byId.get(member.personId);
    return person === undefined ? [] : [{ member, person }];
  });
  if (people.length > 0) {
    await recordAct(tx, actor, { act: 'notices.cohortPeopleViewed', personIds, details: { cohortId } });
  }
  return { people, next: found.length > page.limit ? (personIds.at(-1) ?? null) : null };
}
