import type { Day, Sex } from '#kernel';
import type { CaseOfPerson, DoseKind, Fact, GivenDose } from '#schedule';

/**
 * People as numbers, for a thread: copied in one piece, where objects would be walked through one by one. A person is
 * birth date, sex and number of doses; then for each dose the day and product with kind. Facts are few and stand beside.
 */
export interface PeopleColumns {
  readonly people: number;
  readonly numbers: Int32Array;
  /** The products named, by the number that stands for each. */
  readonly products: readonly string[];
  /** By the person's place. */
  readonly facts: ReadonlyMap<number, readonly Fact[]>;
}

const sexes: readonly Sex[] = ['female', 'male', 'unknown'];
const kinds: readonly DoseKind[] = ['routine', 'voluntary', 'temporary'];
const noDoses: readonly GivenDose[] = [];
const noFacts: readonly Fact[] = [];

/** Packs the people of a page. */
export function packPeople(cases: readonly CaseOfPerson[]): PeopleColumns {
  const places = new Map<string, number>();
  const facts = new Map<number, readonly Fact[]>();
  const numbers = new Int32Array(cases.reduce((sum, { doses }) => sum + 3 + doses.length * 2, 0));
  let at = 0;
  for (const [i, person] of cases.entries()) {
    numbers[at] = person.bornOn;
    numbers[at + 1] = sexes.indexOf(person.sex);
    numbers[at + 2] = person.doses.length;
    at += 3;
    for (const { on, product, kind } of person.doses) {
      let place = places.get(product);
      if (place === undefined) places.set(product, (place = places.size));
      numbers[at] = on;
      numbers[at + 1] = place * kinds.length + kinds.indexOf(kind);
      at += 2;
    }
    if (person.facts.length > 0) facts.set(i, person.facts);
  }
  return { people: cases.length, numbers, products: [...places.keys()], facts };
}

/** The people again, one after another. */
export function* unpackPeople({ people, numbers, products, facts }: PeopleColumns): Generator<CaseOfPerson> {
  let at = 0;
  const next = (): number => {
    const value = numbers[at];
    if (value === undefined) throw new RangeError('columns of people end too soon');
    at += 1;
    return value;
  };
  for (let i = 0; i < people; i += 1) {
    const bornOn = next() as Day;
    const sex = sexes[next()] ?? 'unknown';
    const count = next();
    const doses: GivenDose[] = [];
    for (let n = 0; n < count; n += 1) {
      const on = next() as Day;
      const code = next();
      const product = products[Math.floor(code / kinds.length)];
      const kind = kinds[code % kinds.length];
      if (product === undefined || kind === undefined) throw new RangeError('columns of people name no product');
      doses.push({ on, product, kind });
    }
    yield { bornOn, sex, doses: count === 0 ? noDoses : doses, facts: facts.get(i) ?? noFacts };
  }
}
