import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Finding, parseIsoDay, type Sex } from '#kernel';
import { readRulesFolder } from '#platform/files';
import { type Fact, judgeDoses, parseRules } from '#schedule';

const rules = parseRules(await readRulesFolder(join(import.meta.dirname, '../../../rules')));

interface Example {
  readonly born: string;
  readonly sex?: Sex;
  readonly facts?: readonly Fact[];
  readonly given?: string;
  /** Product and day of the dose asked about; `voluntary` before it where it was. */
  readonly dose: string;
  readonly asOf?: string;
  /** Code, severity and what the sentence names, worked out from the text. */
  readonly found: readonly (readonly [string, 'question' | 'note', Finding['params']])[];
}

/** One example for each finding, or two where its numbers could be mistaken. */
const examples: readonly Example[] = [
  {
    born: '2025-01-15',
    dose: 'hepb 2026-10-04',
    asOf: '2026-10-03',
    found: [['afterAsOf', 'question', { asOf: '2026-10-03' }]],
  },
  {
    born: '2025-01-15',
    dose: 'voluntary mumps 2026-02-01',
    found: [['noProgramme', 'note', { product: 'おたふくかぜワクチン' }]],
  },
  {
    born: '2012-05-10',
    sex: 'female',
    dose: 'hpv4 2026-04-01',
    found: [['productNotInUse', 'question', { to: '2026-03-31' }]],
  },
  { born: '1994-06-15', dose: 'dpt 1995-03-31', found: [['noRuleOnDay', 'question', {}]] },
  {
    born: '2016-04-01',
    dose: 'hepb 2016-09-30',
    found: [['beforeProgrammeStart', 'note', { from: '2016-10-01' }]],
  },
  { born: '2025-01-15', dose: 'hepb 2025-01-14', found: [['beforeBirth', 'question', { bornOn: '2025-01-15' }]] },
  {
    // Two months are reached on 2025-03-14: nine days after the 5th.
    born: '2025-01-15',
    dose: '5in1 2025-03-05',
    found: [['beforeWindow', 'question', { from: '2025-03-14', days: 9 }]],
  },
  {
    // The first birthday's eve is 2026-01-14: seventeen days before the 31st.
    born: '2025-01-15',
    dose: 'bcg 2026-01-31',
    found: [['afterWindow', 'question', { to: '2026-01-14', days: 17 }]],
  },
  {
    // Ill until 2026-02-28: the law lets a city grant the dose until 2028-02-27.
    born: '2025-01-15',
    facts: [{ kind: 'longTermIllness', from: parseIsoDay('2025-12-01'), to: parseIsoDay('2026-02-28') }],
    dose: 'bcg 2026-03-14',
    found: [
      ['afterWindow', 'question', { to: '2026-01-14', days: 59 }],
      ['exceptionNotGranted', 'note', { until: '2028-02-27' }],
    ],
  },
  {
    // Ill no longer than that: past the two years nothing is said of an exception.
    born: '2025-01-15',
    facts: [{ kind: 'longTermIllness', from: parseIsoDay('2025-12-01'), to: parseIsoDay('2026-02-28') }],
    dose: 'bcg 2028-02-28',
    found: [['afterWindow', 'question', { to: '2026-01-14', days: 775 }]],
  },
  { born: '1966-01-15', dose: 'flu 2026-01-20', found: [['requirementMissing', 'question', {}]] },
  {
    born: '1950-01-15',
    dose: 'flu 2026-09-30',
    found: [['outsideSeason', 'question', { from: '2026-10-01', to: '2027-01-31' }]],
  },
  {
    born: '1950-01-15',
    dose: 'covid19 2026-04-01',
    found: [['outsideSeason', 'question', { from: '2026-10-01', to: '2027-03-31' }]],
  },
  { born: '2014-04-01', sex: 'male', dose: 'hpv9 2026-05-01', found: [['wrongSex', 'question', {}]] },
  { born: '2020-07-31', dose: 'rv1 2020-10-01', found: [['wrongCohort', 'question', {}]] },
  {
    born: '2025-01-15',
    facts: [{ kind: 'hbigAtBirth' }],
    dose: 'hepb 2025-04-01',
    found: [['excludedByFact', 'question', {}]],
  },
  {
    born: '2025-01-15',
    given: 'hepb 2025-04-01',
    dose: 'hepb 2025-04-01',
    found: [['secondDoseSameDay', 'question', {}]],
  },
  {
    // 27 clear days from March 20 end on April 16; the 11th is six days short.
    born: '2025-01-15',
    given: 'hepb 2025-03-20',
    dose: 'hepb 2025-04-11',
    found: [
      [
        'intervalTooShort',
        'question',
        { minimum: '27日', previousOn: '2025-03-20', earliestOn: '2025-04-17', days: 6 },
      ],
    ],
  },
  {
    // The third is measured from the first: 139 clear days from March 20.
    born: '2025-01-15',
    given: 'hepb 2025-03-20; hepb 2025-04-17',
    dose: 'hepb 2025-08-01',
    found: [
      [
        'intervalTooShort',
        'question',
        { minimum: '139日', previousOn: '2025-03-20', earliestOn: '2025-08-07', days: 6 },
      ],
    ],
  },
  {
    // Two intervals: five months from the first (11-01) and two and a half from the second (12-17); the later binds.
    born: '2002-05-10',
    sex: 'female',
    given: 'hpv2 2015-06-01; hpv2 2015-10-01',
    dose: 'hpv2 2015-12-07',
    found: [
      [
        'intervalTooShort',
        'question',
        { minimum: '2月半', previousOn: '2015-10-01', earliestOn: '2015-12-17', days: 10 },
      ],
    ],
  },
  {
    born: '2025-01-15',
    given: 'mr 2026-02-01',
    dose: 'var 2026-02-20',
    found: [
      [
        'crossVaccineInterval',
        'question',
        {
          other: '麻しん風しん混合ワクチン(MR)',
          otherOn: '2026-02-01',
          minimum: '27日',
          earliestOn: '2026-03-01',
          days: 9,
        },
      ],
    ],
  },
  {
    born: '2025-01-15',
    given: 'bcg 2025-07-01',
    dose: 'bcg 2025-08-01',
    found: [['seriesComplete', 'question', {}]],
  },
  { born: '1950-01-15', given: 'flu 2026-10-20', dose: 'flu 2026-11-20', found: [['seasonComplete', 'question', {}]] },
  {
    born: '1998-05-05',
    sex: 'female',
    facts: [{ kind: 'pregnancy', dueOn: parseIsoDay('2026-09-01') }],
    given: 'rsv-mat 2026-06-20',
    dose: 'rsv-mat 2026-07-20',
    found: [['pregnancyComplete', 'question', {}]],
  },
  { born: '2025-01-15', given: 'rv1 2025-04-01', dose: 'rv5 2025-05-01', found: [['productMixed', 'question', {}]] },
  {
    // Five months from May 10 end on October 10; a month earlier the way changes to three doses.
    born: '2013-04-10',
    sex: 'female',
    given: 'hpv9 2026-05-10',
    dose: 'hpv9 2026-09-10',
    found: [
      ['branchChanged', 'note', { minimum: '5月', previousOn: '2026-05-10', earliestOn: '2026-10-10', days: 30 }],
    ],
  },
  {
    // Five months are reached on June 14.
    born: '2025-01-15',
    dose: 'bcg 2025-06-04',
    found: [['beforeStandardWindow', 'note', { from: '2025-06-14', days: 10 }]],
  },
  {
    // Eight months are reached on September 14.
    born: '2025-01-15',
    dose: 'bcg 2025-09-20',
    found: [['afterStandardWindow', 'note', { to: '2025-09-14', days: 6 }]],
  },
  {
    // Fourteen weeks and six days are April 29.
    born: '2025-01-15',
    dose: 'rv1 2025-05-02',
    found: [['rotavirusFirstDoseLate', 'note', { to: '2025-04-29', days: 3 }]],
  },
  {
    // Six to twelve months from 2026-01-20.
    born: '2025-01-15',
    given: 'var 2026-01-20',
    dose: 'var 2026-07-10',
    found: [['beforeStandardInterval', 'note', { standard: '6月〜12月', from: '2026-07-20', days: 10 }]],
  },
  {
    born: '2025-01-15',
    given: 'var 2026-01-20',
    dose: 'var 2027-01-25',
    found: [['afterStandardInterval', 'note', { standard: '6月〜12月', to: '2027-01-20', days: 5 }]],
  },
  {
    // About a year and no end: from 2024-02-08.
    born: '2020-01-15',
    given: 'je 2023-02-01; je 2023-02-08',
    dose: 'je 2024-02-01',
    found: [['beforeStandardInterval', 'note', { standard: '1年〜', from: '2024-02-08', days: 7 }]],
  },
];

