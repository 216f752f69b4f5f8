import type { Day, Sex } from '#kernel';
import { listKnownDoses } from '#ledger/vaccinations';
import { type Fact, type GivenDose, type Judgement, judge, listStages, type RuleSet } from '#schedule';
import type { Change, StageStanding } from './types.ts';

/** A person as both rule sets are asked about. */
export interface ComparedPerson {
  readonly bornOn: Day;
  readonly sex: Sex;
  readonly doses: readonly GivenDose[];
  readonly facts: readonly Fact[];
}

const nothing: readonly Change[] = [];
const sharedAtMost = 100_000;

/**
 * Makes a comparer of two rule sets for a day: what changes for a person if the proposed rows stood. Whoever has neither
 * dose nor fact on record is compared once for all of the same birth date and sex.
 */
export function createComparer(
  base: RuleSet,
  proposed: RuleSet,
  asOf: Day,
): (person: ComparedPerson) => readonly Change[] {
  const stages = listStagesOfBoth(base, proposed);
  const shared = new Map<string, readonly Change[]>();
  const compare = (person: ComparedPerson): readonly Change[] => {
    const before = judgeBy(base, person, asOf);
    const after = judgeBy(proposed, person, asOf);
    const changes = [...listStageChanges(stages, before, after), ...listDoseChanges(person.doses, before, after)];
    return changes.length === 0 ? nothing : changes;
  };
  return (person) => {
    if (person.doses.length > 0 || person.facts.length > 0) return compare(person);
    const key = `${person.bornOn} ${person.sex}`;
    const known = shared.get(key);
    if (known !== undefined) return known;
    if (shared.size >= sharedAtMost) shared.clear();
    const fresh = compare(person);
    shared.set(key, fresh);
    return fresh;
  };
}

interface JudgedBy {
  readonly judgement: Judgement;
  /** The doses that the rule set knows a product of, in the order of their judgements. */
  readonly known: readonly GivenDose[];
}

function judgeBy(rules: RuleSet, person: ComparedPerson, asOf: Day): JudgedBy {
  const known = listKnownDoses(rules, person.doses);
  return { judgement: judge(rules, { ...person, doses: known, asOf }), known };
}

interface StageOfBoth {
  readonly programme: string;
  readonly stage: string;
  /** Place in the forecast of each rule set; -1 where it has no such stage. */
  readonly inBase: number;
  readonly inProposed: number;
}

function listStagesOfBoth(base: RuleSet, proposed: RuleSet): readonly StageOfBoth[] {
  const keyOf = ({ programme, stage }: { programme: string; stage: string }): string => `${programme}/${stage}`;
  const inBase = new Map(listStages(base).map((stage, place) => [keyOf(stage), place]));
  const inProposed = new Map(listStages(proposed).map((stage, place) => [keyOf(stage), place]));
  return [...new Set([...inBase.keys(), ...inProposed.keys()])].map((key) => {
    const [programme = '', stage = ''] = key.split('/');
    return { programme, stage, inBase: inBase.get(key) ?? -1, inProposed: inProposed.get(key) ?? -1 };
  });
}

/**
 * Nothing is to be given, and nobody is to be told: a new vaccine for infants changes nothing for grown-ups, nor does a
 * programme that ends for those who were past it.
 */
const notForThem: ReadonlySet<StageStanding> = new Set<StageStanding>(['absent', 'notEligible', 'closed']);

function listStageChanges(stages: readonly StageOfBoth[], before: JudgedBy, after: JudgedBy): Change[] {
  const changes: Change[] = [];
  for (const { programme, stage, inBase, inProposed } of stages) {
    const was = before.judgement.programmes[inBase]?.status ?? 'absent';
    const is = after.judgement.programmes[inProposed]?.status ?? 'absent';
    if (was !== is && !(notForThem.has(was) && notForThem.has(is)))
      changes.push({ kind: 'stage', programme, stage, before: was, after: is });
  }
  return changes;
}

function listDoseChanges(doses: readonly GivenDose[], before: JudgedBy, after: JudgedBy): Change[] {
  const was = new Map(before.known.map((dose, place) => [dose, before.judgement.doses[place]]));
  const is = new Map(after.known.map((dose, place) => [dose, after.judgement.doses[place]]));
  return doses.flatMap((dose): Change[] => {
    const [old, fresh] = [was.get(dose), is.get(dose)];
    if (old?.verdict === fresh?.verdict) return [];
    const programme = fresh?.programme ?? old?.programme ?? '';
    const stage = fresh?.stage ?? old?.stage ?? '';
    return [{ kind: 'dose', programme, stage, before: old?.verdict ?? 'absent', after: fresh?.verdict ?? 'absent' }];
  });
}
