import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ensureDemonstrationStaff } from '#common-base/access';
import { parseIsoDay } from '#kernel';
import { withMunicipality } from '#platform/postgres';
import { loadDemonstrationSettings, testActor, testContext, textFeed } from '../../../tests/support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { importPersonnel } from './import-personnel.ts';

let store: TestDatabase;
const header = '職員番号,異動区分,異動日,新所属';
const asOf = parseIsoDay('2026-11-21');

before(async () => {
  store = await testDatabase();
  await loadDemonstrationSettings(store.db);
  await ensureDemonstrationStaff(store.db, { lgCode: store.lgCode, isDemonstration: true });
});
after(() => store.close());

function take(lines: readonly string[], permissions: Parameters<typeof testActor>[1] = ['staff.manage']) {
  const context = testContext(store.db, { ...testActor(store.lgCode, permissions), staffId: null });
  return importPersonnel(context, textFeed('personnel.csv', [header, ...lines]), { asOf });
}

interface Account {
  readonly department: string;
  readonly roles: readonly string[];
  readonly rank: string;
  readonly isDisabled: boolean;
  readonly expiresOn: string | null;
}

async function account(accountName: string): Promise<Account | undefined> {
  return await withMunicipality(store.db, store.lgCode, async ({ client }) => {
    const { rows } = await client.query<Account>(
      `SELECT department, roles, rank, disabled_at IS NOT NULL AS "isDisabled", expires_on AS "expiresOn"
       FROM staff_members WHERE account_name = $1`,
      [accountName],
    );
    return rows[0];
  });
}

test('去る職員は当日から止まり、先の異動は前の日が期限になり、知らない職員には何も起こらない', async () => {
  await withMunicipality(store.db, store.lgCode, ({ client }) =>
    client.query(
      `INSERT INTO sessions (lg_code, token_hash, staff_id, started_at, last_seen_at, confirmed_at, expires_at, remote_address, browser, failed_sign_ins_since)
       SELECT lg_code, '\\x01', staff_id, now(), now(), now(), now() + interval '1 hour', 'x', 'x', 0 FROM staff_members WHERE account_name = 'tantou'`,
    ),
  );
  const result = await take([
    'TANTOU,1,20261121,',
    'kansa,3,20261122,',
    'kakaricho,2,20261121,税務課',
    'kanri,2,20261121,',
    'stranger,1,20261121,',
    'x,9,20261121,',
  ]);
  assert.deepEqual([result.rows, result.accepted, result.questioned, result.refused], [6, 4, 0, 2]);
  assert.equal((await account('tantou'))?.isDisabled, true);
  const { expiresOn, isDisabled } = (await account('kansa')) ?? {};
  assert.deepEqual([expiresOn, isDisabled], ['2026-11-21', false], 'the day before is the last one');
  const moved = await account('kakaricho');
  assert.deepEqual([moved?.department, moved?.roles, moved?.rank], ['税務課', [], 'member']);
  const kept = await account('kanri');
  assert.deepEqual(
    [kept?.isDisabled, kept?.roles],
    [false, ['administrator']],
    'a row without a department changes nothing',
  );
  assert.equal(await account('stranger'), undefined, 'nobody gets an account');
  const open = await withMunicipality(store.db, store.lgCode, ({ client }) =>
    client.query('SELECT 1 FROM sessions WHERE ended_at IS NULL'),
  );
  assert.equal(open.rowCount, 0, 'open screens end at once');
});

test('同じファイルは二度目に何も変えず、期限が延びることも、止めたものが開くこともない', async () => {
  const again = await take(['kansa,3,20261201,', 'tantou,2,20261121,税務課']);
  assert.equal(again.accepted, 2);
  assert.equal((await account('kansa'))?.expiresOn, '2026-11-21');
  assert.equal((await account('tantou'))?.isDisabled, true);
  const repeated = await take(['kansa,3,20261201,', 'tantou,2,20261121,税務課']);
  assert.equal(repeated.repeated, true);
});

test('職員を管理する権限がなければ取り込めない', async () => {
  await assert.rejects(take(['kanri,1,20261121,'], ['audit.view']), { name: 'NotPermitted' });
  assert.equal((await account('kanri'))?.isDisabled, false);
});
