import { findNextPresenceChange, isHereOn } from '#addressees/persons';
import type { Day } from '#kernel';
import { type CaseOfPerson, listStages, type OpenStages, type RuleSet } from '#schedule';
import { isKnownOn, listContraindicated } from '../facts/facts-for-schedule.ts';
import type { PersonWithDoses } from './join-records.ts';

/** What a forecast keeps of one person. Stages as `programme/stage`. */
export interface ForecastAnswer {
  readonly isHere: boolean;
  readonly due: readonly string[];
  readonly overdue: readonly string[];
  /** The first day on which the answer may differ though nothing new becomes known; null when no day changes it. */
  readonly nextChangeOn: Day | null;
}

const nothingOpen: OpenStages = { due: [], overdue: [], nextChangeOn: null };

/** What the rules are to be asked of a person; undefined of whom they say nothing: not here, or no birth date known. */
export function findCase({ person, doses, facts }: PersonWithDoses, asOf: Day): CaseOfPerson | undefined {
  const { bornOn, sex } = person;
  return bornOn === null || !isHereOn(person, asOf) ? undefined : { bornOn, sex, doses, facts };
}

/**
 * What is kept of a person: what the rules said, less the programmes that a 禁忌 forbids, as on the person's page and in
 * cohorts, and what the register says of presence and its next change.
 */
export function deriveAnswer(
  { person, contraindications }: Pick<PersonWithDoses, 'person' | 'contraindications'>,
  asOf: Day,
  stageNames: readonly string[],
  open: OpenStages = nothingOpen,
): ForecastAnswer {
  const forbidden = listContraindicated(contraindications, asOf);
  const named = (places: readonly number[]): readonly string[] => {
    const names = places.map((place) => stageNames[place] ?? '');
    return forbidden.size === 0 ? names : names.filter((name) => !forbidden.has(name.split('/')[0] ?? ''));
  };
  const coming = contraindications.filter((each) => !isKnownOn(each, asOf)).map(({ from }) => from);
  return {
    isHere: isHereOn(person, asOf),
    due: named(open.due),
    overdue: named(open.overdue),
    nextChangeOn: [findNextPresenceChange(person, asOf), ...coming].reduce(earlier, open.nextChangeOn),
  };
}

/** The stages of the rules in their order, as a forecast names them. */
export function nameStages(rules: RuleSet): readonly string[] {
  return listStages(rules).map(({ programme, stage }) => `${programme}/${stage}`);
}

function earlier(a: Day | null, b: Day | null): Day | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}
