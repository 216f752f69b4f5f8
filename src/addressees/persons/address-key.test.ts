import assert from 'node:assert/strict';
import test from 'node:test';
import { addressKey, buildingKey, phoneKey, townOfAddressKey } from './address-key.ts';

test('住所の書き方の違いが同じ検索キーになる', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['青葉台市青葉台二丁目36番22号', '青葉台2-36-22'],
    ['東京都青葉台市青葉台２丁目３６−２２', '青葉台2-36-22'],
    ['青葉台2-36-22', '青葉台2-36-22'],
    ['青葉台2ー36ー22', '青葉台2-36-22'],
    ['青葉台二丁目', '青葉台2'],
    ['青葉台市大字髙野13番地の23', '高野13-23'],
    ['青葉台市字雲雀ヶ丘二十三番八号', '雲雀ケ丘23-8'],
    ['緑町', '緑町'],
  ];
  for (const [address, key] of cases) assert.equal(addressKey(address, '青葉台市'), key, address);
});

test('町名は最初の数字の前である', () => {
  assert.equal(townOfAddressKey('青葉台2-36-22'), '青葉台');
  assert.equal(townOfAddressKey('緑町'), '緑町');
  assert.equal(townOfAddressKey('2-36'), '');
});

test('方書と電話番号の検索キー', () => {
  assert.equal(buildingKey('ハイツ緑　１０３号室'), buildingKey('はいつ緑103'));
  assert.equal(phoneKey('０２９９-(39)-0327'), '0299390327');
});
