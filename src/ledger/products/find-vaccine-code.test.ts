import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseIsoDay } from '#kernel';
import { listProductsInUse, listStages } from '#schedule';
import { checkoutRules } from '../../../tests/support/demonstration.ts';
import { findVaccineCode } from './find-vaccine-code.ts';
import { mapVaccine } from './map-vaccine.ts';
import { parsePackages } from './parse-packages.ts';
import { parseVaccineMap } from './parse-vaccine-map.ts';

const map = parseVaccineMap(
  readFileSync(new URL('../../../settings/wakabadai/vaccine-codes.csv', import.meta.url), 'utf8'),
);
const on = parseIsoDay('2026-11-24');

test('種類・期・製品・回から、送付元の符号と通しの回数が決まる', () => {
  const find = (programme: string, stage: string, product: string | null, doseNumber: number | null) =>
    findVaccineCode(map, { programme, stage, product, doseNumber }, on);
  assert.deepEqual(find('dpt-ipv-hib', 'primary', '5in1', 2), { code: '24', doseNumber: 2 });
  assert.deepEqual(find('dpt-ipv-hib', 'booster', '5in1', 1), { code: '24', doseNumber: 4 });
  assert.deepEqual(find('measles-rubella', 'stage-2', 'mr', 1), { code: '31', doseNumber: 1 });
  // An interview only: no product, the code of the stage.
  assert.deepEqual(find('measles-rubella', 'stage-1', null, 1), { code: '28', doseNumber: 1 });
  assert.deepEqual(find('dpt-ipv-hib', 'primary', '5in1', null), { code: '24', doseNumber: null });
  assert.equal(find('dpt-ipv-hib', 'primary', 'bcg', 1), undefined);
  assert.equal(find('unknown', 'primary', 'bcg', 1), undefined);
});

test('表のどの行も、読み返すと同じ種類・期・製品・回になる', () => {
  let asked = 0;
  for (const line of [...map.values()].flat()) {
    const day = line.givenTo ?? on;
    if (line.givenFrom !== null && day < line.givenFrom) continue;
    const dose = {
      programme: line.programme,
      stage: line.stage,
      product: line.product,
      doseNumber: (line.doseFrom ?? 1) - line.doseOffset,
    };
    const coded = findVaccineCode(map, dose, day);
    assert.ok(coded !== undefined, JSON.stringify(line));
    const { programme, stage, product, doseNumber } = mapVaccine(map, coded.code, coded.doseNumber, day) ?? {};
    assert.deepEqual({ programme, stage, product, doseNumber }, dose);
    asked += 1;
  }
  assert.ok(asked > 20);
});

test('医療機関ウェブで読める包装の製品は、どれも受付のコードになる。ならない記録は台帳に入れない', async () => {
  const rules = await checkoutRules();
  const text = readFileSync(new URL('../../../settings/wakabadai/vaccine-packages.csv', import.meta.url), 'utf8');
  const products = new Set(parsePackages(text).map(({ product }) => product));
  const used = new Set<string>();
  for (const programme of new Set(listStages(rules).map((each) => each.programme))) {
    for (const product of listProductsInUse(rules, programme, on).filter((each) => products.has(each))) {
      const { stage = '' } = listStages(rules).find((each) => each.programme === programme) ?? {};
      const coded = findVaccineCode(map, { programme, stage, product, doseNumber: 1 }, on);
      assert.ok(coded !== undefined, `${programme} ${product}`);
      const read = mapVaccine(map, coded.code, coded.doseNumber, on);
      assert.deepEqual([read?.programme, read?.product], [programme, product]);
      used.add(product);
    }
  }
  assert.deepEqual(
    [...products].filter((each) => !used.has(each)),
    [],
  );
});
