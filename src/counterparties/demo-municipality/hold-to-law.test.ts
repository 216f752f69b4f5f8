import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIsoDay } from '#kernel';
import { checkoutRules, readDemonstrationSetting } from '../../../tests/support/demonstration.ts';
import { holdToLaw, isRight, keepRightDoses, type Law } from './hold-to-law.ts';
import { parseProfile } from './parse-profile.ts';
import type { DemoDose, DemoPerson } from './types.ts';

const { vaccineLines } = parseProfile(readDemonstrationSetting);
const law: Law = { rules: await checkoutRules(), vaccineLines, asOf: parseIsoDay('2026-11-21') };
const child = { bornOn: parseIsoDay('2026-01-10'), sex: 'female' } as DemoPerson;

function dose(code: string, doseNumber: number, on: string): DemoDose {
  return {
    series: code,
    code,
    doseNumber,
    on: parseIsoDay(on),
    maker: '',
    volumeMl: '',
    isLive: false,
    isElsewhere: false,
  };
}

/** B型肝炎: 27日以上の間隔で2回、初回から139日以上あけて3回目（実施規則）。 */
const right = [dose('21', 1, '2026-03-10'), dose('21', 2, '2026-04-07'), dose('21', 3, '2026-07-28')];

test('間隔の最も早い日はそのまま残る', () => {
  assert.deepEqual(keepRightDoses(law, child, right), right);
  assert.ok(holdToLaw(law, child, right).every(isRight));
});

test('一日早い接種から後の同じ種類は外れ、ほかの種類は残る', () => {
  const early = [right[0], dose('21', 2, '2026-04-06'), right[2], dose('27', 1, '2026-06-10')] as DemoDose[];
  assert.deepEqual(keepRightDoses(law, child, early), [early[0], early[3]]);
});

test('回数が飛んでいれば正しくない', () => {
  assert.deepEqual(keepRightDoses(law, child, [dose('21', 2, '2026-03-10')]), []);
});

test('対応表にないコードは正しくない', () => {
  assert.deepEqual(keepRightDoses(law, child, [dose('99', 1, '2026-03-10'), right[0] as DemoDose]), [right[0]]);
});
