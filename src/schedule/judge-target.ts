import { type Day, type Finding, finding, formatIsoDay } from '#kernel';
import { adviseOn } from './advise.ts';
import {
  chooseBranch,
  findDoseRule,
  hadDiseases,
  isStageCut,
  isStageDone,
  takesUnofferedDose,
} from './choose-branch.ts';
import { explainOutside } from './explain-outside.ts';
import { holdsFact } from './fact-condition.ts';
import { dayAfterInterval, type Interval } from './interval-expression.ts';
import { firstDay } from './read-table.ts';
import type { Branch, DoseRule, Exclusion, Product, Stage } from './rule-set.ts';
import { dosesBefore, type Series } from './series.ts';
import { concernsPerson, findOccasion, findSeason, type Occasion } from './spans.ts';
import { dayFor, type Subject } from './subject.ts';

/** A dose set against the stage of a programme that it belongs to (CDSi: evaluation of a target dose). */
export interface TargetJudgement {
  readonly stage: Stage;
  /** Number within the stage that the dose has if it counts. */
  readonly number: number;
  readonly occasion: Day | null;
  /** Nothing was left to give. */
  readonly isExtra: boolean;
  /** Broken rules, first those of the window. */
  readonly broken: readonly Finding[];
  readonly advice: readonly Finding[];
  /** Whether it counts in spite of the broken rules. */
  readonly countsThough: boolean;
  /** The branch that the person changes to if the dose counts; null where it stays. */
  readonly changesTo: Branch | null;
}

/** A dose to be judged in a programme; `closedStages` belong to another path than the one chosen. */
export interface TargetQuestion {
  readonly subject: Subject;
  readonly series: Series;
  readonly product: Product;
  readonly bit: number;
  readonly on: Day;
  /** The day, or the first on which the product was routine: whose windows tell the stage of an earlier dose. */
  readonly stagesOn: Day;
  readonly closedStages: readonly number[];
  /** False for a voluntary dose: it is numbered, but the law's windows do not ask about it. */
  readonly isRoutine: boolean;
}

/** Finds the stage a dose belongs to and every legal rule it breaks there. */
export function judgeTarget(question: TargetQuestion): TargetJudgement {
  const { subject, series, bit, on } = question;
  const branch = chooseBranch(subject, series, bit, on);
  const { stage, within, isExtra, isWithin } = chooseStage(question, branch);
  const occasion = occasionOf(question, within);
  const number = dosesBefore(series, stage, occasion) + 1;
  if (isExtra || !question.isRoutine) {
    const broken = question.isRoutine && !isWithin ? explainOutside(subject, series, stage, bit, on) : noFindings;
    const place = { stage, number, occasion, isExtra };
    return { ...place, broken, advice: noFindings, countsThough: true, changesTo: null };
  }
  const outside = within === undefined ? explainOutside(subject, series, stage, bit, on) : noFindings;
  const excluded = findExclusions(question, stage);
  const dose = judgeDose(question, branch, stage, number);
  const isUnbroken = outside.length + excluded.length + dose.broken.length === 0;
  const broken = isUnbroken ? noFindings : [...outside, ...excluded, ...dose.broken];
  const asked = { branch: dose.branch, stage, number, rule: dose.rule, bit, on, dueOn: within?.dueOn ?? null };
  return {
    stage,
    number,
    occasion,
    isExtra,
    broken,
    advice: isUnbroken ? adviseOn(subject, series, asked, dose.advice) : dose.advice,
    countsThough: outside.length + excluded.length === 0 && dose.countsThough,
    changesTo: dose.branch === branch ? null : dose.branch,
  };
}

interface ChosenStage {
  readonly stage: Stage;
  /** What the day belongs to if a window of the stage holds it and the dose is for it. */
  readonly within: Occasion | undefined;
  readonly isExtra: boolean;
  /** Whether a window holds the day, be the stage done or not. */
  readonly isWithin: boolean;
}

