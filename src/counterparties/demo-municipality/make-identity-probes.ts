import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Day, dayParts, findDay, type Sex } from '#kernel';
import { headers, residentLine } from './feed-lines.ts';
import { makeCalendar } from './make-calendar.ts';
import { makeAddress, makeHousehold } from './make-household.ts';
import { parseProfile } from './parse-profile.ts';
import { Random } from './random.ts';
import type { DemoPerson, DemoProfile } from './types.ts';

/** Somebody as a sender tells them, with what really went wrong and whom it means. */
export interface IdentityProbe {
  readonly fault: IdentityFault;
  /** The 宛名番号 of the person meant; null for somebody who is not on record. */
  readonly meant: string | null;
  readonly told: {
    readonly addresseeNumber: string | null;
    readonly kana: string;
    readonly name: string;
    readonly bornOn: Day;
    readonly sex: Sex;
    readonly address: string;
    readonly phone: string | null;
  };
}

/** What goes wrong between a person and a form, as it does in an office. */
export const identityFaults = [
  'none',
  'kanaMistyped',
  'kanaHalfWidth',
  'dayAndMonthSwapped',
  'birthDigitWrong',
  'formerFamilyName',
  'addressBefore',
  'numberMistyped',
  'numberOfTwin',
  'kanaMistypedAndAddressBefore',
  'swappedAndHalfWidth',
  'sexWrong',
  'notOnRecord',
  'namesakeNotOnRecord',
] as const;

/** One of them. */
export type IdentityFault = (typeof identityFaults)[number];

/** A municipality to be asked for people: the same order gives the same people and probes. */
export interface IdentityOrder {
  readonly settingsFolder: string;
  readonly people: number;
  readonly seed: number;
  readonly today: Day;
}

/** The population and everything told of it. */
export interface IdentityGround {
  /** Lines of a resident feed, the header first. */
  readonly residentLines: readonly string[];
  /** Probes without end, every fault in turn; half of them without a 宛名番号. */
  probes(): Generator<IdentityProbe>;
}

/** Makes people as the demonstration has them and tells of them with the faults of forms, each labelled with the truth. */
export function makeIdentityGround(order: IdentityOrder): IdentityGround {
  const profile = parseProfile((path) => readFileSync(join(order.settingsFolder, path), 'utf8'));
  const calendar = makeCalendar(order.today);
  const people: DemoPerson[] = [];
  for (let index = 0; people.length < order.people; index += 1) {
    const home = { index, firstNumber: people.length + 1, recent: people.slice(-400) };
    people.push(...makeHousehold(profile, calendar, new Random(order.seed, index), home));
  }
  const population = people.slice(0, order.people);
  return {
    residentLines: [headers.residents, ...population.map((person) => residentLine(person, profile))],
    *probes() {
      const random = new Random(order.seed, 5_000_000_000);
      const ground = { profile, random, population, twins: twinsOf(population) };
      for (let i = 0; ; i += 1) {
        const fault = identityFaults[i % identityFaults.length] ?? 'none';
        yield makeProbe(ground, fault);
      }
    },
  };
}

interface Ground {
  readonly profile: DemoProfile;
  readonly random: Random;
  readonly population: readonly DemoPerson[];
  readonly twins: ReadonlyMap<string, DemoPerson>;
}

function makeProbe(ground: Ground, fault: IdentityFault): IdentityProbe {
  const { random, population } = ground;
  const isOfTwin = fault === 'numberOfTwin' && ground.twins.size > 0;
  const person = isOfTwin ? pickTwin(ground) : random.pick(population);
  const told = { ...tell(person), addresseeNumber: random.chance(0.5) ? person.number : null };
  return { fault, meant: person.number, ...tellings[fault](person, told, ground) };
}

function tell(person: DemoPerson): IdentityProbe['told'] {
  const { number, kana, name, bornOn, sex, address, phone } = person;
  return {
    addresseeNumber: number,
    kana,
    name,
    bornOn,
    sex,
    address: address.text,
    phone: phone === '' ? null : phone,
  };
}

type Told = IdentityProbe['told'];
type Telling = (
  person: DemoPerson,
  told: Told,
  ground: Ground,
) => { readonly told: Told; readonly meant?: string | null };

