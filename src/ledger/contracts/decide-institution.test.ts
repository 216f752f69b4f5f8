import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIsoDay } from '#kernel';
import { decideInstitution, isContractedFor } from './decide-institution.ts';
import { decideInstitutionRow } from './decide-institution-row.ts';

const day = parseIsoDay;
const known = new Map([
  [
    '0110113719',
    {
      institutionCode: '0110113719',
      name: '見本医院',
      contracts: [
        { from: day('2020-04-01'), to: day('2026-09-30'), programmes: null },
        { from: day('2026-11-01'), to: null, programmes: ['mr'] },
      ],
    },
  ],
  ['K-12', { institutionCode: 'K-12', name: '保健センター', contracts: [{ from: null, to: null, programmes: null }] }],
]);
const codes = (code: string | null, on: string): string[] =>
  decideInstitution(known, code, day(on)).map((each) => each.code);

test('契約期間の前日・初日・末日・翌日', () => {
  assert.deepEqual(codes('0110113719', '2020-03-31'), ['institutionNotContracted']);
  assert.deepEqual(codes('0110113719', '2020-04-01'), []);
  assert.deepEqual(codes('0110113719', '2026-09-30'), []);
  assert.deepEqual(codes('0110113719', '2026-10-01'), ['institutionNotContracted']);
  assert.deepEqual(codes('0110113719', '2026-11-01'), []);
});

test('契約の範囲にない予防接種は問う。範囲を決めていない契約はどれも含む', () => {
  const asked = (programme: string, on: string) =>
    decideInstitution(known, '0110113719', day(on), { programme, name: 'ロタ' }).map(({ code, params }) => [
      code,
      params['programme'],
    ]);
  assert.deepEqual(asked('mr', '2026-11-01'), []);
  assert.deepEqual(asked('rota', '2026-11-01'), [['institutionNotForProgramme', 'ロタ']]);
  assert.deepEqual(asked('rota', '2026-09-30'), []);
  assert.deepEqual(asked('rota', '2026-10-01'), [['institutionNotContracted', undefined]]);
});

test('検証番号の合わない10桁、未登録、空欄は別々の確認になる', () => {
  assert.deepEqual(codes('0110113718', '2026-09-01'), ['institutionCheckDigit']);
  assert.deepEqual(codes('1311400046', '2026-09-01'), ['institutionUnknown']);
  assert.deepEqual(codes(null, '2026-09-01'), ['institutionMissing']);
});

test('指摘はコードの値を書き写さない', () => {
  for (const slipped of ['123456789018', '0299390327', '若葉台市青葉台二丁目13番23号']) {
    const [found] = decideInstitution(known, slipped, day('2026-09-01'));
    assert.deepEqual(found?.params, {});
  }
});

test('一覧に載せるのは、その日の契約がその予防接種のものである医療機関だけ。予防接種を書かない契約はすべて', () => {
  const contracts = known.get('0110113719')?.contracts ?? [];
  const holds = (on: string, programme: string | null) => isContractedFor(contracts, day(on), programme);
  assert.deepEqual(
    [holds('2026-09-30', 'flu'), holds('2026-10-01', 'flu'), holds('2026-10-31', null)],
    [true, false, false],
  );
  assert.deepEqual(
    [holds('2026-11-01', 'flu'), holds('2026-11-01', 'mr'), holds('2026-11-01', null)],
    [false, true, true],
  );
});

test('団体独自のコードには検証番号がない', () => {
  assert.deepEqual(codes('K-12', '1999-01-01'), []);
});

test('取込: 検証番号の誤りは登録して確認、契約期間の逆転は断る', () => {
  const row = { institutionCode: '0110113718', name: '見本医院', contractedFrom: '2026-04-01', contractedTo: null };
  assert.equal(decideInstitutionRow(row, []).answer, 'questioned');
  assert.equal(decideInstitutionRow({ ...row, contractedTo: '2026-04-01' }, []).answer, 'questioned');
  assert.equal(decideInstitutionRow({ ...row, contractedTo: '2026-03-31' }, []).answer, 'refused');
  assert.equal(decideInstitutionRow({ ...row, name: null }, []).answer, 'refused');
});
