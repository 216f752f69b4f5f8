import { type Day, type Finding, finding, formatIsoDay, laterDay } from '#kernel';
import { type ChosenPath, choosePath } from './choose-path.ts';
import { dayAfterInterval } from './interval-expression.ts';
import { judgeTarget, type TargetJudgement } from './judge-target.ts';
import type { Product, ProductUse, Programme, RuleSet } from './rule-set.ts';
import { emptySeries, type GivenProduct, type Series } from './series.ts';
import { type Subject, subjectOf } from './subject.ts';
import type { DoseKind, JudgedDose, PersonCase, TargetDose, Verdict } from './types.ts';
import { withItem } from './with-item.ts';

/** All doses judged, and what the forecast goes on from. */
export interface Evaluation {
  readonly subject: Subject;
  readonly doses: readonly JudgedDose[];
  /** By the programme's index; undefined where nothing was given. */
  readonly series: readonly (Series | undefined)[];
  /** Everything given up to `asOf`, in order of days. */
  readonly given: readonly GivenProduct[];
  readonly path: ChosenPath;
}

/**
 * Judges every given dose against the law of its own day, in order of days, without a forecast: the cheap road for
 * intake. The answers stand in the order of the input.
 */
export function judgeDoses(rules: RuleSet, person: PersonCase): readonly JudgedDose[] {
  return evaluate(rules, person).doses;
}

/**
 * The same for some of the doses, by their places in the input: whoever adds one dose to a long history asks about that
 * one. The others count as they do in `judgeDoses`; what shares no programme with the doses asked about is not judged.
 */
export function judgeSomeDoses(
  rules: RuleSet,
  person: PersonCase,
  asked: ReadonlySet<number>,
): ReadonlyMap<number, JudgedDose> {
  const ordered = inOrder(rules, person);
  const programmes = new Set<Programme>();
  for (const { index, product } of ordered) {
    if (asked.has(index)) for (const use of product.uses) programmes.add(use.programme);
  }
  const { doses } = evaluateOrdered(rules, person, ordered, ({ index, product }) =>
    product.uses.length === 0 ? asked.has(index) : product.uses.some((use) => programmes.has(use.programme)),
  );
  const judged = new Map<number, JudgedDose>();
  for (const index of asked) {
    const dose = doses[index];
    if (dose !== undefined) judged.set(index, dose);
  }
  return judged;
}

/** Judges the doses and keeps what the forecast needs. */
export function evaluate(rules: RuleSet, person: PersonCase): Evaluation {
  return evaluateOrdered(rules, person, inOrder(rules, person), () => true);
}

function evaluateOrdered(
  rules: RuleSet,
  person: PersonCase,
  ordered: readonly OrderedDose[],
  isJudged: (dose: OrderedDose) => boolean,
): Evaluation {
  const subject = subjectOf(rules, person);
  const given = knownOf(person, ordered);
  const path = choosePath(rules, subject, given);
  const series: (Series | undefined)[] = [];
  const course: Course = { subject, path, series, given, before: 0 };
  const doses: JudgedDose[] = [];
  for (const dose of ordered) {
    if (isJudged(dose)) doses[dose.index] = judgeOne(course, dose);
    if (given[course.before] === dose) course.before += 1;
  }
  return { subject, doses, series, given, path };
}

/** What was given in the person's life up to `asOf`. */
function knownOf({ asOf, bornOn }: PersonCase, ordered: readonly OrderedDose[]): readonly OrderedDose[] {
  const [first, last] = [ordered[0], ordered.at(-1)];
  if (first === undefined || last === undefined || (first.on >= bornOn && last.on <= asOf)) return ordered;
  return ordered.filter(({ on }) => on <= asOf && on >= bornOn);
}

interface Course {
  readonly subject: Subject;
  readonly path: ChosenPath;
  readonly series: (Series | undefined)[];
  /** Everything given up to `asOf`, in order of days. */
  readonly given: readonly GivenProduct[];
  /** How many of those given come before the dose under judgement. */
  before: number;
}

interface OrderedDose extends GivenProduct {
  readonly index: number;
  readonly kind: DoseKind;
}

/** What is known of a dose beside its place in the programmes that count it. */
interface AnswerParts {
  readonly index: number;
  readonly on: Day;
  readonly product: Product;
  readonly isRoutine: boolean;
  readonly early: readonly Finding[];
  readonly cross: CrossConflicts;
}

const noFindings: readonly Finding[] = [];
const noStages: readonly number[] = [];

type Target = { readonly use: ProductUse; readonly series: Series; readonly judgement: TargetJudgement };

const noTargets: readonly Target[] = [];

const kindOrder = { routine: 0, temporary: 1, voluntary: 2 } as const;

/** The one order in which doses are judged, whatever the order of the input. */
function inOrder(rules: RuleSet, person: PersonCase): readonly OrderedDose[] {
  const ordered: OrderedDose[] = [];
  for (const { product: id, on, kind } of person.doses) {
    const product = rules.products.get(id);
    if (product === undefined) throw new RangeError(`unknown product: ${id}`);
    insert(ordered, { on, product, index: ordered.length, kind });
  }
  return ordered;
}

