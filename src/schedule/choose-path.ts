import type { Day } from '#kernel';
import type { Family, FamilyMember, Product, Programme, RuleSet, Stage } from './rule-set.ts';
import type { GivenProduct } from './series.ts';
import { spanOf } from './spans.ts';
import type { Subject } from './subject.ts';

/** Which members of each family of programmes a person follows; programmes outside families are always followed. */
export type ChosenPath = ReadonlyMap<Family, readonly FamilyMember[]>;

const noStages: readonly number[] = [];

/**
 * Chooses the path through each family by the products given (and programmes started): the programme of the first
 * dose takes the diseases it covers; diseases not begun are offered by the first rows of `paths.csv` in use that
 * cover nothing already begun. A single vaccine after a combination splits the path; the combination counts there too.
 */
export function choosePath(rules: RuleSet, subject: Subject, given: readonly GivenProduct[]): ChosenPath {
  const path = new Map<Family, readonly FamilyMember[]>();
  for (const { family } of rules.programmes) {
    if (family === null || path.has(family)) continue;
    path.set(family, membersOf(subject, family, given));
  }
  return path;
}

/** Stages of a programme that belong to a path the person does not follow. */
export function closedStages(path: ChosenPath, programme: Programme): readonly number[] {
  if (programme.family === null) return noStages;
  const member = programme.family.members.find((each) => each.programme === programme);
  const isFollowed = path.get(programme.family)?.some((each) => each.programme === programme) ?? false;
  return isFollowed || member === undefined ? noStages : member.stages;
}

function membersOf(subject: Subject, family: Family, given: readonly GivenProduct[]): readonly FamilyMember[] {
  const chosen: FamilyMember[] = [];
  for (const member of startsOf(subject, family, given)) choose(family, chosen, member);
  let missing = family.components & ~componentsOf(chosen);
  for (const member of family.members) {
    if (missing === 0) break;
    if ((member.components & ~missing) !== 0 || !isInUse(member.programme, subject)) continue;
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
    const { from, to } = spanOf(subject, window, null);
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
    if (partners.length > 0) chosen.push(...partners);
    else if (fresh !== 0) chosen.push(member);
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

function isInUse(programme: Programme, { asOf }: Subject): boolean {
  return programme.productClasses.some(({ inUse }) => asOf >= inUse.from && asOf <= inUse.to);
}
