import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getDay } from '#kernel';
import { type ClaimedDose, decideClaim } from './decide-claim.ts';
import type { ContractPrice } from './types.ts';

const price = (changes: Partial<ContractPrice>): ContractPrice => ({
  priceCode: 'A1',
  programme: 'flu',
  product: null,
  outcome: 'administered',
  institutionCode: null,
  ageFromYears: null,
  ageToYears: null,
  unitPriceYen: 4000,
  validFrom: getDay(2026, 4, 1),
  validTo: getDay(2027, 3, 31),
  isRetired: false,
  note: null,
  ...changes,
});
const prices = [
  price({}),
  price({ priceCode: 'A0', validFrom: null, validTo: getDay(2026, 3, 31), unitPriceYen: 3800 }),
  price({ priceCode: 'A2', product: 'flu-hd', unitPriceYen: 9000, ageFromYears: 75, ageToYears: null }),
  price({ priceCode: 'H1', institutionCode: 'K-1', unitPriceYen: 4500 }),
  price({ priceCode: 'S1', outcome: 'screeningOnly', unitPriceYen: 2500 }),
  price({ priceCode: 'B1', programme: 'hpv' }),
];
const dose: ClaimedDose = {
  programme: 'flu',
  product: 'flu',
  name: 'インフルエンザ',
  outcome: 'administered',
  institutionCode: '1311400046',
  on: getDay(2026, 4, 1),
  ageYears: 75,
  claimedYen: '4000',
  priceCode: 'A1',
  claimMonth: '2026-05',
};
const asked = (changes: Partial<ClaimedDose>, lateAfterMonths: number | null = 3) =>
  decideClaim({ prices, lateAfterMonths }, { ...dose, ...changes }).map(({ code }) => code);

test('契約の日の単価と金額・単価コードが合えば問わず、前の年度の日には前の単価を当てる', () => {
  assert.deepEqual(asked({}), []);
  assert.deepEqual(asked({ claimedYen: '4,000円' }), []);
  assert.deepEqual(asked({ claimedYen: '4001' }), ['claimAmountDiffers']);
  assert.deepEqual(asked({ priceCode: 'A0' }), ['claimPriceCodeDiffers']);
  assert.deepEqual(asked({ on: getDay(2026, 3, 31), claimMonth: '202604' }), [
    'claimAmountDiffers',
    'claimPriceCodeDiffers',
  ]);
  assert.deepEqual(
    asked({ on: getDay(2026, 3, 31), claimMonth: '202604', claimedYen: '3800', priceCode: 'A0' }),
    [],
    'the day of the dose, not of the claim',
  );
  assert.deepEqual(asked({ claimedYen: null, priceCode: null }), []);
});

test('製品・医療機関・年齢で決まった単価は、一般の単価より先に当たる', () => {
  assert.deepEqual(asked({ product: 'flu-hd' }), ['claimAmountDiffers', 'claimPriceCodeDiffers']);
  assert.deepEqual(asked({ product: 'flu-hd', claimedYen: '9000', priceCode: 'A2' }), []);
  assert.deepEqual(asked({ product: 'flu-hd', ageYears: 74 }), [], 'below the age the general price holds');
  assert.deepEqual(asked({ institutionCode: 'K-1', claimedYen: '4500', priceCode: 'H1' }), []);
  assert.deepEqual(asked({ institutionCode: 'K-1' }), ['claimAmountDiffers', 'claimPriceCodeDiffers']);
});

test('契約に単価のない接種、予診のみの単価がない予防接種、未同意への請求を問う', () => {
  assert.deepEqual(asked({ on: getDay(2027, 4, 1), claimMonth: null }), ['claimPriceMissing']);
  assert.deepEqual(asked({ outcome: 'screeningOnly', claimedYen: '2500', priceCode: 'S1' }), []);
  assert.deepEqual(asked({ programme: 'hpv', outcome: 'screeningOnly' }), ['claimScreeningPriceMissing']);
  assert.deepEqual(asked({ outcome: 'notConsented', claimedYen: '0' }), []);
  assert.deepEqual(asked({ outcome: 'notConsented', claimedYen: '2500' }), ['claimWithoutService']);
  assert.deepEqual(decideClaim({ prices: [], lateAfterMonths: null }, dose), [], 'no prices are kept');
});

test('請求月が接種の前か、決めた月数より後なら問う。ちょうどの月は問わない', () => {
  assert.deepEqual(asked({ claimMonth: '2026-03' }), ['claimBeforeDose']);
  assert.deepEqual(asked({ claimMonth: '2026-04' }), []);
  assert.deepEqual(asked({ claimMonth: '2026-07' }), []);
  assert.deepEqual(asked({ claimMonth: '2026-08' }), ['claimLate']);
  assert.deepEqual(asked({ claimMonth: '2027-01' }), ['claimLate'], 'over the turn of the year');
  assert.deepEqual(asked({ claimMonth: '2027-01' }, null), []);
});
