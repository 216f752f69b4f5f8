import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Conflict, NotFound } from '#kernel';
import { type Tx, withMunicipality } from '#platform/postgres';
import { parseRules } from '#schedule';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { openRuleBook } from './rule-book.ts';
import { getRulesTexts, keepRulesVersion, listRulesVersions } from './rules-versions.ts';

const folder = join(import.meta.dirname, '../../../rules');
let base: TestDatabase;
before(async () => {
  base = await testDatabase();
});
after(() => base.close());

const inOffice = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => withMunicipality(base.db, base.lgCode, work);

test('きまりは、渡す前に本文ごと一度だけ残し、あとから同じきまりを組み立て直せる', async () => {
  let now = 0;
  const book = await openRuleBook(base.db, folder, () => now, '職員画面');
  const first = await book.rulesOf(base.lgCode);
  now += 120_000;
  await book.rulesOf(base.lgCode);
  const again = await openRuleBook(base.db, folder, () => now, '自動処理');
  await again.rulesOf(base.lgCode);
  const versions = await inOffice(listRulesVersions);
  assert.deepEqual(
    versions.map(({ version, firstUsedBy }) => [version, firstUsedBy]),
    [[first.version, '職員画面']],
  );
  const texts = await inOffice((tx) => getRulesTexts(tx, first.version));
  assert.equal(parseRules(texts).version, first.version);
  assert.deepEqual(parseRules(texts).rows, first.rows);
});

test('別の自治体からは見えず、使われていない版は無いと答える', async () => {
  assert.deepEqual(await withMunicipality(base.db, base.other, listRulesVersions), []);
  await assert.rejects(
    inOffice((tx) => getRulesTexts(tx, '0123456789abcdef')),
    NotFound,
  );
});

test('同じ版の名で中身の違うきまりは受け付けない', async () => {
  const book = await openRuleBook(base.db, folder, () => 0, '職員画面');
  const rules = await book.rulesOf(base.lgCode);
  const other = { ...rules, texts: new Map([...rules.texts, ['windows.csv', 'id']]) };
  await assert.rejects(
    inOffice((tx) => keepRulesVersion(tx, other, '職員')),
    Conflict,
  );
});

test('残した本文は、アプリケーションの権限では書き換えも削除もできない', async () => {
  for (const sql of ["UPDATE rules_versions SET texts = '{}'", 'DELETE FROM rules_versions']) {
    await assert.rejects(
      inOffice((tx) => tx.client.query(sql)),
      { code: '42501' },
    );
  }
});
