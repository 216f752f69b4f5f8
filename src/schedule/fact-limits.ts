import { addDays, type Day, earlierDay, laterDay } from '#kernel';
import type { FactCondition } from './fact-condition.ts';
import type { Programme, RuleSet } from './rule-set.ts';
import { lastExceptionDay, sameDayYearsLater } from './spans.ts';
import { subjectOf } from './subject.ts';
import type { Fact, PersonCase } from './types.ts';

/** The kinds of facts that speak of one programme. */
export type ProgrammeFactKind = Extract<Fact, { readonly programme: string }>['kind'];

/** The programmes of which a row reads a fact of that kind: told of any other it would change nothing. */
export function listProgrammesOfFact(rules: RuleSet, kind: ProgrammeFactKind): readonly string[] {
  return rules.programmes.filter((each) => reads(each, kind)).map(({ programme }) => programme);
}

function reads(programme: Programme, kind: ProgrammeFactKind): boolean {
  if (kind === 'exceptionGranted') return programme.exceptions.length > 0;
  if (kind === 'startedProgramme') return programme.family !== null;
  return conditionsOf(programme).some((condition) => condition.kind === kind);
}

function conditionsOf({ stages, branches }: Programme): readonly FactCondition[] {
  const ofWindows = stages.flatMap(({ windows }) => windows.flatMap(({ requires }) => requires));
  const ofDoses = branches.flatMap((branch) => branch.stages.flat(2).flatMap(({ requires }) => requires));
  return [...ofWindows, ...ofDoses];
}

/**
 * The last day to which the law lets a municipality grant a programme from a day on after a long illness
 * (長期療養特例): so many years from the last day of the reason, and where that is not known from the first day granted,
 * cut to the age up to which the disease's exception goes. Undefined where the law has no exception for it.
 */
export function findLastGrantableDay(
  rules: RuleSet,
  person: PersonCase,
  asked: { readonly programme: string; readonly from: Day },
): Day | undefined {
  const subject = subjectOf(rules, person);
  const exceptions = rules.programmes.find(({ programme }) => programme === asked.programme)?.exceptions ?? [];
  const last = exceptions
    .filter(({ inForce }) => inForce.from <= asked.from && asked.from <= inForce.to)
    .map((rule) => earlierDay(lastExceptionDay(subject, rule), addDays(sameDayYearsLater(asked.from, rule.years), -1)));
  return last.length === 0 ? undefined : last.reduce(laterDay);
}
