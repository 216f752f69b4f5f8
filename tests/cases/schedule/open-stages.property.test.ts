import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { addDays } from '#kernel';
import { readRulesFolder } from '#platform/files';
import { createOpenStagesJudge, type PersonCase, parseRules } from '#schedule';
import { openOf } from './open-of.ts';
import { people } from './random-people.ts';

const rules = parseRules(await readRulesFolder(join(import.meta.dirname, '../../../rules')));
const numRuns = Number(process.env['SESSHU_RANDOM_HISTORIES'] ?? 500);

test('one judge for everybody of a day tells of each what the whole judgement of that person alone tells', () => {
  let bound = 0;
  const ofOneBirth = fc
    .tuple(people(), fc.array(people(), { minLength: 2, maxLength: 5 }))
    .map(([{ bornOn, asOf }, others]) =>
      others.map(
        ({ doses, facts, sex }, i): PersonCase => ({
          bornOn,
          asOf,
          sex: i % 2 === 0 ? 'female' : sex,
          facts: i % 3 === 2 ? facts : [],
          // A living vaccine of the last weeks holds others back.
          doses:
            i === 1 ? [...doses, { product: 'mr', on: addDays(asOf, -(doses.length * 3)), kind: 'routine' }] : doses,
        }),
      ),
    );
  fc.assert(
    fc.property(ofOneBirth, (born) => {
      const asOf = born[0]?.asOf;
      assert.ok(asOf !== undefined);
      const open = createOpenStagesJudge(rules, asOf);
      for (const person of [...born, ...born.toReversed()]) assert.deepEqual(open(person), openOf(rules, person));
      const first = born[1];
      if (first !== undefined && openOf(rules, first).due.length < openOf(rules, { ...first, doses: [] }).due.length)
        bound += 1;
    }),
    { numRuns },
  );
  assert.ok(bound > 0, 'no dose made a difference');
});
