import { type Day, earlierDay, laterDay } from '#kernel';
import { findStandard } from './advise.ts';
import { chooseBranch, hadDiseases, isStageCut, isStageDone } from './choose-branch.ts';
import { countDosesNeeded } from './count-doses-needed.ts';
import type { Choice, DoseOption } from './dose-option.ts';
import { eligibleSpans, pickSpan } from './eligible-spans.ts';
import { givesStage, notEligible, type ProgrammePlan, plansOf } from './forecast-plan.ts';
import type { Evaluation } from './judge-doses.ts';
import { cutBefore, isExcluded } from './judge-target.ts';
import { findLegalDays, type LegalDays, type NextQuestion } from './next-dose.ts';
import { lastDay } from './read-table.ts';
import type { ProductClass, RuleSet, Stage } from './rule-set.ts';
import { dosesBefore, type Series } from './series.ts';
import type { Span } from './spans.ts';
import type { StageDraft, StageOutcome } from './stage-draft.ts';
import { dayFor, type Subject } from './subject.ts';
import type { NextDose, StageForecast, StageStatus, TraceStep } from './types.ts';
import { withItem } from './with-item.ts';

/** Every stage of every programme in the order of the rules, as it stands on `asOf`. */
export function deriveForecast(rules: RuleSet, evaluation: Evaluation): readonly StageForecast[] {
  const { path, series } = evaluation;
  const forecasts: StageForecast[] = [];
  for (const plan of plansOf(rules)) {
    const { index } = plan.programme;
    const drafts = draftProgramme(evaluation, plan, series[index] ?? plan.untouched, path[index] ?? noStages);
    for (const { forecast } of drafts) forecasts.push(forecast);
  }
  return forecasts;
}

const noStages: readonly number[] = [];
const noDrafts: readonly StageDraft[] = [];

/** The stages of a programme for a person, of which those in `closed` belong to another path. */
export function draftProgramme(
  evaluation: Evaluation,
  plan: ProgrammePlan,
  series: Series,
  closed: readonly number[],
): readonly StageDraft[] {
  const { subject } = evaluation;
  const { stages } = plan.programme;
  if (closed.length === stages.length) return plan.offPath;
  if (closed.length === 0 && !mayConcern(subject, plan)) return plan.notConcerned;
  const choice = choiceFor(subject, series, plan);
  let drafts = noDrafts;
  for (const stage of stages) {
    const offPath = closed.length > 0 && closed.includes(stage.place) ? plan.offPath[stage.place] : undefined;
    const draft = offPath ?? draftStage(evaluation, series, plan, choice, stage, drafts);
    drafts = withItem(drafts, draft);
  }
  const dosesNeeded = countDosesNeeded(subject, series, drafts);
  for (const { forecast, outcome } of drafts) if (outcome !== 'notEligible') forecast.dosesNeeded = dosesNeeded;
  return drafts;
}

/** Whether the programme has a window for people of this birth date and sex, or a fact might open one. */
function mayConcern({ facts, bornOn, sex }: Subject, { born }: ProgrammePlan): boolean {
  return facts.length > 0 || (bornOn >= born[sex].from && bornOn <= born[sex].to);
}

function draftStage(
  evaluation: Evaluation,
  series: Series,
  plan: ProgrammePlan,
  choice: Choice,
  stage: Stage,
  before: readonly StageDraft[],
): StageDraft {
  const { subject } = evaluation;
  const spans = eligibleSpans(subject, series, stage, choice);
  const span = pickSpan(plan.programme, spans, subject.asOf);
  if (span === undefined) return plan.notConcerned[stage.place] ?? notEligible(plan, stage, stage.windows[0]?.trace);
  const taken = takenOut(subject, series, stage, choice.classes);
  if (taken !== undefined) return notEligible(plan, stage, taken);
  const options = optionsOf(subject, series, plan, stage, choice, span);
  const first = options[0];
  if (first === undefined) return notEligible(plan, stage, branchTrace(subject, series, choice.classes, span));
  const count = dosesBefore(series, stage, span.occasion);
  const state: StageState = { evaluation, series, stage, spans, options, first, count };
  if (series.counted.length > 0) {
    if (isStageCut(subject, series, first.branch, stage, subject.asOf)) return settled(state, span, 'cut', 'closed');
    if (isStageDone(subject, series, first.branch, stage, subject.asOf, span.occasion)) {
      return settled(state, span, 'done', 'completed');
    }
  }
  if (span.to < subject.asOf) return settled(state, span, 'lost', 'closed');
  const followed = stage.follows === null ? undefined : before[stage.follows]?.outcome;
  if (followed === 'lost') return settled(state, span, 'lost', 'closed');
  if (followed === 'open') return settled(state, span, 'open', subject.asOf < span.from ? 'tooEarly' : 'waiting');
  return withNextDose(state, span, followed === 'cut');
}

