import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatIsoDay, parseIsoDay } from '#kernel';
import { type Fact, parseRules } from '#schedule';
import { cited, law, lawWith, say, stageOf, tell } from './invent-rows.ts';

// What the language of the rows can say but no law says today: each with rows of its own, in the place of the law's.

test('an age of its own for a dose (not_before) is a legal limit, and its day the first of the forecast', () => {
  const rules = lawWith({
    'doses.csv': {
      'varicella-2,': `varicella-2,varicella,twice,primary,2,,,,,,3月,,m(18),,,,,${cited}`,
    },
  });
  // Eighteen months are reached on 2026-07-14; three months from January 20 on April 20.
  const on = (day: string): string =>
    say(tell(rules, { doses: `var 2026-01-20; var ${day}`, asOf: '2027-01-01' }).doses[1]);
  assert.equal(on('2026-07-13'), 'primary/- invalid beforeDoseAge');
  assert.equal(on('2026-07-14'), 'primary/2 valid');
  const { doses, programmes } = tell(rules, { doses: 'var 2026-01-20; var 2026-07-13', asOf: '2026-07-13' });
  assert.deepEqual(doses[1]?.findings[0]?.params, { from: '2026-07-14', days: 1 });
  assert.equal(doses[1]?.counts, false);
  // The lost dose binds the interval anew: three months from July 13.
  const next = stageOf(programmes, 'varicella', 'primary').next;
  assert.equal(next === null ? null : formatIsoDay(next.earliestOn), '2026-10-13');
  const plain = stageOf(
    tell(rules, { doses: 'var 2026-01-20', asOf: '2026-05-01' }).programmes,
    'varicella',
    'primary',
  );
  assert.equal(plain.next === null ? null : formatIsoDay(plain.next.earliestOn), '2026-07-14');
  assert.equal(plain.status, 'waiting');
});

test('a dose too early that does not count (doesNotCount) is given again, and binds its interval', () => {
  const rules = lawWith({
    'doses.csv': { 'varicella-2,': `varicella-2,varicella,twice,primary,2,,,,,,3月,,,,,doesNotCount,,${cited}` },
  });
  const { doses, programmes } = tell(rules, {
    doses: 'var 2026-01-20; var 2026-04-19; var 2026-07-18; var 2026-10-18',
    asOf: '2026-11-01',
  });
  // April 19 is a day short; July 18 a day short of three months from April 19; October 18 is right.
  assert.deepEqual(doses.map(say), [
    'primary/1 valid',
    'primary/- invalid intervalTooShort',
    'primary/- invalid intervalTooShort',
    'primary/2 valid',
  ]);
  assert.equal(stageOf(programmes, 'varicella', 'primary').status, 'completed');
});

test('a rule between vaccines may say that the dose does not count', () => {
  const row = 'live-after-live,form:liveInjectable,form:liveInjectable,any,2020-10-01,,27日,doesNotCount';
  const rules = lawWith({ 'cross-vaccine.csv': { 'live-after-live,': `${row},${cited}` } });
  const { doses } = tell(rules, { doses: 'mr 2026-02-01; var 2026-02-28; var 2026-03-28', asOf: '2026-12-01' });
  // The lost dose of February 28 is itself a living one: the next must keep 27 days and three months from it.
  assert.deepEqual(doses.map(say), [
    'stage-1/1 valid',
    'primary/- invalid crossVaccineInterval',
    'primary/1 invalid intervalTooShort',
  ]);
});

