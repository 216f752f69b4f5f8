import { type Day, findIsoDay } from '#kernel';
import type { CategoryBReason, Fact } from './types.ts';

/** A condition on what is known of a person, as `requires` and `excluded_by` of the tables name it. */
export type FactCondition =
  | { readonly kind: 'hadDisease'; readonly disease: string }
  | { readonly kind: 'hbigAtBirth' }
  | { readonly kind: 'pregnancy' }
  | { readonly kind: 'categoryBEligible60to64'; readonly reasons: ReadonlySet<string> }
  | { readonly kind: 'antibodyTest'; readonly disease: string; readonly result: string; readonly by: Day | null }
  | { readonly kind: 'supplyShortage'; readonly programme: string }
  | { readonly kind: 'doctorJudgedNecessary'; readonly programme: string }
  | { readonly kind: 'dose'; readonly from: Day; readonly to: Day }
  | { readonly kind: 'noDose' };

/** What a condition is asked about: the day of the dose, what is known, what was given before in the programme. */
export interface FactQuestion {
  readonly on: Day;
  readonly facts: readonly Fact[];
  readonly countedOn: readonly Day[];
}

const categoryBReasons: readonly CategoryBReason[] = ['heart', 'kidney', 'respiratory', 'hiv'];

/** Whether a condition holds on the day asked about. */
export function holdsFact(condition: FactCondition, { on, facts, countedOn }: FactQuestion): boolean {
  switch (condition.kind) {
    case 'dose':
      return countedOn.some((day) => day >= condition.from && day <= condition.to);
    case 'noDose':
      return countedOn.length === 0;
    case 'doctorJudgedNecessary': {
      const since = countedOn.at(-1) ?? -Infinity;
      return facts.some((fact) => isJudgement(fact, condition.programme) && fact.on <= on && fact.on >= since);
    }
    default:
      return facts.some((fact) => meets(fact, condition, on));
  }
}

/** Whether all of some conditions hold. */
export function holdAll(conditions: readonly FactCondition[], question: FactQuestion): boolean {
  for (const condition of conditions) if (!holdsFact(condition, question)) return false;
  return true;
}

/**
 * Reads one condition: `hadDisease(disease)`, `hbigAtBirth`, `pregnancy`, `categoryBEligible60to64(reason …)`,
 * `antibodyTest(disease result [by-day])`, `supplyShortage`, `doctorJudgedNecessary`, `dose(from to)`, `noDose`.
 */
export function findFactCondition(text: string, programme: string): FactCondition | undefined {
  const match = /^(\w+)(?:\(([^()]*)\))?$/u.exec(text);
  if (match === null) return undefined;
  const terms = (match[2] ?? '').split(/\s+/u).filter((word) => word !== '');
  const [first = '', second = '', third = ''] = terms;
  switch (match[1]) {
    case 'hbigAtBirth':
    case 'pregnancy':
    case 'noDose':
      return terms.length === 0 ? { kind: match[1] } : undefined;
    case 'supplyShortage':
    case 'doctorJudgedNecessary':
      return terms.length === 0 ? { kind: match[1], programme } : undefined;
    case 'hadDisease':
      return terms.length === 1 ? { kind: 'hadDisease', disease: first } : undefined;
    case 'categoryBEligible60to64':
      return terms.length > 0 && terms.every((word) => categoryBReasons.some((reason) => reason === word))
        ? { kind: 'categoryBEligible60to64', reasons: new Set(terms) }
        : undefined;
    case 'antibodyTest':
      return antibodyCondition(first, second, third);
    case 'dose': {
      const from = findIsoDay(first);
      const to = findIsoDay(second);
      return from === undefined || to === undefined ? undefined : { kind: 'dose', from, to };
    }
    default:
      return undefined;
  }
}

function antibodyCondition(disease: string, result: string, by: string): FactCondition | undefined {
  if (disease === '' || (result !== 'sufficient' && result !== 'insufficient')) return undefined;
  if (by === '') return { kind: 'antibodyTest', disease, result, by: null };
  const day = findIsoDay(by);
  return day === undefined ? undefined : { kind: 'antibodyTest', disease, result, by: day };
}

type PlainCondition = Exclude<FactCondition, { kind: 'dose' | 'noDose' | 'doctorJudgedNecessary' }>;

function meets(fact: Fact, condition: PlainCondition, on: Day): boolean {
  switch (condition.kind) {
    case 'hadDisease':
      return fact.kind === 'hadDisease' && fact.disease === condition.disease && fact.on <= on;
    case 'hbigAtBirth':
      return fact.kind === 'hbigAtBirth';
    case 'pregnancy':
      return fact.kind === 'pregnancy';
    case 'categoryBEligible60to64':
      return fact.kind === 'categoryBEligible60to64' && condition.reasons.has(fact.reason);
    case 'supplyShortage':
      return fact.kind === 'supplyShortage' && fact.programme === condition.programme;
    case 'antibodyTest':
      return (
        fact.kind === 'antibodyTest' &&
        fact.disease === condition.disease &&
        fact.result === condition.result &&
        fact.on <= on &&
        (condition.by === null || fact.on <= condition.by)
      );
  }
}

function isJudgement(fact: Fact, programme: string): fact is Extract<Fact, { kind: 'doctorJudgedNecessary' }> {
  return fact.kind === 'doctorJudgedNecessary' && fact.programme === programme;
}
