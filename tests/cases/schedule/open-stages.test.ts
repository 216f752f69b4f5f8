import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addDays, type Day, getDay, type Sex } from '#kernel';
import {
  type CaseOfPerson,
  createOpenStagesJudge,
  type Fact,
  type GivenDose,
  judge,
  type OpenStages,
  parseRules,
  type RuleSet,
} from '#schedule';
import { cited, law, lawWith } from './invent-rows.ts';
import { openOf } from './open-of.ts';

/** Judges people one after the other by one judge; each is to be told what the whole judgement tells of them alone. */
function tellEach(rules: RuleSet, asOf: Day, people: readonly CaseOfPerson[]): readonly OpenStages[] {
  const open = createOpenStagesJudge(rules, asOf);
  return people.map((person) => {
    const told = open(person);
    assert.deepEqual({ person, told }, { person, told: openOf(rules, { ...person, asOf }) });
    return told;
  });
}

/** The stages that are due or overdue, as `programme/stage`. */
function openNames(rules: RuleSet, asOf: Day, person: CaseOfPerson, { due, overdue }: OpenStages): readonly string[] {
  const { programmes } = judge(rules, { ...person, asOf });
  return [...due, ...overdue].map((place) => `${programmes[place]?.programme}/${programmes[place]?.stage}`);
}

/** A dose some days before the day of asking. */
type Before = readonly [product: string, days: number];

/** What was given, in days before the day of asking; less than 0 lies after it. */
const histories: readonly (readonly Before[])[] = [
  [],
  [['bcg', 26]],
  [['bcg', 27]],
  [['bcg', 28]],
  [
    ['bcg', 26],
    ['flu', 3],
  ],
  [['mr', 10]],
  [
    ['mr', 400],
    ['flu', 3],
  ],
  [
    ['covid19', 9],
    ['var', 30],
  ],
  [['opv', 40]],
  [
    ['ipv', 6],
    ['hib', 6],
  ],
  [
    ['5in1', 60],
    ['5in1', 30],
  ],
  [['dt', 5]],
  [
    ['je', 8],
    ['je', 1],
  ],
  [['hepb', -12]],
];
const sexes: readonly Sex[] = ['female', 'male', 'unknown'];
/** Days lived on the day of asking. */
const ages = [0, 58, 61, 100, 190, 330, 365, 366, 370, 400, 1200, 2300, 4100, 4600, 5500, 9000, 23_900, 36_600];

function factsOf(asOf: Day): readonly (readonly Fact[])[] {
  return [
    [{ kind: 'startedProgramme', programme: 'dt', on: addDays(asOf, -20) }],
    [{ kind: 'pregnancy', dueOn: addDays(asOf, 60) }],
    [{ kind: 'hadDisease', disease: 'measles', on: addDays(asOf, 5) }],
    [{ kind: 'longTermIllness', from: addDays(asOf, -900), to: addDays(asOf, -20) }],
  ];
}

function peopleOf(asOf: Day): readonly CaseOfPerson[] {
  const someone = (age: number, sex: Sex, given: readonly Before[], facts: readonly Fact[]): CaseOfPerson => ({
    bornOn: addDays(asOf, -age),
    sex,
    doses: given.map(([product, days]): GivenDose => ({ product, on: addDays(asOf, -days), kind: 'routine' })),
    facts,
  });
  return [
    ...histories.flatMap((given) => ages.flatMap((age) => sexes.map((sex) => someone(age, sex, given, [])))),
    ...factsOf(asOf).flatMap((facts) => ages.map((age) => someone(age, 'female', [['mr', 10]], facts))),
  ];
}

test('one judge for everybody tells of each what the whole judgement tells: who comes first has no say in it', () => {
  const rules = parseRules(law);
  for (const asOf of [getDay(2014, 4, 1), getDay(2020, 9, 20), getDay(2026, 11, 21)]) {
    const people = peopleOf(asOf);
    tellEach(rules, asOf, people);
    tellEach(rules, asOf, people.toReversed());
  }
});

test('the last day of a rule between vaccines, and more birth dates than one page holds, are told alike', () => {
  const rules = parseRules(law);
  // Who was born on 1 August 2020 is 2 months old on 30 September, the last day on which 27 days follow a living vaccine.
  const doses: readonly GivenDose[] = [{ product: 'bcg', on: getDay(2020, 9, 20), kind: 'routine' }];
  tellEach(rules, getDay(2020, 9, 30), [{ bornOn: getDay(2020, 8, 1), sex: 'female', doses, facts: [] }]);
  // The last of the first 512 birth dates is the last of those who turn 65 in fiscal 2026.
  const births = Array.from({ length: 520 }, (_, i) => addDays(getDay(1962, 4, 1), i - 511));
  const old = births.map((bornOn): CaseOfPerson => ({ bornOn, sex: 'male', doses: [], facts: [] }));
  tellEach(rules, getDay(2026, 11, 21), old);
});

test('who begins a family otherwise is not told what others of the same birth date are', () => {
  // 二種混合 stands before 三種混合: a child begun with polio alone goes on with Hib and 二種混合, one with nothing
  // given is offered 五種混合, which closes the first stage of 二種混合.
  const rules = lawWith({
    'paths.csv': {
      'diphtheria-polio-hib,dt,': `diphtheria-polio-hib,dpt,,dt pertussis,${cited}`,
      'diphtheria-polio-hib,dpt,': `diphtheria-polio-hib,dt,primary,dt,${cited}`,
    },
  });
  const asOf = getDay(2026, 11, 21);
  const child: CaseOfPerson = { bornOn: getDay(2026, 6, 1), sex: 'male', doses: [], facts: [] };
  const withPolio: CaseOfPerson = { ...child, doses: [{ product: 'ipv', on: getDay(2026, 11, 1), kind: 'routine' }] };
  for (const people of [
    [child, withPolio, child],
    [withPolio, child, withPolio],
  ]) {
    const told = tellEach(rules, asOf, people);
    for (const [i, person] of people.entries()) {
      const names = openNames(rules, asOf, person, told[i] ?? { due: [], overdue: [], nextChangeOn: null });
      assert.equal(names.includes('dt/primary'), person === withPolio);
      assert.equal(names.includes('dpt-ipv-hib/primary'), person === child);
    }
  }
});

test('two stages of one programme that stand open side by side are both told', () => {
  // The second stage of 麻しん風しん invented for the same age as the first: from 1 to 2 years.
  const rules = lawWith({
    'windows.csv': { 'mr-2,': `mr-2,measles-rubella,stage-2,,2006-06-02,,m(12),m(24),,,,,,${cited}` },
  });
  const asOf = getDay(2026, 11, 21);
  const child: CaseOfPerson = { bornOn: getDay(2025, 11, 1), sex: 'female', doses: [], facts: [] };
  for (const told of tellEach(rules, asOf, [child, child])) {
    const names = openNames(rules, asOf, child, told);
    assert.ok(names.includes('measles-rubella/stage-1') && names.includes('measles-rubella/stage-2'));
  }
});
