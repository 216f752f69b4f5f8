import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addDays, formatIsoDay, getDay, parseIsoDay } from '#kernel';
import { type GivenDose, judge, judgeDoses, judgeSomeDoses, parseRules } from '#schedule';
import { cited, law, lawWith, say, stageOf, type Told, tell } from './invent-rows.ts';

// What the tables can say, and the law as it stands does not: products that go, seasons that end, rows in any order.

test('a stage stays open as long as any of its products is in use', () => {
  const rules = lawWith({
    'programme-products.csv': {
      'pneumococcal-child,pcv20,': `pneumococcal-child,pcv20,own,2024-10-01,2025-12-31,${cited}`,
    },
  });
  // Born on 2025-01-15, twelve months old on 2026-01-14; pcv15 is still in use.
  const { programmes } = tell(rules, { asOf: '2026-02-01' });
  const primary = stageOf(programmes, 'pneumococcal-child', 'primary');
  assert.deepEqual([primary.status, primary.next?.earliestOn !== undefined], ['overdue', true]);
});

test('a product that its rows tell apart is forecast for itself', () => {
  const rules = lawWith({
    'programme-products.csv': {
      'influenza-older,flu,': `influenza-older,flu,own,2001-11-07,2026-12-31,${cited}`,
    },
  });
  // Only the high dose is left, from 75 on.
  const at = (born: string): string =>
    stageOf(tell(rules, { born, asOf: '2027-10-15' }).programmes, 'influenza-older', 'seasonal').status;
  assert.equal(at('1961-01-15'), 'tooEarly');
  assert.equal(at('1950-01-15'), 'due');
});

test('a season belongs to the rows in force on its first day, their last day too', () => {
  const rules = lawWith({
    'seasons.csv': {
      'influenza-older,': [
        `influenza-older,influenza-older,,2026-10-01,10-01,01-31,${cited}`,
        `influenza-older-2,influenza-older,2027-10-01,,10-01,10-01,${cited}`,
      ].join('\n'),
    },
  });
  const eligible = (asOf: string): unknown => {
    const { eligibleFrom, eligibleTo } = stageOf(
      tell(rules, { born: '1950-01-15', asOf }).programmes,
      'influenza-older',
      'seasonal',
    );
    return Number(eligibleTo) - Number(eligibleFrom);
  };
  // October to January are 122 days apart; a season of one day ends as it begins.
  assert.equal(eligible('2026-10-15'), 122);
  assert.equal(eligible('2027-10-01'), 0);
  const { programmes } = tell(rules, { born: '1950-01-15', asOf: '2027-10-01' });
  assert.equal(stageOf(programmes, 'influenza-older', 'seasonal').status, 'due');
});

test('the rows of products may stand in any order: its own programme comes first', () => {
  const [header = '', ...rows] = (law.get('programme-products.csv') ?? '').trimEnd().split('\n');
  const turned = parseRules(new Map([...law, ['programme-products.csv', [header, ...rows.toReversed()].join('\n')]]));
  const first = tell(turned, { asOf: '2025-06-01', doses: '5in1 2025-03-20' }).doses[0];
  assert.equal(first?.programme, 'dpt-ipv-hib');
});