/** The earliest stage whose window holds the day and that is not done or takes a dose more, else the earliest not done that concerns the person. */
function chooseStage(question: TargetQuestion, branch: Branch): ChosenStage {
  const { subject, series, bit, on, stagesOn, closedStages } = question;
  let waiting: Stage | undefined;
  let doneWithin: Stage | undefined;
  let last: Stage | undefined;
  for (const stage of series.programme.stages) {
    if (closedStages.includes(stage.place)) continue;
    const within = findOccasion(subject, series, stage, bit, on);
    const isDone = isStageDone(subject, series, branch, stage, on, occasionOf(question, within));
    const isOpen = !isDone || takesUnofferedDose(series, branch, stage);
    if (isOpen && within !== undefined) return { stage, within, isExtra: false, isWithin: true };
    if (!isDone && waiting === undefined && concerns(subject, stage, stagesOn)) waiting = stage;
    if (isDone && within !== undefined) doneWithin = stage;
    if (isDone) last = stage;
  }
  if (waiting !== undefined) return { stage: waiting, within: undefined, isExtra: false, isWithin: false };
  const stage = doneWithin ?? last ?? series.programme.stages[0];
  if (stage === undefined) throw new RangeError(`${series.programme.programme} has no stage`);
  return { stage, within: undefined, isExtra: last !== undefined, isWithin: doneWithin !== undefined };
}

/** Whether a stage has a window for this person that is in force on the day. */
function concerns(subject: Subject, stage: Stage, on: Day): boolean {
  for (const window of stage.windows) {
    if (on >= window.inForce.from && on <= window.inForce.to && concernsPerson(subject, window)) return true;
  }
  return false;
}

function occasionOf({ series, on }: TargetQuestion, within: Occasion | undefined): Day | null {
  if (within !== undefined) return within.occasion;
  return series.programme.recurs === 'season' ? (findSeason(series.programme, on)?.from ?? on) : null;
}

const noFindings: readonly Finding[] = [];

function findExclusions({ subject, series, product, bit, on }: TargetQuestion, stage: Stage): readonly Finding[] {
  const isPlain = stage.exclusions.length === 0 && subject.hadDiseases.length === 0;
  if (isPlain || subject.facts.length === 0) return noFindings;
  const found = stage.exclusions
    .filter((each) => (each.products & bit) !== 0 && isExcluded(subject, series, each, on))
    .map((each) => finding('excludedByFact', 'question', null, {}, each.trace.basis));
  const isImmune = series.programme.isCountedPerDisease && (product.diseases & ~hadDiseases(subject, on)) === 0;
  if (!isImmune || found.length > 0) return found;
  return [finding('excludedByFact', 'question', null, {}, stage.windows[0]?.trace.basis ?? null)];
}

/** Whether a row takes the person out on a day: for good, or on the days of a pregnancy. */
export function isExcluded(subject: Subject, series: Series, exclusion: Exclusion, on: Day): boolean {
  if (on < exclusion.inForce.from || on > exclusion.inForce.to) return false;
  const { from, to } = exclusion;
  if (from !== null && to !== null) {
    return subject.dueOns.some((due) => on >= dayFor(subject, from, due) && on <= dayFor(subject, to, due));
  }
  return holdsFact(exclusion.excludedBy, { on, facts: subject.facts, countedOn: series.countedOn });
}

const noRules: readonly DoseRule[] = [];

interface DoseJudgement {
  readonly branch: Branch;
  readonly rule: DoseRule | undefined;
  readonly broken: readonly Finding[];
  readonly advice: readonly Finding[];
  readonly countsThough: boolean;
}

/** What the rows of the dose ask: intervals, ages of their own, the same day, the same product. */
function judgeDose(question: TargetQuestion, branch: Branch, stage: Stage, number: number): DoseJudgement {
  const { subject, series, bit, on } = question;
  if (isSecondOfDay(question)) {
    const second = finding('secondDoseSameDay', 'question', null, {}, branch.trace.basis);
    return { branch, rule: undefined, broken: [second], advice: noFindings, countsThough: false };
  }
  const after = cutBefore(subject, series, branch, stage, on);
  const rule = findDoseRule(subject, series, branch.stages[stage.place]?.[number - 1] ?? noRules, bit, on, after);
  if (rule === undefined) {
    return { branch, rule, broken: noFindings, advice: noFindings, countsThough: true };
  }
  const isMixed = (rule.products & bit) === 0;
  const short = findShortInterval(question, rule);
  if (short !== undefined && typeof rule.ifShort === 'object') {
    const changed = judgeDose(question, rule.ifShort, stage, number);
    const note = finding('branchChanged', 'note', null, short.params, rule.trace.basis);
    return { ...changed, advice: [note, ...changed.advice] };
  }
  const tooYoung = findTooYoung(subject, rule, on);
  return {
    branch,
    rule,
    broken: tooYoung === undefined && short === undefined ? noFindings : [tooYoung, short].filter(isFound),
    advice: isMixed ? [finding('productMixed', 'question', null, {}, branch.trace.basis)] : noFindings,
    countsThough: tooYoung === undefined && (short === undefined || rule.ifShort === 'counts'),
  };
}

