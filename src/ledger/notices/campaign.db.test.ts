import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { importResidents, loadPersonsForJudging, writeLink } from '#addressees/persons';
import { addDays, getDay, type PersonId } from '#kernel';
import { appendEntries } from '#ledger/vaccinations';
import { withMunicipality } from '#platform/postgres';
import { loadDemonstrationSettings, residentFeed, testActor, testClock } from '../../../tests/support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { doseOfApril } from '../../../tests/support/ledger.ts';
import { olderResident, openTestLibrary } from '../../../tests/support/notices.ts';
import { deliverNext, type ElectronicNotice, sendAgain } from './deliver-messages.ts';
import { createCohort, getPrintJob, type NoticeContext, runPrintJob, startPrintJob } from './index.ts';
import { getCampaign } from './list-campaigns.ts';
import type { NewDispatch } from './outreach-store.ts';
import { openMaterial, readMaterial, recordDispatch, registerMaterial, withdrawDispatch } from './record-outreach.ts';
import { recordWish } from './record-wish.ts';
import { loadWishes } from './wish-store.ts';

const issuedOn = getDay(2026, 11, 21);
const key = { programme: 'influenza-older', stage: 'seasonal' };
const conditions = { ...key, asOf: issuedOn, dueBy: issuedOn, layoutId: 'recommendation' };

let t: TestDatabase;
let context: NoticeContext;
let printJobId: number;

before(async () => {
  t = await testDatabase();
  await loadDemonstrationSettings(t.db);
  const actor = testActor(t.lgCode, ['notices.view', 'notices.print', 'persons.import']);
  context = { db: t.db, actor, clock: testClock, library: await openTestLibrary() };
  const residents = [1, 2, 3, 4, 5].map((n) => olderResident(n));
  await importResidents(context, residentFeed(residents), { isChanges: false, asOf: issuedOn });
});
after(() => t.close());

async function personOf(n: number): Promise<PersonId> {
  return withMunicipality(t.db, t.lgCode, async (tx) => {
    const [person] = await loadPersonsForJudging(tx, { addresseeNumbers: [String(n).padStart(10, '0')] });
    assert.ok(person !== undefined);
    return person.personId;
  });
}

async function vaccinate(personId: PersonId, vaccinatedOn: typeof issuedOn): Promise<void> {
  const fact = { ...doseOfApril(personId), vaccinatedOn, ...key, product: 'flu', items: {} };
  await withMunicipality(t.db, t.lgCode, (tx) =>
    appendEntries(tx, context.actor, [fact], { act: 'vaccinations.entered' }),
  );
}

async function call(label: string): Promise<{ readonly printJobId: number; readonly reasons: Record<string, number> }> {
  const { cohortId, included } = await createCohort(context, { label, conditions });
  if (included === 0) return { printJobId: 0, reasons: {} };
  const job = await startPrintJob(context, { cohortId, issuedOn });
  await runPrintJob(context, job.printJobId);
  const { exclusions } = await withMunicipality(t.db, t.lgCode, (tx) => getPrintJob(tx, context.actor, job.printJobId));
  const reasons = Object.fromEntries(exclusions.map(({ reason, people }) => [reason, people]));
  return { printJobId: job.printJobId, reasons };
}

test('勧奨は希望の届け方で送り、同じものは二度送らない', async () => {
  const wish = { language: 'ja', isOptedOut: false, reason: '窓口' } as const;
  await recordWish(context, await personOf(1), { ...wish, channel: 'email', email: 'ichi@example.jp' });
  await recordWish(context, await personOf(2), { ...wish, channel: 'portal', email: null });
  await recordWish(context, await personOf(3), { ...wish, channel: 'email', email: 'san@example.jp' });
  const first = await call('勧奨');
  printJobId = first.printJobId;
  assert.deepEqual(first.reasons, { byOtherChannel: 3 });
  const again = await createCohort(context, { label: 'もう一度', conditions });
  assert.deepEqual(Object.fromEntries(again.reasons.map(({ reason, people }) => [reason, people])), {
    alreadyCalled: 5,
  });
  const other = await createCohort(context, { label: '別の', conditions: { ...conditions, layoutId: 'reminder' } });
  assert.equal(other.included, 5, 'a reminder is another letter');
});

