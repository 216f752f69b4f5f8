import type { Day } from '#kernel';
import type { Family, FamilyMember, Product, Programme, RuleSet, Stage } from './rule-set.ts';
import type { GivenProduct } from './series.ts';
import { spanOf } from './spans.ts';
import type { Subject } from './subject.ts';

/** By the programme's index: the stages that belong to a path the person does not follow. */
export type ChosenPath = readonly (readonly number[])[];

const noStages: readonly number[] = [];

/**
 * Chooses the path through each family by the products given (and programmes started): the programme of the first
 * dose takes the diseases it covers; diseases not begun are offered by the first rows of `paths.csv` in use that
 * cover nothing already begun. A single vaccine after a combination splits the path; the combination counts there too.
 */
export function choosePath(rules: RuleSet, subject: Subject, given: readonly GivenProduct[]): ChosenPath {
  const unbegun = unbegunOf(rules, subject.asOf);
  let path: (readonly number[])[] | undefined;
  for (const family of unbegun.families) {
    const starts = startsOf(subject, family, given);
    if (starts.length > 0) closeOthers((path ??= [...unbegun.path]), family, membersOf(subject.asOf, family, starts));
  }
  return path ?? unbegun.path;
}

/** The path of all who have begun nothing, on a day. */
interface Unbegun {
  readonly families: readonly Family[];
  readonly asOf: Day;
  readonly path: ChosenPath;
}

/** Kept for the last day asked about: a population is judged on one day. */
const unbegunPaths = new WeakMap<RuleSet, Unbegun>();

function unbegunOf(rules: RuleSet, asOf: Day): Unbegun {
  const known = unbegunPaths.get(rules);
  if (known?.asOf === asOf) return known;
  const families = known?.families ?? familiesOf(rules);
  const path: (readonly number[])[] = rules.programmes.map(() => noStages);
  for (const family of families) closeOthers(path, family, membersOf(asOf, family, []));
  const unbegun = { families, asOf, path };
  unbegunPaths.set(rules, unbegun);
  return unbegun;
}

function familiesOf(rules: RuleSet): readonly Family[] {
  return [...new Set(rules.programmes.flatMap(({ family }) => (family === null ? [] : [family])))];
}

/** Writes down which stages of a family belong to members that are not followed. */
function closeOthers(path: (readonly number[])[], family: Family, followed: readonly FamilyMember[]): void {
  for (const { programme, stages } of family.members) {
    const isFollowed = followed.some((each) => each.programme === programme);
    path[programme.index] = isFollowed ? noStages : stages;
  }
}

function membersOf(asOf: Day, family: Family, starts: readonly FamilyMember[]): readonly FamilyMember[] {
  const chosen: FamilyMember[] = [];
  for (const member of starts) choose(family, chosen, member);
  let missing = family.components & ~componentsOf(chosen);
  for (const member of family.members) {
    if (missing === 0) break;
    if ((member.components & ~missing) !== 0 || !isInUse(member.programme, asOf)) continue;
    chosen.push(member);
    missing &= ~member.components;
  }
  return chosen;
}

/** The members begun, in order of days and then of their rows: by a started programme or by a dose of one of their own products. */
function startsOf(subject: Subject, family: Family, given: readonly GivenProduct[]): readonly FamilyMember[] {
  const starts: { readonly on: number; readonly member: FamilyMember }[] = [];
  for (const fact of subject.facts) {
    if (fact.kind !== 'startedProgramme') continue;
    const member = family.members.find((each) => each.programme.programme === fact.programme);
    if (member !== undefined) starts.push({ on: fact.on, member });
  }
  for (const dose of given) {
    const own = dose.product.uses[0];
    if (own === undefined || own.programme.family !== family) continue;
    const member = family.members.find((each) => each.programme === own.programme);
    if (member !== undefined && isOfMember(subject, member, dose, own.bit)) starts.push({ on: dose.on, member });
  }
  if (starts.length < 2) return starts.map(({ member }) => member);
  const place = (member: FamilyMember): number => family.members.indexOf(member);
  return starts.toSorted((a, b) => a.on - b.on || place(a.member) - place(b.member)).map(({ member }) => member);
}

/**
 * A dose begins the path of the stage whose window it lies in or nearest to: one given a day too early for a later
 * stage outside the family (a second stage) is a fault there, and leaves the path of the first stage as it was.
 */
function isOfMember(subject: Subject, member: FamilyMember, { on }: GivenProduct, bit: number): boolean {
  const { stages } = member.programme;
  if (member.stages.length === stages.length) return true;
  const distances = stages.map((stage) => distanceTo(subject, stage, bit, on));
  const nearest = Math.min(...distances);
  return member.stages.some((place) => distances[place] === nearest);
}

/** Days from a day to the nearest window of a stage in force on it; 0 within, infinite where there is none. */
function distanceTo(subject: Subject, stage: Stage, bit: number, on: Day): number {
  return stage.windows.reduce((least, window) => {
    if ((window.products & bit) === 0 || on < window.inForce.from || on > window.inForce.to) return least;
    const { from, to } = spanOf(subject, window);
    return Math.min(least, on < from ? from - on : Math.max(0, on - to));
  }, Infinity);
}

/** Adds a member begun to those chosen before it. */
function choose(family: Family, chosen: FamilyMember[], member: FamilyMember): void {
  const begun = member.components & componentsOf(chosen);
  if (begun === member.components && chosen.includes(member)) return;
  const holders = chosen.filter((each) => (each.components & begun) !== 0);
  const products = member.products;
  const isCountedByHolders = holders.every((each) => products.every((product) => counts(product, each.programme)));
  if (isCountedByHolders) {
    const fresh = member.components & ~begun;
    const partners = begun === 0 ? [] : cover(family, products, fresh);
    if (componentsOf(partners) === fresh) {
      chosen.push(...partners);
      return;
    }
    // Nothing beside what is begun gives the rest: the member takes the place of what it covers.
    const kept = chosen.filter((each) => (each.components & ~member.components) !== 0);
    chosen.splice(0, chosen.length, ...kept, member);
    return;
  }
  for (const holder of holders) {
    chosen.splice(chosen.indexOf(holder), 1);
    chosen.push(...cover(family, holder.products, holder.components & ~member.components));
  }
  chosen.push(member);
}

/** Members that count the products of a combination for the diseases that no other member has taken. */
function cover(family: Family, products: readonly Product[], components: number): FamilyMember[] {
  let left = components;
  return family.members.filter((each) => {
    const isFit =
      left !== 0 && (each.components & ~left) === 0 && products.every((product) => counts(product, each.programme));
    if (isFit) left &= ~each.components;
    return isFit;
  });
}

function componentsOf(members: readonly FamilyMember[]): number {
  return members.reduce((bits, member) => bits | member.components, 0);
}

function counts(product: Product, programme: Programme): boolean {
  return product.uses.some((use) => use.programme === programme);
}

function isInUse(programme: Programme, asOf: Day): boolean {
  return programme.productClasses.some(({ inUse }) => asOf >= inUse.from && asOf <= inUse.to);
}
