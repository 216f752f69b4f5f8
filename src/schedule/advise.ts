import { type Day, type Finding, finding, formatIsoDay } from '#kernel';
import { offeredDoses } from './choose-branch.ts';
import { dayAfterInterval, type Interval } from './interval-expression.ts';
import type { Branch, DoseRule, Stage, StandardWindow } from './rule-set.ts';
import type { Series } from './series.ts';
import { dayFor, type Subject } from './subject.ts';

/** A lawful dose whose place in the series is known, asked for advice. */
export interface AdviceQuestion {
  readonly branch: Branch;
  readonly stage: Stage;
  readonly number: number;
  readonly rule: DoseRule | undefined;
  readonly bit: number;
  readonly on: Day;
  /** The expected day of delivery from which the days of a pregnancy are counted. */
  readonly dueOn: Day | null;
}

/**
 * Advice on a lawful dose after the advice it already has: outside the standard window or the standard interval.
 * Never decides anything.
 */
export function adviseOn(
  subject: Subject,
  series: Series,
  question: AdviceQuestion,
  before: readonly Finding[],
): readonly Finding[] {
  const onWindow = adviseOnWindow(subject, question);
  const onInterval = adviseOnInterval(series, question);
  if (onWindow === undefined && onInterval === undefined) return before;
  return [...before, onWindow, onInterval].filter((each) => each !== undefined);
}

/** The standard window for a dose of a stage on a day; a row for this dose goes before one for the whole course. */
export function findStandard(
  stage: Stage,
  branch: Branch | null,
  number: number,
  bits: number,
  on: Day,
): StandardWindow | undefined {
  let course: StandardWindow | undefined;
  for (const standard of stage.standards) {
    if ((standard.products & bits) === 0 || on < standard.inForce.from || on > standard.inForce.to) continue;
    if (standard.branch !== null && standard.branch !== branch) continue;
    if (standard.dose === number) return standard;
    if (standard.dose === null) course ??= standard;
  }
  return course;
}

/** The standard interval of a dose as days, and in the row's words; null where the row leaves an end open. */
export function standardInterval(
  series: Series,
  rule: DoseRule,
): { readonly from: Day | null; readonly to: Day | null; readonly text: string } | undefined {
  if (rule.standard === null) return undefined;
  const { from, to, text } = rule.standard;
  return { from: endOf(series, from), to: endOf(series, to), text };
}

function endOf({ countedOn }: Series, interval: Interval | null): Day | null {
  if (interval === null) return null;
  const since = interval.anchor === 'first' ? countedOn[0] : countedOn.at(-1);
  return since === undefined ? null : dayAfterInterval(since, interval);
}

function adviseOnWindow(subject: Subject, question: AdviceQuestion): Finding | undefined {
  const { branch, stage, number, bit, on, dueOn } = question;
  const standard = findStandard(stage, branch, number, bit, on);
  // A standard window of a whole course speaks of the doses that everybody is called for.
  const isBeyond = standard?.dose === null && number > offeredDoses(branch, stage.place);
  if (standard === undefined || isBeyond) return undefined;
  const { opens, closes, trace, lateCode } = standard;
  const from = opens === null ? null : dayFor(subject, opens, dueOn);
  const to = closes === null ? null : dayFor(subject, closes, dueOn);
  if (from !== null && on < from) {
    const params = { from: formatIsoDay(from), days: from - on };
    return finding('beforeStandardWindow', 'note', null, params, trace.basis);
  }
  if (to === null || on <= to) return undefined;
  const params = { to: formatIsoDay(to), days: on - to };
  return finding(lateCode ?? 'afterStandardWindow', 'note', null, params, trace.basis);
}

function adviseOnInterval(series: Series, { rule, on }: AdviceQuestion): Finding | undefined {
  const { countedOn } = series;
  const standard = rule === undefined || countedOn.length === 0 ? undefined : standardInterval(series, rule);
  if (rule === undefined || standard === undefined) return undefined;
  const { from, to, text } = standard;
  if (from !== null && on < from) {
    const params = { standard: text, from: formatIsoDay(from), days: from - on };
    return finding('beforeStandardInterval', 'note', null, params, rule.trace.basis);
  }
  if (to === null || on <= to) return undefined;
  const params = { standard: text, to: formatIsoDay(to), days: on - to };
  return finding('afterStandardInterval', 'note', null, params, rule.trace.basis);
}
