import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatIsoDay, parseIsoDay } from '#kernel';
import { type Fact, findNextChange, judge, parseRules, type RuleSet } from '#schedule';
import { law } from './invent-rows.ts';

// The day that is told is the next one that a row names for the person, and no earlier one: else a nightly run would look
// at everybody every night. Each rule set is invented: one programme that everybody may have from birth on, for ever, and
// one row more. Asked is of a girl born on 2028-06-15 on her second birthday; what is expected is counted by hand.

type Row = Readonly<Record<string, string>>;
type Tables = Readonly<Record<string, readonly Row[]>>;

const alpha: Tables = {
  'diseases.csv': [{ disease: 'fever', name: '熱' }],
  'products.csv': [{ product: 'a1', name: '甲', form: 'inactivated', diseases: 'fever' }],
  'programmes.csv': [programme('alpha', 'primary')],
  'programme-products.csv': [{ programme: 'alpha', product: 'a1', role: 'own' }],
  'windows.csv': [{ id: 'always', programme: 'alpha', stages: 'primary', opens: 'birth' }],
  'branches.csv': [{ programme: 'alpha', branch: 'one' }],
  'doses.csv': [{ id: 'a-1', programme: 'alpha', branch: 'one', stage: 'primary', dose: '1' }],
};

/** A second programme, with a product of its own. */
function beta(windows: readonly Row[], more: Tables = {}, recurs = 'once'): Tables {
  return {
    'products.csv': [{ product: 'b1', name: '乙', form: 'inactivated', diseases: 'fever' }],
    'programmes.csv': [{ ...programme('beta', 'primary'), recurs }],
    'programme-products.csv': [{ programme: 'beta', product: 'b1', role: 'own' }],
    'windows.csv': windows.map((row, i) => ({ ...windowOf('beta', i), ...row })),
    'branches.csv': [{ programme: 'beta', branch: 'one' }],
    'doses.csv': [{ id: 'b-1', programme: 'beta', branch: 'one', stage: 'primary', dose: '1' }],
    ...more,
  };
}

/** Windows of one stage must not say the same: each is for those born from a day of its own on. */
function windowOf(programme: string, place: number): Row {
  return { id: `${programme}-${place}`, programme, stages: 'primary', born_from: `190${place}-01-01` };
}

function programme(name: string, stage: string): Row {
  const names = { programme_name: name, stage_name: stage, category: 'A', counted_by: 'dose' };
  return { programme: name, stage, ...names, diseases: 'fever', recurs: 'once' };
}

/** Rules of the rows of `alpha` and more, under the headers of the law's tables. */
function rulesOf(more: Tables): RuleSet {
  const files = new Map<string, string>();
  for (const [file, text] of law) {
    const header = text.split('\n')[0]?.split(',') ?? [];
    const rows = [...(alpha[file] ?? []), ...(more[file] ?? [])];
    const lines = rows.map((row) =>
      header.map((column) => row[column] ?? { basis: '架空', checked_on: '2030-01-01', certainty: 'V' }[column] ?? ''),
    );
    files.set(file, [header, ...lines].map((cells) => cells.join(',')).join('\n'));
  }
  return parseRules(files);
}

interface Asked {
  readonly born?: string;
  readonly asOf?: string;
  readonly facts?: readonly Fact[];
}

function nextOf(more: Tables, { born = '2028-06-15', asOf = '2030-06-15', facts = [] }: Asked = {}): string | null {
  const rules = rulesOf(more);
  const person = { bornOn: parseIsoDay(born), sex: 'female' as const, asOf: parseIsoDay(asOf), facts, doses: [] };
  const next = findNextChange(rules, person, judge(rules, person));
  return next === null ? null : formatIsoDay(next);
}

const window = (row: Row): Tables => ({
  'windows.csv': [{ ...windowOf('alpha', 1), opens: 'birth', ...row }],
});

test('where no row names a day ahead, no day is told', () => {
  assert.equal(nextOf({}), null);
  // Days that are over: three months, two years, a row of last year.
  assert.equal(nextOf(window({ opens: 'm(3)', closes: 'y(2)' })), null);
  assert.equal(nextOf(window({ vaccinated_from: '2029-04-01', vaccinated_to: '2030-06-14' })), null);
});

test('the first day of a window is told, and the day after its last', () => {
  assert.equal(nextOf(window({ opens: 'y(3)' })), '2031-06-14');
  assert.equal(nextOf(window({ closes: 'y(5)' })), '2033-06-15');
  // The last day itself, and the day before the first.
  assert.equal(nextOf(window({ closes: 'y(5)' }), { asOf: '2033-06-14' }), '2033-06-15');
  assert.equal(nextOf(window({ opens: 'y(3)' }), { asOf: '2031-06-13' }), '2031-06-14');
  assert.equal(nextOf(window({ opens: 'y(3)' }), { asOf: '2031-06-14' }), null);
});

