import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, test } from 'node:test';
import type { ClinicContract } from '#clinic/tickets';
import { answerOf, parseIsoDay } from '#kernel';
import type { GivenDose, RuleSet } from '#schedule';
import { checkoutRules } from '../../../tests/support/demonstration.ts';
import { decideInjection } from './decide-injection.ts';
import type { InjectionCase } from './types.ts';

let rules: RuleSet;
before(async () => {
  rules = await checkoutRules();
});

const on = parseIsoDay('2026-11-24');
const gtin = '20000000000240';

/** A girl born on 2026-07-20, four months old, with the form of the first five-in-one dose, at a clinic under contract. */
function caseOf(
  change: Partial<Omit<InjectionCase, 'plan'>> = {},
  plan: Partial<InjectionCase['plan']> = {},
): InjectionCase {
  return {
    rules,
    on,
    ticket: { formNumber: '100000000016', programme: 'dpt-ipv-hib', stage: 'primary', doseNumber: 1, validUntil: null },
    patient: {
      patientRef: 'p',
      name: '青田　陽菜',
      bornOn: parseIsoDay('2026-07-20'),
      sex: 'female',
      doses: [],
      facts: [],
    },
    recordedHere: [],
    institution: {
      institutionCode: '1',
      name: '試験医院',
      contracts: [{ from: parseIsoDay('2026-04-01'), to: parseIsoDay('2026-11-24'), programmes: null }],
    },
    masters: {
      institutions: new Map(),
      packages: new Map([[gtin, { product: '5in1', manufacturerCode: '04' }]]),
      lots: new Map([
        [
          '5in1',
          new Map([
            ['LOT9', parseIsoDay('2026-11-23')],
            ['LOT8', parseIsoDay('2026-11-24')],
          ]),
        ],
      ]),
      recalls: [{ product: '5in1', lotNumber: 'bad 1', recalledOn: on, reason: '異物' }],
    },
    ...change,
    plan: {
      product: '5in1',
      lotNumber: 'ABC-1',
      expiresOn: parseIsoDay('2026-11-24'),
      gtin,
      bodyTemperature: 36.5,
      ...plan,
    },
  };
}

function found(change?: Partial<Omit<InjectionCase, 'plan'>>, plan?: Partial<InjectionCase['plan']>): string[] {
  return decideInjection(caseOf(change, plan))
    .findings.filter(({ severity }) => severity !== 'note')
    .map(({ code, severity }) => `${severity} ${code}`);
}

const dose = (day: string, product = '5in1'): GivenDose => ({ product, on: parseIsoDay(day), kind: 'routine' });
const patientWith = (...doses: GivenDose[]) => ({ ...caseOf().patient, doses });
const ticketFor = (doseNumber: number) => ({ ...caseOf().ticket, doseNumber });

test('すべて正しければ、何も言うことはない。契約と包装の最後の日も使える', () => {
  assert.deepEqual(found(), []);
  assert.equal(answerOf(decideInjection(caseOf()).findings), 'accepted');
});

const clinicWith = (...contracts: ClinicContract[]) => ({ institutionCode: '1', name: '試験医院', contracts });

test('契約が予診票の予防接種のものでなければ、今日の契約であっても断る。今日のほかの契約が合えば言わない', () => {
  const openEnd = { from: null, to: null };
  const bcgAlone = { ...openEnd, programmes: ['bcg'] };
  assert.deepEqual(found({ institution: clinicWith(bcgAlone) }), ['refuse clinicNotForProgramme']);
  assert.deepEqual(found({ institution: clinicWith({ ...openEnd, programmes: [] }) }), [
    'refuse clinicNotForProgramme',
  ]);
  const fiveInOne = { ...openEnd, programmes: ['bcg', 'dpt-ipv-hib'] };
  assert.deepEqual(found({ institution: clinicWith(bcgAlone, fiveInOne) }), []);
  const ended = { ...fiveInOne, to: parseIsoDay('2026-11-23') };
  assert.deepEqual(found({ institution: clinicWith(bcgAlone, ended) }), ['refuse clinicNotForProgramme']);
});

test('契約の終わり、予診票の期限は、次の日から断る', () => {
  const ended = { from: null, to: parseIsoDay('2026-11-23'), programmes: null };
  assert.deepEqual(found({ institution: clinicWith(ended) }), ['refuse clinicNotContracted']);
  assert.deepEqual(found({ institution: undefined }), ['refuse clinicNotContracted']);
  assert.deepEqual(found({ ticket: { ...ticketFor(1), validUntil: on } }), []);
  assert.deepEqual(found({ ticket: { ...ticketFor(1), validUntil: parseIsoDay('2026-11-23') } }), [
    'refuse ticketExpired',
  ]);
});

