import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FeedRow } from '#common-base/linkage';
import { RowPacker } from './pack-rows.ts';

test('a row that waited comes back as it was, of whatever record type', () => {
  const rows: FeedRow[] = [
    {
      ordinal: 1,
      line: 2,
      fields: { addresseeNumber: '1', kana: 'モリ　イサム', sex: null },
      raw: ['1', '𠮷野\u{E0101}"', '\ud842', ''],
      findings: [{ code: 'unreadableDay', severity: 'question', field: 'sex', params: { value: '九' }, basis: null }],
      unmappedCharacters: 3,
    },
    { ordinal: 2, line: 9, fields: { kana: '', lot: 'A"1' }, raw: [], findings: [], unmappedCharacters: 0 },
    { ordinal: 3, line: 10, fields: {}, raw: ['é'], findings: [], unmappedCharacters: 0 },
    {
      ordinal: 4,
      line: 11,
      fields: { addresseeNumber: null, kana: 'ア', sex: 'male' },
      raw: [],
      findings: [],
      unmappedCharacters: 0,
    },
    { ordinal: 5, line: 12, fields: { kana: 'イ' }, raw: [], findings: [], unmappedCharacters: 0 },
  ];
  const packer = new RowPacker();
  const packed = rows.map((row) => packer.pack(row));
  assert.deepEqual(packed.map((text) => packer.unpack(text)).reverse(), rows.toReversed());
  for (const text of packed) assert.match(text, /^[\0-\xff]*$/);
});
