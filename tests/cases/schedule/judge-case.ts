import { type Day, formatIsoDay, laterDay } from '#kernel';
import { judge, judgeDoses, type RuleSet } from '#schedule';
import type { DoseCase, ForecastCase } from './read-cases.ts';

/** A case that the rules answer otherwise than the law: which day, what the case says, what came. */
export interface Difference {
  readonly name: string;
  readonly on: string;
  readonly wanted: string;
  readonly came: string;
}

/** Holds a dose on the three days of a case against the rules. */
export function differencesOfDoses(rules: RuleSet, { person, ...one }: DoseCase): readonly Difference[] {
  return one.expected.flatMap(({ on, text }): Difference[] => {
    const lastOn = one.expected.reduce((last, each) => laterDay(last, each.on), on);
    const asOf = one.asOf ?? lastOn;
    const doses = [...person.given, { product: one.product, on, kind: one.kind }];
    const judged = judgeDoses(rules, { ...person, asOf, doses }).at(-1);
    const place = judged?.stage === null ? '-' : `${judged?.stage}/${judged?.doseNumber ?? '-'}`;
    const also = (judged?.alsoCounts ?? []).map((each) => `+${each.programme}/${each.stage}/${each.doseNumber}`);
    const codes = [...(judged?.findings ?? []).map(({ code }) => code), ...also].toSorted();
    const came = [judged?.programme ?? '-', place, judged?.verdict, ...codes].join(' ');
    const [wantedPlace = '', verdict = '', ...wantedCodes] = text.split(' ');
    const wanted = [one.programme, wantedPlace, verdict, ...wantedCodes.toSorted()].join(' ');
    return came === wanted ? [] : [{ name: one.name, on: formatIsoDay(on), wanted, came }];
  });
}

/** Holds where a stage stands, and its days on the middle day, against the rules. */
export function differencesOfForecast(rules: RuleSet, one: ForecastCase): readonly Difference[] {
  return one.expected.flatMap(({ on, text }): Difference[] => {
    const { programmes } = judge(rules, { ...one.person, asOf: on, doses: one.person.given });
    const stage = programmes.find((each) => each.programme === one.programme && each.stage === one.stage);
    if (stage === undefined) throw new Error(`${one.name}: no stage ${one.programme}/${one.stage}`);
    const { next } = stage;
    const came = new Map<string, string>([['status', stage.status]]);
    const wanted = new Map<string, string>([['status', text]]);
    if (on === one.asOf) {
      came.set('eligible', span(stage.eligibleFrom, stage.eligibleTo));
      came.set('standard', span(stage.standardFrom, stage.standardTo));
      came.set('needed', stage.dosesNeeded === null ? '-' : String(stage.dosesNeeded));
      came.set(
        'next',
        next === null
          ? '-'
          : `${next.doseNumber} ${show(next.earliestOn)} ${span(next.recommendedFrom, next.recommendedTo)} ${show(next.latestOn)}`,
      );
      for (const field of ['eligible', 'standard', 'needed', 'next'] as const) {
        if (one[field] !== '') wanted.set(field, one[field]);
      }
    }
    return [...wanted]
      .filter(([field, value]) => came.get(field) !== value)
      .map(([field, value]) => ({
        name: one.name,
        on: formatIsoDay(on),
        wanted: `${field} ${value}`,
        came: `${field} ${came.get(field)}`,
      }));
  });
}

/** `a..b`, `a..` where there is no end, `-` where there is neither. */
function span(from: Day | null, to: Day | null): string {
  if (from === null && to === null) return '-';
  return `${from === null ? '' : formatIsoDay(from)}..${to === null ? '' : formatIsoDay(to)}`;
}

function show(day: Day | null): string {
  return day === null ? '-' : formatIsoDay(day);
}
