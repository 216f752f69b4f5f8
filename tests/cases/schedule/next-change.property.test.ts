import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { addDays, type Day, getDay } from '#kernel';
import { readRulesFolder } from '#platform/files';
import { findNextChange, type Judgement, judge, type PersonCase, parseRules } from '#schedule';
import { people } from './random-people.ts';

const rules = parseRules(await readRulesFolder(join(import.meta.dirname, '../../../rules')));
const numRuns = Number(process.env['SESSHU_RANDOM_HISTORIES'] ?? 800);

/** What a cache keeps of a judgement: where every stage stands, and what every dose was. */
function standing({ programmes, doses }: Judgement): string {
  const stages = programmes.map((each) => `${each.programme}/${each.stage} ${each.status}`);
  return [...stages, ...doses.map(({ verdict, counts }) => `${verdict} ${counts}`)].join('\n');
}

const on = (person: PersonCase, asOf: Day): string => standing(judge(rules, { ...person, asOf }));
const noSooner = 800;

test('until the day that is told, nothing changes', () => {
  let looked = 0;
  fc.assert(
    fc.property(people(), fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 }), (person, shares) => {
      const judgement = judge(rules, person);
      const next = findNextChange(rules, person, judgement);
      assert.ok(next === null || next > person.asOf);
      const last = Math.min(next ?? Infinity, person.asOf + noSooner) - 1;
      const days = last - person.asOf;
      const wanted = standing(judgement);
      const steps = days <= 20 ? Array.from({ length: days }, (_, i) => i + 1) : shares.map((s) => Math.ceil(s * days));
      for (const step of [...steps, days]) {
        if (step === 0) continue;
        looked += 1;
        assert.equal(on(person, addDays(person.asOf, step)), wanted, `${step} days later`);
      }
    }),
    { numRuns },
  );
  assert.ok(looked > numRuns, `only ${looked} days were looked at`);
});

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