test('the days in force of a window are told', () => {
  assert.equal(nextOf(window({ vaccinated_from: '2031-01-01' })), '2031-01-01');
  assert.equal(nextOf(window({ vaccinated_to: '2031-03-31' })), '2031-04-01');
  assert.equal(nextOf(window({ vaccinated_from: '2030-01-01', vaccinated_to: '2030-06-15' })), '2030-06-16');
});

test('a window is told to whom it concerns', () => {
  const opens = 'y(3)';
  assert.equal(nextOf(window({ opens, sex: 'male' })), null);
  assert.equal(nextOf(window({ opens, sex: 'female' })), '2031-06-14');
  assert.equal(nextOf(window({ opens, born_from: '2028-06-16' })), null);
  assert.equal(nextOf(window({ opens, born_to: '2028-06-14' })), null);
  assert.equal(nextOf(window({ opens, born_from: '2028-06-15', born_to: '2028-06-15' })), '2031-06-14');
});

test('of several days the first is told, whatever the order of the rows', () => {
  const three = [{ opens: 'y(7)', closes: 'y(9)' }, { opens: 'y(4)' }, { opens: 'y(6)' }];
  const rows = three.map((row, i) => ({ ...windowOf('alpha', i), ...row }));
  assert.equal(nextOf({ 'windows.csv': rows }), '2032-06-14');
  assert.equal(nextOf({ 'windows.csv': rows.toReversed() }), '2032-06-14');
});

test('the days of a standard window are told to whom the stage concerns by any of its windows', () => {
  const standard = (row: Row): Tables => ({
    'standard-windows.csv': [{ id: 'standard', programme: 'alpha', stages: 'primary', ...row }],
  });
  assert.equal(nextOf(standard({ closes: 'y(3)' })), '2031-06-15');
  assert.equal(nextOf(standard({ closes: 'y(5)', vaccinated_from: '2031-01-01' })), '2031-01-01');
  assert.equal(nextOf(standard({ closes: 'y(5)', vaccinated_to: '2031-03-31' })), '2031-04-01');
  assert.equal(nextOf({ ...standard({ closes: 'y(3)' }), ...window({ sex: 'male' }) }), '2031-06-15');
});

test('the days of an exclusion are told, from each expected day of delivery', () => {
  const exclusion = (row: Row): Tables => ({
    'exclusions.csv': [{ id: 'out', programme: 'alpha', excluded_by: 'pregnancy', from: 'due-280', to: 'due', ...row }],
  });
  const expecting = (dueOn: string): Asked => ({ facts: [{ kind: 'pregnancy', dueOn: parseIsoDay(dueOn) }] });
  assert.equal(nextOf(exclusion({})), null);
  // 280 days before 2031-06-01 is 2030-08-25; before 2030-12-01 is 2030-02-24, which is over.
  assert.equal(nextOf(exclusion({}), expecting('2031-06-01')), '2030-08-25');
  assert.equal(nextOf(exclusion({}), expecting('2030-12-01')), '2030-12-02');
  assert.equal(nextOf(exclusion({ vaccinated_from: '2031-01-01' })), '2031-01-01');
});

test('the days of a branch are told to whom it is open', () => {
  const branch = (row: Row): Tables => ({
    'branches.csv': [{ programme: 'alpha', branch: 'other', ...row }],
    'doses.csv': [{ id: 'a-1-other', programme: 'alpha', branch: 'other', stage: 'primary', dose: '1' }],
  });
  assert.equal(nextOf(branch({ first_from: 'y(3)' })), '2031-06-14');
  assert.equal(nextOf(branch({ first_to: 'y(3)' })), '2031-06-15');
  assert.equal(nextOf(branch({ vaccinated_from: '2031-01-01' })), '2031-01-01');
  assert.equal(nextOf(branch({ vaccinated_to: '2031-03-31' })), '2031-04-01');
  assert.equal(nextOf(branch({ first_from: 'y(3)', born_from: '2028-06-16' })), null);
  assert.equal(nextOf(branch({ first_from: 'y(3)', born_to: '2028-06-14' })), null);
  const born = { born_from: '2028-06-15', born_to: '2028-06-15' };
  assert.equal(nextOf(branch({ first_from: 'y(3)', ...born })), '2031-06-14');
  const ofBoys = beta([{ opens: 'birth', sex: 'male' }], {
    'branches.csv': [
      { programme: 'beta', branch: 'other', first_from: 'y(3)' },
      { programme: 'beta', branch: 'one' },
    ],
    'doses.csv': [{ id: 'b-1', programme: 'beta', branch: 'other one', stage: 'primary', dose: '1' }],
  });
  assert.equal(nextOf(ofBoys), null, 'a branch of a programme for boys alone');
});

