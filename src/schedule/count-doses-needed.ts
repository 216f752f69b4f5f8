import { type Day, laterDay } from '#kernel';
import { offeredDoses } from './choose-branch.ts';
import type { DoseOption } from './dose-option.ts';
import { dayAfterInterval } from './interval-expression.ts';
import type { Branch, DoseRule } from './rule-set.ts';
import { countInStage, type Series } from './series.ts';
import type { StageDraft } from './stage-draft.ts';
import { dayFor, type Subject } from './subject.ts';

/**
 * The doses of the whole programme on the path chosen, if the next is given on the later of `asOf` and its earliest
 * day. Null while it depends on a product not yet chosen, or when the programme is not for the person.
 */
export function countDosesNeeded(subject: Subject, series: Series, drafts: readonly StageDraft[]): number | null {
  const eligible = eligibleOf(drafts);
  if (eligible.length === 0) return null;
  const { branches } = series.programme;
  const only = branches.length === 1 ? branches[0] : undefined;
  if (only !== undefined && !only.hasOmissions) return wholeOf(only, eligible);
  const next = eligible.find(({ ways }) => ways.length > 0);
  let total: number | null = null;
  for (const way of next?.ways ?? eligible[0]?.options ?? noOptions) {
    const isOpen = 'option' in way;
    const nextOn = isOpen ? laterDay(subject.asOf, way.earliestOn) : subject.asOf;
    const each = totalOf(subject, series, eligible, isOpen ? way.option : way, nextOn);
    if (total !== null && each !== total) return null;
    total = each;
  }
  return total;
}

const noOptions: readonly DoseOption[] = [];

const noDrafts: readonly StageDraft[] = [];

/** The stages that concern the person; those whose windows were over before their rules began only if there are no others. */
function eligibleOf(drafts: readonly StageDraft[]): readonly StageDraft[] {
  let concerned = 0;
  let open = 0;
  for (const draft of drafts) {
    if (draft.outcome === 'notEligible') continue;
    concerned += 1;
    if (!draft.wasNeverOpen) open += 1;
  }
  const wanted = open === 0 ? concerned : open;
  if (wanted === drafts.length) return drafts;
  if (wanted === 0) return noDrafts;
  return drafts.filter(({ outcome, wasNeverOpen }) => outcome !== 'notEligible' && (open === 0 || !wasNeverOpen));
}

/** The doses of the programme along the branch of a way to go on, the next one given on a day. */
function totalOf(
  subject: Subject,
  series: Series,
  eligible: readonly StageDraft[],
  option: DoseOption,
  nextOn: Day,
): number {
  if (!option.branch.hasOmissions) return wholeOf(option.branch, eligible);
  return simulate(subject, series, eligible, option, nextOn);
}

/** Gives the missing doses on paper, each on its first lawful day, and leaves out what age then leaves out. */
function simulate(
  subject: Subject,
  series: Series,
  eligible: readonly StageDraft[],
  { branch, products }: DoseOption,
  nextOn: Day,
): number {
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
      const rule = doses[count]?.find((each) => (each.products & products.bits) !== 0 && each.requires.length === 0);
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
  let doses = 0;
  for (const { stage } of eligible) doses += offeredDoses(branch, stage.place);
  return doses;
}
