import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { KeyRegister } from './key-register.ts';

test('先頭の0が違えば別の番号', () => {
  const register = new KeyRegister();
  assert.equal(register.enter('1', 1), undefined);
  assert.equal(register.enter('01', 2), undefined);
  assert.equal(register.enter('', 3), undefined);
  assert.equal(register.enter('999999999999999', 4), undefined);
  assert.equal(register.enter('999999999999998', 5), undefined);
  assert.equal(register.enter('01', 6), 2);
  assert.equal(register.enter('', 7), 3);
});

test('何行あっても、Map で数えたのと同じ答え(性質)', () => {
  const key = fc.oneof(fc.nat(50).map(String), fc.stringMatching(/^[0-9]{15,17}$/u), fc.string({ maxLength: 3 }));
  fc.assert(
    fc.property(fc.array(key, { maxLength: 200 }), (keys) => {
      const register = new KeyRegister();
      const known = new Map<string, number>();
      for (const [i, each] of keys.entries()) {
        assert.equal(register.enter(each, i + 1), known.get(each));
        if (!known.has(each)) known.set(each, i + 1);
      }
    }),
  );
});

test('育っても忘れない', () => {
  const register = new KeyRegister();
  for (let i = 1; i <= 100_000; i += 1) assert.equal(register.enter(String(i * 7919), i), undefined);
  for (let i = 1; i <= 100_000; i += 997) assert.equal(register.enter(String(i * 7919), 0), i);
});
