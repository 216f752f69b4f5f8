import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readTable } from '../../tools/tidy/table.ts';

const root = join(import.meta.dirname, '../..');
const rows = readTable(join(root, 'docs/security/asvs.csv'));

/**
 * Requirements of OWASP ASVS 5.0.0 up to level 2 by section, and up to level 3 in authentication, sessions,
 * authorization, cryptography and logging (V6, V7, V8, V11, V16): how many, counted from 1 in the published table.
 */
const sections: Readonly<Record<string, number>> = {
  ...{ '1.1': 2, '1.2': 9, '1.3': 11, '1.4': 3, '1.5': 2, '2.1': 3, '2.2': 3, '2.3': 4, '2.4': 1 },
  ...{ '3.2': 2, '3.3': 4, '3.4': 6, '3.5': 5, '3.7': 2, '4.1': 3, '4.2': 1, '4.3': 2, '4.4': 4 },
  ...{ '5.1': 1, '5.2': 3, '5.3': 2, '5.4': 3, '6.1': 3, '6.2': 12, '6.3': 8, '6.4': 6, '6.5': 8, '6.6': 4, '6.7': 2 },
  ...{ '6.8': 4, '7.1': 3, '7.2': 4, '7.3': 2, '7.4': 5, '7.5': 3, '7.6': 2, '8.1': 4, '8.2': 4, '8.3': 3, '8.4': 2 },
  ...{ '9.1': 3, '9.2': 4, '10.1': 2, '10.2': 2, '10.3': 4, '10.4': 11, '10.5': 5, '10.6': 2, '10.7': 3 },
  ...{ '11.1': 4, '11.2': 5, '11.3': 5, '11.4': 4, '11.5': 2, '11.6': 2, '11.7': 2, '12.1': 3, '12.2': 2, '12.3': 4 },
  ...{ '13.1': 1, '13.2': 5, '13.3': 2, '13.4': 5, '14.1': 2, '14.2': 4, '14.3': 3, '15.1': 3, '15.2': 3, '15.3': 7 },
  ...{ '16.1': 1, '16.2': 5, '16.3': 4, '16.4': 3, '16.5': 4, '17.1': 1, '17.2': 4, '17.3': 2 },
};
/** Requirements of level 3 elsewhere that are answered as well. */
const more = ['1.2.10', '2.3.5'];

test('ASVS の表は、決めた範囲のどの要件にも一度だけ答える', () => {
  const wanted = Object.entries(sections).flatMap(([section, count]) =>
    Array.from({ length: count }, (_, i) => `${section}.${i + 1}`),
  );
  const byNumber = (a: string, b: string) => a.localeCompare(b, 'en', { numeric: true });
  assert.deepEqual(
    rows.map((row) => row['requirement'] ?? '').toSorted(byNumber),
    [...wanted, ...more].toSorted(byNumber),
  );
});

test('ASVS の答えには理由があり、示す試験や文書はどれもある', () => {
  for (const row of rows) {
    const name = row['requirement'] ?? '';
    assert.match(row['state'] ?? '', /^(?:met|partly|open|operator|notApplicable)$/u, name);
    assert.match(row['level'] ?? '', /^[123]$/u, name);
    assert.notEqual(row['how'], '', name);
    const paths = (row['where'] ?? '').split(' ').filter((path) => path !== '');
    if (row['state'] === 'met' || row['state'] === 'partly') assert.ok(paths.length > 0, name);
    for (const path of paths) assert.ok(existsSync(join(root, path)), `${name}: ${path}`);
  }
});

test('安全の文書のリンクの先は、どれもある', () => {
  const text = readFileSync(join(root, 'docs/security/README.md'), 'utf8');
  const links = [...text.matchAll(/\]\(([^)]+)\)/gu)].map((match) => match[1] ?? '');
  assert.ok(links.length >= 5);
  for (const link of links) assert.ok(existsSync(join(root, 'docs/security', link)), link);
});