test('every finding names the days and numbers of the law', () => {
  for (const { born, sex = 'female', facts = [], given = '', dose, asOf, found } of examples) {
    const doses = [...given.split(';').filter((part) => part.trim() !== ''), dose].map((part) => {
      const words = part.trim().split(' ');
      const on = parseIsoDay(words.at(-1) ?? '');
      const kind = words.length === 3 ? ('voluntary' as const) : ('routine' as const);
      return { product: words.at(-2) ?? '', on, kind };
    });
    const lastOn = doses.at(-1)?.on ?? parseIsoDay(born);
    const person = {
      bornOn: parseIsoDay(born),
      sex,
      asOf: asOf === undefined ? lastOn : parseIsoDay(asOf),
      facts,
      doses,
    };
    const judged = judgeDoses(rules, person).at(-1);
    assert.deepEqual(
      judged?.findings.map(({ code, severity, params }) => [code, severity, params]),
      found,
      `${born} ${given} / ${dose}`,
    );
  }
});

test('every finding that the program or a row can make has its example', () => {
  const root = join(import.meta.dirname, '../../..');
  const codes = ['src/schedule/findings.csv', 'rules/findings.csv'].flatMap((file) =>
    readFileSync(join(root, file), 'utf8')
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',')[0] ?? ''),
  );
  const shown = new Set(examples.flatMap(({ found }) => found.map(([code]) => code)));
  assert.deepEqual(
    codes.filter((code) => !shown.has(code)),
    ['beforeDoseAge'],
    'beforeDoseAge is said only by rows with not_before; see invented-rows.test.ts',
  );
});
