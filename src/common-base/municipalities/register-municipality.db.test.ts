import assert from 'node:assert/strict';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { withMunicipality } from '#platform/postgres';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { getMunicipality, listMunicipalities, registerMunicipality } from './register-municipality.ts';
import { findSettings } from './store.ts';

let store: TestDatabase;
let folder: string;

before(async () => {
  store = await testDatabase();
  folder = await mkdtemp(join(tmpdir(), 'sesshu-settings-'));
  await cp(join(import.meta.dirname, '../../../settings/wakakusa'), folder, { recursive: true });
});

after(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

test('設定フォルダーから登録し、もう一度読んでも何も増えず、変えれば次の版になる', async () => {
  const { db } = store;
  const first = await registerMunicipality(db, folder);
  assert.deepEqual(first, { lgCode: '133990', created: true });
  assert.deepEqual(await registerMunicipality(db, folder), { lgCode: '133990', created: false });
  const count = async (): Promise<number> =>
    withMunicipality(db, first.lgCode, async (tx) => {
      const { rows } = await tx.client.query<{ n: number }>('SELECT count(*)::int AS n FROM settings_documents');
      return rows[0]?.n ?? 0;
    });
  const before = await count();
  assert.ok(before > 3);
  await writeFile(join(folder, 'note.csv'), 'code,name\n1,はじめ\n');
  await registerMunicipality(db, folder);
  await writeFile(join(folder, 'note.csv'), 'code,name\n1,つぎ\n');
  await registerMunicipality(db, folder);
  await rm(join(folder, 'note.csv'));
  await withMunicipality(db, first.lgCode, async (tx) => {
    assert.equal(await findSettings(tx, 'note.csv'), 'code,name\n1,つぎ\n');
    assert.equal((await getMunicipality(tx)).name, '若草町');
  });
  await registerMunicipality(db, folder);
  await withMunicipality(db, first.lgCode, async (tx) => assert.equal(await findSettings(tx, 'note.csv'), undefined));
  assert.equal(await count(), before + 3);
  assert.ok((await listMunicipalities(db)).some(({ lgCode }) => lgCode === first.lgCode));
});

test('ほかの自治体の設定は見えず、版は書き換えられない', async () => {
  const { db, other } = store;
  await withMunicipality(db, other, async (tx) => assert.equal(await findSettings(tx, 'municipality.json'), undefined));
  await assert.rejects(
    withMunicipality(db, other, (tx) => tx.client.query("UPDATE settings_documents SET content = 'x'")),
    /permission denied/u,
  );
});

test('使えないフォルダーは、どのファイルが悪いかを一文で言う', async () => {
  await assert.rejects(registerMunicipality(store.db, join(folder, 'nowhere')), /設定フォルダー .+ を開けません/u);
  const docs = join(import.meta.dirname, '../../../docs');
  await assert.rejects(registerMunicipality(store.db, docs), /docs に municipality\.json がありません/u);
  await writeFile(
    join(folder, 'municipality.json'),
    '{"lgCode":"133991","name":"若草町","prefecture":"東京都","isDemonstration":false}',
  );
  await assert.rejects(registerMunicipality(store.db, folder), /検査数字/u);
  await writeFile(join(folder, 'municipality.json'), '{"lgCode":133990}');
  await assert.rejects(registerMunicipality(store.db, folder), /municipality\.json の/u);
});
