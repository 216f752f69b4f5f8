import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { EntryId } from '#kernel';
import { deriveCurrentHistory, type EntryLink } from './derive-current-history.ts';

type Step = { readonly act: 'register' } | { readonly act: 'correct' | 'retract'; readonly pick: number };

const steps = fc.array(
  fc.oneof(
    fc.constant<Step>({ act: 'register' }),
    fc.record({ act: fc.constantFrom('correct' as const, 'retract' as const), pick: fc.nat(50) }),
  ),
  { maxLength: 40 },
);

/** A ledger as the office writes it, with what a clerk keeping a list by hand would hold current. */
function keepByHand(acts: readonly Step[]): { entries: EntryLink[]; current: Map<number, number> } {
  const entries: EntryLink[] = [];
  const current = new Map<number, number>();
  for (const step of acts) {
    const entryId = (entries.length + 1) as EntryId;
    if (step.act === 'register') {
      entries.push({ entryId, kind: 'entry', replaces: null });
      current.set(entryId, entryId);
      continue;
    }
    const target = [...current.keys()][step.pick % Math.max(1, current.size)];
    if (target === undefined) continue;
    const origin = current.get(target) ?? target;
    current.delete(target);
    entries.push({
      entryId,
      kind: step.act === 'correct' ? 'correction' : 'retraction',
      replaces: target as EntryId,
    });
    if (step.act === 'correct') current.set(entryId, origin);
  }
  return { entries, current };
}

test('現在の接種歴は、手で付けた一覧と一致する', () => {
  fc.assert(
    fc.property(steps, (acts) => {
      const { entries, current } = keepByHand(acts);
      const derived = new Map(
        deriveCurrentHistory(entries).map(({ entry, originEntryId }) => [entry.entryId, originEntryId]),
      );
      assert.deepEqual(derived, current);
    }),
  );
});

test('記録の並び順は結果を変えない', () => {
  const shuffled = steps.chain((acts) => {
    const { entries } = keepByHand(acts);
    return fc.tuple(
      fc.constant(entries),
      fc.shuffledSubarray(entries, { minLength: entries.length, maxLength: entries.length }),
    );
  });
  fc.assert(
    fc.property(shuffled, ([entries, mixed]) => {
      assert.deepEqual(deriveCurrentHistory(mixed), deriveCurrentHistory(entries));
    }),
  );
});

test('何も忘れない: どの記録も、現在有効か、置き換えられたか、取消かのどれか', () => {
  fc.assert(
    fc.property(steps, (acts) => {
      const { entries } = keepByHand(acts);
      const held = new Set(deriveCurrentHistory(entries).map(({ entry }) => entry.entryId));
      const replaced = new Set(entries.map((entry) => entry.replaces));
      for (const entry of entries) {
        const places = [held.has(entry.entryId), replaced.has(entry.entryId), entry.kind === 'retraction'];
        assert.equal(places.filter(Boolean).length, 1);
      }
    }),
  );
});
