import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { PersonIdSet } from './person-id-set.ts';

test('入れた番号だけが含まれる (境と大きな番号も)', () => {
  const set = new PersonIdSet();
  const ids = [1, 7, 8, 65_535, 65_536, 2 ** 31, 2 ** 53 - 1];
  for (const id of ids) set.add(id);
  for (const id of ids) assert.ok(set.has(id), String(id));
  for (const id of [0, 2, 9, 65_534, 65_537, 2 ** 31 - 1, 2 ** 53 - 2]) assert.ok(!set.has(id), String(id));
});

test('どんな順でも Set と同じに答える', () => {
  const id = fc.oneof(fc.nat(200_000), fc.maxSafeNat());
  fc.assert(
    fc.property(fc.array(id), fc.array(id), (entered, asked) => {
      const set = new PersonIdSet();
      for (const each of entered) set.add(each);
      const expected = new Set(entered);
      for (const each of [...entered, ...asked]) assert.equal(set.has(each), expected.has(each));
    }),
  );
});
