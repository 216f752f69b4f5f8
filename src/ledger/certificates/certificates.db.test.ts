import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { importResidents, loadPersonsForJudging } from '#addressees/persons';
import { type Day, getDay, type PersonId } from '#kernel';
import type { NoticeContext } from '#ledger/notices';
import { appendEntries } from '#ledger/vaccinations';
import { withMunicipality } from '#platform/postgres';
import { loadDemonstrationSettings, residentFeed, testActor, testClock } from '../../../tests/support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { doseOfApril } from '../../../tests/support/ledger.ts';
import { openTestLibrary, textsOfPages } from '../../../tests/support/notices.ts';
import { registerTestSeal } from '../../../tests/support/seal.ts';
import { issueCertificate, listCertificates, readCertificate, revokeCertificate } from './issue-certificate.ts';

const issuedOn = getDay(2026, 11, 21);
const allowed = [
  'notices.view',
  'notices.layouts',
  'certificates.issue',
  'vaccinations.view',
  'persons.import',
  'persons.view',
] as const;
const request = { layoutId: 'certificate-record-ja', issuedOn, purpose: '入園', inputs: {} };

let t: TestDatabase;
let context: NoticeContext;
let child: PersonId;
let nobody: PersonId;

before(async () => {
  t = await testDatabase();
  await loadDemonstrationSettings(t.db);
  context = { db: t.db, actor: testActor(t.lgCode, allowed), clock: testClock, library: await openTestLibrary() };
  const residents = [
    {
      整理番号: '0000000001',
      氏名漢字: '若葉　陽翔',
      氏名カナ: 'ワカバ　ハルト',
      生年月日: '20260510',
      世帯番号: '000000001',
    },
    {
      整理番号: '0000000002',
      氏名漢字: '緑　さち',
      氏名カナ: 'ミドリ　サチ',
      生年月日: '20260601',
      世帯番号: '000000002',
    },
  ];
  await importResidents(context, residentFeed(residents), { isChanges: false, asOf: issuedOn });
  [child, nobody] = await withMunicipality(t.db, t.lgCode, async (tx) => {
    const people = await loadPersonsForJudging(tx, { addresseeNumbers: ['0000000001', '0000000002'] });
    const idOf = (number: string) => people.find((one) => one.addresseeNumber === number)?.personId as PersonId;
    return [idOf('0000000001'), idOf('0000000002')];
  });
  await vaccinate('5in1', getDay(2026, 7, 10), 'AB123');
  await registerTestSeal(context, issuedOn);
});
after(() => t.close());

async function vaccinate(product: string, vaccinatedOn: Day, lotNumber: string): Promise<void> {
  const unknown = { programme: null, stage: null };
  const fact = { ...doseOfApril(child), ...unknown, vaccinatedOn, product, items: { lotNumber } };
  await withMunicipality(t.db, t.lgCode, (tx) =>
    appendEntries(tx, context.actor, [fact], { act: 'vaccinations.entered' }),
  );
}

const listed = () => withMunicipality(t.db, t.lgCode, (tx) => listCertificates(tx, context.actor, child));

test('接種記録の証明は台帳のとおりで、分からない事項は＊、写しはそのまま残る', async () => {
  const id = await issueCertificate(context, { ...request, personId: child });
  const copy = await readCertificate(context, id);
  const [text = ''] = await textsOfPages(copy);
  for (const part of ['若葉陽翔', '令和8年5月10日', '令和8年7月10日', 'AB123', '五種混合', `第${id}号`, '若葉台市長']) {
    assert.ok(text.includes(part), part);
  }
  assert.deepEqual(await readCertificate(context, id), copy);
  assert.deepEqual(
    (await listed()).map((one) => [one.certificateId, one.state, one.doses]),
    [[id, 'valid', 1]],
  );
});

test('英語の証明は病気の名前と日を英語で書き、ローマ字の氏名がなければ断る', async () => {
  const english = { ...request, personId: child, layoutId: 'certificate-record-en' };
  await assert.rejects(() => issueCertificate(context, english), /ローマ字の氏名/u);
  const inputs = { romanName: 'WAKABA HARUTO', passport: '', issuer: 'Mayor of Wakabadai City' };
  const id = await issueCertificate(context, { ...english, inputs });
  const [text = ''] = await textsOfPages(await readCertificate(context, id));
  for (const part of ['WAKABAHARUTO', '10May2026', '2026-07-10', 'Diphtheria,Pertussis,Tetanus', '＊']) {
    assert.ok(text.includes(part), part);
  }
  assert.ok(!text.includes('若葉陽翔'));
});

test('記録のない人、経緯のない申請、ほかの様式、権限のない職員には交付しない', async () => {
  await assert.rejects(() => issueCertificate(context, { ...request, personId: nobody }), /記録は台帳にありません/u);
  await assert.rejects(() => issueCertificate(context, { ...request, personId: child, purpose: ' ' }), /経緯/u);
  const wrong = { ...request, personId: child, layoutId: 'guidance' };
  await assert.rejects(() => issueCertificate(context, wrong), /証明書の様式/u);
  const reader = { ...context, actor: testActor(t.lgCode, ['vaccinations.view', 'persons.view']) };
  await assert.rejects(() => issueCertificate(reader, { ...request, personId: child }), /permission|権限/u);
});

test('台帳が変わると前の証明書は古いと分かり、失効は一度だけ理由とともに残る', async () => {
  await vaccinate('bcg', getDay(2026, 10, 12), 'KH400');
  assert.ok((await listed()).every((one) => one.state === 'superseded'));
  const id = await issueCertificate(context, { ...request, personId: child, layoutId: 'certificate-completion' });
  assert.equal((await listed())[0]?.state, 'valid');
  await assert.rejects(() => revokeCertificate(context, id, ' '), /理由/u);
  await revokeCertificate(context, id, '別の人の申請だった');
  await assert.rejects(() => revokeCertificate(context, id, 'もう一度'), /すでに失効/u);
  assert.deepEqual([(await listed())[0]?.state, (await listed())[0]?.revokedFor], ['revoked', '別の人の申請だった']);
});
