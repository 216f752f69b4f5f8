import type { PersonOnRecord } from '#addressees/persons';
import type { Day } from '#kernel';
import { type Fact, type GivenDose, type JudgedDose, judgeSomeDoses, type PersonCase, type RuleSet } from '#schedule';
import type { DoseOnRecord } from './types.ts';

/**
 * The person as the schedule sees one; undefined where the birth date is not known at all, since no rule can be
 * asked then.
 */
export function findPersonCase(
  person: PersonOnRecord,
  doses: readonly GivenDose[],
  asOf: Day,
  facts: readonly Fact[] = [],
): PersonCase | undefined {
  if (person.bornOn === null) return undefined;
  return { bornOn: person.bornOn, sex: person.sex, asOf, facts, doses };
}

/** The given doses of a history that a product is known of, each with its record. */
export function listGivenDoses(history: readonly DoseOnRecord[]): (GivenDose & { readonly record: DoseOnRecord })[] {
  return history.flatMap((record) => {
    if (record.outcome !== 'administered' || record.product === null) return [];
    return [{ product: record.product, on: record.vaccinatedOn, kind: record.vaccinationClass, record }];
  });
}

/**
 * The rules' verdict on the doses of one person that are asked about, by their places; none where the birth date is not
 * known.
 */
export function judgeDosesOf(
  rules: RuleSet,
  person: PersonOnRecord,
  doses: readonly GivenDose[],
  asked: ReadonlySet<number>,
  asOf: Day,
  facts: readonly Fact[] = [],
): ReadonlyMap<number, JudgedDose> {
  const personCase = findPersonCase(person, doses, asOf, facts);
  return personCase === undefined ? new Map() : judgeSomeDoses(rules, personCase, asked);
}