/** Puts a dose behind those that do not come after it: a history is short, and mostly told in order of days. */
function insert(ordered: OrderedDose[], dose: OrderedDose): void {
  let at = ordered.length;
  ordered.push(dose);
  for (; at > 0; at -= 1) {
    const before = ordered[at - 1];
    if (before === undefined || compareDoses(before, dose) <= 0) break;
    ordered[at] = before;
  }
  ordered[at] = dose;
}

function compareDoses(a: OrderedDose, b: OrderedDose): number {
  return a.on - b.on || a.product.order - b.product.order || kindOrder[a.kind] - kindOrder[b.kind] || a.index - b.index;
}

function judgeOne(course: Course, dose: OrderedDose): JudgedDose {
  const { subject } = course;
  const { on, product, index } = dose;
  if (on > subject.asOf) {
    const params = { asOf: formatIsoDay(subject.asOf) };
    return notCounted(dose, 'unknown', [finding('afterAsOf', 'question', null, params)]);
  }
  const cross = findCrossConflicts(course, product, on);
  const use = product.uses[0];
  if (use === undefined) {
    const unknown = finding('noProgramme', 'note', null, { product: product.name });
    return notCounted(dose, 'unknown', [unknown, ...cross.findings]);
  }
  const outOfUse = findOutOfUse(use, on);
  if (outOfUse !== undefined) {
    bindOnly(course, use, on);
    return notCounted(dose, 'unknown', [outOfUse, ...cross.findings]);
  }
  if (on < subject.bornOn) {
    const params = { bornOn: formatIsoDay(subject.bornOn) };
    return notCounted(dose, 'invalid', [finding('beforeBirth', 'question', null, params)]);
  }
  const isEarlier = on < use.inUse.from;
  const isRoutine = dose.kind === 'routine' && !isEarlier;
  const targets = targetsOf(course, product, on, isRoutine);
  const early = isEarlier
    ? [finding('beforeProgrammeStart', 'note', null, { from: formatIsoDay(use.inUse.from) }, use.trace.basis)]
    : noFindings;
  return compose(targets, { index, on, product, isRoutine, early, cross });
}

/** A product whose time in the programme is over, or a day for which no window of it is in force at all. */
function findOutOfUse(use: ProductUse, on: Day): Finding | undefined {
  if (on < use.inUse.from) return undefined;
  if (on > use.inUse.to) {
    return finding('productNotInUse', 'question', null, { to: formatIsoDay(use.inUse.to) }, use.trace.basis);
  }
  for (const { from, to } of use.windowsInForce) if (on >= from && on <= to) return undefined;
  return finding('noRuleOnDay', 'question', null, {}, use.trace.basis);
}

/** The programmes of the person's path that count the product, each with its judgement; its own first. */
function targetsOf(course: Course, product: Product, on: Day, isRoutine: boolean): readonly Target[] {
  const { subject, path } = course;
  let targets = noTargets;
  for (const use of product.uses) {
    const closed = path[use.programme.index] ?? noStages;
    if (closed.length === use.programme.stages.length) continue;
    if (!use.isOwn && closed.length > 0) continue;
    const series = seriesOf(course, use);
    const stagesOn = laterDay(on, use.inUse.from);
    const question = { subject, series, product, bit: use.bit, on, stagesOn, closedStages: closed, isRoutine };
    targets = withItem(targets, { use, series, judgement: judgeTarget(question) });
  }
  return targets;
}

function compose(targets: readonly Target[], about: AnswerParts): JudgedDose {
  const { index, on, product, isRoutine, cross } = about;
  const main = mainOf(targets);
  if (main === undefined) {
    return notCounted(about, 'unknown', [...about.early, ...cross.findings]);
  }
  const isExtra = isRoutine && main.judgement.isExtra;
  const { findings, isBroken } = gatherFindings(targets, main, isExtra, about);
  const verdict: Verdict = isRoutine ? (isExtra ? 'extra' : isBroken ? 'invalid' : 'valid') : 'notRoutine';
  let first: TargetDose | undefined;
  let also: TargetDose[] | undefined;
  for (const target of targets) {
    const { judgement, series } = target;
    const mayCount = !isRoutine || (!judgement.isExtra && judgement.countsThough && cross.countsThough);
    if (!mayCount) series.uncountedOn.push(on);
    else if (target === main) first = count(target, product, on);
    else (also ??= []).push(count(target, product, on));
  }
  const judged: JudgedDose = {
    index,
    programme: main.use.programme.programme,
    stage: main.judgement.stage.stage,
    doseNumber: first?.doseNumber ?? null,
    verdict,
    counts: first !== undefined,
    findings,
  };
  return also === undefined ? judged : { ...judged, alsoCounts: also };
}