test('結び付けた記録の一方で知らせた人と、一方で聞いた希望は、もう一方でも同じ人のもの', async () => {
  await importResidents(context, residentFeed([olderResident(9)]), { isChanges: true, asOf: issuedOn });
  const [one, nine] = [await personOf(1), await personOf(9)];
  const by = { byId: null, byName: '試験', approvedByName: null, requestId: null };
  const frame = { reason: '同じ人', at: testClock.now(), ...by };
  const link = (kind: 'linked' | 'unlinked') =>
    withMunicipality(t.db, t.lgCode, (tx) => writeLink(tx, kind, { personId: one, principalId: nine }, frame));
  const reasonsOf = async (label: string) => {
    const { reasons } = await createCohort(context, { label, conditions });
    return Object.fromEntries(reasons.map(({ reason, people }) => [reason, people]));
  };
  assert.deepEqual(await reasonsOf('別の人'), { alreadyCalled: 5, due: 1 });
  await link('linked');
  assert.deepEqual(await reasonsOf('同じ人'), { alreadyCalled: 5 });
  const wishes = await withMunicipality(t.db, t.lgCode, (tx) => loadWishes(tx, [nine]));
  assert.equal(wishes.get(nine)?.email, 'ichi@example.jp');
  await link('unlinked');
});

test('電子の通知は名前を書かずに一度だけ送り、その前に接種した人には送らない', async () => {
  await vaccinate(await personOf(3), addDays(issuedOn, -1));
  const sent: ElectronicNotice[] = [];
  const channels = {
    sendEmail: (notice: ElectronicNotice) => {
      sent.push(notice);
      return Promise.resolve();
    },
    putOnPortal: () => Promise.reject(new Error('the portal is away')),
  };
  let count = 0;
  while (await deliverNext(context, channels)) count += 1;
  assert.equal(count, 3);
  assert.equal(await deliverNext(context, channels), false, 'nothing is sent twice');
  const [notice] = sent;
  assert.equal(sent.length, 1);
  assert.equal(notice?.to, 'ichi@example.jp');
  assert.equal(notice.subject, '予防接種はお済みですか');
  assert.match(notice.text, /高齢者インフルエンザ.*1回目/u);
  assert.ok(!notice.text.includes('若葉　試験') && !notice.text.includes('0000000001'));
});

test('届かなかった通知は人が送り直し、届いたものと取りやめたものは送り直さない', async () => {
  const viewer = { ...context, actor: testActor(t.lgCode, ['notices.view']) };
  await assert.rejects(() => sendAgain(viewer, printJobId, 'failed'), { name: 'NotPermitted' });
  await assert.rejects(() => sendAgain(context, printJobId, 'sending'), /もう一度送る通知はありません/u);
  assert.equal(await sendAgain(context, printJobId, 'failed'), 1);
  await assert.rejects(() => sendAgain(context, printJobId, 'failed'), { name: 'Conflict' });
  const told: number[] = [];
  const channels = {
    sendEmail: () => Promise.reject(new Error('nobody asked for a mail')),
    putOnPortal: ({ noticeMessageId }: ElectronicNotice) => {
      told.push(noticeMessageId);
      return Promise.reject(new Error('still away'));
    },
  };
  while (await deliverNext(context, channels));
  assert.equal(told.length, 1, 'the one that had failed');
});

test('届いた人のうち、その後に接種した人を週ごとに数える', async () => {
  await vaccinate(await personOf(1), addDays(issuedOn, 7));
  await vaccinate(await personOf(4), addDays(issuedOn, 8));
  await vaccinate(await personOf(2), addDays(issuedOn, 1));
  const campaign = await withMunicipality(t.db, t.lgCode, (tx) => getCampaign(tx, context.actor, printJobId));
  assert.ok(campaign !== undefined);
  // Letters to 4 and 5, mail to 1; the portal failed for 2, and 3 was vaccinated before it was told.
  assert.deepEqual([campaign.letters, campaign.reached], [2, 3]);
  const { sent, failed, cancelled, waiting } = campaign.messages;
  assert.deepEqual({ sent, failed, cancelled, waiting }, { sent: 1, failed: 1, cancelled: 1, waiting: 0 });
  assert.deepEqual(campaign.vaccinatedByWeek.slice(0, 3), [1, 2, 2]);
});