const tellings: Readonly<Record<IdentityFault, Telling>> = {
  none: (_person, told) => ({ told }),
  kanaMistyped: (_person, told, { random }) => ({ told: { ...told, kana: mistype(told.kana, random) } }),
  kanaHalfWidth: (_person, told) => ({ told: { ...told, kana: halfWidth(told.kana) } }),
  dayAndMonthSwapped: (_person, told) => ({ told: { ...told, bornOn: swapped(told.bornOn) } }),
  birthDigitWrong: (_person, told, { random }) => ({ told: { ...told, bornOn: otherDay(told.bornOn, random) } }),
  formerFamilyName: (_person, told, ground) => ({ told: rename(told, ground) }),
  addressBefore: (_person, told, { profile, random }) => ({
    told: { ...told, address: makeAddress(profile, random).text, phone: null },
  }),
  numberMistyped: (person, told, { random }) => ({
    told: { ...told, addresseeNumber: mistypeDigit(person.number, random) },
  }),
  numberOfTwin: (person, told, { twins }) => ({
    told: { ...told, addresseeNumber: twins.get(person.number)?.number ?? null },
  }),
  kanaMistypedAndAddressBefore: (_person, told, { profile, random }) => ({
    told: { ...told, kana: mistype(told.kana, random), address: makeAddress(profile, random).text, phone: null },
  }),
  swappedAndHalfWidth: (_person, told) => ({
    told: { ...told, kana: halfWidth(told.kana), bornOn: swapped(told.bornOn) },
  }),
  sexWrong: (_person, told) => ({ told: { ...told, sex: told.sex === 'male' ? 'female' : 'male' } }),
  notOnRecord: (_person, told, ground) => ({
    meant: null,
    told: { ...stranger(told, ground), addresseeNumber: null },
  }),
  namesakeNotOnRecord: (_person, told, ground) => ({
    meant: null,
    told: {
      ...stranger(told, ground),
      kana: told.kana,
      name: told.name,
      addresseeNumber: told.addresseeNumber === null ? null : mistypeDigit(told.addresseeNumber, ground.random),
    },
  }),
};

/** Somebody of another family, birth date and place. */
function stranger(told: Told, ground: Ground): Told {
  const { profile, random } = ground;
  const year = dayParts(told.bornOn).year + random.pick([-7, -3, 2, 5]);
  const bornOn = findDay(year, random.between(1, 12), random.between(1, 28)) ?? told.bornOn;
  return { ...rename(told, ground), bornOn, address: makeAddress(profile, random).text, phone: null };
}

/** The name before a marriage (改姓), and the home of that time. */
function rename(told: Told, { profile, random }: Ground): Told {
  const family = profile.familyNames.draw(random);
  const given = (text: string): string => text.split('　').slice(1).join('　');
  return {
    ...told,
    kana: `${family.kana}　${given(told.kana)}`,
    name: `${family.kanji}　${given(told.name)}`,
    address: makeAddress(profile, random).text,
    phone: null,
  };
}

const kanaForSlips = [...'アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン'];

/** One kana wrong, missing or twice, or two neighbours swapped. */
function mistype(kana: string, random: Random): string {
  const at = random.between(0, kana.length - 2);
  const [before, here, next, after] = [kana.slice(0, at), kana[at] ?? '', kana[at + 1] ?? '', kana.slice(at + 2)];
  if (here === '　' || next === '　') return mistype(kana, random);
  const slips = [before + random.pick(kanaForSlips) + next + after, before + next + after];
  slips.push(before + here + here + next + after, before + next + here + after);
  return random.pick(slips);
}

/** As old systems write it: half width, the voicing marks apart, no space. */
function halfWidth(kana: string): string {
  const plain = kana.replaceAll('　', '').normalize('NFD').replaceAll('\u3099', 'ﾞ').replaceAll('\u309a', 'ﾟ');
  return [...plain].map((character) => halfWidths.get(character) ?? character).join('');
}

const halfWidths = new Map(
  Array.from({ length: 0xff9d - 0xff66 + 1 }, (_, i) => String.fromCharCode(0xff66 + i)).map((half) => [
    half.normalize('NFKC'),
    half,
  ]),
);

/** Day and month in each other's place, where that is a day; else the day before. */
function swapped(day: Day): Day {
  const { year, month, dayOfMonth } = dayParts(day);
  return findDay(year, dayOfMonth, month) ?? ((day - 1) as Day);
}

/** One digit of the day, the month or the year wrong. */
function otherDay(day: Day, random: Random): Day {
  const { year, month, dayOfMonth } = dayParts(day);
  const slips = [
    findDay(year, month, (dayOfMonth + 9) % 28 || 1),
    findDay(year, (month % 12) + 1, dayOfMonth),
    findDay(year - 1, month, dayOfMonth),
    findDay(year - 10, month, dayOfMonth),
  ];
  return random.pick(slips.filter((slip) => slip !== undefined));
}

/** One digit of a number wrong: mostly nobody's, sometimes another person's. */
function mistypeDigit(number: string, random: Random): string {
  const at = random.between(number.length - 5, number.length - 1);
  const digit = (Number(number[at]) + random.between(1, 9)) % 10;
  return `${number.slice(0, at)}${digit}${number.slice(at + 1)}`;
}

function pickTwin({ twins, population, random }: Ground): DemoPerson {
  const numbers = [...twins.keys()];
  const number = random.pick(numbers);
  return population.find((person) => person.number === number) ?? random.pick(population);
}

/** Of everybody who has one, the twin: the same household and birth date. */
function twinsOf(population: readonly DemoPerson[]): ReadonlyMap<string, DemoPerson> {
  const pairs = Map.groupBy(population, (person) => `${person.householdNumber} ${person.bornOn}`);
  return new Map(
    [...pairs.values()].flatMap(([one, other]) =>
      one === undefined || other === undefined ? [] : [[one.number, other] as const, [other.number, one] as const],
    ),
  );
}