test('the days of a dose are told, of a later one too', () => {
  const dose = (row: Row): Tables => ({
    'doses.csv': [{ id: 'a-2', programme: 'alpha', branch: 'one', stage: 'primary', dose: '2', ...row }],
  });
  assert.equal(nextOf(dose({ not_before: 'y(3)' })), '2031-06-14');
  assert.equal(nextOf(dose({ not_after: 'y(3)' })), '2031-06-15');
  assert.equal(nextOf(dose({ vaccinated_from: '2031-01-01' })), '2031-01-01');
  assert.equal(nextOf(dose({ vaccinated_to: '2031-03-31' })), '2031-04-01');
});

test('the course of a programme concerns whom any of its stages concerns', () => {
  const later = {
    'programmes.csv': [{ ...programme('alpha', 'booster'), follows: 'primary' }],
    'windows.csv': [{ id: 'boys', programme: 'alpha', stages: 'booster', opens: 'birth', sex: 'male' }],
    'doses.csv': [
      { id: 'a-2', programme: 'alpha', branch: 'one', stage: 'primary', dose: '2', not_before: 'y(3)' },
      { id: 'a-b', programme: 'alpha', branch: 'one', stage: 'booster', dose: '1' },
    ],
  };
  assert.equal(nextOf(later), '2031-06-14');
});

test('the last age of an exception is told, its days in force, and the end of what a grant leaves', () => {
  const exception = (row: Row): Tables => ({
    'exceptions.csv': [{ id: 'long', programme: 'alpha', years: '2', ...row }],
  });
  assert.equal(nextOf(exception({ cap: 'y(3)' })), '2031-06-15');
  assert.equal(nextOf(exception({ vaccinated_from: '2031-01-01' })), '2031-01-01');
  // Who was ill to 2029-12-31 may be granted two years: that day is the first, 2031-12-30 the last.
  const ofBoys = beta([{ opens: 'birth', sex: 'male' }], {
    'exceptions.csv': [{ id: 'long', programme: 'beta', years: '2' }],
  });
  const facts: readonly Fact[] = [
    { kind: 'longTermIllness', from: parseIsoDay('2029-01-01'), to: parseIsoDay('2029-12-31') },
    { kind: 'exceptionGranted', programme: 'beta', from: parseIsoDay('2030-01-01'), to: parseIsoDay('2035-12-31') },
  ];
  assert.equal(nextOf(ofBoys, { facts }), '2031-12-31');
});

test('the days on which products come into use and go are told to everybody', () => {
  const inUse = (row: Row): Tables => {
    const tables = beta([{ opens: 'birth', sex: 'male' }]);
    return { ...tables, 'programme-products.csv': [{ programme: 'beta', product: 'b1', role: 'own', ...row }] };
  };
  assert.equal(nextOf(inUse({})), null);
  assert.equal(nextOf(inUse({ vaccinated_from: '2031-01-01' })), '2031-01-01');
  assert.equal(nextOf(inUse({ vaccinated_to: '2031-03-31' })), '2031-04-01');
});

test('seasons are told to who is of the age within a year and a day, to nobody else', () => {
  const season = { id: 'autumn', programme: 'beta', opens: '10-01', closes: '01-31' };
  const seasonal = (windows: readonly Row[], row: Row = {}): Tables =>
    beta(windows, { 'seasons.csv': [{ ...season, ...row }] }, 'season');
  const fromThree = [{ opens: 'y(3)' }];
  // Born on 2028-06-17: three years old on 2031-06-16, 366 days after 2030-06-15; a day younger it is 367.
  assert.equal(nextOf(seasonal(fromThree), { born: '2028-06-17' }), '2030-10-01');
  assert.equal(nextOf(seasonal(fromThree), { born: '2028-06-18' }), '2031-06-17');
  // Within the season the day after its end is told, to who is not yet of the age too.
  assert.equal(nextOf(seasonal(fromThree), { asOf: '2030-12-01' }), '2031-02-01');
  assert.equal(nextOf(seasonal(fromThree, { vaccinated_from: '2030-09-01' })), '2030-09-01');
  assert.equal(nextOf(seasonal([{ opens: 'birth', sex: 'male' }])), null);
  // One of two windows is near; another is far, or for boys.
  const far = [{ opens: 'y(60)' }, { opens: 'birth', sex: 'male' }, ...fromThree];
  assert.equal(nextOf(seasonal(far), { born: '2028-06-17' }), '2030-10-01');
  // A programme that is given once has no seasons.
  assert.equal(nextOf(beta(fromThree)), '2031-06-14');
});
