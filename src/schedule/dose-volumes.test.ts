import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseIsoDay } from '#kernel';
import { listDoseVolumes, parseDoseVolumes } from './dose-volumes.ts';

const rules = join(import.meta.dirname, '../../rules');

function parse(text: string): ReturnType<typeof parseDoseVolumes> {
  return parseDoseVolumes(new Map([['dose-volumes.csv', text]]));
}

test('期・有効な日・年齢の合う行だけが答え、誕生日の前の日はどちらの行も答える', () => {
  const table = parse(readFileSync(join(rules, 'dose-volumes.csv'), 'utf8'));
  const volumes = (product: string, on: string, bornOn: string | null, stage: string | null = null) =>
    listDoseVolumes(table, {
      product,
      stage,
      on: parseIsoDay(on),
      bornOn: bornOn === null ? null : parseIsoDay(bornOn),
    }).map(({ volumeMl }) => volumeMl);
  assert.deepEqual(volumes('je', '2023-05-08', '2020-05-10'), [0.25]);
  assert.deepEqual(volumes('je', '2023-05-09', '2020-05-10'), [0.25, 0.5]);
  assert.deepEqual(volumes('je', '2023-05-10', '2020-05-10'), [0.5]);
  assert.deepEqual(volumes('je', '2020-05-09', '2020-05-10'), []);
  assert.deepEqual(volumes('je', '2020-05-10', '2020-05-10'), [0.25]);
  assert.deepEqual(volumes('je', '2023-05-10', null), []);
  assert.deepEqual(volumes('rv1', '2020-09-30', null), []);
  assert.deepEqual(volumes('rv1', '2020-10-01', null), [1.5]);
  assert.deepEqual(volumes('dt', '2026-10-01', null, 'stage-2'), [0.1]);
  assert.deepEqual(volumes('dt', '2026-10-01', null, 'booster'), []);
  assert.deepEqual(volumes('bcg', '2026-10-01', null), []);
  const ended = parse(`${header}je,,,,1,,2026-03-31,根拠,2026-11-22,V2,\n`);
  const on = (day: string) =>
    listDoseVolumes(ended, { product: 'je', stage: null, on: parseIsoDay(day), bornOn: null });
  assert.deepEqual([on('2026-03-31').length, on('2026-04-01').length], [1, 0]);
});

const header =
  'product,stage,age_from,age_below,volume_ml,vaccinated_from,vaccinated_to,basis,checked_on,certainty,note\n';

test('表の製品はどれも製品の表にあり、誤った行は行の番号とともに断られる', () => {
  const products = new Set(
    readFileSync(join(rules, 'products.csv'), 'utf8')
      .split('\n')
      .map((line) => line.split(',')[0]),
  );
  const table = parse(readFileSync(join(rules, 'dose-volumes.csv'), 'utf8'));
  assert.deepEqual(
    [...table.keys()].filter((product) => !products.has(product)),
    [],
  );
  const refused = (row: string, message: RegExp): void =>
    assert.throws(
      () => parse(`${header}${row}\n`),
      new RegExp(`dose-volumes\\.csv 2行目.*${message.source}`, 'u'),
      row,
    );
  refused('je,,,,0,,,根拠,2026-11-22,V2,', /volume_ml の「0」/u);
  refused('je,,,,少し,,,根拠,2026-11-22,V2,', /volume_ml の「少し」/u);
  refused('je,,,,,,,根拠,2026-11-22,V2,', /volume_ml/u);
  refused('je,,x,,1,,,根拠,2026-11-22,V2,', /age_from の「x」/u);
  refused('je,,,-1,1,,,根拠,2026-11-22,V2,', /age_below の「-1」/u);
  refused('je,,,1x,1,,,根拠,2026-11-22,V2,', /age_below の「1x」/u);
  refused('je,,,,1,2026-13-01,,根拠,2026-11-22,V2,', /vaccinated_from/u);
  refused('je,,,,1,,,,2026-11-22,V2,', /basis/u);
  refused(',,,,1,,,根拠,2026-11-22,V2,', /product/u);
  assert.equal(parseDoseVolumes(new Map()).size, 0);
});
