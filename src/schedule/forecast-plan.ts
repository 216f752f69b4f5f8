import { addDays, type Day, earlierDay, getDay, laterDay, type Sex } from '#kernel';
import { evaluateDay } from './day-expression.ts';
import type { Choice, DoseOption } from './dose-option.ts';
import { joinPeriods } from './join-periods.ts';
import { firstDay, lastDay, type Period } from './read-table.ts';
import type { Branch, ProductClass, Programme, RuleSet, Stage, Window } from './rule-set.ts';
import { emptySeries, type Series } from './series.ts';
import type { StageDraft } from './stage-draft.ts';
import type { StageForecast, TraceStep } from './types.ts';

/** What the forecast of a programme needs and is the same for everybody. */
export interface ProgrammePlan {
  readonly programme: Programme;
  /** Birth dates outside of which no window of the programme is for a person of that sex. */
  readonly born: Readonly<Record<Sex, Period>>;
  /** The programme with nothing given. */
  readonly untouched: Series;
  /** Every product class. */
  readonly all: Choice;
  /** Each product class alone, in the order of the classes. */
  readonly singles: readonly Choice[];
  /** What is left to choose once a branch is begun. */
  readonly byBranch: ReadonlyMap<Branch, Choice>;
  /** By stage, where there is only one branch: the ways to give it with every class. */
  readonly onlyWays: readonly (readonly DoseOption[] | null)[];
  /** By stage: the answer to all for whom it has no window. */
  readonly notConcerned: readonly StageDraft[];
  /** By stage: the answer to all who follow another path of its family. */
  readonly offPath: readonly StageDraft[];
  /** By stage: answers that it is not for a person, by the row that says so. */
  readonly notEligible: readonly Map<TraceStep | undefined, StageDraft>[];
}

const plans = new WeakMap<RuleSet, readonly ProgrammePlan[]>();

/** The plans of all programmes of the rules, made once. */
export function plansOf(rules: RuleSet): readonly ProgrammePlan[] {
  const known = plans.get(rules);
  if (known !== undefined) return known;
  const made = rules.programmes.map(planOf);
  plans.set(rules, made);
  return made;
}

/** Whether a branch knows a dose of a stage. */
export function givesStage(branch: Branch, place: number): boolean {
  return (branch.stages[place]?.length ?? 0) > 0;
}

/**
 * Why a stage is not for this person: nothing of it applies. Most stages are not for most people, and nothing in the
 * answer is the person's own: each is formed once.
 */
export function notEligible(plan: ProgrammePlan, stage: Stage, trace: TraceStep | undefined): StageDraft {
  const formed = plan.notEligible[stage.place];
  const known = formed?.get(trace);
  if (known !== undefined) return known;
  const draft = notEligibleDraft(plan.programme, stage, trace);
  formed?.set(trace, draft);
  return draft;
}

function notEligibleDraft({ programme }: Programme, stage: Stage, trace: TraceStep | undefined): StageDraft {
  const forecast: StageForecast = Object.freeze({
    programme,
    stage: stage.stage,
    eligibleFrom: null,
    eligibleTo: null,
    standardFrom: null,
    standardTo: null,
    status: 'notEligible',
    dosesNeeded: null,
    next: null,
    trace: Object.freeze(trace === undefined ? [] : [trace]),
  });
  return { stage, outcome: 'notEligible', forecast, ways: [], options: [], wasNeverOpen: false };
}

function planOf(programme: Programme): ProgrammePlan {
  const { productClasses, branches, stages } = programme;
  const all = choiceOf(programme, productClasses);
  const singles = productClasses.map((products) => choiceOf(programme, [products]));
  const [only, ...others] = branches;
  const pathTrace = programme.family?.members.find((member) => member.programme === programme)?.trace;
  return {
    programme,
    born: { female: birthsOf(stages, 'female'), male: birthsOf(stages, 'male'), unknown: birthsOf(stages, 'unknown') },
    untouched: emptySeries(programme),
    all,
    singles,
    byBranch: new Map(branches.map((branch) => [branch, choiceAfter(programme, all, branch)])),
    onlyWays: stages.map(({ place }) => {
      if (only === undefined || others.length > 0) return null;
      if (!givesStage(only, place)) return [];
      return singles.flatMap((alone) => alone.classes.map((products) => ({ products, alone, branch: only })));
    }),
    notConcerned: stages.map((stage) => notEligibleDraft(programme, stage, stage.windows[0]?.trace)),
    offPath: stages.map((stage) => notEligibleDraft(programme, stage, pathTrace)),
    notEligible: stages.map(() => new Map<TraceStep | undefined, StageDraft>()),
  };
}