/** Whether the stage that this one follows was cut short by age. */
export function cutBefore(subject: Subject, series: Series, branch: Branch, stage: Stage, on: Day): 'complete' | 'cut' {
  const before = stage.follows === null ? undefined : series.programme.stages[stage.follows];
  return before !== undefined && isStageCut(subject, series, branch, before, on) ? 'cut' : 'complete';
}

function isSecondOfDay({ series, product, on }: TargetQuestion): boolean {
  if (series.countedOn.at(-1) !== on) return false;
  return series.counted.some(
    (dose) => dose.on === on && (!series.programme.isCountedPerDisease || (dose.diseases & product.diseases) !== 0),
  );
}

function isFound(found: Finding | undefined): found is Finding {
  return found !== undefined;
}

function findTooYoung(subject: Subject, rule: DoseRule, on: Day): Finding | undefined {
  if (rule.notBefore === null) return undefined;
  const from = dayFor(subject, rule.notBefore);
  if (on >= from) return undefined;
  return finding('beforeDoseAge', 'question', null, { from: formatIsoDay(from), days: from - on }, rule.trace.basis);
}

function findShortInterval({ series, on }: TargetQuestion, rule: DoseRule): Finding | undefined {
  if (series.countedOn.length === 0 && series.uncountedOn.length === 0) return undefined;
  const { earliestOn, interval, since } = intervalsEndOn(series, rule.minimums);
  if (interval === null || since === null || on >= earliestOn) return undefined;
  const params = {
    minimum: interval.text,
    previousOn: formatIsoDay(since),
    earliestOn: formatIsoDay(earliestOn),
    days: earliestOn - on,
  };
  return finding('intervalTooShort', 'question', null, params, rule.trace.basis);
}

/** The first day that keeps all minimum intervals, and the one that lasts longest. */
export interface IntervalsEnd {
  readonly earliestOn: Day;
  readonly interval: Interval | null;
  readonly since: Day | null;
}

/**
 * When the minimum intervals of a dose are over: from the previous dose that counts (or the first, where the row
 * says so), and from every later dose that does not count. A first dose after one that does not count keeps the
 * shortest interval that the programme knows between two doses.
 */
export function intervalsEndOn(series: Series, minimums: readonly Interval[]): IntervalsEnd {
  let end = noInterval;
  for (const minimum of minimums) {
    end = laterEnd(end, minimum, minimum.anchor === 'first' ? series.countedOn[0] : series.countedOn.at(-1));
  }
  const lastUncounted = series.uncountedOn.at(-1);
  if (lastUncounted === undefined) return end;
  const own = minimums.find((minimum) => minimum.anchor === 'previous');
  const repeat = own ?? (series.counted.length === 0 ? shortestRepeat(series) : undefined);
  return repeat === undefined ? end : laterEnd(end, repeat, lastUncounted);
}

const noInterval: IntervalsEnd = { earliestOn: firstDay, interval: null, since: null };

function laterEnd(end: IntervalsEnd, interval: Interval, since: Day | undefined): IntervalsEnd {
  if (since === undefined) return end;
  const earliestOn = dayAfterInterval(since, interval);
  return earliestOn > end.earliestOn ? { earliestOn, interval, since } : end;
}

function shortestRepeat(series: Series): Interval | undefined {
  const reference = 0 as Day;
  let shortest: Interval | undefined;
  for (const branch of series.programme.branches) {
    for (const doses of branch.stages) {
      for (const minimum of doses[1]?.at(-1)?.minimums ?? []) {
        if (minimum.anchor !== 'previous') continue;
        const isShorter =
          shortest === undefined || dayAfterInterval(reference, minimum) < dayAfterInterval(reference, shortest);
        if (isShorter) shortest = minimum;
      }
    }
  }
  return shortest;
}
