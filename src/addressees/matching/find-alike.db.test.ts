import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { importResidents, loadPersonsForJudging, normalizeKana } from '#addressees/persons';
import { bytesSource } from '#common-base/linkage';
import { type IdentityProbe, makeIdentityGround } from '#counterparties/demo-municipality';
import { getDay, type PersonId, parseIsoDay } from '#kernel';
import { type Tx, withMunicipality } from '#platform/postgres';
import { loadDemonstrationSettings, testActor, testContext } from '../../../tests/support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { decideMatch } from './decide-match.ts';
import { findAlike, findAlikeOfMany } from './find-alike.ts';

let base: TestDatabase;
const today = parseIsoDay('2026-11-21');
const ground = makeIdentityGround({
  settingsFolder: fileURLToPath(new URL('../../../settings/wakabadai', import.meta.url)),
  people: 1500,
  seed: 3,
  today,
});

before(async () => {
  base = await testDatabase();
  await loadDemonstrationSettings(base.db);
  const context = testContext(base.db, testActor(base.lgCode, ['persons.import']));
  const feed = bytesSource('residents.csv', Buffer.from(ground.residentLines.join('')));
  await importResidents(context, feed, { isChanges: false, asOf: today });
});
after(() => base.close());

const inOffice = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => withMunicipality(base.db, base.lgCode, work);

function take(count: number): IdentityProbe[] {
  const probes: IdentityProbe[] = [];
  for (const probe of ground.probes()) {
    if (probes.push(probe) >= count) break;
  }
  return probes;
}

test('誤りのある行を自動で別の人に結び付けず、正しい人を候補に出す', async () => {
  const probes = take(700);
  const told = probes.map((probe) => probe.told);
  const { alike, byNumber } = await inOffice(async (tx) => {
    const addresseeNumbers = told.flatMap(({ addresseeNumber }) => addresseeNumber ?? []);
    const named = await loadPersonsForJudging(tx, { addresseeNumbers });
    return {
      alike: await findAlikeOfMany(tx, told),
      byNumber: new Map(named.map((person) => [person.addresseeNumber, person])),
    };
  });
  let matched = 0;
  let found = 0;
  let pairs = 0;
  for (const [i, { meant, told: row }] of probes.entries()) {
    const sameNumber = byNumber.get(row.addresseeNumber ?? '');
    const decision = decideMatch(row, normalizeKana(row.kana), sameNumber, []);
    if (decision.kind === 'matched') {
      matched += 1;
      assert.equal(sameNumber?.addresseeNumber, meant);
    }
    if (meant === null) continue;
    pairs += 1;
    if (alike[i]?.some(({ record }) => record.addresseeNumber === meant) === true) found += 1;
  }
  assert.ok(matched > 50, `only ${matched} rows were matched at all`);
  assert.ok(found / pairs >= 0.98, `${found} of ${pairs}`);
});

test('候補は点の高い順に並び、点は理由の点の合計である', async () => {
  const [probe] = take(1);
  assert.ok(probe !== undefined);
  const alike = await inOffice((tx) => findAlike(tx, { ...probe.told, addresseeNumber: null, phone: null }));
  const [first] = alike;
  assert.equal(first?.record.addresseeNumber, probe.meant);
  // カナ 40 + 生年月日 40 + 住所 20 + 漢字 15 + 性別 5
  assert.deepEqual(first?.reasons, ['sameKana', 'sameBirthDate', 'sameAddress', 'sameName', 'sameSex']);
  assert.equal(first?.score, 120);
  const scores = alike.map(({ score }) => score);
  assert.deepEqual(
    scores,
    scores.toSorted((a, b) => b - a),
  );
});

test('支援措置の対象者は住所や電話では見つからず、住所が同じことも告げられない', async () => {
  const [probe] = take(1);
  assert.ok(probe !== undefined);
  await inOffice(({ client }) =>
    client.query('UPDATE persons SET is_protected = true WHERE lg_code = $1 AND addressee_number = $2', [
      base.lgCode,
      probe.meant,
    ]),
  );
  const nobody = {
    addresseeNumber: null,
    kana: 'ダレデモナイ　ヒト',
    name: null,
    bornOn: getDay(1901, 1, 1),
    sex: null,
  };
  const byPlace = await inOffice((tx) =>
    findAlike(tx, { ...nobody, address: probe.told.address, phone: probe.told.phone }),
  );
  assert.deepEqual(byPlace, []);
  const [byName] = await inOffice((tx) => findAlike(tx, { ...probe.told, addresseeNumber: null }));
  assert.equal(byName?.record.addresseeNumber, probe.meant);
  assert.ok(!byName?.reasons.includes('sameAddress') && !byName?.reasons.includes('samePhone'));
  await inOffice(({ client }) =>
    client.query('UPDATE persons SET is_protected = false WHERE lg_code = $1', [base.lgCode]),
  );
});

test('個人番号が違う人は、ほかがすべて同じでも候補にも本人にもならない', async () => {
  const [probe] = take(1);
  assert.ok(probe !== undefined);
  const [person] = await inOffice((tx) => loadPersonsForJudging(tx, { addresseeNumbers: [probe.meant ?? ''] }));
  const compare = ({ personId }: { personId: PersonId }) =>
    personId === person?.personId ? ('differing' as const) : ('unknown' as const);
  const alike = await inOffice((tx) => findAlike(tx, probe.told, compare));
  assert.ok(alike.every(({ personId }) => personId !== person?.personId));
  const row = { ...probe.told, addresseeNumber: probe.meant };
  const decision = decideMatch(row, normalizeKana(row.kana), person, [], compare);
  assert.equal(decision.kind, 'differing');
  assert.deepEqual(
    decision.findings.map(({ code }) => code),
    ['personIndividualNumberDiffers'],
  );
});
