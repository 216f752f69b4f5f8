import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { addDays, type Day } from '#kernel';
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
