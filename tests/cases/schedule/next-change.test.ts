import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addDays, type Day, formatIsoDay, getDay } from '#kernel';
import {
  type Fact,
  findNextChange,
  type GivenDose,
  type Judgement,
  judge,
  type PersonCase,
  parseRules,
} from '#schedule';
import { law } from './invent-rows.ts';

const rules = parseRules(law);

const asOf = getDay(2026, 11, 21);
const person = (bornOn: Day, doses: PersonCase['doses'] = []): PersonCase => {
  return { bornOn, sex: 'female', asOf, facts: [], doses };
};
const nextOf = (someone: PersonCase): Day | null => findNextChange(rules, someone, judge(rules, someone));

test('the day on which a baby first may be given something is told: 2 months old', () => {
  // 生後2月に至った日: born on 30 September 2026, 2 months are reached on 29 November 2026.
  assert.equal(nextOf(person(getDay(2026, 9, 30))), getDay(2026, 11, 29));
});

test('a dose on record of a later day is told', () => {
  const someone = person(getDay(1990, 6, 1), [{ product: 'mr', on: getDay(2026, 11, 30), kind: 'voluntary' }]);
  assert.equal(nextOf(someone), getDay(2026, 11, 30));
});

test('what becomes known, and the end of an illness, is told', () => {
  const adult = person(getDay(1990, 6, 1));
  const wait = nextOf(adult);
  assert.ok(wait === null || wait > getDay(2026, 12, 20));
  const later = getDay(2026, 12, 1);
  const told = (fact: PersonCase['facts'][number]): Day | null => nextOf({ ...adult, facts: [fact] });
  assert.equal(told({ kind: 'hadDisease', disease: 'measles', on: later }), later);
  assert.equal(told({ kind: 'longTermIllness', from: later, to: null }), later);
  assert.equal(told({ kind: 'longTermIllness', from: getDay(2020, 1, 1), to: later }), getDay(2026, 12, 2));
});

test('most grown people wait for months: a nightly run need not look at them', () => {
  const waits = Array.from({ length: 400 }, (_, i) => nextOf(person(addDays(getDay(1967, 1, 1), i * 35))));
  const soon = waits.filter((day) => day !== null && day <= asOf + 30);
  assert.ok(soon.length < 20, `${soon.length} of 400 change within a month`);
});

/** What a cache keeps of a judgement. */
function standing({ programmes, doses }: Judgement): string {
  const stages = programmes.map(({ programme, stage, status }) => `${programme}/${stage} ${status}`);
  return [...stages, ...doses.map(({ verdict, counts }) => `${verdict} ${counts}`)].join('\n');
}

/** Begun courses by age in days, so that intervals are waited for; what is given is of no matter here. */
const begun: readonly (readonly [days: number, product: string])[] = [
  [64, 'hepb'],
  [70, 'pcv20'],
  [71, '5in1'],
  [400, 'var'],
  [1150, 'je'],
  [4500, 'hpv9'],
  [24_000, 'zoster-rzv'],
];

/** Facts that end, turn a window or a path, or take somebody out for a time. */
function factsOf(i: number, on: Day): readonly Fact[] {
  const kinds: readonly (readonly Fact[])[] = [
    [],
    [{ kind: 'pregnancy', dueOn: addDays(on, 200) }],
    [
      { kind: 'longTermIllness', from: addDays(on, -900), to: addDays(on, -500) },
      { kind: 'exceptionGranted', programme: 'varicella', from: addDays(on, -10), to: addDays(on, 900) },
      { kind: 'exceptionGranted', programme: 'hepatitis-b', from: addDays(on, 5), to: addDays(on, 40) },
    ],
    [{ kind: 'categoryBEligible60to64', reason: 'hiv' }],
    [{ kind: 'startedProgramme', programme: 'dpt-ipv', on: addDays(on, 3) }],
  ];
  return kinds[i % kinds.length] ?? [];
}

/** People of every age on the days before the law turned, most of them before something begins or ends for them. */
function* peopleOfEveryAge(): Generator<PersonCase> {
  const days = [
    getDay(2012, 8, 20),
    getDay(2014, 9, 20),
    getDay(2022, 3, 1),
    getDay(2024, 3, 20),
    getDay(2026, 11, 21),
  ];
  for (const [place, on] of days.entries()) {
    for (let i = 0; i < 90; i += 1) {
      const bornOn = addDays(on, -(i < 60 ? i * 41 + place * 7 : (i - 50) * 600));
      const given = begun
        .filter(([age], k) => (i + k) % 2 === 0 && bornOn + age <= on && bornOn + age > on - 300)
        .map(([age, product]): GivenDose => ({ product, on: addDays(bornOn, age), kind: 'routine' }));
      yield { bornOn, sex: i % 2 === 0 ? 'female' : 'male', asOf: on, facts: factsOf(i, on), doses: given };
    }
  }
}

test('up to the day before the one that is told nothing changes, for people of every age', () => {
  let turned = 0;
  for (const someone of peopleOfEveryAge()) {
    const judgement = judge(rules, someone);
    const next = findNextChange(rules, someone, judgement) ?? addDays(someone.asOf, 4000);
    const on = (day: Day): string => standing(judge(rules, { ...someone, asOf: day }));
    const wanted = standing(judgement);
    const about = `born ${formatIsoDay(someone.bornOn)} on ${formatIsoDay(someone.asOf)}, next ${formatIsoDay(next)}`;
    assert.equal(on(addDays(next, -1)), wanted, about);
    assert.equal(on(addDays(someone.asOf, Math.floor((next - 1 - someone.asOf) / 2))), wanted, about);
    if (on(next) !== wanted) turned += 1;
  }
  // The day told may be too early, but mostly it is the day.
  assert.ok(turned > 150, `only ${turned} of 450 turned on the day told`);
});
