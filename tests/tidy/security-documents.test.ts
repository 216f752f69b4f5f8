import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { daysToSettle, decideAdvisories } from '../../tools/decide-advisories.ts';
import { readTable } from '../../tools/tidy/table.ts';

const root = join(import.meta.dirname, '../..');
const uses = readTable(join(root, 'docs/security/cryptography.csv')).map((row) => ({
  algorithm: row['algorithm'] ?? '',
  strength: Number(row['strength_bits']),
  pattern: row['pattern'] ?? '',
  folders: (row['folders'] ?? '').split(' '),
}));

/** A place where the code touches cryptography: what is called, with the algorithm's name where one is written. */
const touches =
  /create(?:Hash|Hmac|Cipheriv|Decipheriv)\([^,)]*|generateKeyPair(?:Sync)?\([^,)]*|argon2\w*(?=\()|random(?:Bytes|Int|UUID)\(|from '(?:@simplewebauthn\/server|openid-client|jose|otplib|graphene-pk11|@zip\.js\/zip\.js|cbor2|koffi)[^']*'|import\('koffi'\)|aes-\d+-\w+/gu;

const sources = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', 'src'], { cwd: root })
  .toString()
  .split('\n')
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && existsSync(join(root, path)));

/** A pattern of the table: plain text, but for the ways of asking for chance. */
function isUse(pattern: string, touch: string): boolean {
  return pattern.includes('(?:') ? new RegExp(pattern, 'u').test(touch) : touch.includes(pattern);
}

test('プログラムの暗号の呼び出しは、一つ残らず一覧にあり、一覧の場所だけにある', () => {
  let seen = 0;
  for (const path of sources) {
    for (const [touch] of readFileSync(join(root, path), 'utf8').matchAll(touches)) {
      seen += 1;
      // A key pair of a signature is named by its curve.
      const use = uses.find(({ pattern, folders }) => {
        const isThere = folders.some((folder) => path.startsWith(`${folder}/`));
        return (
          isThere && (isUse(pattern, touch) || (touch.startsWith('generateKeyPair(') && pattern === "from 'jose'"))
        );
      });
      assert.ok(use !== undefined, `${path}: ${touch} is not in docs/security/cryptography.csv`);
    }
  }
  assert.ok(seen > 60, String(seen));
});

test('一覧の暗号はどれも使われていて、強さは112ビット以上ある', () => {
  for (const { algorithm, strength, pattern, folders } of uses) {
    assert.ok(strength >= 112, algorithm);
    const inFolders = sources.filter((path) => folders.some((folder) => path.startsWith(`${folder}/`)));
    const isUsed = inFolders.some((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      return pattern.includes('(?:') ? new RegExp(pattern, 'u').test(text) : text.includes(pattern);
    });
    assert.ok(isUsed, `${algorithm}: ${pattern}`);
  }
});

test('部品はどれも登録所の名と要約値で決まっていて、直接の部品には使うわけがある', () => {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { integrity?: string; link?: boolean; resolved?: string; dependencies?: object }>;
  };
  const installed = Object.entries(lock.packages).filter(([path]) => path !== '');
  assert.ok(installed.length > 100);
  for (const [path, { integrity, resolved }] of installed) {
    assert.match(integrity ?? '', /^sha512-/u, path);
    assert.equal(resolved, undefined, path);
  }
  const reasons = readFileSync(join(root, 'docs/decisions/dependencies.md'), 'utf8');
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, object>;
  for (const name of Object.keys({ ...manifest['dependencies'] })) {
    // Packages of one maker stand in one line, under the maker's name.
    assert.ok(
      name.split(/[/@-]/u).some((part) => part.length > 1 && reasons.includes(part)),
      `${name} has no line in docs/decisions/dependencies.md`,
    );
  }
});

test('知られた欠陥は、一覧にないもの、期限を過ぎたもの、期限の長すぎるものを示す', () => {
  const row = { advisory: 'https://example/1', package: 'a', severity: 'high', seen_on: '2026-11-01', settled_on: '' };
  const found = [{ advisory: 'https://example/1', package: 'a', severity: 'high' }];
  const faults = (due: string, today: string, more = {}) =>
    decideAdvisories(found, [{ ...row, due_on: due, ...more }], today).length;
  assert.deepEqual(decideAdvisories(found, [], '2026-11-21').length, 1);
  // 高は14日: 15日目が期限のままなら遅れ、それより長い期限は書けない。
  assert.equal(faults('2026-11-15', '2026-11-15'), 0);
  assert.equal(faults('2026-11-15', '2026-11-16'), 1);
  assert.equal(faults('2026-11-16', '2026-11-10'), 1);
  assert.equal(faults('2026-11-15', '2026-12-01', { settled_on: '2026-11-14' }), 0);
  const known = readTable(join(root, 'docs/security/advisories.csv'));
  assert.deepEqual(
    decideAdvisories(
      [],
      known.map((each) => ({ ...each, settled_on: 'x' })),
      '2026-11-21',
    ),
    [],
  );
  const text = readFileSync(join(root, 'docs/security/remediation.md'), 'utf8');
  for (const days of Object.values(daysToSettle)) assert.ok(text.includes(`${days}日`), String(days));
});