test('a branch may begin at an age, for a birth year, and from a day on', () => {
  const rules = lawWith({
    'branches.csv': {
      'varicella,twice,': [
        `varicella,late,,m(24)+1,,,,,,${cited}`,
        `varicella,cohort,,,,2024-04-02,2024-12-31,,,${cited}`,
        `varicella,reformed,,,,,,2026-03-01,2026-03-31,${cited}`,
        `varicella,twice,,,,,,,,${cited}`,
      ].join('\n'),
    },
    'doses.csv': {
      'varicella-1,': `varicella-1,varicella,late cohort reformed once-2014 once-2014-after-36-months twice,primary,1,,,,,,,,,,,,,${cited}`,
      'varicella-2,': [
        `varicella-2,varicella,twice,primary,2,,,,,,3月,,,,,,,${cited}`,
        `varicella-2-cohort,varicella,cohort,primary,2,,,,,,1月,,,,,,,${cited}`,
        `varicella-3-cohort,varicella,cohort,primary,3,,,,,,1月,,,,,,,${cited}`,
      ].join('\n'),
    },
  });
  const needed = (born: string, asOf: string): number | null =>
    stageOf(tell(rules, { born, asOf }).programmes, 'varicella', 'primary').dosesNeeded;
  // Two years are reached on 2027-01-14: the day after, one dose; before it two.
  assert.equal(needed('2025-01-15', '2027-01-14'), 2);
  assert.equal(needed('2025-01-15', '2027-01-15'), 1);
  // Born in the span of the row: three; a day outside on either side: two.
  assert.equal(needed('2024-04-02', '2025-06-01'), 3);
  assert.equal(needed('2024-12-31', '2026-02-01'), 3);
  assert.equal(needed('2024-04-01', '2025-06-01'), 2);
  assert.equal(needed('2025-01-01', '2026-02-01'), 2);
  // A first dose in March 2026: one; the days before and after: two.
  assert.equal(needed('2025-01-15', '2026-02-28'), 2);
  assert.equal(needed('2025-01-15', '2026-03-01'), 1);
  assert.equal(needed('2025-01-15', '2026-03-31'), 1);
  assert.equal(needed('2025-01-15', '2026-04-01'), 2);
});

test('rows of a dose in force at different times judge each by its own day', () => {
  const rules = lawWith({
    'doses.csv': {
      'varicella-2,': [
        `varicella-2-a,varicella,twice,primary,2,,,,2026-06-30,,3月,,,,,,,${cited}`,
        `varicella-2-b,varicella,twice,primary,2,,,2026-07-01,,,5月,,,,,,,${cited}`,
      ].join('\n'),
    },
  });
  const on = (first: string, second: string): string =>
    say(tell(rules, { doses: `var ${first}; var ${second}`, asOf: '2027-01-01' }).doses[1]);
  assert.equal(on('2026-03-30', '2026-06-30'), 'primary/2 valid');
  assert.equal(on('2026-03-31', '2026-06-30'), 'primary/2 invalid intervalTooShort');
  assert.equal(on('2026-03-30', '2026-07-01'), 'primary/2 invalid intervalTooShort');
  assert.equal(on('2026-02-01', '2026-07-01'), 'primary/2 valid');
  // Three months are over on June 30, while the old row stands; a day later the new one asks for five.
  const firstDay = (given: string): string | null => {
    const { next } = stageOf(tell(rules, { doses: `var ${given}`, asOf: given }).programmes, 'varicella', 'primary');
    return next === null ? null : formatIsoDay(next.earliestOn);
  };
  assert.equal(firstDay('2026-03-30'), '2026-06-30');
  assert.equal(firstDay('2026-04-01'), '2026-09-01');
});

test('a row may ask for two things at once', () => {
  const rules = lawWith({
    'windows.csv': {
      'bcg,': `bcg,bcg,single,,2013-04-01,,birth,m(12),,,,,hbigAtBirth; hadDisease(measles),${cited}`,
    },
    'exclusions.csv': { 'tuberculosis-had,': `tuberculosis-had,bcg,,,,,hadDisease(tuberculosis),,,${cited}` },
  });
  const had: Fact = { kind: 'hadDisease', disease: 'measles', on: parseIsoDay('2025-03-01') };
  const on = (facts: readonly Fact[]): string =>
    say(tell(rules, { facts, doses: 'bcg 2025-06-20', asOf: '2025-07-01' }).doses[0]);
  assert.equal(on([had, { kind: 'hbigAtBirth' }]), 'single/1 valid');
  assert.equal(on([had]), 'single/- invalid requirementMissing');
  assert.equal(on([{ kind: 'hbigAtBirth' }]), 'single/- invalid requirementMissing');
});

