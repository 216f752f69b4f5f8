import type { PeopleAsked } from '#addressees/persons';
import { addDays, type Day, type Sex } from '#kernel';
import { type BirthsBySex, listOpenBirths, type RuleSet } from '#schedule';
import type { ExcludedReason } from './notice-reasons.ts';
import type { CohortConditions } from './types.ts';

/** For whom the law has days in the time of a cohort, before it and after it, by birth date and sex. */
export interface AgeReach {
  /** Some day from the day of judging to the day by which a dose counts as near: only they can be called. */
  readonly open: BirthsBySex;
  readonly past: BirthsBySex;
  readonly later: BirthsBySex;
}

/** Reads the ages of a cohort's stage out of the rules. */
export function ageReachOf(rules: RuleSet, { asOf, dueBy, ...key }: CohortConditions): AgeReach {
  return {
    open: listOpenBirths(rules, key, { from: asOf, to: dueBy }),
    past: listOpenBirths(rules, key, { to: addDays(asOf, -1) }),
    later: listOpenBirths(rules, key, { from: addDays(dueBy, 1) }),
  };
}

/** Why somebody of this birth date and sex cannot be called by the age alone; null for whom it must be judged. */
export function reasonOfAge(reach: AgeReach, bornOn: Day, sex: Sex): ExcludedReason | null {
  const isIn = (births: BirthsBySex) =>
    births[sex].some(({ from, to }) => (from === null || bornOn >= from) && (to === null || bornOn <= to));
  if (isIn(reach.open)) return null;
  if (isIn(reach.later)) return 'tooEarly';
  return isIn(reach.past) ? 'closed' : 'notEligible';
}

/** Whom to read so as to judge everybody of the age, in pages of about so many people each; ids are given evenly enough. */
export function cutByIds(
  { open }: AgeReach,
  people: number,
  lastId: number,
  peoplePerPage: number,
): Extract<PeopleAsked, { readonly after: number }>[] {
  const sexes = (['female', 'male', 'unknown'] as const).filter((sex) => open[sex].length > 0);
  const born = sexes
    .flatMap((sex) => open[sex])
    .filter((span, at, all) => at === all.findIndex((one) => isSame(one, span)));
  const pages = Math.ceil(people / peoplePerPage);
  const width = Math.ceil(lastId / Math.max(pages, 1));
  return Array.from({ length: pages }, (_, i) => ({ after: i * width, to: (i + 1) * width, born, sexes }));
}

type Span = BirthsBySex[Sex][number];

function isSame(a: Span, b: Span): boolean {
  return a.from === b.from && a.to === b.to;
}
