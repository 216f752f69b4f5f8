import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { exchangeWithIntermediate, importIndividualNumbers } from '#addressees/numbers';
import { importResidents } from '#addressees/persons';
import { asJob } from '#common-base/access';
import { parseIsoDay } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import { withMunicipality } from '#platform/postgres';
import { loadDemonstrationSettings, residentFeed, testActor, testContext } from '../../../tests/support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { handMadeNumbers } from '../../../tests/support/hand-made-numbers.ts';
import { childFromMachida, doseOfMachida, machida } from '../../../tests/support/machida.ts';
import { type NationalStandIns, openNationalStandIns } from '../../../tests/support/national.ts';
import { numberFeed, vaultContext } from '../../../tests/support/numbers.ts';
import type { HandClock } from '../../../tests/support/staff-server.ts';
import { carryInquiries } from './carry-inquiries.ts';
import { listAnswer, listInquiries } from './inquiry-store.ts';
import { raiseInquiries } from './raise-inquiries.ts';
import { releaseInquiry } from './settle-inquiry.ts';
import type { HistoryInquiry, InquiryState } from './types.ts';

let office: TestDatabase;
let national: NationalStandIns;
const clock: HandClock = { at: new Date('2026-11-24T10:00:00+09:00'), now: () => new Date(clock.at) };
const [first, second, third, , , sixth, seventh] = handMadeNumbers;
const everyState: readonly InquiryState[] = [
  ...(['unclear', 'held', 'raised', 'released', 'asked', 'answered', 'empty', 'refused', 'failed'] as const),
  ...(['takenOver', 'closed'] as const),
];

before(async () => {
  office = await testDatabase();
  const { db, lgCode } = office;
  await loadDemonstrationSettings(db);
  national = await openNationalStandIns(office, clock, {
    records: [first, seventh].map((individualNumber) => ({ individualNumber, lgCode: machida, dose: doseOfMachida })),
    people: [],
  });
  const importing = testContext(db, testActor(lgCode, ['persons.import']));
  const people = [
    childFromMachida(1),
    childFromMachida(2),
    childFromMachida(3, { 支援措置: '1' }),
    childFromMachida(4, { 転入前住所: 'どこか遠く' }),
    childFromMachida(5, { 住民となった日: '20250101', 異動年月日: '20250101', 住民異動年月日: '20250101' }),
  ];
  await importResidents(importing, residentFeed(people), { isChanges: false, asOf: parseIsoDay('2026-11-24') });
  const feed = numberFeed([
    ['0000000001', first],
    ['0000000002', second],
    ['0000000003', third],
  ]);
  await importIndividualNumbers(vaultContext(db, lgCode), feed);
});
after(async () => {
  await national.close();
  await office.close();
});

async function raise(): Promise<number> {
  const { db, lgCode } = office;
  const by = await asJob(db, lgCode, { job: 'histories.hear', startedBy: null });
  return withMunicipality(db, lgCode, (tx) => raiseInquiries(tx, by, { at: clock.now(), today: todayInTokyo(clock) }));
}

async function round(): Promise<void> {
  await carryInquiries({ db: office.db, clock }, office.lgCode);
  await exchangeWithIntermediate(national.context, office.lgCode);
  await carryInquiries({ db: office.db, clock }, office.lgCode);
}

async function states(): Promise<string[]> {
  const all = await list();
  return all.map(({ state, because }) => (because === null ? state : `${state} ${because}`));
}

function list(): Promise<HistoryInquiry[]> {
  return withMunicipality(office.db, office.lgCode, (tx) => listInquiries(tx, everyState, { after: 0, limit: 100 }));
}

test('転入ごとに一度だけ起票し、支援措置は止め、転出元の分からない人は人が見る', async () => {
  assert.equal(await raise(), 4);
  assert.equal(await raise(), 0);
  assert.deepEqual(await states(), ['released', 'released', 'held', 'unclear']);
});

test('符号を取ってから照会し、届いた記録を持ち、記録のない人は「記録なし」になる', async () => {
  await round();
  clock.at = new Date(clock.at.getTime() + 5000);
  await round();
  assert.deepEqual(await states(), ['answered', 'empty', 'held', 'unclear']);
  const [inquiry] = await list();
  const answer = await withMunicipality(office.db, office.lgCode, (tx) => listAnswer(tx, inquiry?.inquiryId ?? 0));
  assert.deepEqual(
    answer.map(({ dose }) => dose),
    [doseOfMachida],
  );
  assert.match(inquiry?.processingNumber ?? '', /^S[A-Z]{20}$/u);
  const asked = national.intermediate.desk.state.requests.filter(({ kind }) => kind === 'inquiry');
  assert.equal(asked.length, 2);
});

test('起票の後に支援措置になった人は、出る前に止まり、書き換えられた回答の後はもう一度だけ新しく尋ねられる', async () => {
  const { db, lgCode } = office;
  const importing = testContext(db, testActor(lgCode, ['persons.import']));
  const asOf = parseIsoDay('2026-11-24');
  await importResidents(importing, residentFeed([childFromMachida(6), childFromMachida(7)]), { isChanges: true, asOf });
  await importIndividualNumbers(
    vaultContext(db, lgCode),
    numberFeed([
      ['0000000006', sixth],
      ['0000000007', seventh],
    ]),
  );
  assert.equal(await raise(), 2);
  await importResidents(importing, residentFeed([childFromMachida(6, { 支援措置: '1' })]), { isChanges: true, asOf });
  national.intermediate.desk.behaviour.distort = (letter) => `${letter} `;
  await round();
  await round();
  national.intermediate.desk.behaviour.distort = null;
  assert.deepEqual((await states()).slice(4), ['held', 'failed digestDiffers']);
  const chief = { db, clock, actor: testActor(lgCode, ['histories.release']) };
  const [, , , , held, failed] = await list();
  assert.equal((await releaseInquiry(chief, held?.inquiryId ?? 0, '')).findings[0]?.code, 'releaseReasonMissing');
  assert.equal((await releaseInquiry(chief, failed?.inquiryId ?? 0, '')).answer, 'accepted');
  assert.equal((await releaseInquiry(chief, failed?.inquiryId ?? 0, '')).findings[0]?.code, 'inquiryMoved');
  await round();
  await round();
  assert.deepEqual((await states()).slice(4), ['held', 'answered']);
});
