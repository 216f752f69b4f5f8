import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '../..');
const notice = readFileSync(join(root, 'NOTICE'), 'utf8');
const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  dependencies: Record<string, string>;
};

test('the notice names every font and design token that comes by npm, with its licence beside it', () => {
  const named = Object.keys(dependencies).filter((name) => /^@(?:expo-google-fonts|digital-go-jp)\//u.test(name));
  assert.ok(named.length >= 4);
  for (const name of named) {
    assert.ok(notice.includes(name), name);
    const licence = name.startsWith('@expo-google-fonts/') ? 'LICENSE_FONT' : 'LICENSE';
    assert.ok(existsSync(join(root, 'node_modules', name, licence)), `${name} carries its ${licence}`);
  }
});

test('every file of this repository that the notice names is there', () => {
  const named = notice.match(/(?:src|tools|docs)\/[\w./-]*\w/gu) ?? [];
  assert.ok(named.length >= 5);
  for (const path of named) assert.ok(existsSync(join(root, path)), path);
});