/** The ways to go on in a stage; none when the branch knows no dose of it. */
function optionsOf(
  subject: Subject,
  series: Series,
  plan: ProgrammePlan,
  stage: Stage,
  choice: Choice,
  span: Span,
): readonly DoseOption[] {
  const only = plan.onlyWays[stage.place] ?? null;
  if (only !== null && choice === plan.all) return only;
  if (choice.classes.length === 1) return waysAlong(subject, series, stage, choice, span);
  let options = noOptions;
  for (const alone of plan.singles) {
    const [products] = alone.classes;
    if (products === undefined || !choice.classes.includes(products)) continue;
    for (const way of waysAlong(subject, series, stage, alone, span)) options = withItem(options, way);
  }
  return options;
}

const noOptions: readonly DoseOption[] = [];

/** The way to go on with one class of products along the branch that it leads to. */
function waysAlong(subject: Subject, series: Series, stage: Stage, alone: Choice, span: Span): readonly DoseOption[] {
  const [products] = alone.classes;
  if (products === undefined) return noOptions;
  return alone.wayAlong[stage.place]?.get(branchOf(subject, series, products, span)) ?? noOptions;
}

/** What is known of a stage that concerns the person. */
interface StageState {
  readonly evaluation: Evaluation;
  readonly series: Series;
  readonly stage: Stage;
  readonly spans: readonly Span[];
  readonly options: readonly DoseOption[];
  /** The first of the options. */
  readonly first: DoseOption;
  readonly count: number;
}

function withNextDose(state: StageState, picked: Span, isAfterCut: boolean): StageDraft {
  const { series, stage, evaluation, first, count } = state;
  const after = isAfterCut
    ? 'cut'
    : cutBefore(evaluation.subject, series, first.branch, stage, evaluation.subject.asOf);
  const found = findWays(state, picked, after);
  if (found.ways.length > 0) return opened(state, picked, found.ways);
  let { isTooOld } = found;
  for (const span of state.spans) {
    if (span.from <= picked.to) continue;
    const later = findWays(state, span, after);
    if (later.ways.length > 0) return opened(state, span, later.ways);
    isTooOld ||= later.isTooOld;
  }
  return settled(state, picked, isTooOld && count > 0 ? 'cut' : 'lost', 'closed');
}

/** The ways to give the next dose within a span that are not over; whether only its last age stands against one. */
function findWays(
  state: StageState,
  span: Span,
  after: 'complete' | 'cut',
): { readonly ways: readonly LegalDays[]; readonly isTooOld: boolean } {
  const { series, stage, evaluation, options, count } = state;
  const { subject, given } = evaluation;
  let ways = noWays;
  let isTooOld = false;
  const isAnyNamed = options.length > 1 && options.some((option) => isNamed(stage, count, option));
  for (const option of options) {
    if (isAnyNamed && !isNamed(stage, count, option)) continue;
    const to = lastDayOf(state, span, option);
    if (to === undefined) continue;
    const found = findWay({ subject, series, given, stage, count, after, from: span.from, to }, option);
    if (found === 'tooOld') isTooOld = true;
    else if (found !== undefined && found.latestOn >= subject.asOf) ways = withItem(ways, found);
  }
  return { ways, isTooOld };
}

/** Whether the rows of a dose name its products; after mixed products the next dose is of one of them. */
function isNamed({ place }: Stage, count: number, { branch, products }: DoseOption): boolean {
  const rules = branch.stages[place]?.[count];
  return rules !== undefined && rules.some((rule) => (rule.products & products.bits) !== 0);
}

/** The lawful days by an option; a first dose may lead along another branch when it is only lawful later. */
function findWay(question: NextQuestion, option: DoseOption): LegalDays | 'tooOld' | undefined {
  const found = findLegalDays(question, option);
  if (found === undefined || found === 'tooOld' || question.series.counted.length > 0) return found;
  const { subject, series, stage } = question;
  const bit = lowestBit(option.products.bits);
  const branch = chooseBranch(subject, series, bit, laterDay(subject.asOf, found.earliestOn));
  if (branch === option.branch || !givesStage(branch, stage.place)) return found;
  return findLegalDays(question, { ...option, branch });
}

function opened(state: StageState, span: Span, ways: readonly LegalDays[]): StageDraft {
  const { stage, options, evaluation } = state;
  const { asOf } = evaluation.subject;
  const way = ways.reduce((best, each) => (each.earliestOn < best.earliestOn ? each : best));
  const next: NextDose = {
    doseNumber: state.count + 1,
    earliestOn: way.earliestOn,
    recommendedFrom: way.recommendedFrom,
    recommendedTo: way.recommendedTo,
    latestOn: noLimit(ways.reduce((last, each) => laterDay(last, each.latestOn), way.latestOn)),
  };
  const forecast = describe(state, span, way, next);
  forecast.status = statusOf(asOf, span, next, forecast.standardTo);
  return { stage, outcome: 'open', forecast, ways, options, wasNeverOpen: false };
}