test('a season that another row replaces', () => {
  const rules = lawWith({
    'seasons.csv': {
      'influenza-older,': [
        `influenza-older,influenza-older,,2026-12-31,10-01,01-31,${cited}`,
        `influenza-older-2,influenza-older,2027-01-01,,04-20,06-10,${cited}`,
      ].join('\n'),
    },
  });
  const on = (day: string): string =>
    say(tell(rules, { born: '1950-01-15', doses: `flu ${day}`, asOf: '2029-01-01' }).doses[0]);
  // The season that opened under the old row runs to its end; then the new one.
  assert.equal(on('2027-01-31'), 'seasonal/1 valid');
  assert.equal(on('2027-02-01'), 'seasonal/- invalid outsideSeason');
  assert.equal(on('2027-04-19'), 'seasonal/- invalid outsideSeason');
  assert.equal(on('2027-04-20'), 'seasonal/1 valid');
  assert.equal(on('2027-06-10'), 'seasonal/1 valid');
  assert.equal(on('2027-06-11'), 'seasonal/- invalid outsideSeason');
  assert.equal(on('2027-10-01'), 'seasonal/- invalid outsideSeason');
});

test('a window without an end has none in the forecast', () => {
  const rules = lawWith({
    'windows.csv': { 'bcg,': `bcg,bcg,single,,2013-04-01,,birth,,,,,,,${cited}` },
  });
  const stage = stageOf(tell(rules, { asOf: '2060-01-01' }).programmes, 'bcg', 'single');
  assert.deepEqual([stage.eligibleTo, stage.next?.latestOn, stage.status], [null, null, 'overdue']);
  assert.equal(say(tell(rules, { doses: 'bcg 2059-12-31', asOf: '2060-01-01' }).doses[0]), 'single/1 valid');
});

test('an exclusion holds on the days on which its row is in force', () => {
  const rules = lawWith({
    'exclusions.csv': {
      'tuberculosis-had,': `tuberculosis-had,bcg,,,2025-06-01,2025-06-30,hadDisease(tuberculosis),,,${cited}`,
    },
  });
  const had: Fact = { kind: 'hadDisease', disease: 'tuberculosis', on: parseIsoDay('2025-02-01') };
  const on = (day: string): string =>
    say(tell(rules, { facts: [had], doses: `bcg ${day}`, asOf: '2025-12-31' }).doses[0]);
  assert.equal(on('2025-05-31'), 'single/1 valid');
  assert.equal(on('2025-06-01'), 'single/- invalid excludedByFact');
  assert.equal(on('2025-06-30'), 'single/- invalid excludedByFact');
  assert.equal(on('2025-07-01'), 'single/1 valid');
});

test('a second way begins where the first was cut short by a row in force for a time', () => {
  const rules = lawWith({
    'doses.csv': {
      'hib-2,': [
        `hib-2,hib,from-2-months from-7-months,primary,2,,,,2025-12-31,,27日,27日..56日,,m(9),,,,${cited}`,
        `hib-2-later,hib,from-2-months from-7-months,primary,2,,,2026-01-01,,,27日,27日..56日,,m(12),,,,${cited}`,
      ].join('\n'),
    },
  });
  const on = (day: string): string =>
    say(tell(rules, { doses: `hib 2025-03-20; hib ${day}`, asOf: '2027-01-01' }).doses[1]);
  // Until the end of 2025 the second primary dose ends at nine months (2025-10-14), from 2026 at twelve (2026-01-14).
  assert.equal(on('2025-10-14'), 'primary/2 valid');
  assert.equal(on('2025-10-15'), 'booster/1 valid');
  assert.equal(on('2025-12-31'), 'booster/1 valid');
  assert.equal(on('2026-01-01'), 'primary/2 valid');
  assert.equal(on('2026-01-14'), 'primary/2 valid');
  assert.equal(on('2026-01-15'), 'booster/1 valid');
});

test('a dose that counts nowhere else says nothing of other programmes', () => {
  const { doses } = tell(parseRules(law), { doses: 'hepb 2025-03-20', asOf: '2025-04-01' });
  assert.deepEqual(Object.keys(doses[0] ?? {}).toSorted(), [
    'counts',
    'doseNumber',
    'findings',
    'index',
    'programme',
    'stage',
    'verdict',
  ]);
});