test('the most particular row of a dose is taken, wherever it stands', () => {
  const row = 'pneumococcal-child,from-2-months,primary,2';
  const rules = lawWith({
    'doses.csv': {
      'pcv-2-from-2,': [
        `pcv-2-from-2,${row},,,,,,27日,,,m(24),,,,${cited}`,
        `pcv-2-from-2-old,${row},,pcv7,,,,60日,,,m(24),,,,${cited}`,
      ].join('\n'),
      'hib-booster,': [`hib-booster,hib,from-2-months from-7-months,booster,1,,,,,,7月,7月..13月,,,,,,${cited}`].join(
        '\n',
      ),
    },
  });
  const second = (doses: string): string => say(tell(rules, { asOf: '2026-12-01', doses }).doses.at(-1));
  // 2025-03-20 and 28 days: 2025-04-17; 61 days: 2025-05-20. The oldest product is told apart from those not named.
  assert.equal(second('pcv20 2025-03-20; pcv20 2025-04-17'), 'primary/2 valid');
  const lawOfOld = lawWith({
    'programme-products.csv': { 'pneumococcal-child,pcv7,': `pneumococcal-child,pcv7,own,2013-04-01,,${cited}` },
    'doses.csv': {
      'pcv-2-from-2,': [
        `pcv-2-from-2,${row},,,,,,27日,,,m(24),,,,${cited}`,
        `pcv-2-from-2-old,${row},,pcv7,,,,60日,,,m(24),,,,${cited}`,
      ].join('\n'),
    },
  });
  const old = (doses: string): string => say(tell(lawOfOld, { asOf: '2026-12-01', doses }).doses.at(-1));
  assert.equal(old('pcv7 2025-03-20; pcv7 2025-05-19'), 'primary/2 invalid intervalTooShort');
  assert.equal(old('pcv7 2025-03-20; pcv7 2025-05-20'), 'primary/2 valid');
  // Cut short at twelve months (2026-01-14), the booster follows after 27 days although the general row stands first.
  assert.equal(second('hib 2025-08-10; hib 2026-02-01'), 'booster/1 valid');
});

test('one rule broken in two programmes by different days is said with both', () => {
  const rules = parseRules(law);
  // 20 days after 2025-03-20 end on 2025-04-10, after 2025-03-27 on 2025-04-17.
  const { doses } = tell(rules, { asOf: '2026-01-01', doses: 'ipv 2025-03-20; dpt 2025-03-27; 4in1 2025-04-05' });
  const ends = (doses[2]?.findings ?? []).map(({ code, params }) => `${code} ${String(params['earliestOn'])}`);
  assert.deepEqual(ends.toSorted(), ['intervalTooShort 2025-04-10', 'intervalTooShort 2025-04-17']);
});

test('of doses alike on one day the first told counts; a vaccine of no programme has none', () => {
  const { doses } = tell(parseRules(law), {
    asOf: '2026-06-01',
    doses: 'hepb 2025-03-20; hepb 2025-03-20; hepb 2025-03-20; mumps 2026-03-01',
  });
  assert.deepEqual(doses.map(say), [
    'primary/1 valid',
    'primary/- invalid secondDoseSameDay',
    'primary/- invalid secondDoseSameDay',
    'null/- unknown',
  ]);
  assert.deepEqual([doses[0]?.programme, doses[3]?.programme], ['hepatitis-b', null]);
});

test('a dose on the day of birth binds others, and of one dose the same is said as of all', () => {
  const rules = parseRules(law);
  const given = (product: string, days: number): GivenDose => ({
    product,
    on: addDays(getDay(2025, 1, 15), days),
    kind: 'voluntary',
  });
  const doses = [given('bcg', 0), given('mumps', 10), given('4in1', 64), given('ipv', 90), given('hepb', 64)];
  const person = { bornOn: getDay(2025, 1, 15), sex: 'female', asOf: getDay(2026, 1, 1), facts: [], doses } as const;
  const all = judgeDoses(rules, person);
  assert.deepEqual(
    all[1]?.findings.map(({ code }) => code),
    ['noProgramme', 'crossVaccineInterval'],
  );
  for (const [index, dose] of all.entries()) {
    assert.deepEqual([...judgeSomeDoses(rules, person, new Set([index]))], [[index, dose]]);
  }
});

