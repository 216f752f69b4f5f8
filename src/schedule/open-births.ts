import { type Day, earlierDay, laterDay, type Sex } from '#kernel';
import { birthsWithin, plansOf } from './forecast-plan.ts';
import { joinPeriods } from './join-periods.ts';
import { firstDay, lastDay } from './read-table.ts';
import type { RuleSet, Window } from './rule-set.ts';

/** Birth dates, both ends inclusive; null where there is no limit. */
interface BirthSpan {
  readonly from: Day | null;
  readonly to: Day | null;
}

/** Spans of birth dates, in order and apart, by sex. */
export type BirthsBySex = Readonly<Record<Sex, readonly BirthSpan[]>>;

/**
 * The birth dates to which the law leaves some of the days for a stage, where nothing is known of a person but doses:
 * nobody else can be given it then, whatever was given before. What a fact opens (長期療養, 妊娠, 60歳から64歳の障害)
 * is not in it. Days without a limit reach from the first or to the last of all.
 */
export function listOpenBirths(
  rules: RuleSet,
  key: { readonly programme: string; readonly stage: string },
  days: { readonly from?: Day; readonly to?: Day },
): BirthsBySex {
  const plan = plansOf(rules).find(({ programme }) => programme.programme === key.programme);
  const place = plan?.programme.stages.findIndex(({ stage }) => stage === key.stage) ?? -1;
  const asked = { from: days.from ?? firstDay, to: days.to ?? lastDay };
  const openings = (plan?.all.openings[place] ?? []).filter(({ window }) => mayOpenWithoutFacts(window));
  const birthsOf = (sex: Sex): readonly BirthSpan[] =>
    joinPeriods(
      openings
        .filter(({ window }) => window.sex === null || window.sex === sex)
        .flatMap(({ window, days: inUse }) =>
          inUse
            .map(({ from, to }) => ({ from: laterDay(from, asked.from), to: earlierDay(to, asked.to) }))
            .filter(({ from, to }) => from <= to)
            .map((period) => birthsWithin(window, [period])),
        ),
    ).map(({ from, to }) => ({ from: from === firstDay ? null : from, to: to === lastDay ? null : to }));
  return { female: birthsOf('female'), male: birthsOf('male'), unknown: birthsOf('unknown') };
}

function mayOpenWithoutFacts({ opens, closes, requires }: Window): boolean {
  if (opens.origin === 'due' || closes?.origin === 'due') return false;
  return requires.every(({ kind }) => kind === 'dose' || kind === 'noDose');
}