function statusOf(asOf: Day, span: Span, next: NextDose, standardTo: Day | null): StageStatus {
  if (asOf < span.from) return 'tooEarly';
  if (asOf < next.earliestOn) return 'waiting';
  const isLate = (day: Day | null): boolean => day !== null && asOf > day;
  return isLate(standardTo) || isLate(next.recommendedTo) ? 'overdue' : 'due';
}

/** A stage that has no next dose now. */
function settled(state: StageState, span: Span, outcome: StageOutcome, status: StageStatus): StageDraft {
  const forecast = describe(state, span, undefined, null);
  forecast.status = status;
  const { stage, options } = state;
  return { stage, outcome, forecast, ways: noWays, options, wasNeverOpen: span.wasNeverOpen };
}

/** The windows of a stage with their rows; its status is put in by who asks. */
function describe(
  { series, stage, evaluation, first, count }: StageState,
  span: Span,
  way: LegalDays | undefined,
  next: NextDose | null,
): StageDraft['forecast'] {
  const { subject } = evaluation;
  const option = way?.option ?? first;
  const standard = findStandard(stage, option.branch, count + 1, option.products.bits, subject.asOf);
  const opens = standard?.opens ?? null;
  const closes = standard?.closes ?? null;
  return {
    programme: series.programme.programme,
    stage: stage.stage,
    eligibleFrom: span.from,
    eligibleTo: noLimit(span.to),
    standardFrom: opens === null ? null : dayFor(subject, opens, span.dueOn),
    standardTo: closes === null ? null : dayFor(subject, closes, span.dueOn),
    status: 'due',
    dosesNeeded: null,
    next,
    trace: traceOf(series, span, option, way, standard),
  };
}

function traceOf(
  series: Series,
  span: Span,
  option: DoseOption,
  way: LegalDays | undefined,
  standard: ReturnType<typeof findStandard>,
): readonly TraceStep[] {
  const season = series.programme.seasons[0];
  if (season === undefined && way === undefined && series.counted.length === 0) {
    return standard === undefined ? [span.trace] : [span.trace, standard.trace];
  }
  let trace: readonly TraceStep[] = season === undefined ? [span.trace] : [span.trace, season.trace];
  const isBranched = series.programme.branches.length > 1 && series.counted.length > 0;
  if (isBranched) trace = withItem(trace, option.branch.trace);
  if (way !== undefined) for (const step of way.trace) trace = withItem(trace, step);
  return standard === undefined ? trace : withItem(trace, standard.trace);
}

const noWays: readonly LegalDays[] = [];
/** The row that takes the person out of a stage for good, whichever product. */
function takenOut(
  subject: Subject,
  series: Series,
  stage: Stage,
  classes: readonly ProductClass[],
): TraceStep | undefined {
  if (subject.facts.length === 0) return undefined;
  for (const exclusion of stage.exclusions) {
    if (exclusion.to !== null || classes.some(({ bits }) => (bits & exclusion.products) === 0)) continue;
    if (isExcluded(subject, series, exclusion, subject.asOf)) return exclusion.trace;
  }
  if (!series.programme.isCountedPerDisease || subject.hadDiseases.length === 0) return undefined;
  const isNothingLeft = (stage.diseases & ~hadDiseases(subject, subject.asOf)) === 0;
  return isNothingLeft ? stage.windows[0]?.trace : undefined;
}

/** Products the programme can go on with: all before the first dose, then those of the branch. */
function choiceFor(subject: Subject, series: Series, plan: ProgrammePlan): Choice {
  const last = series.counted.at(-1);
  if (last === undefined || plan.singles.length < 2) return plan.all;
  return plan.byBranch.get(chooseBranch(subject, series, last.bit, last.on)) ?? plan.all;
}

function branchOf(subject: Subject, series: Series, { bits }: ProductClass, span: Span): DoseOption['branch'] {
  const on = earlierDay(laterDay(subject.asOf, span.from), span.to);
  return chooseBranch(subject, series, lowestBit(bits), on);
}

/** The last day that a span leaves for some of the products; undefined when it leaves none. */
function lastDayOf(
  { evaluation, series, stage, options }: StageState,
  span: Span,
  option: DoseOption,
): Day | undefined {
  if (options.length === 1) return span.to;
  const { bits, inUse } = option.products;
  const isOfAll = stage.windows.every((window) => (window.products & bits) !== 0);
  if (isOfAll && inUse.from <= span.from && inUse.to >= span.to) return span.to;
  const own = eligibleSpans(evaluation.subject, series, stage, option.alone);
  const within = own.find((each) => each.from <= span.to && each.to >= span.from);
  return within === undefined ? undefined : earlierDay(within.to, span.to);
}

function branchTrace(
  subject: Subject,
  series: Series,
  classes: readonly ProductClass[],
  span: Span,
): TraceStep | undefined {
  const [products] = classes;
  return products === undefined ? undefined : branchOf(subject, series, products, span).trace;
}

function lowestBit(bits: number): number {
  return bits & -bits;
}

function noLimit(day: Day): Day | null {
  return day >= lastDay ? null : day;
}