/** The birth dates between which windows for a sex lie; a window for one sex is for nobody whose sex is not known. */
function birthsOf(stages: readonly Stage[], sex: Sex): Period {
  const windows = stages.flatMap((stage) => stage.windows).filter((each) => each.sex === null || each.sex === sex);
  return {
    from: windows.reduce((first, { born }) => earlierDay(first, born.from), lastDay),
    to: windows.reduce((last, { born }) => laterDay(last, born.to), firstDay),
  };
}

/** The products a branch can be completed with; all where it names none that are the programme's own. */
function choiceAfter(programme: Programme, all: Choice, branch: Branch): Choice {
  const usable = all.classes.filter(({ bits }) => (bits & branch.products) !== 0);
  return usable.length > 0 && usable.length < all.classes.length ? choiceOf(programme, usable) : all;
}

function choiceOf({ stages, branches }: Programme, classes: readonly ProductClass[]): Choice {
  const openings = stages.map(({ windows }) =>
    windows.map((window) => {
      const days = daysInUse(window, classes);
      return { window, days, born: birthsWithin(window, days) };
    }),
  );
  const wayAlong = stages.map(() => new Map<Branch, readonly DoseOption[]>());
  const choice: Choice = { classes, openings, wayAlong };
  const [products, ...others] = classes;
  if (products === undefined || others.length > 0) return choice;
  for (const [place, ways] of wayAlong.entries()) {
    for (const branch of branches) {
      if (givesStage(branch, place)) ways.set(branch, [{ products, alone: choice, branch }]);
    }
  }
  return choice;
}

/** The days on which a window is in force and some of the products are in use, joined where they touch. */
function daysInUse(window: Window, classes: readonly ProductClass[]): readonly Period[] {
  const usable = classes.filter(({ bits }) => (bits & window.products) !== 0);
  return joinPeriods(
    usable.map(({ inUse }) => ({
      from: laterDay(window.inForce.from, inUse.from),
      to: earlierDay(window.inForce.to, inUse.to),
    })),
  );
}

/** Birth dates are looked for between these days; before the first and after the last it is as on them. */
const bornBetween: Period = { from: getDay(1850, 1, 1), to: getDay(2250, 1, 1) };

/** The birth dates of all to whom a window may leave some of the days: no day of a rule goes back with a later birth. */
export function birthsWithin({ opens, closes, born }: Window, days: readonly Period[]): Period {
  const first = days[0]?.from ?? lastDay;
  const last = days.at(-1)?.to ?? firstDay;
  if (opens.origin === 'due' || closes?.origin === 'due') return born;
  const from = firstBirth((bornOn) => closes === null || evaluateDay(closes, bornOn, null) >= first);
  const after = firstBirth((bornOn) => evaluateDay(opens, bornOn, null) > last);
  return {
    from: from === bornBetween.from ? born.from : laterDay(born.from, from),
    to: after === lastDay ? born.to : earlierDay(born.to, addDays(after, -1)),
  };
}

/** The first birth date for which something holds that then holds for all later ones; the last day of all where none is. */
function firstBirth(holds: (bornOn: Day) => boolean): Day {
  if (!holds(bornBetween.to)) return lastDay;
  let [before, on] = [addDays(bornBetween.from, -1), bornBetween.to];
  while (on - before > 1) {
    const middle = addDays(before, Math.floor((on - before) / 2));
    if (holds(middle)) on = middle;
    else before = middle;
  }
  return on;
}
