import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatIsoDay, parseIsoDay } from '#kernel';
import { type DoseKind, type Fact, judgeDoses, listProductNames, listProductsInUse, parseRules } from '#schedule';
import { cited, law, lawWith, say, stageOf, tell } from './invent-rows.ts';

// Courses that the language of the rows can say but no law says today. The child of every test is born on 2025-01-15.

test('a standard window without an end gives no advice on late doses, and no end in the forecast', () => {
  const rules = lawWith({ 'standard-windows.csv': { 'bcg,': `bcg,bcg,single,,,,2013-04-01,,m(5),,,${cited}` } });
  // Five months are reached on 2025-06-14.
  const advice = (day: string): readonly string[] =>
    tell(rules, { doses: `bcg ${day}`, asOf: '2026-01-14' }).doses[0]?.findings.map(({ code }) => code) ?? [];
  assert.deepEqual(advice('2025-06-13'), ['beforeStandardWindow']);
  assert.deepEqual(advice('2025-06-14'), []);
  assert.deepEqual(advice('2026-01-14'), []);
  const stage = stageOf(tell(rules, { asOf: '2026-01-14' }).programmes, 'bcg', 'single');
  assert.equal(stage.standardFrom === null ? null : formatIsoDay(stage.standardFrom), '2025-06-14');
  assert.deepEqual([stage.standardTo, stage.status], [null, 'due']);
});

test('a second dose may be left out by the day of the first', () => {
  const rules = lawWith({
    'doses.csv': { 'varicella-2,': `varicella-2,varicella,twice,primary,2,,,,,,3月,,,,m(18),,,${cited}` },
  });
  // Eighteen months are reached on 2026-07-14.
  const second = (first: string): string =>
    say(tell(rules, { doses: `var ${first}; var 2026-12-01`, asOf: '2026-12-01' }).doses[1]);
  assert.equal(second('2026-07-14'), 'primary/2 valid');
  assert.equal(second('2026-07-15'), 'primary/- extra seriesComplete');
  const needed = (first: string): readonly unknown[] => {
    const stage = stageOf(
      tell(rules, { doses: `var ${first}`, asOf: '2026-08-01' }).programmes,
      'varicella',
      'primary',
    );
    return [stage.status, stage.dosesNeeded];
  };
  assert.deepEqual(needed('2026-07-14'), ['waiting', 2]);
  assert.deepEqual(needed('2026-07-15'), ['completed', 1]);
  assert.deepEqual(stageOf(tell(rules, { asOf: '2026-07-14' }).programmes, 'varicella', 'primary').dosesNeeded, 2);
  assert.deepEqual(stageOf(tell(rules, { asOf: '2026-07-15' }).programmes, 'varicella', 'primary').dosesNeeded, 1);
});

test('a row of a dose may ask for two things at once', () => {
  const requires = 'doctorJudgedNecessary; hadDisease(measles)';
  const row = `hib-2-doctor,hib,from-2-months from-7-months,primary,2,,,,,${requires},20日,27日..56日,,m(12),,,,${cited}`;
  const rules = lawWith({ 'doses.csv': { 'hib-2-doctor,': row } });
  const judged: Fact = { kind: 'doctorJudgedNecessary', programme: 'hib', on: parseIsoDay('2025-04-01') };
  const had: Fact = { kind: 'hadDisease', disease: 'measles', on: parseIsoDay('2025-04-02') };
  // 20 clear days from March 20 end on April 9, 27 on April 16.
  const second = (facts: readonly Fact[]): string =>
    say(tell(rules, { facts, doses: 'hib 2025-03-20; hib 2025-04-10', asOf: '2025-05-01' }).doses[1]);
  assert.equal(second([judged, had]), 'primary/2 valid');
  assert.equal(second([judged]), 'primary/2 invalid intervalTooShort');
  assert.equal(second([had]), 'primary/2 invalid intervalTooShort');
});

test('where no row speaks of a dose on its day, nothing is asked of it and nothing left out', () => {
  const row = 'pcv-2-from-2,pneumococcal-child,from-2-months,primary,2,,';
  const rules = lawWith({ 'doses.csv': { 'pcv-2-from-2,': `${row},,2025-05-31,,27日,,,m(24),,,,${cited}` } });
  const second = (day: string): string =>
    say(tell(rules, { doses: `pcv20 2025-03-20; pcv20 ${day}`, asOf: '2025-12-31' }).doses[1]);
  assert.equal(second('2025-04-16'), 'primary/2 invalid intervalTooShort');
  assert.equal(second('2025-06-20'), 'primary/2 valid');
});

