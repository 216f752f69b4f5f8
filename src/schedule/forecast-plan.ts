import type { Day } from '#kernel';
import { earlierDay, laterDay } from '#kernel';
import type { StageDraft } from './derive-forecast.ts';
import type { Period } from './read-table.ts';
import type { Branch, ProductClass, Programme, RuleSet, Window } from './rule-set.ts';
import { emptySeries, type Series } from './series.ts';
import type { TraceStep } from './types.ts';

/** Product classes to go on with, and when the law lets any of them be used. */
export interface Choice {
  readonly classes: readonly ProductClass[];
  /** By stage: the windows with the days on which any of the classes may be used in them. */
  readonly openings: readonly (readonly Opening[])[];
}

/** A window with the days on which some products may be used in it; none when they are never in use together. */
export interface Opening {
  readonly window: Window;
  readonly days: readonly Period[];
}

/** A way to give the next dose: a class of products and the branch it leads along. */
export interface DoseOption {
  readonly products: ProductClass;
  /** The class as the only choice. */
  readonly alone: Choice;
  readonly branch: Branch;
}

/** What the forecast of a programme needs and is the same for everybody. */
export interface ProgrammePlan {
  readonly programme: Programme;
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

function planOf(programme: Programme): ProgrammePlan {
  const { productClasses, branches, stages } = programme;
  const all = choiceOf(programme, productClasses);
  const singles = productClasses.map((products) => choiceOf(programme, [products]));
  const [only, ...others] = branches;
  return {
    programme,
    untouched: emptySeries(programme),
    all,
    singles,
    byBranch: new Map(branches.map((branch) => [branch, choiceAfter(programme, all, branch)])),
    onlyWays: stages.map(({ place }) => {
      if (only === undefined || others.length > 0) return null;
      if (!givesStage(only, place)) return [];
      return singles.flatMap((alone) => alone.classes.map((products) => ({ products, alone, branch: only })));
    }),
    notEligible: stages.map(() => new Map<TraceStep | undefined, StageDraft>()),
  };
}

/** The products a branch can be completed with; all where it names none that are the programme's own. */
function choiceAfter(programme: Programme, all: Choice, branch: Branch): Choice {
  const usable = all.classes.filter(({ bits }) => (bits & branch.products) !== 0);
  return usable.length > 0 && usable.length < all.classes.length ? choiceOf(programme, usable) : all;
}

function choiceOf({ stages }: Programme, classes: readonly ProductClass[]): Choice {
  const openings = stages.map(({ windows }) => windows.map((window) => ({ window, days: daysInUse(window, classes) })));
  return { classes, openings };
}

/** The days on which a window is in force and some of the products are in use, joined where they touch. */
function daysInUse(window: Window, classes: readonly ProductClass[]): readonly Period[] {
  const periods = classes
    .filter(({ bits }) => (bits & window.products) !== 0)
    .map(({ inUse }): { from: Day; to: Day } => ({
      from: laterDay(window.inForce.from, inUse.from),
      to: earlierDay(window.inForce.to, inUse.to),
    }))
    .filter(({ from, to }) => from <= to)
    .toSorted((a, b) => a.from - b.from);
  const result: Period[] = [];
  for (const period of periods) {
    const last = result.at(-1);
    if (last === undefined || period.from > last.to + 1) result.push(period);
    else result[result.length - 1] = { from: last.from, to: laterDay(last.to, period.to) };
  }
  return result;
}
