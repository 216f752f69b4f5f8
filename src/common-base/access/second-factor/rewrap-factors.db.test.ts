import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { listActs } from '#common-base/audit';
import { chooseKeyWrapper } from '#platform/keys';
import { withMunicipality } from '#platform/postgres';
import { testActor, testContext } from '../../../../tests/support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../../../tests/support/database.ts';
import { ensureDemonstrationStaff } from '../demonstration-staff.ts';
import { findStaffByAccount } from '../staff-store.ts';
import { rewrapSecondFactors } from './rewrap-factors.ts';
import { listTotps } from './store.ts';
import { hotp, stepOf } from './totp.ts';
import { beginTotp, confirmTotp, type FactorContext, findTotpStep } from './totp-factor.ts';

const [former, newest] = [1, 2].map((n) => Buffer.alloc(32, n).toString('base64'));
let store: TestDatabase;

before(async () => {
  store = await testDatabase();
  await ensureDemonstrationStaff(store.db, { lgCode: store.lgCode, isDemonstration: true });
});
after(() => store.close());

test('鍵を替えても認証アプリはそのまま使え、前の鍵はもう要らない', async () => {
  const { db, lgCode } = store;
  const staff = await withMunicipality(db, lgCode, (tx) => findStaffByAccount(tx, 'kanri'));
  assert.ok(staff);
  const actor = { ...testActor(lgCode, ['keys.rotate']), staffId: staff.staffId };
  const withKeys = (keys: Record<string, string | undefined>): FactorContext => ({
    ...testContext(db, actor),
    keyWrapper: chooseKeyWrapper('/nowhere', keys),
  });
  const before = withKeys({ SESSHU_VAULT_KEY: former });
  const secret = await beginTotp(before);
  const at = before.clock.now();
  const enrolled = await confirmTotp(before, hotp(secret, stepOf(at)));
  assert.equal(enrolled.answer, 'accepted');

  const meanwhile = withKeys({ SESSHU_VAULT_KEY: newest, SESSHU_VAULT_KEY_ALSO: former });
  const stranger = withKeys({ SESSHU_VAULT_KEY: newest });
  assert.deepEqual(await rewrapSecondFactors(stranger), { rewrapped: 0, shut: 1 });
  assert.deepEqual(await rewrapSecondFactors(meanwhile), { rewrapped: 1, shut: 0 });
  assert.deepEqual(await rewrapSecondFactors(meanwhile), { rewrapped: 0, shut: 0 });

  const totps = await withMunicipality(db, lgCode, (tx) => listTotps(tx, staff.staffId, 'confirmed'));
  const later = new Date(at.getTime() + 60_000);
  const found = await findTotpStep(stranger, totps, hotp(secret, stepOf(later)), later);
  assert.equal(found?.factorId, totps[0]?.factorId);
  await assert.rejects(findTotpStep(before, totps, hotp(secret, stepOf(later)), later), { kind: 'wrongKey' });
  const { acts } = await withMunicipality(db, lgCode, (tx) => listActs(tx, { act: 'access.secondFactorsRewrapped' }));
  assert.equal(acts.length, 1);
  await assert.rejects(rewrapSecondFactors({ ...stranger, actor: testActor(lgCode, ['keys.view']) }), {
    name: 'NotPermitted',
  });
});
