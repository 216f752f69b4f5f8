import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { addDays, type Day, formatIsoDay, getDay } from '#kernel';
import { readRulesFolder } from '#platform/files';
import { type Fact, type GivenDose, judge, judgeDoses, parseRules } from '#schedule';
import { doseHistories, factLists, withMaternalDose } from '../schedule/random-people.ts';
import { years } from './calendar.ts';
import { judgeAgain } from './judge-again.ts';

const rules = parseRules(await readRulesFolder(join(import.meta.dirname, '../../../rules')));
/** 5,000 in every run of the tests; SESSHU_RANDOM_HISTORIES=100000 for the whole. */
const numRuns = Number(process.env['SESSHU_RANDOM_HISTORIES'] ?? 5000);

const plain = ['rv1', 'rv5', 'hepb', 'pcv7', 'pcv13', 'pcv15', 'pcv20', 'bcg', 'mr', 'measles', 'rubella', 'var'];
const school = ['je', 'je-mouse-brain', 'dt', 'hpv2', 'hpv4', 'hpv9', 'mumps'];
/** One way through diphtheria to Hib each: a person follows one path, and this reading does not mix them. */
const ways = [['5in1'], ['4in1', 'hib'], ['dpt', 'ipv', 'opv', 'hib']];
const ofAge = [
  'flu',
  'flu-hd',
  'covid19',
  'ppsv23',
  'pcv20-adult',
  'zoster-live',
  'zoster-rzv',
  'mr',
  'rubella',
  'mumps',
];

const tablesOfTraces = 'windows doses standard-windows exclusions exceptions seasons cross-vaccine'.split(' ');

/** Rows that a trace can name: a branch only where there is a choice. */
const rowsOfLaw = [
  ...rules.rows.filter(({ table }) => tablesOfTraces.includes(table)).map(({ table, rule }) => `${table}:${rule}`),
  ...rules.programmes.flatMap(({ branches }) => (branches.length > 1 ? branches.map(({ trace }) => trace.rule) : [])),
];

/** The rows that answer on the day of each dose, of programmes that are not over then. */
function rowsAskedOf({ bornOn, isFemale, facts, doses }: History): readonly string[] {
  const sex = isFemale ? ('female' as const) : ('male' as const);
  return doses.flatMap(({ on }) => {
    const { programmes } = judge(rules, { bornOn, sex, asOf: on, facts, doses });
    const asked = programmes.filter(({ status }) => status !== 'closed');
    return asked.flatMap(({ trace }) => trace.map(({ rule }) => rule));
  });
}

interface History {
  readonly bornOn: Day;
  readonly isFemale: boolean;
  readonly asOf: Day;
  readonly facts: readonly Fact[];
  readonly doses: readonly GivenDose[];
}

/** Few products in one history make long series of one vaccine. */
function histories(from: Day, to: Day, choices: readonly (readonly string[])[]): fc.Arbitrary<History> {
  const asOf = getDay(2029, 6, 30);
  return fc
    .tuple(fc.integer({ min: from, max: to }), fc.constantFrom(...choices), fc.boolean())
    .chain(([born, choice, isFemale]) => {
      const bornOn = born as Day;
      const few = fc.subarray([...choice], { minLength: 1, maxLength: Math.min(3, choice.length) });
      return fc
        .tuple(
          few.chain((some) => doseHistories(bornOn, asOf, some)),
          factLists(bornOn, asOf),
          fc.nat(8),
        )
        .map(([some, facts, maternal]) => {
          const known = [...facts.filter(({ kind }) => kind !== 'startedProgramme'), ...judgedAfter(some, maternal)];
          const person = {
            bornOn,
            sex: isFemale ? ('female' as const) : ('male' as const),
            asOf,
            facts: known,
            doses: some,
          };
          const doses = withMaternalDose(person, maternal)
            .doses.filter(({ product, on }) => product !== 'dt' || on >= years(bornOn, 10))
            .map((dose) => ({ ...dose, kind: 'routine' as const }));
          return { bornOn, isFemale, asOf, facts: known, doses };
        });
    });
}