test('the last age of a dose holds from the first day on which its row is in force', () => {
  const row = 'pneumococcal-child,from-2-months,primary,2,,';
  const rows = [
    `pcv-2-from-2,${row},,2025-06-19,,27日,,,m(24),,,,${cited}`,
    `pcv-2-from-2-younger,${row},2025-06-20,,,27日,,,m(5),,,,${cited}`,
  ];
  const rules = lawWith({ 'doses.csv': { 'pcv-2-from-2,': rows.join('\n') } });
  // Five months were reached on June 14: from the 20th only the booster is left, which begins at twelve months.
  const second = (day: string): string =>
    say(tell(rules, { doses: `pcv20 2025-03-20; pcv20 ${day}`, asOf: '2025-12-31' }).doses[1]);
  assert.equal(second('2025-06-19'), 'primary/2 valid');
  assert.equal(second('2025-06-20'), 'booster/- invalid beforeWindow');
});

test('of two doses alike on one day the routine one counts, then the temporary, whichever is told first', () => {
  const rules = parseRules(law);
  const on = parseIsoDay('2025-04-01');
  const told = (kinds: readonly DoseKind[]): readonly string[] => {
    const doses = kinds.map((kind) => ({ product: 'hepb', on, kind }));
    const judged = judgeDoses(rules, { bornOn: parseIsoDay('2025-01-15'), sex: 'female', asOf: on, facts: [], doses });
    return judged.map(({ verdict, doseNumber }) => `${verdict} ${doseNumber ?? '-'}`);
  };
  assert.deepEqual(told(['routine', 'temporary']), ['valid 1', 'notRoutine 2']);
  assert.deepEqual(told(['temporary', 'routine']), ['notRoutine 2', 'valid 1']);
  assert.deepEqual(told(['routine', 'voluntary']), ['valid 1', 'notRoutine 2']);
  assert.deepEqual(told(['voluntary', 'routine']), ['notRoutine 2', 'valid 1']);
  assert.deepEqual(told(['voluntary', 'temporary']), ['notRoutine 2', 'notRoutine 1']);
  assert.deepEqual(told(['temporary', 'voluntary']), ['notRoutine 1', 'notRoutine 2']);
});

test('of several judgements since the dose the first opens the shorter interval', () => {
  const judged = (day: string): Fact => ({ kind: 'doctorJudgedNecessary', programme: 'hib', on: parseIsoDay(day) });
  // 20 clear days after March 20 end on April 9.
  const first = (facts: readonly Fact[]): string | null => {
    const told = tell(parseRules(law), { facts, doses: 'hib 2025-03-20', asOf: '2025-04-14' });
    const { next } = stageOf(told.programmes, 'hib', 'primary');
    return next === null ? null : formatIsoDay(next.earliestOn);
  };
  assert.equal(first([judged('2025-04-01'), judged('2025-04-14')]), '2025-04-10');
  assert.equal(first([judged('2025-04-14'), judged('2025-04-01')]), '2025-04-10');
  assert.equal(first([judged('2025-04-14')]), '2025-04-14');
  assert.equal(first([]), '2025-04-17');
});

test('a season may end after the turn of the fiscal year', () => {
  const row = `influenza-older,influenza-older,,,10-01,05-31,${cited}`;
  const rules = lawWith({ 'seasons.csv': { 'influenza-older,': row } });
  const on = (day: string): string =>
    say(tell(rules, { born: '1950-01-15', doses: `flu ${day}`, asOf: '2029-01-01' }).doses[0]);
  assert.equal(on('2026-09-30'), 'seasonal/- invalid outsideSeason');
  assert.equal(on('2026-10-01'), 'seasonal/1 valid');
  assert.equal(on('2027-05-31'), 'seasonal/1 valid');
  assert.equal(on('2027-06-01'), 'seasonal/- invalid outsideSeason');
});

test('products are named in the order of their table, and those in use by the day', () => {
  const rules = parseRules(law);
  const table = (law.get('products.csv') ?? '').trimEnd().split('\n').slice(1);
  assert.deepEqual(
    listProductNames(rules).map(({ product, name }) => `${product},${name}`),
    table.map((line) => line.split(',').slice(0, 2).join(',')),
  );
  assert.deepEqual(listProductsInUse(rules, 'hpv', parseIsoDay('2023-03-31')), ['hpv2', 'hpv4']);
  assert.deepEqual(listProductsInUse(rules, 'hpv', parseIsoDay('2026-03-31')), ['hpv2', 'hpv4', 'hpv9']);
  assert.deepEqual(listProductsInUse(rules, 'hpv', parseIsoDay('2026-04-01')), ['hpv9']);
  assert.deepEqual(listProductsInUse(rules, 'ipv', parseIsoDay('2026-04-01')), ['ipv']);
});