test('a window is for all whom its days reach, to the day of birth', () => {
  const rules = parseRules(law);
  const first = (programme: string, asOf: string, born: string, sex: 'female' | 'male' = 'female'): string =>
    tell(rules, { born, sex, asOf }).programmes.find((each) => each.programme === programme)?.status ?? '';
  // Each window with the first and last birth date that its days in force leave any of it, worked out by hand.
  const bounds: readonly (readonly [programme: string, asOf: string, inside: string, outside: string])[] = [
    // 60 months are reached on 2014-10-01 by those born on 2009-10-02.
    ['varicella', '2014-10-01', '2009-10-02', '2009-10-01'],
    // 66 years on 2024-04-01, 65 years on the same day.
    ['pneumococcal-older', '2024-04-01', '1958-04-02', '1958-04-01'],
    ['pneumococcal-older', '2024-04-01', '1959-04-02', '1959-04-03'],
    // 65 years in the fiscal year 2025: born until 1961-04-01.
    ['zoster', '2026-03-31', '1961-04-01', '1961-04-02'],
    // 12 months on 2016-10-01 at the latest, but for those born from 2016-04-01 on alone.
    ['hepatitis-b', '2016-10-01', '2016-04-01', '2016-03-31'],
    // 90 months on 2024-04-01.
    ['dpt-ipv-hib', '2024-04-01', '2016-10-02', '2016-10-01'],
    // 75 years and 65 years on the day asked about.
    ['influenza-older', '2026-10-01', '1961-10-02', '1961-10-03'],
  ];
  for (const [programme, asOf, inside, outside] of bounds) {
    assert.match(first(programme, asOf, inside), /^(?:due|overdue)$/u, `${programme} ${inside}`);
    assert.match(first(programme, asOf, outside), /^(?:closed|tooEarly|notEligible)$/u, `${programme} ${outside}`);
  }
  assert.equal(
    judge(rules, { bornOn: getDay(1840, 1, 1), sex: 'male', asOf: getDay(2026, 1, 1), facts: [], doses: [] }).doses
      .length,
    0,
  );
});

test('a season of the first months of a year belongs to the fiscal year before, and is found within it', () => {
  const rules = lawWith({
    'seasons.csv': { 'influenza-older,': `influenza-older,influenza-older,,,01-15,03-31,${cited}` },
  });
  const on = (day: string): string =>
    say(tell(rules, { born: '1950-01-15', doses: `flu ${day}`, asOf: '2028-01-01' }).doses[0]);
  assert.equal(on('2027-01-14'), 'seasonal/- invalid outsideSeason');
  assert.equal(on('2027-01-15'), 'seasonal/1 valid');
  assert.equal(on('2027-03-31'), 'seasonal/1 valid');
  assert.equal(on('2027-04-01'), 'seasonal/- invalid outsideSeason');
});

test('a product in use on a day on which none of its windows is in force has no rule on that day', () => {
  const rules = lawWith({
    'windows.csv': {
      'rsv-maternal,': `rsv-maternal,rsv-maternal,single,,2026-04-02,,due-84,due-22,,,,female,,${cited}`,
    },
  });
  const facts = [{ kind: 'pregnancy' as const, dueOn: getDay(2026, 5, 15) }];
  const on = (day: string): string =>
    say(tell(rules, { born: '1998-05-05', facts, doses: `rsv-mat ${day}`, asOf: '2027-01-01' }).doses[0]);
  assert.equal(on('2026-04-01'), 'null/- unknown noRuleOnDay');
  assert.equal(on('2026-04-02'), 'single/1 valid');
});

test('a window of several conditions opens to whom all of them hold', () => {
  const rules = lawWith({
    'windows.csv': {
      'zoster-60-64,': `zoster-60-64,zoster,primary,,2025-04-01,,y(60),y(65),,,,,noDose; categoryBEligible60to64(hiv),${cited}`,
    },
  });
  const statusOf = (facts: Parameters<typeof tell>[1]['facts']): string =>
    stageOf(tell(rules, { born: '1964-05-01', facts: facts ?? [], asOf: '2026-11-01' }).programmes, 'zoster', 'primary')
      .status;
  // 65 years are reached in the fiscal year 2029: without the condition it is too early.
  assert.equal(statusOf([]), 'tooEarly');
  assert.equal(statusOf([{ kind: 'categoryBEligible60to64', reason: 'hiv' }]), 'due');
});

