import assert from 'node:assert/strict';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { importResidents, importWelfare } from '#addressees/persons';
import { registerMunicipality } from '#common-base/municipalities';
import { parseIsoDay, UnreadableInput } from '#kernel';
import { withMunicipality } from '#platform/postgres';
import { residentFeed, testActor, testContext, textFeed } from '../../../tests/support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { demonstrationSettings } from '../../../tests/support/demonstration.ts';
import { loadLayout } from './load-layout.ts';

let store: TestDatabase;
let folder: string;
const asOf = parseIsoDay('2026-11-21');

before(async () => {
  store = await testDatabase();
  folder = await mkdtemp(join(tmpdir(), 'sesshu-items-'));
  await cp(demonstrationSettings, folder, { recursive: true });
});
after(async () => {
  await rm(folder, { recursive: true });
  await store.close();
});

async function declare(declared: Readonly<Record<string, readonly string[]>>): Promise<void> {
  await writeFile(join(folder, 'items.json'), JSON.stringify({ declared }));
  await registerMunicipality(store.db, folder);
}

async function keysOf(name: string): Promise<string[]> {
  const layout = await withMunicipality(store.db, store.lgCode, (tx) => loadLayout(tx, name));
  return layout.columns.filter(({ type }) => type !== 'skip').map(({ key }) => key);
}

test('評価書で届け出ていない項目は、取り込まれず、項目の名とすることが示される', async () => {
  await registerMunicipality(store.db, folder);
  const residents = await keysOf('residents');
  const welfare = await keysOf('welfare');
  await declare({ residents: residents.filter((key) => key !== 'relation'), welfare });
  const context = testContext(store.db, testActor(store.lgCode, ['persons.import', 'welfare.import']));
  const feed = residentFeed([{ 整理番号: '0000000001' }]);
  await assert.rejects(importResidents(context, feed, { isChanges: false, asOf }), (error) => {
    assert.ok(error instanceof UnreadableInput);
    assert.match(error.message, /（relation）。.*skip/u);
    return true;
  });
  const people = await withMunicipality(store.db, store.lgCode, ({ client }) => client.query('SELECT 1 FROM persons'));
  assert.equal(people.rowCount, 0, 'nothing was stored');

  await declare({ residents, welfare });
  assert.equal((await importResidents(context, feed, { isChanges: false, asOf })).accepted, 1);

  await declare({ residents });
  const flags = textFeed('welfare.csv', [
    '整理番号,生活保護,障害者,課税区分,有効開始,有効終了',
    '0000000001,1,0,1,20260401,',
  ]);
  await assert.rejects(importWelfare(context, flags, { asOf }), /項目の一覧 items.json にない項目/u);
});

test('読めない一覧では、何も取り込まない', async () => {
  for (const text of ['x', '{}', '{"declared": ["residents"]}', '{"declared": {}, "more": 1}']) {
    await writeFile(join(folder, 'items.json'), text);
    await registerMunicipality(store.db, folder);
    await assert.rejects(keysOf('residents'), UnreadableInput, text);
  }
});
