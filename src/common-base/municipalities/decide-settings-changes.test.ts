import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decideSettingsChanges } from './decide-settings-changes.ts';

test('変わったものと新しいものだけが次の版になり、なくなったものは取り下げられる', () => {
  const files = [
    { path: 'same.csv', content: 'a', digest: 'A' },
    { path: 'changed.csv', content: 'b2', digest: 'B2' },
    { path: 'new.csv', content: 'n', digest: 'N' },
    { path: 'back.csv', content: 'k', digest: 'K' },
  ];
  const inForce = new Map([
    ['same.csv', { version: 3, digest: 'A' }],
    ['changed.csv', { version: 1, digest: 'B1' }],
    ['gone.csv', { version: 2, digest: 'G' }],
    ['back.csv', { version: 4, digest: '' }],
    ['long-gone.csv', { version: 5, digest: '' }],
  ]);
  assert.deepEqual(decideSettingsChanges(files, inForce), [
    { path: 'changed.csv', version: 2, digest: 'B2', content: 'b2' },
    { path: 'new.csv', version: 1, digest: 'N', content: 'n' },
    { path: 'back.csv', version: 5, digest: 'K', content: 'k' },
    { path: 'gone.csv', version: 3, digest: '', content: null },
  ]);
});
