import fc from 'fast-check';
import { addDays, type Day, getDay, type Sex } from '#kernel';
import type { Fact, GivenDose, PersonCase } from '#schedule';

const products =
  'rv1 rv5 hepb pcv7 pcv13 pcv15 pcv20 5in1 4in1 hib ipv opv dpt dt bcg mr measles rubella var je je-mouse-brain hpv2 hpv4 hpv9 rsv-mat flu flu-hd covid19 ppsv23 pcv20-adult zoster-live zoster-rzv mumps'.split(
    ' ',
  );
const diseases =
  'measles rubella varicella hepatitis-b japanese-encephalitis hib polio tuberculosis rotavirus pneumococcal hpv zoster rsv influenza covid19'.split(
    ' ',
  );
const exceptional =
  'hepatitis-b pneumococcal-child dpt-ipv-hib dpt-ipv hib ipv dpt dt bcg measles-rubella varicella japanese-encephalitis hpv pneumococcal-older zoster'.split(
    ' ',
  );

/** Steps between two days at which the law turns: intervals and ages, in days. */
const turns = [0, 1, 6, 7, 20, 21, 27, 28, 41, 42, 56, 57, 60, 61, 90, 104, 139, 140, 168, 183, 212, 224, 365, 730];

/** Ages in days around which a product is mostly given: from and to. */
const usualAges: Readonly<Record<string, readonly [number, number]>> = {
  rv1: [38, 240],
  rv5: [38, 240],
  hepb: [0, 380],
  bcg: [0, 380],
  mr: [360, 2600],
  measles: [360, 2750],
  rubella: [360, 2750],
  var: [360, 1110],
  je: [170, 4760],
  'je-mouse-brain': [170, 4760],
  dt: [3990, 4760],
  hpv2: [3990, 6250],
  hpv4: [3990, 6250],
  hpv9: [3990, 6250],
  'rsv-mat': [7000, 15_000],
  flu: [23_300, 36_500],
  'flu-hd': [27_000, 36_500],
  covid19: [23_300, 36_500],
  ppsv23: [23_300, 36_600],
  'pcv20-adult': [23_300, 24_200],
  'zoster-live': [23_300, 37_000],
  'zoster-rzv': [23_300, 37_000],
  mumps: [360, 24_000],
};
const usualElse = [50, 1900] as const;

/** Spans of birth dates in which the rules differ most, the present ones more often. */
const births: readonly (readonly [Day, Day, number])[] = [
  [getDay(2018, 1, 1), getDay(2026, 11, 1), 10],
  [getDay(2006, 1, 1), getDay(2017, 12, 31), 5],
  [getDay(1994, 1, 1), getDay(2005, 12, 31), 3],
  [getDay(1920, 1, 1), getDay(1966, 12, 31), 4],
];

/** A birth date; ends of months, leap days and the turn of the school year come often. */
export function birthDates(): fc.Arbitrary<Day> {
  const spans = births.map(([from, to, weight]) => ({
    weight,
    arbitrary: fc.integer({ min: from, max: to }).map((day) => day as Day),
  }));
  const special = fc.constantFrom(
    getDay(2024, 2, 29),
    getDay(2020, 4, 1),
    getDay(2020, 4, 2),
    getDay(2023, 12, 31),
    getDay(2025, 1, 31),
    getDay(2025, 8, 31),
    getDay(2014, 4, 1),
    getDay(2014, 4, 2),
    getDay(1961, 4, 1),
    getDay(1961, 4, 2),
  );
  return fc.oneof(...spans, { weight: 4, arbitrary: special });
}

/** Doses that lie where the law turns: a usual age, or a usual interval after the dose before, a day off now and then. */
export function doseHistories(bornOn: Day, asOf: Day, choice = products): fc.Arbitrary<readonly GivenDose[]> {
  const step = fc.tuple(fc.constantFrom(...turns), fc.integer({ min: -1, max: 1 }), fc.integer({ min: 0, max: 6 }));
  const jump = fc.record({
    product: fc.constantFrom(...choice),
    isSeries: fc.integer({ min: 0, max: 3 }),
    step,
    wide: fc.double({ min: 0, max: 1, noNaN: true }),
    kind: fc.constantFrom<GivenDose['kind'][]>('routine', 'routine', 'routine', 'routine', 'voluntary', 'temporary'),
  });
  return fc.array(jump, { maxLength: 14 }).map((jumps) => {
    const doses: GivenDose[] = [];
    let last: GivenDose | undefined;
    for (const { product, isSeries, step, wide, kind } of jumps) {
      const [turn, off, months] = step;
      const isNext = isSeries > 0 && last !== undefined;
      const lived = Math.max(0, asOf - bornOn);
      const recent = months === 5 ? Math.max(0, lived - 1800) : 0;
      const [from, to] = months > 4 ? [recent, lived] : (usualAges[product] ?? usualElse);
      const base =
        isNext && last !== undefined ? last.on : addDays(bornOn, from + Math.floor(wide * wide * (to - from)));
      const on = isNext ? addDays(base, turn + off + (isSeries === 3 ? months * 30 : 0)) : addDays(base, off);
      last = { product: isNext && isSeries > 1 && last !== undefined ? last.product : product, on, kind };
      if (on >= bornOn - 3) doses.push(last);
    }
    return doses;
  });
}