test('啓発資材の発送は部数を足して残し、取り消しは理由つきで、元の行は読めるまま', async () => {
  const material = {
    title: 'インフルエンザのお知らせ',
    kind: 'leaflet',
    programme: key.programme,
    language: 'ja',
  } as const;
  for (const [name, bytes] of [
    ['a.html', '%PDF-1.7'],
    ['a.pdf', '<script>'],
    ['a.png', '%PDF-1.7'],
  ] as const) {
    const wrong = { name, bytes: Buffer.from(bytes) };
    await assert.rejects(() => registerMaterial(context, material, wrong), /PDF、PNG、JPEG/u, name);
  }
  const file = { name: 'chirashi.pdf', bytes: Buffer.from('%PDF-1.7') };
  const materialId = await registerMaterial(context, material, file);
  const dispatch: NewDispatch = {
    ...{ materialId, recipientKind: 'institution', recipient: '契約医療機関', means: 'post', remark: '' },
    ...{ sentOn: issuedOn, copies: 300 },
  };
  await recordDispatch(context, dispatch, issuedOn);
  await recordDispatch(
    context,
    { ...dispatch, recipientKind: 'school', recipient: '市立小学校', copies: 25 },
    issuedOn,
  );
  for (const [wrong, message] of [
    [{ copies: 0 }, /部数は1から/u],
    [{ copies: 1.5 }, /部数は1から/u],
    [{ recipient: '' }, /配布先/u],
    [{ sentOn: addDays(issuedOn, 1) }, /今日まで/u],
  ] as const) {
    await assert.rejects(() => recordDispatch(context, { ...dispatch, ...wrong }, issuedOn), message);
  }
  await assert.rejects(() => recordDispatch(context, { ...dispatch, materialId: 999 }, issuedOn), /資材はありません/u);
  const open = () => withMunicipality(t.db, t.lgCode, (tx) => openMaterial(tx, context.actor, materialId));
  const { dispatches } = await open();
  const school = dispatches.find((one) => one.recipientKind === 'school');
  await assert.rejects(() => withdrawDispatch(context, materialId, school?.dispatchId ?? 0, ''), /理由/u);
  await withdrawDispatch(context, materialId, school?.dispatchId ?? 0, '部数の誤り');
  await assert.rejects(() => withdrawDispatch(context, materialId, school?.dispatchId ?? 0, '二度目'), /もう取り消し/u);
  const after = await open();
  assert.deepEqual([after.material.dispatches, after.material.copies, after.material.lastSentOn], [1, 300, issuedOn]);
  assert.deepEqual(
    after.dispatches.map(({ copies, withdrawnFor }) => [copies, withdrawnFor]),
    [
      [25, '部数の誤り'],
      [300, null],
    ],
  );
  const read = await withMunicipality(t.db, t.lgCode, (tx) => readMaterial(tx, context.actor, materialId));
  assert.deepEqual([read.mediaType, read.content.toString()], ['application/pdf', '%PDF-1.7']);
  const viewer = { ...context, actor: testActor(t.lgCode, ['notices.view']) };
  await assert.rejects(() => recordDispatch(viewer, dispatch, issuedOn), { name: 'NotPermitted' });
  const { rows } = await withMunicipality(t.db, t.lgCode, (tx) =>
    tx.client.query<{ act: string; n: number }>(
      `SELECT act, count(*)::integer AS n FROM audit_acts WHERE lg_code = $1 AND act LIKE 'notices.material%'
        GROUP BY act ORDER BY act`,
      [t.lgCode],
    ),
  );
  assert.deepEqual(rows, [
    { act: 'notices.materialRegistered', n: 1 },
    { act: 'notices.materialSendingWithdrawn', n: 1 },
    { act: 'notices.materialSent', n: 2 },
  ]);
});
