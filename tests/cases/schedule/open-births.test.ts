import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatIsoDay, parseIsoDay } from '#kernel';
import { listOpenBirths, parseRules } from '#schedule';
import { cited, law, lawWith } from './invent-rows.ts';

const rules = parseRules(law);

/** The birth dates by sex, as `from..to` with nothing where there is no limit; `days` in the same form. */
function births(of: string, days: string, by = rules): { female: string; male: string; unknown: string } {
  const [programme = '', stage = ''] = of.split('/');
  const [from = '', to = ''] = days.split('..');
  const asked = {
    ...(from === '' ? {} : { from: parseIsoDay(from) }),
    ...(to === '' ? {} : { to: parseIsoDay(to) }),
  };
  const found = listOpenBirths(by, { programme, stage }, asked);
  const told = (spans: typeof found.female): string =>
    spans
      .map((span) => [span.from, span.to].map((day) => (day === null ? '' : formatIsoDay(day))).join('..'))
      .join(' ');
  return { female: told(found.female), male: told(found.male), unknown: told(found.unknown) };
}

function forAll(born: string): ReturnType<typeof births> {
  return { female: born, male: born, unknown: born };
}

test('on one day a vaccine is for those whose age of the law holds it', () => {
  // 出生6週0日後 is 42 days after birth, 32週0日後 224: of 21 November 2026, 10 October and 11 April.
  assert.deepEqual(births('rotavirus/primary', '2026-11-21..2026-11-21'), forAll('2026-04-11..2026-10-10'));
  // Until the first birthday comes: who was born on 22 November 2025 still has the day before it.
  assert.deepEqual(births('bcg/single', '2026-11-21..2026-11-21'), forAll('2025-11-22..2026-11-21'));
});

test('a window for one sex is for nobody else, nor for whom the sex is not known', () => {
  // The fiscal years in which one turns 12 to 16; of fiscal 2026 those born from April 2 of 2010 to April 1 of 2015.
  const girls = { female: '2010-04-02..2015-04-01', male: '', unknown: '' };
  assert.deepEqual(births('hpv/primary', '2026-11-21..2026-11-21'), girls);
  const men = { female: '', male: '1962-04-02..1979-04-01', unknown: '' };
  assert.deepEqual(births('measles-rubella/stage-5', '2024-06-01..2024-06-01'), men);
});

test('what a dose given before may open is in it, what another fact opens is not', () => {
  // Fiscal 2025: who turns 12 to 16 was born until April 1 of 2014; who was begun, from April 2 of 1997.
  assert.equal(births('hpv/primary', '2025-10-01..2025-10-01').female, '1997-04-02..2014-04-01');
  // Of 31 March 2015, who reaches a year on it to who reaches 60 months on it, each a day before the birthday. Those of
  // October 2011 to March 2012, past 36 months, only while nothing was given.
  assert.equal(births('varicella/primary', '2015-03-31..2015-03-31').male, '2010-04-01..2014-04-01');
  assert.deepEqual(births('measles-rubella/stage-5', '2026-06-01..2026-06-01'), forAll(''));
  assert.deepEqual(births('rsv-maternal/single', '2026-06-01..2026-06-01'), forAll(''));
});

test('who needs a dose and a fact is not in it', () => {
  const row = 'hpv,primary,,2025-04-01,2026-03-31,2025-04-01,2026-03-31,,1997-04-02,2009-04-01,female';
  const both = `hpv-transition,${row},dose(2022-04-01 2025-03-31); supplyShortage,${cited}`;
  const changed = lawWith({ 'windows.csv': { 'hpv-transition,': both } });
  assert.equal(births('hpv/primary', '2025-10-01..2025-10-01', changed).female, '2009-04-02..2014-04-01');
});

test('spans that touch are one, and one without a first birth date has none', () => {
  // Fiscal 2025: those who turn 65, 70, … 100 in it, and all of 101 and more, born until April 1 of 1925.
  const fives = [1930, 1935, 1940, 1945, 1950, 1955, 1960].map((year) => `${year}-04-02..${year + 1}-04-01`);
  assert.deepEqual(births('zoster/primary', '2025-06-01..2025-06-01'), forAll(`..1926-04-01 ${fives.join(' ')}`));
});

test('days without a last are for all who will be born', () => {
  // Who was born on 22 November 2025 has the day before the first birthday left, and so has whoever is born later.
  assert.deepEqual(births('bcg/single', '2026-11-21..'), forAll('2025-11-22..'));
});

test('days without a first reach back to the first row, and what no rule knows is for nobody', () => {
  // Rows for BCG begin on 1 April 2005: whoever was 6 months old before then had no day.
  assert.deepEqual(births('bcg/single', '..2013-03-31'), forAll('2004-10-02..2013-03-31'));
  assert.deepEqual(births('bcg/single', '..2005-03-31'), forAll(''));
  assert.deepEqual(births('bcg/primary', '2026-11-21..'), forAll(''));
  assert.deepEqual(births('mumps/single', '2026-11-21..'), forAll(''));
});
