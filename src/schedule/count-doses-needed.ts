import { type Day, laterDay } from '#kernel';
import { offeredDoses } from './choose-branch.ts';
import type { StageDraft } from './derive-forecast.ts';
import type { DoseOption } from './forecast-plan.ts';
import { dayAfterInterval } from './interval-expression.ts';
import type { Branch, DoseRule } from './rule-set.ts';
import { countInStage, type Series } from './series.ts';
import { dayFor, type Subject } from './subject.ts';

/**
 * The doses of the whole programme on the path chosen, if the next is given on the later of `asOf` and its earliest
 * day. Null while it depends on a product not yet chosen, or when the programme is not for the person.
 */
export function countDosesNeeded(subject: Subject, series: Series, drafts: readonly StageDraft[]): number | null {
  if (drafts.every(({ outcome }) => outcome === 'notEligible')) return null;
  const eligible = eligibleOf(drafts);
  const { branches } = series.programme;
  const only = branches.length === 1 ? branches[0] : undefined;
  if (only !== undefined && !only.hasOmissions) return wholeOf(only, eligible);
  const next = eligible.find(({ ways }) => ways.length > 0);
  const plans = next === undefined ? plansWithoutNext(subject, eligible) : plansFrom(subject, next);
  let total: number | null = null;
  for (const plan of plans) {
    const needed = totalOf(subject, series, eligible, plan);
    if (total !== null && needed !== total) return null;
    total = needed;
  }
  return total;
}

/** The stages that concern the person; those whose windows were over before their rules began only if there are no others. */
function eligibleOf(drafts: readonly StageDraft[]): readonly StageDraft[] {
  const isOpen = drafts.some(({ outcome, wasNeverOpen }) => outcome !== 'notEligible' && !wasNeverOpen);
  const isCounted = ({ outcome, wasNeverOpen }: StageDraft): boolean =>
    outcome !== 'notEligible' && !(isOpen && wasNeverOpen);
  return drafts.every(isCounted) ? drafts : drafts.filter(isCounted);
}

/** One way to go on: the branch and product, and the day of the next dose. */
interface Plan {
  readonly option: DoseOption;
  readonly nextOn: Day;
}

function plansFrom(subject: Subject, { ways }: StageDraft): readonly Plan[] {
  return ways.map((way) => ({ option: way.option, nextOn: laterDay(subject.asOf, way.earliestOn) }));
}

function plansWithoutNext(subject: Subject, eligible: readonly StageDraft[]): readonly Plan[] {
  return (eligible[0]?.options ?? []).map((option) => ({ option, nextOn: subject.asOf }));
}

function totalOf(subject: Subject, series: Series, eligible: readonly StageDraft[], plan: Plan): number {
  const { branch } = plan.option;
  if (!branch.hasOmissions) return wholeOf(branch, eligible);
  return simulate(subject, series, eligible, plan);
}

/** Gives the missing doses on paper, each on its first lawful day, and leaves out what age then leaves out. */
function simulate(subject: Subject, series: Series, eligible: readonly StageDraft[], { option, nextOn }: Plan): number {
  const { branch } = option;
  let pending: Day | null = nextOn;
  let previousOn = series.countedOn.at(-1);
  const firstOn = series.countedOn[0] ?? nextOn;
  let total = 0;
  for (const { stage, outcome } of eligible) {
    const doses = branch.stages[stage.place] ?? [];
    const offered = offeredDoses(branch, stage.place);
    if (outcome === 'lost') {
      total += offered;
      continue;
    }
    let count = countInStage(series, stage.place, null);
    while (outcome === 'open' && count < offered) {
      const rule = doses[count]?.find(
        ({ products, requires }) => (products & option.products.bits) !== 0 && requires.length === 0,
      );
      if (rule === undefined || isLeftOut(subject, rule, previousOn)) break;
      const on: Day = pending ?? earliestAfter(rule, previousOn ?? firstOn, firstOn);
      if (rule.notAfter !== null && on > dayFor(subject, rule.notAfter)) break;
      pending = null;
      previousOn = on;
      count += 1;
    }
    total += count;
  }
  return total;
}

function isLeftOut(subject: Subject, rule: DoseRule, previousOn: Day | undefined): boolean {
  const limit = rule.omittedIfPreviousAfter;
  return limit !== null && previousOn !== undefined && previousOn > dayFor(subject, limit);
}

function earliestAfter(rule: DoseRule, previousOn: Day, firstOn: Day): Day {
  return rule.minimums.reduce(
    (on, minimum) => laterDay(on, dayAfterInterval(minimum.anchor === 'first' ? firstOn : previousOn, minimum)),
    previousOn,
  );
}

function wholeOf(branch: Branch, eligible: readonly StageDraft[]): number {
  return eligible.reduce((sum, { stage }) => sum + offeredDoses(branch, stage.place), 0);
}
