import type { PersonId } from '#kernel';
import { reasonCount } from './cohort-store.ts';
import type { MemberDecision } from './decide-member.ts';
import { countedOnly, type ExcludedReason, type IncludedReason } from './notice-reasons.ts';
import type { CohortCounts, CohortMember } from './types.ts';

/** A cohort as it comes out: the figures, everybody called, and who would be but for one reason. */
export interface Extraction extends CohortCounts {
  readonly members: readonly CohortMember[];
}

/** One person with what was decided. */
export interface Decided {
  readonly personId: PersonId;
  readonly decision: MemberDecision;
}

/** What comes of a cohort, while it is counted. */
export interface Tally {
  /** People who are not listed by name. */
  count(reason: ExcludedReason, people: number): void;
  add(decided: readonly Decided[]): void;
  /** The reasons by how many people they concern; the members in the order of their ids, whoever was decided first. */
  extraction(): Extraction;
}

/** Begins to count a cohort. */
export function createTally(): Tally {
  const counts = new Map<IncludedReason | ExcludedReason, number>();
  const members: CohortMember[] = [];
  const count = (reason: IncludedReason | ExcludedReason, people: number) => {
    if (people > 0) counts.set(reason, (counts.get(reason) ?? 0) + people);
  };
  return {
    count,
    add(decided) {
      for (const { personId, decision } of decided) {
        const { reason, isIncluded, next } = decision;
        count(reason, 1);
        if (!countedOnly.has(reason)) {
          members.push({ personId, isIncluded, reason, doseNumber: next?.doseNumber ?? null });
        }
      }
    },
    extraction() {
      const reasons = [...counts]
        .map(([reason, people]) => reasonCount(reason, people))
        .toSorted((a, b) => b.people - a.people);
      const people = reasons.reduce((sum, reason) => sum + reason.people, 0);
      const included = members.filter((member) => member.isIncluded).length;
      const named = members.toSorted((a, b) => a.personId - b.personId);
      return { members: named, reasons, included, excluded: people - included };
    },
  };
}