test('days of delivery are told apart by the row in force on the later one', () => {
  const rules = lawWith({
    'pregnancies.csv': { 'rsv-maternal,': `rsv-maternal,rsv-maternal,2027-03-31,2027-06-30,196,${cited}` },
  });
  const second = (first: string, later: string, on: string): string => {
    const facts = [first, later].map((day) => ({ kind: 'pregnancy' as const, dueOn: parseIsoDay(day) }));
    const doses = `rsv-mat 2026-12-10; rsv-mat ${on}`;
    return say(tell(rules, { born: '1998-05-05', facts, doses, asOf: '2028-01-01' }).doses[1]);
  };
  // Less than 196 days apart: one pregnancy on the first and last day of the row, two on the days beside it.
  assert.equal(second('2027-02-10', '2027-03-30', '2027-02-15'), 'single/1 valid');
  assert.equal(second('2027-02-10', '2027-03-31', '2027-02-15'), 'single/- extra pregnancyComplete');
  assert.equal(second('2027-02-10', '2027-06-30', '2027-05-20'), 'single/- extra pregnancyComplete');
  assert.equal(second('2027-02-10', '2027-07-01', '2027-05-20'), 'single/1 valid');
});

test('two people of one birth date are told apart by sex and by what is known of them, whoever is asked about first', () => {
  const rules = parseRules(law);
  const statusOf = (sex: 'female' | 'male', about: readonly [string, string], more: Partial<Told> = {}): string =>
    stageOf(tell(rules, { born: '1970-05-05', asOf: '2020-06-01', sex, ...more }).programmes, ...about).status;
  const fifth = ['measles-rubella', 'stage-5'] as const;
  for (const sex of ['female', 'male', 'female'] as const) {
    assert.equal(statusOf(sex, fifth), sex === 'male' ? 'due' : 'notEligible');
  }
  const child = { born: '2025-01-15', asOf: '2026-03-01' };
  const had = (disease: string): Told['facts'] => [{ kind: 'hadDisease', disease, on: parseIsoDay('2026-02-01') }];
  for (const disease of ['varicella', 'japanese-encephalitis', 'varicella']) {
    const more = { ...child, facts: had(disease) ?? [] };
    assert.equal(statusOf('female', ['varicella', 'primary'], more), disease === 'varicella' ? 'notEligible' : 'due');
  }
});

test('where one window of a stage asks for the sex and another does not, each sex has its own answer', () => {
  const rules = lawWith({
    'windows.csv': {
      'hpv-catch-up,': `hpv-catch-up,hpv,primary,,2022-04-01,2025-03-31,2022-04-01,2025-03-31,,1997-04-02,2008-04-01,,,${cited}`,
    },
  });
  // Born on 2007-05-05: twelve in the fiscal year 2019; the catch-up, here for everybody, from 2022-04-01.
  const eligibleFrom = (sex: 'female' | 'male'): string => {
    const told = stageOf(tell(rules, { born: '2007-05-05', sex, asOf: '2023-01-01' }).programmes, 'hpv', 'primary');
    return told.eligibleFrom === null ? '-' : formatIsoDay(told.eligibleFrom);
  };
  assert.deepEqual(
    ['male', 'female', 'male'].map((sex) => eligibleFrom(sex as 'male')),
    ['2022-04-01', '2019-04-01', '2022-04-01'],
  );
});

test('a stage is closed where no window that follows leaves room for the interval', () => {
  const rules = lawWith({
    'windows.csv': {
      'varicella,varicella,': [
        `varicella,varicella,primary,,2014-10-01,,m(12),m(36),,,,,,${cited}`,
        `varicella-late,varicella,primary,,2014-10-01,,m(37),m(37)+3,,2000-01-01,,,,${cited}`,
        `varicella-later,varicella,primary,,2014-10-01,,m(38),m(38)+7,,2000-01-02,,,,${cited}`,
      ].join('\n'),
    },
  });
  // Three years old on 2028-01-14. Windows follow on 2028-02-14 to 17 and on 2028-03-14 to 21.
  const told = (given: string): readonly unknown[] => {
    const { status, next } = stageOf(
      tell(rules, { doses: `var ${given}`, asOf: '2028-01-10' }).programmes,
      'varicella',
      'primary',
    );
    return [status, next === null ? null : formatIsoDay(next.earliestOn)];
  };
  // Three months from 2027-12-21 on is the last of those days, which is told as the window to come; from the day after it
  // is too late.
  assert.deepEqual(told('2027-12-21'), ['tooEarly', '2028-03-21']);
  assert.deepEqual(told('2027-12-22'), ['closed', null]);
});
