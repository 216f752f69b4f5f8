import type { JudgingFacts } from '#addressees/persons';
import type { Fact, GivenDose } from '#schedule';
import type { FactTold } from '../facts/types.ts';

/**
 * The facts behind a person's forecast as 64 bits: birth date, sex, residence, doses, 罹患歴 and the like, 禁忌. It changes when any of
 * them does, and stays when something else of the person changes (an address). It keys a cache and proves nothing.
 */
export function digestFacts(
  person: JudgingFacts,
  doses: readonly GivenDose[],
  told: readonly Fact[] = [],
  contraindications: readonly FactTold[] = [],
): string {
  const mix = new Mixer();
  mix.add(person.bornOn ?? noDay);
  mix.add(person.sex === 'female' ? 1 : person.sex === 'male' ? 2 : 3);
  const standsAside = person.principalId !== null && person.principalId !== person.personId;
  mix.add((person.isNonRegistered ? 1 : 0) + (person.isCancelled ? 2 : 0) + (standsAside ? 4 : 0));
  mix.add(person.diedOn ?? noDay);
  for (const { becameOn, ceasedOn } of person.residencies) {
    mix.add(becameOn ?? noDay);
    mix.add(ceasedOn ?? noDay);
  }
  mix.add(doses.length);
  for (const { product, on, kind } of doses) {
    mix.add(on);
    mix.add(numberOf(product));
    mix.add(kind === 'routine' ? 1 : kind === 'voluntary' ? 2 : 3);
  }
  const known = contraindications.map(({ programme, from }) => ({ kind: 'contraindication', programme, from }));
  for (const fact of [...told, ...known].map((one) => JSON.stringify(one)).toSorted()) mix.add(hashOf(fact));
  return mix.text();
}

const noDay = 0x7fff_ffff;

/** Two murmur-like lanes of 32 bits. */
class Mixer {
  private a = 0x9747b28c;
  private b = 0x3c6ef372;

  add(value: number): void {
    const mixed = Math.imul(value, 0xcc9e2d51);
    this.a = Math.imul(this.a ^ ((mixed << 15) | (mixed >>> 17)), 0x1b873593) + 0x52dce729;
    this.b = Math.imul(this.b ^ value ^ (this.b >>> 15), 0x85ebca6b) + 0x38495ab5;
    this.a ^= this.a >>> 13;
    this.b ^= this.b >>> 16;
  }

  text(): string {
    return [this.a, this.b].map((lane) => (lane >>> 0).toString(16).padStart(8, '0')).join('');
  }
}

const numbers = new Map<string, number>();

/** A word as a number that is the same in every process; words are few (products). */
function numberOf(word: string): number {
  let number = numbers.get(word);
  if (number === undefined) {
    number = hashOf(word);
    numbers.set(word, number);
  }
  return number;
}

function hashOf(text: string): number {
  let number = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) number = Math.imul(number ^ text.charCodeAt(i), 0x01000193);
  return number;
}
