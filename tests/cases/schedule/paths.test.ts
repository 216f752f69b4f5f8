import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIsoDay } from '#kernel';
import { type Fact, parseRules, type RuleSet } from '#schedule';
import { cited, law, lawWith, type Told, tell } from './invent-rows.ts';

// One path is followed through the vaccines against diphtheria to Hib: what is begun is gone on with, what is not begun is
// offered by the first rows of paths.csv that are in use. The child of every test is born on 2025-01-15.

const lawful = parseRules(law);

/** The programmes of the family that are not closed by the path, in the order of the contract. */
function followed(rules: RuleSet, told: Told): string {
  const family = ['dpt-ipv-hib', 'dpt-ipv', 'hib', 'ipv', 'dpt', 'dt'];
  const { programmes } = tell(rules, told);
  const open = family.filter((name) => {
    const stage = programmes.find(({ programme }) => programme === name);
    return stage !== undefined && !stage.trace.some(({ rule }) => rule.startsWith('paths:'));
  });
  return open.join(' ');
}

const started = (programme: string, on: string): Fact => ({ kind: 'startedProgramme', programme, on: parseIsoDay(on) });

const courses: readonly (readonly [doses: string, path: string])[] = [
  ['', 'dpt-ipv-hib'],
  ['5in1 2025-03-20', 'dpt-ipv-hib'],
  ['4in1 2025-03-20', 'dpt-ipv hib'],
  ['hib 2025-03-20', 'dpt-ipv hib'],
  ['ipv 2025-03-20', 'hib ipv dpt'],
  ['dpt 2025-03-20', 'hib ipv dpt'],
  ['dt 2025-03-20', 'hib ipv dt'],
  ['dpt 2025-03-20; ipv 2025-03-20', 'hib ipv dpt'],
  // The combination counts for what was begun singly, and for the rest too.
  ['4in1 2025-03-20; 5in1 2025-04-20', 'dpt-ipv hib'],
  ['hib 2025-03-20; 5in1 2025-04-20', 'dpt-ipv hib'],
  ['dpt 2025-03-20; 4in1 2025-04-20', 'hib ipv dpt'],
  ['ipv 2025-03-20; 4in1 2025-04-20', 'hib ipv dpt'],
  ['dpt 2025-03-20; ipv 2025-03-20; 4in1 2025-04-20', 'hib ipv dpt'],
  ['dpt 2025-03-20; hib 2025-03-20; 5in1 2025-04-20', 'hib ipv dpt'],
  // A single vaccine after a combination splits the path.
  ['5in1 2025-03-20; 4in1 2025-04-20', 'dpt-ipv hib'],
  ['5in1 2025-03-20; hib 2025-04-20', 'dpt-ipv hib'],
  ['5in1 2025-03-20; ipv 2025-04-20', 'hib ipv dpt'],
  ['5in1 2025-03-20; dpt 2025-04-20', 'hib ipv dpt'],
  ['4in1 2025-03-20; ipv 2025-04-20', 'hib ipv dpt'],
  ['4in1 2025-03-20; dpt 2025-04-20', 'hib ipv dpt'],
  // The two toxoids do not stand for each other: the later is gone on with.
  ['dt 2025-03-20; dpt 2025-04-20', 'hib ipv dpt'],
  ['dpt 2025-03-20; dt 2025-04-20', 'hib ipv dt'],
  ['dt 2025-03-20; ipv 2025-03-27; 4in1 2025-04-24', 'dpt-ipv hib'],
];

for (const [doses, path] of courses) {
  test(`after ${doses || 'nothing'} the path is ${path}`, () => {
    assert.equal(followed(lawful, { doses, asOf: '2025-06-01' }), path);
  });
}

test('what is begun first is told by the days, not by the order of telling; on one day by the rows', () => {
  const asOf = '2025-06-01';
  const dptFirst = [started('dt', '2025-04-20'), started('dpt', '2025-03-20')];
  const dtFirst = [started('dt', '2025-03-20'), started('dpt', '2025-04-20')];
  for (const [facts, path] of [
    [dptFirst, 'hib ipv dt'],
    [dtFirst, 'hib ipv dpt'],
    [[started('dt', '2025-04-20'), started('dpt', '2025-04-20')], 'hib ipv dt'],
  ] as const) {
    assert.equal(followed(lawful, { facts, asOf }), path);
    assert.equal(followed(lawful, { facts: facts.toReversed(), asOf }), path);
  }
  assert.equal(followed(lawful, { facts: [started('dt', '2025-04-20')], doses: 'dpt 2025-03-20', asOf }), 'hib ipv dt');
  assert.equal(
    followed(lawful, { facts: [started('dt', '2025-03-20')], doses: 'dpt 2025-04-20', asOf }),
    'hib ipv dpt',
  );
});

test('a toxoid a day too early for the second stage begins no path of the first', () => {
  // Eleven years are reached on 2036-01-14.
  assert.equal(followed(lawful, { doses: 'dt 2036-01-13', asOf: '2036-02-01' }), 'dpt-ipv-hib');
  assert.equal(followed(lawful, { doses: 'dt 2028-03-01', asOf: '2028-06-01' }), 'hib ipv dt');
});

test('before the five-in-one was in use the four-in-one and Hib were offered', () => {
  const born = '2024-01-15';
  assert.equal(followed(lawful, { born, asOf: '2024-03-31' }), 'dpt-ipv hib');
  assert.equal(followed(lawful, { born, asOf: '2024-04-01' }), 'dpt-ipv-hib');
});

test('what is begun is gone on with although its own product is used no more; nobody begins it anew', () => {
  const rules = lawWith({ 'programme-products.csv': { 'hib,hib,': `hib,hib,own,2013-04-01,2025-12-31,${cited}` } });
  const after = (doses: string, asOf = '2026-01-01'): string => followed(rules, { doses, asOf });
  assert.equal(after('4in1 2025-03-20', '2025-12-31'), 'dpt-ipv hib');
  assert.equal(after('4in1 2025-03-20'), 'dpt-ipv');
  // Combinations still count for Hib: the one that joined, and the one that was split.
  assert.equal(after('4in1 2025-03-20; 5in1 2025-04-20'), 'dpt-ipv hib');
  assert.equal(after('5in1 2025-03-20; 4in1 2025-04-20'), 'dpt-ipv hib');
  assert.equal(after('5in1 2025-03-20; ipv 2025-04-20'), 'hib ipv dpt');
  assert.equal(after('4in1 2025-03-20; hib 2025-03-20; ipv 2025-04-20'), 'hib ipv dpt');
});
