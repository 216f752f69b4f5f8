import type { Day } from '#kernel';
import { holdAll } from './fact-condition.ts';
import type { Branch, DoseRule, Stage } from './rule-set.ts';
import type { Series } from './series.ts';
import { countInStage, coveredInStage } from './series.ts';
import { dayFor, type Subject } from './subject.ts';

/**
 * The branch that a person follows when a product is given on a day: by the products and the age of the first
 * doses that count, or by the cohort. The first row that fits is taken, as the table says.
 */
export function chooseBranch(subject: Subject, series: Series, bit: number, on: Day): Branch {
  if (series.forcedBranch !== null) return series.forcedBranch;
  const { branches } = series.programme;
  if (branches.length > 1) {
    const firstOn = series.countedOn[0] ?? on;
    for (const branch of branches) if (fits(subject, series, branch, bit, firstOn)) return branch;
  }
  const last = branches.at(-1);
  if (last === undefined) throw new RangeError(`${series.programme.programme} has no branch`);
  return last;
}

/**
 * The row for one dose of a branch. Where no row names the product, another product's row is taken: then the products
 * are mixed, which the rules do not let stand for each other.
 */
export function findDoseRule(
  subject: Subject,
  series: Series,
  rules: readonly DoseRule[],
  bit: number,
  on: Day,
  after: 'complete' | 'cut',
): DoseRule | undefined {
  let other: DoseRule | undefined;
  for (const rule of rules) {
    if (!isUsable(subject, series, rule, on, after)) continue;
    if ((rule.products & bit) !== 0) return rule;
    other ??= rule;
  }
  return other;
}

/** Whether nothing is left to give in a stage on a day: all doses given, left out by age, or none asked for. */
export function isStageDone(
  subject: Subject,
  series: Series,
  branch: Branch,
  stage: Stage,
  on: Day,
  occasion: Day | null,
): boolean {
  if (series.programme.isCountedPerDisease) {
    const covered = coveredInStage(series, stage.place);
    return covered !== 0 && (stage.diseases & ~(covered | hadDiseases(subject, on))) === 0;
  }
  const count = countInStage(series, stage.place, occasion);
  if (count >= offeredDoses(branch, stage.place)) return true;
  return count > 0 && branch.hasOmissions && isLeftOut(subject, series, branch.stages[stage.place]?.[count], on);
}

/** How many doses of a stage a branch offers. */
export function offeredDoses(branch: Branch, place: number): number {
  return branch.offered[place] ?? 0;
}

/** Whether a stage that is done has room for a dose that nobody is called for, but that counts where it was given. */
export function takesUnofferedDose(series: Series, branch: Branch, stage: Stage): boolean {
  const count = countInStage(series, stage.place, null);
  return count >= offeredDoses(branch, stage.place) && count < (branch.stages[stage.place]?.length ?? 0);
}

/** Whether a stage ended before all its doses because the age for them has passed (then a booster may follow). */
export function isStageCut(subject: Subject, series: Series, branch: Branch, stage: Stage, on: Day): boolean {
  if (!branch.hasOmissions) return false;
  const count = countInStage(series, stage.place, null);
  if (count === 0) return false;
  const rule = ruleInForce(subject, series, branch.stages[stage.place]?.[count], on);
  const limit = rule?.notAfter ?? null;
  return rule !== undefined && limit !== null && on > dayFor(subject, limit) && !isOmitted(subject, series, rule);
}

/** Whether a dose is left out because the dose before came after the day that its row names. */
function isOmitted(subject: Subject, series: Series, rule: DoseRule): boolean {
  const previousOn = series.countedOn.at(-1);
  if (rule.omittedIfPreviousAfter === null || previousOn === undefined) return false;
  return previousOn > dayFor(subject, rule.omittedIfPreviousAfter);
}

/** Bits of the diseases that the person had on or before a day, over all programmes counted per disease. */
export function hadDiseases(subject: Subject, on: Day): number {
  let bits = 0;
  for (const had of subject.hadDiseases) if (had.on <= on) bits |= had.bit;
  return bits;
}

function isLeftOut(subject: Subject, series: Series, rules: readonly DoseRule[] | undefined, on: Day): boolean {
  const rule = ruleInForce(subject, series, rules, on);
  if (rule === undefined) return false;
  return isOmitted(subject, series, rule) || (rule.notAfter !== null && on > dayFor(subject, rule.notAfter));
}

/** The most particular row of a dose whose conditions are met on a day, whatever came of the stage before. */
function ruleInForce(
  subject: Subject,
  series: Series,
  rules: readonly DoseRule[] | undefined,
  on: Day,
): DoseRule | undefined {
  return rules?.find((rule) => on >= rule.inForce.from && on <= rule.inForce.to && isMet(subject, series, rule, on));
}

function isUsable(subject: Subject, series: Series, rule: DoseRule, on: Day, after: 'complete' | 'cut'): boolean {
  if (on < rule.inForce.from || on > rule.inForce.to) return false;
  return (rule.after === null || rule.after === after) && isMet(subject, series, rule, on);
}

function isMet(subject: Subject, series: Series, rule: DoseRule, on: Day): boolean {
  if (rule.requires.length === 0) return true;
  return holdAll(rule.requires, { on, facts: subject.facts, countedOn: series.countedOn });
}

function fits(subject: Subject, series: Series, branch: Branch, bit: number, firstOn: Day): boolean {
  if (subject.bornOn < branch.born.from || subject.bornOn > branch.born.to) return false;
  if (firstOn < branch.inForce.from || firstOn > branch.inForce.to) return false;
  if (branch.firstFrom !== null && firstOn < dayFor(subject, branch.firstFrom)) return false;
  if (branch.firstTo !== null && firstOn > dayFor(subject, branch.firstTo)) return false;
  return branch.beginsWith.length === 0 || beginsAsGiven(series, branch.beginsWith, bit);
}

/** Whether the doses given, and the one asked about after them, are those that a branch begins with. */
function beginsAsGiven({ counted }: Series, beginsWith: readonly number[], bit: number): boolean {
  for (let place = 0; place < beginsWith.length; place += 1) {
    const given = place === counted.length ? bit : counted[place]?.bit;
    if (given !== beginsWith[place]) return false;
  }
  return true;
}