test('包装: 期限切れ、読んでいない期限とロット、回収、別の製品、知らない商品コード', () => {
  assert.deepEqual(found({}, { expiresOn: parseIsoDay('2026-11-23') }), ['refuse packageExpired']);
  assert.deepEqual(found({}, { expiresOn: null }), ['question expiryNotRead']);
  assert.deepEqual(found({}, { lotNumber: null }), ['refuse lotNotRead']);
  assert.deepEqual(found({}, { lotNumber: ' BAD1' }), ['refuse lotRecalled']);
  assert.deepEqual(found({}, { gtin: '20000000000011' }), ['question packageUnknown']);
  assert.deepEqual(
    found({}, { product: '4in1' }).filter((code) => code.includes('package')),
    ['refuse packageOfOtherProduct'],
  );
});

test('発熱は37.5度から断る', () => {
  assert.deepEqual(found({}, { bodyTemperature: 37.4 }), []);
  assert.deepEqual(found({}, { bodyTemperature: 37.5 }), ['refuse feverBefore']);
  assert.deepEqual(found({}, { bodyTemperature: null }), []);
});

test('予診票と違うワクチンは断る', () => {
  assert.ok(found({}, { product: 'hepb', gtin: null }).includes('refuse vaccineOfOtherForm'));
  assert.deepEqual(found({}, { product: 'nothing', gtin: null }), ['refuse productUnknown']);
});

test('年齢: 生後2月に至った日の前の日は断り、その日は打てる', () => {
  // Born 2026-09-25: two months are reached on 2026-11-24, the day before the same number (生後2月に至った日).
  const born = (day: string) => ({ patient: { ...caseOf().patient, bornOn: parseIsoDay(day) } });
  assert.deepEqual(found(born('2026-09-25')), []);
  assert.deepEqual(found(born('2026-09-26')), ['refuse beforeWindow']);
});

test('間隔: 20日以上(中20日)をあけていなければ断る。医療機関で記録した分も数える', () => {
  // 21 days after the first dose is the first day: 2026-11-03 + 21 = 2026-11-24.
  assert.deepEqual(found({ patient: patientWith(dose('2026-11-03')), ticket: ticketFor(2) }), []);
  assert.deepEqual(found({ patient: patientWith(dose('2026-11-04')), ticket: ticketFor(2) }), [
    'refuse intervalTooShort',
  ]);
  const here = { recordedHere: [dose('2026-11-04')], ticket: ticketFor(2) };
  assert.deepEqual(found(here), ['refuse intervalTooShort']);
});

test('接種歴と予診票の回が違えば確かめ、終わっていれば断る', () => {
  assert.deepEqual(found({ patient: patientWith(dose('2026-10-20')) }), ['question otherDoseThanForm']);
  const done = patientWith(dose('2026-09-21'), dose('2026-10-12'), dose('2026-11-02'));
  const codes = found({ patient: done, ticket: ticketFor(3) });
  assert.ok(
    codes.some((code) => code.startsWith('refuse')),
    codes.join(),
  );
});

test('生ワクチンどうしの間隔(中27日)も断る', () => {
  const ticket = {
    formNumber: '100000000016',
    programme: 'measles-rubella',
    stage: 'stage-1',
    doseNumber: 1,
    validUntil: null,
  };
  const patient = (day: string) => ({ ...patientWith(dose(day, 'bcg')), bornOn: parseIsoDay('2025-11-01') });
  const plan = { product: 'mr', gtin: null };
  assert.deepEqual(found({ ticket, patient: patient('2026-10-27') }, plan), []);
  assert.deepEqual(found({ ticket, patient: patient('2026-10-28') }, plan), ['refuse crossVaccineInterval']);
});

test('確かめることは、それだけでは断らない', () => {
  const rows = readFileSync(new URL('findings.csv', import.meta.url), 'utf8').split('\n');
  const questions = rows.filter((row) => row.split(',')[1] === 'question').map((row) => row.split(',')[0]);
  assert.deepEqual(questions, ['packageUnknown', 'expiryNotRead', 'expiryDiffers', 'otherDoseThanForm']);
});

test('期限が読まれていない包装は、自治体の知るロットの期限で確かめる。食い違えば早い方で断り、どちらも今日以後なら問う', () => {
  const day = (text: string) => parseIsoDay(text);
  // LOT9 was to be used until the day before, LOT8 until the day itself.
  assert.deepEqual(found({}, { lotNumber: 'LOT-9', expiresOn: null }), ['refuse packageExpired']);
  assert.deepEqual(found({}, { lotNumber: 'lot 8', expiresOn: null }), []);
  assert.deepEqual(found({}, { lotNumber: 'LOT7', expiresOn: null }), ['question expiryNotRead']);
  assert.deepEqual(found({}, { lotNumber: 'LOT9', expiresOn: day('2026-12-31') }), ['refuse packageExpired']);
  assert.deepEqual(found({}, { lotNumber: 'LOT8', expiresOn: day('2026-12-31') }), ['question expiryDiffers']);
  assert.deepEqual(found({}, { lotNumber: 'LOT8', expiresOn: day('2026-11-24') }), []);
});
