import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type PersonId, parseIsoDay } from '#kernel';
import { withClient, withMunicipality } from '#platform/postgres';
import {
  loadDemonstrationSettings,
  residentFeed,
  type TestResident,
  testActor,
  testContext,
} from '../../../tests/support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { findPersonAsKnownOn, listPersonVersions } from './get-person.ts';
import { importResidents } from './import-residents.ts';
import { findPersonIdByAddresseeNumber } from './person-store.ts';

const asOf = parseIsoDay('2026-11-21');
const home = { 世帯番号: '000000777', 住所: '若葉台市桜が丘9番9号', 方書: '緑荘101' };
const son: TestResident = { 整理番号: '0000000002', ...home, 続柄区分: '11' };
const neighbour: TestResident = { 整理番号: '0000000003', ...home, 世帯番号: '000000900', 方書: '緑荘102' };

let t: TestDatabase;
before(async () => {
  t = await testDatabase();
  await loadDemonstrationSettings(t.db);
  await takeIn([{ 整理番号: '0000000001', ...home, 支援措置: '1' }, son, neighbour]);
  const moved = { 世帯番号: '000000300', 住所: '若葉台市緑町3番3号', 方書: '', 異動: '41', 異動年月日: '20261101' };
  // Before he lived with her he was behind the same door in a household of his own.
  await takeIn([{ ...son, 世帯番号: '000000301', 異動: '41', 異動年月日: '20261020' }]);
  await takeIn([
    { ...son, ...moved },
    { ...neighbour, ...moved, 世帯番号: '000000302' },
  ]);
});
after(() => t.close());

async function takeIn(residents: readonly TestResident[]): Promise<void> {
  const context = testContext(t.db, testActor(t.lgCode, ['persons.import']));
  const { refused } = await importResidents(context, residentFeed(residents), { isChanges: true, asOf });
  assert.equal(refused, 0);
}

const actor = () => testActor(t.lgCode, ['persons.view']);

async function idOf(number: string): Promise<PersonId> {
  const id = await withMunicipality(t.db, t.lgCode, (tx) => findPersonIdByAddresseeNumber(tx, number));
  assert.ok(id !== undefined);
  return id;
}

test('支援措置の人と暮らした家は、世帯を出た人の履歴にも、その時点の記録にも出ない', async () => {
  const personId = await idOf('0000000002');
  const known = { effectiveOn: parseIsoDay('2026-10-25'), recordedAt: new Date('2027-01-01') };
  const [versions, before] = await withMunicipality(t.db, t.lgCode, async (tx) => [
    await listPersonVersions(tx, actor(), personId),
    await findPersonAsKnownOn(tx, actor(), personId, known),
  ]);
  assert.deepEqual(
    versions.map(({ version, address, building, householdNumber }) => [version, address, building, householdNumber]),
    [
      [3, '若葉台市緑町3番3号', null, '000000300'],
      [2, null, null, null],
      [1, null, null, null],
    ],
  );
  assert.deepEqual([before?.version, before?.address, before?.householdNumber], [2, null, null]);
});

test('保護された記録と結び付いた、もう一つの記録の住まいも、出た人の履歴に出ない', async () => {
  const shared = { 世帯番号: '000000400', 住所: '若葉台市青葉台四丁目4番4号' };
  const flatmate: TestResident = { 整理番号: '0000000012', ...shared, 続柄区分: '11' };
  const protectedElsewhere = { 整理番号: '0000000013', 世帯番号: '000000401', 住所: '若葉台市港南一丁目1番1号' };
  await takeIn([{ 整理番号: '0000000011', ...shared }, flatmate, { ...protectedElsewhere, 支援措置: '1' }]);
  await takeIn([
    { ...flatmate, 世帯番号: '000000402', 住所: '若葉台市緑町6番6号', 異動: '41', 異動年月日: '20261102' },
  ]);
  const left = await idOf('0000000012');
  const formerHome = async () => {
    const versions = await withMunicipality(t.db, t.lgCode, (tx) => listPersonVersions(tx, actor(), left));
    return versions.at(-1)?.address;
  };
  assert.equal(await formerHome(), '若葉台市青葉台四丁目4番4号');
  const ids = [await idOf('0000000011'), await idOf('0000000013')];
  const { ownerUrl } = t.db;
  assert.ok(ownerUrl !== null);
  await withClient(ownerUrl, async (client) => {
    await client.query("SELECT set_config('sesshu.lg_code', $1, false)", [t.lgCode]);
    await client.query('UPDATE persons SET principal_id = $1 WHERE person_id = ANY($2)', [ids[0], ids]);
  });
  assert.equal(await formerHome(), null);
});

test('同じ番地でも部屋の違う人の前の住まいは出る', async () => {
  const personId = await idOf('0000000003');
  const versions = await withMunicipality(t.db, t.lgCode, (tx) => listPersonVersions(tx, actor(), personId));
  assert.deepEqual(
    versions.map(({ address, building }) => [address, building]),
    [
      ['若葉台市緑町3番3号', null],
      ['若葉台市桜が丘9番9号', '緑荘102'],
    ],
  );
});
