import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatIsoDay } from '#kernel';
import { cited, lawWith, say, stageOf, tell } from './invent-rows.ts';

// The three-dose hepatitis B series of the United States, as CDSi's supporting data write it, carried over row by row:
// the absolute minimum is the legal one (four days of grace: 24, 52 and 108 days leave 23, 51 and 107 clear ones), the
// minimum without grace and the latest recommended age are advice, and a dose before the absolute minimum is repeated.
const dose = (number: number, minimum: string, standard: string, notBefore: string): string =>
  `hepb-${number},hepatitis-b,three-doses,primary,${number},,,,,,${minimum},${standard},${notBefore},,,doesNotCount,,${cited}`;
const rules = lawWith({
  'programme-products.csv': { 'hepatitis-b,': `hepatitis-b,hepb,own,,,${cited}` },
  'windows.csv': { 'hepatitis-b,': `hepatitis-b,hepatitis-b,primary,,,,birth,,,,,,,${cited}` },
  'standard-windows.csv': { 'hepatitis-b,': `hepatitis-b,hepatitis-b,primary,,3,,,,m(6),m(19),,${cited}` },
  'doses.csv': {
    'hepb-1,': dose(1, '', '', ''),
    // Dose 2: absolute minimum age and interval 4 weeks less 4 days, interval 4 weeks.
    'hepb-2,': dose(2, '23日', '27日..', 'd(24)'),
    // Dose 3: age 24 weeks less 4 days; 8 weeks from dose 2 and 16 from dose 1, each less 4 days.
    'hepb-3,': dose(3, '51日 107日@1回目', '55日..', 'd(164)'),
  },
});

test('a series of another country in the shape of CDSi is read by the same interpreter', () => {
  const last = (doses: string): string => {
    const judged = tell(rules, { doses, asOf: '2027-01-01' }).doses.at(-1);
    const notes = (judged?.findings ?? []).filter(({ severity }) => severity === 'note').map(({ code }) => code);
    return [say(judged), ...notes].join(' ');
  };
  // Born on 2025-01-15: 24 days later is February 8, 28 days February 12.
  assert.equal(last('hepb 2025-01-15; hepb 2025-02-07'), 'primary/- invalid beforeDoseAge intervalTooShort');
  assert.equal(last('hepb 2025-01-15; hepb 2025-02-08'), 'primary/2 valid beforeStandardInterval');
  assert.equal(last('hepb 2025-01-15; hepb 2025-02-12'), 'primary/2 valid');
  // 164 days old on 2025-06-28; 52 days after May 20 is July 11.
  assert.equal(last('hepb 2025-01-15; hepb 2025-02-12; hepb 2025-06-27'), 'primary/- invalid beforeDoseAge');
  assert.equal(last('hepb 2025-01-15; hepb 2025-02-12; hepb 2025-06-28'), 'primary/3 valid beforeStandardWindow');
  assert.equal(last('hepb 2025-01-15; hepb 2025-05-20; hepb 2025-07-10'), 'primary/- invalid intervalTooShort');
  assert.equal(
    last('hepb 2025-01-15; hepb 2025-05-20; hepb 2025-07-11'),
    'primary/3 valid beforeStandardWindow beforeStandardInterval',
  );
  // 108 days after March 20 is July 6: the first dose binds when it was late.
  assert.equal(last('hepb 2025-03-20; hepb 2025-04-20; hepb 2025-07-05'), 'primary/- invalid intervalTooShort');
  assert.match(last('hepb 2025-03-20; hepb 2025-04-20; hepb 2025-07-06'), /^primary\/3 valid/u);
});

test('its forecast names the first day, and a dose too early is given again', () => {
  const told = (doses: string): readonly (number | string | null)[] => {
    const { next, dosesNeeded } = stageOf(
      tell(rules, { doses, asOf: '2025-03-01' }).programmes,
      'hepatitis-b',
      'primary',
    );
    return next === null ? [] : [next.doseNumber, formatIsoDay(next.earliestOn), next.latestOn, dosesNeeded];
  };
  assert.deepEqual(told('hepb 2025-01-15'), [2, '2025-02-08', null, 3]);
  // The dose of February 7 is lost: 24 days after it is March 3.
  assert.deepEqual(told('hepb 2025-01-15; hepb 2025-02-07'), [2, '2025-03-03', null, 3]);
  assert.deepEqual(told('hepb 2025-01-15; hepb 2025-02-08'), [3, '2025-06-28', null, 3]);
});