/** A doctor judges a shorter interval necessary some days after a dose; of most doses no rule asks. */
function judgedAfter(doses: readonly GivenDose[], days: number): readonly Fact[] {
  return doses.flatMap(({ product, on }): Fact[] => {
    const programme = { hib: 'hib', 'zoster-rzv': 'zoster' }[product];
    if (programme === undefined || days > 4) return [];
    return [{ kind: 'doctorJudgedNecessary', programme, on: addDays(on, days * 5) }];
  });
}

const children = ways.map((way) => [...plain, ...school, ...way]);
const cohorts = [
  ['je', 'je-mouse-brain'],
  ['hpv9', 'hpv4', 'hpv2'],
  ['mr', 'measles', 'rubella'],
];
const someone = fc.oneof(
  { weight: 5, arbitrary: histories(getDay(2018, 1, 1), getDay(2028, 12, 31), [...children, ...ways, plain]) },
  { weight: 3, arbitrary: histories(getDay(2004, 1, 1), getDay(2018, 12, 31), [...children, ...ways, ...cohorts]) },
  { weight: 2, arbitrary: histories(getDay(1994, 4, 1), getDay(2009, 12, 31), [...cohorts, ...children]) },
  { weight: 3, arbitrary: histories(getDay(1938, 1, 1), getDay(1964, 12, 31), [ofAge]) },
  { weight: 1, arbitrary: histories(getDay(1962, 3, 25), getDay(1979, 4, 10), [['mr', 'measles', 'rubella']]) },
  { weight: 1, arbitrary: histories(getDay(2018, 3, 25), getDay(2023, 4, 10), [['mr', 'measles', 'rubella']]) },
  { weight: 1, arbitrary: histories(getDay(1985, 1, 1), getDay(2007, 12, 31), [['mumps']]) },
  { weight: 1, arbitrary: histories(getDay(1905, 1, 1), getDay(1940, 12, 31), [ofAge]) },
);

test('a second reading of the text, by another hand, judges every dose alike', (told) => {
  const seen = new Map<string, number>();
  const rows = new Set<string>();
  fc.assert(
    fc.property(someone, ({ bornOn, isFemale, asOf, facts, doses }) => {
      const sex = isFemale ? 'female' : 'male';
      const first = judgeDoses(rules, { bornOn, sex, asOf, facts, doses });
      const second = judgeAgain({ born: bornOn, isFemale, facts }, asOf, doses);
      for (const row of rowsAskedOf({ bornOn, isFemale, asOf, facts, doses })) rows.add(row);
      for (const { programme, verdict } of first) {
        const kind = `${programme} ${verdict}`;
        seen.set(kind, (seen.get(kind) ?? 0) + 1);
      }
      const one = first.map(({ verdict, stage, doseNumber }, i) => {
        const other = second[i];
        const place = other?.stage === 'any' ? 'any' : stage;
        const number = other?.number === -1 ? -1 : doseNumber;
        return `${doses[i]?.product} ${formatIsoDay(doses[i]?.on ?? bornOn)} ${verdict} ${place} ${number}`;
      });
      const two = second.map(
        ({ verdict, stage, number }, i) =>
          `${doses[i]?.product} ${formatIsoDay(doses[i]?.on ?? bornOn)} ${verdict} ${stage} ${number}`,
      );
      assert.deepEqual(one, two, `born ${formatIsoDay(bornOn)}, ${sex}`);
    }),
    { numRuns },
  );
  const unreached = rowsOfLaw.filter((row) => !rows.has(row));
  const reached = `rows of the law that the histories come to: ${rowsOfLaw.length - unreached.length} of ${rowsOfLaw.length}`;
  told.diagnostic(reached);
  if (unreached.length > 0) told.diagnostic(`not reached: ${unreached.join(' ')}`);
  // The histories reach every programme with lawful and with wrong doses, where they are many enough.
  if (numRuns < 5000) return;
  for (const { programme } of rules.programmes) {
    for (const verdict of ['valid', 'invalid']) assert.ok((seen.get(`${programme} ${verdict}`) ?? 0) > 0, programme);
  }
});
