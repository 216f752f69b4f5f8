import type { Day } from '#kernel';
import type { Branch, Product, Programme, Stage } from './rule-set.ts';

/** A dose that counts in a programme. */
export interface CountedDose {
  readonly on: Day;
  /** Bit of the product within the programme. */
  readonly bit: number;
  readonly stage: number;
  readonly number: number;
  /** First day of its season, or the expected day of delivery; null where the programme does not recur. */
  readonly occasion: Day | null;
  /** Diseases it covers. */
  readonly diseases: number;
}

/** What has been given in a programme so far, in order of days. */
export interface Series {
  readonly programme: Programme;
  readonly counted: CountedDose[];
  /** Days of the counted doses, for rules that ask about them. */
  readonly countedOn: Day[];
  /** Days of doses that do not count but still bind the shortest interval. */
  readonly uncountedOn: Day[];
  /** A branch that a dose given too early led to. */
  forcedBranch: Branch | null;
}

/** A dose as given, for the rules between different vaccines. */
export interface GivenProduct {
  readonly on: Day;
  readonly product: Product;
}

/** A programme in which nothing was given. */
export function emptySeries(programme: Programme): Series {
  return { programme, counted: [], countedOn: [], uncountedOn: [], forcedBranch: null };
}

/** How many doses count in a stage (and season or pregnancy, where the programme recurs). */
export function countInStage(series: Series, stage: number, occasion: Day | null): number {
  let count = 0;
  for (const dose of series.counted) if (dose.stage === stage && dose.occasion === occasion) count += 1;
  return count;
}

/** How many doses of a stage come before the next: singles that complete a stage together are each its first dose. */
export function dosesBefore(series: Series, stage: Stage, occasion: Day | null): number {
  return series.programme.isCountedPerDisease ? 0 : countInStage(series, stage.place, occasion);
}

/** Diseases that the doses of a stage cover. */
export function coveredInStage(series: Series, stage: number): number {
  let covered = 0;
  for (const dose of series.counted) if (dose.stage === stage) covered |= dose.diseases;
  return covered;
}
