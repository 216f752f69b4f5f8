import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { padFixedField, readFixedRecords, splitFixedRecord } from './fixed-length.ts';

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

test('文字は右を空白で、数字は左を0で埋める', () => {
  assert.deepEqual(padFixedField(ascii('AB'), 4, 'text'), ascii('AB  '));
  assert.deepEqual(padFixedField(ascii('12'), 4, 'number'), ascii('0012'));
  assert.throws(() => padFixedField(ascii('12345'), 4, 'number'), RangeError);
});

test('長さの違う記録は切らない', () => {
  const fields = [
    { name: 'kind', bytes: 1 },
    { name: 'code', bytes: 3 },
  ];
  assert.deepEqual(splitFixedRecord(ascii('1abc'), fields), [ascii('1'), ascii('abc')]);
  assert.equal(splitFixedRecord(ascii('1ab'), fields), undefined);
});

test('どこで切れて届いても同じ記録になり、余りは断る(性質)', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.stringMatching(/^[0-9]{5}$/u)),
      fc.integer({ min: 1, max: 9 }),
      async (records, size) => {
        const bytes = ascii(records.join(''));
        const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
          bytes.slice(i * size, (i + 1) * size),
        );
        const read: string[] = [];
        for await (const record of readFixedRecords(chunks, 5)) read.push(new TextDecoder().decode(record));
        assert.deepEqual(read, records);
      },
    ),
  );
  await assert.rejects(async () => {
    for await (const record of readFixedRecords([ascii('123456')], 5)) assert.equal(record.length, 5);
  }, RangeError);
});