/** Facts that open, close or change what the law allows. */
export function factLists(bornOn: Day, asOf: Day): fc.Arbitrary<readonly Fact[]> {
  const day = fc.integer({ min: bornOn, max: Math.max(bornOn, asOf) }).map((each) => each as Day);
  const fact: fc.Arbitrary<Fact> = fc.oneof(
    fc.record({ kind: fc.constant('hadDisease' as const), disease: fc.constantFrom(...diseases), on: day }),
    day.map((on): Fact => ({ kind: 'pregnancy', dueOn: addDays(on, 100) })),
    day.map((from): Fact => ({ kind: 'longTermIllness', from, to: addDays(from, 400) })),
    fc.tuple(fc.constantFrom(...exceptional), day).map(
      ([programme, from]): Fact => ({
        kind: 'exceptionGranted',
        programme,
        from,
        to: addDays(from, 700),
      }),
    ),
    fc.constant<Fact>({ kind: 'hbigAtBirth' }),
    fc
      .constantFrom('heart' as const, 'hiv' as const)
      .map((reason): Fact => ({ kind: 'categoryBEligible60to64', reason })),
    fc
      .tuple(day, fc.constantFrom('sufficient' as const, 'insufficient' as const))
      .map(([on, result]): Fact => ({ kind: 'antibodyTest', disease: 'rubella', on, result })),
    fc.constant<Fact>({ kind: 'supplyShortage', programme: 'measles-rubella' }),
    fc
      .tuple(fc.constantFrom('hib', 'zoster'), day)
      .map(([programme, on]): Fact => ({ kind: 'doctorJudgedNecessary', programme, on })),
    fc
      .tuple(fc.constantFrom('dpt-ipv', 'hib', 'ipv', 'dpt', 'dt'), day)
      .map(([programme, on]): Fact => ({ kind: 'startedProgramme', programme, on })),
  );
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 2, arbitrary: withDueDaysToldAnew(fc.array(fact, { maxLength: 3 })) },
  );
}

/** Of some pregnancies a second expected day of delivery is known, from a later examination. */
function withDueDaysToldAnew(lists: fc.Arbitrary<readonly Fact[]>): fc.Arbitrary<readonly Fact[]> {
  return fc.tuple(lists, fc.constantFrom(0, 0, -21, -3, 7, 30, 195, 196)).map(([facts, days]) => {
    const known = facts.find((fact) => fact.kind === 'pregnancy');
    return known === undefined || days === 0 ? facts : [...facts, { ...known, dueOn: addDays(known.dueOn, days) }];
  });
}

/** Days before delivery around which the maternal vaccine may be given: 28 weeks 0 days to 36 weeks 6 days. */
const beforeDelivery = [21, 22, 23, 50, 83, 84, 85];

/** Someone with a child to come was mostly given the maternal vaccine about the days on which it may be given. */
export function withMaternalDose(person: PersonCase, choice: number): PersonCase {
  const pregnancy = person.facts.find((fact) => fact.kind === 'pregnancy');
  const days = beforeDelivery[choice];
  if (pregnancy === undefined || days === undefined) return person;
  const dose: GivenDose = { product: 'rsv-mat', on: addDays(pregnancy.dueOn, -days), kind: 'routine' };
  return { ...person, doses: [...person.doses, dose] };
}

/** A person with facts and doses around the days at which the law turns, as known on some day. */
export function people(): fc.Arbitrary<PersonCase> {
  return fc.oneof({ weight: 15, arbitrary: anybody() }, { weight: 1, arbitrary: expectantMothers() });
}

function anybody(): fc.Arbitrary<PersonCase> {
  return fc
    .tuple(birthDates(), fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom<Sex[]>('female', 'male'))
    .chain(([bornOn, share, sex]) => {
      const last = getDay(2029, 12, 31);
      const first = Math.max(bornOn, getDay(2005, 1, 1));
      return knownOn(bornOn, sex, (first + Math.floor(share * (last - first))) as Day);
    });
}

/** A woman who expects a child within 40 weeks of a day on which the maternal vaccine is routine. */
function expectantMothers(): fc.Arbitrary<PersonCase> {
  const born = fc.integer({ min: getDay(1985, 1, 1), max: getDay(2007, 12, 31) });
  const day = fc.integer({ min: getDay(2026, 4, 1), max: getDay(2029, 12, 31) });
  return fc.tuple(born, day, fc.integer({ min: 0, max: 280 })).chain(([bornOn, asOf, days]) =>
    knownOn(bornOn as Day, 'female', asOf as Day).map((person) => ({
      ...person,
      facts: [{ kind: 'pregnancy', dueOn: addDays(person.asOf, days) }, ...person.facts],
    })),
  );
}

function knownOn(bornOn: Day, sex: Sex, asOf: Day): fc.Arbitrary<PersonCase> {
  const person = fc.record({
    bornOn: fc.constant(bornOn),
    sex: fc.constant(sex),
    asOf: fc.constant(asOf),
    facts: factLists(bornOn, asOf),
    doses: doseHistories(bornOn, asOf),
  });
  return fc.tuple(person, fc.nat(beforeDelivery.length)).map(([each, choice]) => withMaternalDose(each, choice));
}