/** The programme that a dose stands for: the first that has something left to give. */
function mainOf(targets: readonly Target[]): Target | undefined {
  for (const target of targets) if (!target.judgement.isExtra) return target;
  return targets[0];
}

/** Broken rules of the programmes a dose stands for, those between vaccines, then advice; each said once. */
function gatherFindings(
  targets: readonly Target[],
  main: Target,
  isExtra: boolean,
  { early, cross }: AnswerParts,
): { readonly findings: readonly Finding[]; readonly isBroken: boolean } {
  const isPlain = !isExtra && early.length === 0 && cross.findings.length === 0;
  if (isPlain && targets.every(isFlawless)) return flawless;
  const findings: Finding[] = [...early];
  if (isExtra) findings.push(extraFinding(main));
  const unbroken = findings.length;
  for (const target of targets) {
    // Where one programme still counts the dose, what it is too much for in another breaks no rule.
    if (target !== main && target.judgement.isExtra) continue;
    for (const each of target.judgement.broken) findings.push(each);
  }
  for (const each of cross.findings) findings.push(each);
  const isBroken = findings.length > unbroken;
  for (const { judgement } of targets) for (const each of judgement.advice) findings.push(each);
  return { findings: eachOnce(findings), isBroken };
}

const flawless = { findings: noFindings, isBroken: false };

function isFlawless({ judgement: { broken, advice } }: Target): boolean {
  return broken.length === 0 && advice.length === 0;
}

/** A combination may break the same rule in each of its programmes: said once. */
function eachOnce(findings: readonly Finding[]): readonly Finding[] {
  if (findings.length < 2) return findings;
  const isSame = (a: Finding, b: Finding): boolean =>
    a === b || (a.code === b.code && a.basis === b.basis && haveSameParams(a, b));
  return findings.filter((each, i) => findings.findIndex((other) => isSame(each, other)) === i);
}

function haveSameParams(a: Finding, b: Finding): boolean {
  const names = Object.keys(a.params);
  return names.length === Object.keys(b.params).length && names.every((name) => a.params[name] === b.params[name]);
}

function count({ use, series, judgement }: Target, product: Product, on: Day): TargetDose {
  const { stage, number, occasion } = judgement;
  series.counted.push({ on, bit: use.bit, stage: stage.place, number, occasion, diseases: product.diseases });
  series.countedOn.push(on);
  if (judgement.changesTo !== null) series.forcedBranch = judgement.changesTo;
  return { programme: use.programme.programme, stage: stage.stage, doseNumber: number };
}

function extraFinding({ use }: Target): Finding {
  const code = { once: 'seriesComplete', season: 'seasonComplete', pregnancy: 'pregnancyComplete' }[
    use.programme.recurs
  ];
  return finding(code, 'question', null, {}, use.trace.basis);
}

/** A dose that counts nowhere still binds the shortest interval of its programmes. */
function bindOnly(course: Course, use: ProductUse, on: Day): void {
  seriesOf(course, use).uncountedOn.push(on);
}

function notCounted(
  { index, product }: Pick<OrderedDose, 'index' | 'product'>,
  verdict: Verdict,
  findings: readonly Finding[],
): JudgedDose {
  const programme = product.uses[0]?.programme.programme ?? null;
  return { index, programme, stage: null, doseNumber: null, verdict, counts: false, findings };
}

function seriesOf(course: Course, use: ProductUse): Series {
  const known = course.series[use.programme.index];
  if (known !== undefined) return known;
  const series = emptySeries(use.programme);
  course.series[use.programme.index] = series;
  return series;
}

interface CrossConflicts {
  readonly findings: readonly Finding[];
  readonly countsThough: boolean;
}

const noConflict: CrossConflicts = { findings: [], countsThough: true };

/** Rules between different vaccines that an earlier dose of another day binds this one by. */
function findCrossConflicts({ given, before }: Course, product: Product, on: Day): CrossConflicts {
  let conflicts: CrossConflicts = noConflict;
  for (const rule of product.crossRules) {
    if (on < rule.inForce.from || on > rule.inForce.to) continue;
    for (let i = before - 1; i >= 0; i -= 1) {
      const earlier = given[i];
      if (earlier === undefined || earlier.on + rule.daysAtMost < on) break;
      if (earlier.on === on || !rule.previous.has(earlier.product)) continue;
      if (rule.isOtherProgrammesOnly && earlier.product.uses[0]?.programme === product.uses[0]?.programme) continue;
      const earliestOn = dayAfterInterval(earlier.on, rule.minimum);
      if (on >= earliestOn) continue;
      const params = {
        other: earlier.product.name,
        otherOn: formatIsoDay(earlier.on),
        minimum: rule.minimum.text,
        earliestOn: formatIsoDay(earliestOn),
        days: earliestOn - on,
      };
      conflicts = {
        findings: [...conflicts.findings, finding('crossVaccineInterval', 'question', null, params, rule.trace.basis)],
        countsThough: conflicts.countsThough && rule.countsIfShort,
      };
    }
  }
  return conflicts;
}
