import type { Day } from '#kernel';
import type { Family, FamilyMember, Product, Programme, RuleSet, Stage } from './rule-set.ts';
import type { GivenProduct } from './series.ts';
import { spanOf } from './spans.ts';
import type { Subject } from './subject.ts';
import { withItem } from './with-item.ts';

/** By the programme's index: the stages that belong to a path the person does not follow. */
export type ChosenPath = readonly (readonly number[])[];

const noStages: readonly number[] = [];
const noMembers: readonly FamilyMember[] = [];

/**
 * Chooses the path through each family by the products given (and programmes started): the programme of the first
 * dose takes the diseases it covers; diseases not begun are offered by the first rows of `paths.csv` in use that
 * cover nothing already begun. A single vaccine after a combination splits the path; the combination counts there too.
 */
export function choosePath(rules: RuleSet, subject: Subject, given: readonly GivenProduct[]): ChosenPath {
  const day = pathsOf(rules, subject.asOf);
  let path: (readonly number[])[] | undefined;
  for (const { family, unbegun } of day.families) {
    const starts = startsOf(subject, family, given);
    if (starts.length > 0)
      closeOthers((path ??= [...day.path]), family, begunWith(family, subject.asOf, unbegun, starts));
  }
  return path ?? day.path;
}

/** What is followed of a family once some of its members are begun, and then others: a tree of what was worked out. */
interface Begun {
  readonly starts: readonly FamilyMember[];
  /** For each member of the family, the stages that are not followed. */
  readonly closed: readonly (readonly number[])[];
  readonly next: Map<FamilyMember, Begun>;
}

/** The paths of a day. */
interface Paths {
  readonly families: readonly { readonly family: Family; readonly unbegun: Begun }[];
  readonly asOf: Day;
  /** Of all who have begun nothing. */
  readonly path: ChosenPath;
}

/** Kept for the last day asked about: a population is judged on one day. */
const pathsOfDay = new WeakMap<RuleSet, Paths>();

function pathsOf(rules: RuleSet, asOf: Day): Paths {
  const known = pathsOfDay.get(rules);
  if (known?.asOf === asOf) return known;
  const families = familiesOf(rules).map((family) => ({ family, unbegun: begin(family, asOf, []) }));
  const path: (readonly number[])[] = rules.programmes.map(() => noStages);
  for (const { family, unbegun } of families) closeOthers(path, family, unbegun);
  const paths = { families, asOf, path };
  pathsOfDay.set(rules, paths);
  return paths;
}

/** Few ways through a family are followed by many people; one that is begun ever anew is worked out each time. */
const startsAtMost = 5;

function begunWith(family: Family, asOf: Day, unbegun: Begun, starts: readonly FamilyMember[]): Begun {
  if (starts.length > startsAtMost) return begin(family, asOf, starts);
  let begun = unbegun;
  for (const member of starts) {
    let next = begun.next.get(member);
    if (next === undefined) begun.next.set(member, (next = begin(family, asOf, [...begun.starts, member])));
    begun = next;
  }
  return begun;
}

function begin(family: Family, asOf: Day, starts: readonly FamilyMember[]): Begun {
  const followed = membersOf(asOf, family, starts);
  const closed = family.members.map(({ programme, stages }) =>
    followed.some((each) => each.programme === programme) ? noStages : stages,
  );
  return { starts, closed, next: new Map() };
}

function familiesOf(rules: RuleSet): readonly Family[] {
  return [...new Set(rules.programmes.flatMap(({ family }) => (family === null ? [] : [family])))];
}

/** Writes down which stages of a family belong to members that are not followed. */
function closeOthers(path: (readonly number[])[], { members }: Family, { closed }: Begun): void {
  for (let i = 0; i < members.length; i += 1) {
    const member = members[i];
    if (member !== undefined) path[member.programme.index] = closed[i] ?? noStages;
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

/** A member of a family that was begun on a day. */
interface Start {
  readonly on: Day;
  readonly member: FamilyMember;
  /** Its place in the family. */
  readonly place: number;
}

/**
 * The members begun, in order of days and then of their rows, by a started programme or by a dose of one of their own
 * products; a member begun again before any other is named once, since that chooses nothing new.
 */
function startsOf(subject: Subject, family: Family, given: readonly GivenProduct[]): readonly FamilyMember[] {
  const starts: Start[] = [];
  for (const fact of subject.facts) {
    if (fact.kind !== 'startedProgramme') continue;
    const place = family.members.findIndex((each) => each.programme.programme === fact.programme);
    addStart(starts, family, place, fact.on);
  }
  for (const dose of given) {
    const own = dose.product.uses[0];
    if (own === undefined || own.programme.family !== family) continue;
    const place = placeIn(family, own.programme);
    const member = family.members[place];
    if (member !== undefined && isOfMember(subject, member, dose, own.bit)) addStart(starts, family, place, dose.on);
  }
  let members = noMembers;
  for (const { member } of starts) if (members.at(-1) !== member) members = withItem(members, member);
  return members;
}

/** Puts a start behind those that do not come after it. */
function addStart(starts: Start[], { members }: Family, place: number, on: Day): void {
  const member = members[place];
  if (member === undefined) return;
  let at = starts.length;
  for (; at > 0; at -= 1) {
    const before = starts[at - 1];
    if (before === undefined || before.on < on || (before.on === on && before.place <= place)) break;
  }
  if (at === starts.length) starts.push({ on, member, place });
  else starts.splice(at, 0, { on, member, place });
}

function placeIn({ members }: Family, programme: Programme): number {
  for (let place = 0; place < members.length; place += 1) if (members[place]?.programme === programme) return place;
  return -1;
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
