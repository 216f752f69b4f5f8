import assert from 'node:assert/strict';
import { createHash, sign } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import pino from 'pino';
import { importIndividualNumbers, type VaultContext } from '#addressees/numbers';
import { importResidents } from '#addressees/persons';
import { asOperator } from '#common-base/access';
import { listActs } from '#common-base/audit';
import { getDay, parseIsoDay, UnreadableInput } from '#kernel';
import { type AddresseeInquiry, businessSystemsPath, readAddresseeInquiry } from '#messages';
import { CallFailed, callSystem, openSystemKey, readPeerKey, type SystemKey } from '#platform/exchange';
import { createHttpServer, listen } from '#platform/http';
import { withMunicipality } from '#platform/postgres';
import { loadDemonstrationSettings, residentFeed, testActor, testContext } from '../../../tests/support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { handMadeNumbers } from '../../../tests/support/hand-made-numbers.ts';
import { numberFeed, vaultContext } from '../../../tests/support/numbers.ts';
import { addInquiryGate } from './add-inquiry-gate.ts';
import { answerInquiry } from './answer-inquiry.ts';
import { connectSystem } from './connect-system.ts';
import { decideInquiry } from './decide-inquiry.ts';
import { parseLinkedSystems } from './linked-systems.ts';

let base: TestDatabase;
let context: VaultContext;
const [number] = handMadeNumbers;
const hana = {
  整理番号: '0000000001',
  氏名カナ: 'アオタ　ハナ',
  氏名漢字: '青田　花',
  生年月日: '20200510',
  性別: '2',
};

before(async () => {
  base = await testDatabase();
  await loadDemonstrationSettings(base.db);
  const people = [
    hana,
    {
      ...hana,
      整理番号: '0000000002',
      氏名カナ: 'アオタ　ユメ',
      氏名漢字: '青田　夢',
      支援措置: '1',
      世帯番号: '000000002',
    },
    { ...hana, 整理番号: '0000000003', 氏名カナ: 'ニシ　ソラ', 氏名漢字: '西　空', 世帯番号: '000000003' },
    { ...hana, 整理番号: '0000000004', 氏名カナ: 'ニシ　ソラ', 氏名漢字: '西　宇宙', 世帯番号: '000000004' },
  ];
  const importing = testContext(base.db, testActor(base.lgCode, ['persons.import']));
  await importResidents(importing, residentFeed(people), { isChanges: false, asOf: parseIsoDay('2026-11-21') });
  await importIndividualNumbers(vaultContext(base.db, base.lgCode), numberFeed([['0000000001', number]]));
  context = vaultContext(base.db, base.lgCode, ['inquiries.answer'], null);
});
after(async () => {
  await base.close();
});

const basics = { by: 'basics', kana: 'アオタ　ハナ', birthDate: '2020-05-10', sex: 'female', address: null } as const;

function inquiry(changes: Partial<AddresseeInquiry> = {}): AddresseeInquiry {
  const frame = { kind: 'addresseeInquiry', version: 1, messageId: 'MSG-00000001' } as const;
  return { ...frame, system: 'child-health', officeWork: 'maternalAndChildHealth', asked: basics, ...changes };
}

/** The headers of a call put together by hand, to be sent more than once (RFC 9421, as `#platform/exchange` signs). */
function signRequestForTest(key: SystemKey, body: string, at: { created: number; nonce: string }) {
  const digest = `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;
  const params = `("@method" "@path" "content-digest");created=${at.created};nonce="${at.nonce}";keyid="${key.keyId}";alg="ed25519";tag="sesshu-call"`;
  const text = `"@method": POST\n"@path": ${businessSystemsPath}\n"content-digest": ${digest}\n"@signature-params": ${params}`;
  const value = sign(null, Buffer.from(text), key.privateKey).toString('base64');
  return { 'content-digest': digest, 'signature-input': `sesshu=${params}`, signature: `sesshu=:${value}:` };
}

async function ask(changes: Partial<AddresseeInquiry> = {}): Promise<string> {
  const answer = await answerInquiry(context, inquiry(changes));
  if (answer.outcome === 'refused') return `refused ${answer.because}`;
  if (answer.outcome !== 'found') return answer.outcome;
  const { addresseeNumber, integratedNumber, address, isAddressWithheld } = answer.person;
  const place = isAddressWithheld ? 'withheld' : address === null ? 'none' : 'told';
  return [addresseeNumber, integratedNumber === null ? 'noNumber' : 'integrated', place].join(' ');
}

test('許された事務には、基本情報でも個人番号でも統合宛名番号でも同じ人を答える', async () => {
  assert.equal(await ask(), '0000000001 integrated told');
  assert.equal(
    await ask({ asked: { by: 'individualNumber', individualNumber: number } }),
    '0000000001 integrated told',
  );
  const answer = await answerInquiry(context, inquiry());
  assert.ok(answer.outcome === 'found' && answer.person.integratedNumber !== null);
  const { integratedNumber } = answer.person;
  assert.equal(await ask({ asked: { by: 'integratedNumber', integratedNumber } }), '0000000001 integrated told');
});

test('許可の一覧にないシステムと事務、番号を使えない事務からの番号での照会には答えない', async () => {
  assert.equal(await ask({ system: 'tax' }), 'refused systemUnknown');
  assert.equal(await ask({ officeWork: 'childCareSupport' }), 'refused workNotDeclared');
  const childCare = { system: 'child-care', officeWork: 'childCareSupport' };
  assert.equal(
    await ask({ ...childCare, asked: { by: 'individualNumber', individualNumber: number } }),
    'refused numberNotAllowed',
  );
  assert.equal(await ask(childCare), '0000000001 noNumber told');
});

test('支援措置の対象者の住所は答えず、同じ名の二人や別の性別では、だれも答えない', async () => {
  assert.equal(await ask({ asked: { ...basics, kana: 'アオタ　ユメ' } }), '0000000002 noNumber withheld');
  assert.equal(await ask({ asked: { ...basics, kana: 'ニシ　ソラ' } }), 'ambiguous');
  assert.equal(await ask({ asked: { ...basics, sex: 'male' } }), 'notFound');
  assert.equal(await ask({ asked: { ...basics, birthDate: '2020-10-05' } }), 'notFound');
});

test('照会は、断ったものも、番号を書かずに記録される', async () => {
  await ask({ system: 'tax', asked: { by: 'individualNumber', individualNumber: number } });
  const { acts } = await withMunicipality(base.db, base.lgCode, (tx) =>
    listActs(tx, { act: 'persons.inquiryAnswered' }),
  );
  const [last] = acts;
  assert.equal(last?.outcome, 'refused');
  assert.equal(last?.details?.['system'], 'tax');
  assert.ok(!JSON.stringify(acts).includes(number));
  const nobody = testContext(base.db, testActor(base.lgCode, ['persons.search']));
  await assert.rejects(
    answerInquiry({ ...nobody, keyWrapper: context.keyWrapper }, inquiry()),
    /宛名情報照会への回答/u,
  );
});

test('署名した業務システムは自分の名でだけ、一度だけ照会でき、ほかの鍵・名・団体・書き換えは断られる', async () => {
  const home = await mkdtemp(join(tmpdir(), 'sesshu-systems-'));
  const [office, health, stranger, intermediate] = await Promise.all(
    ['office', 'health', 'stranger', 'intermediate'].map((name) => openSystemKey(join(home, name))),
  );
  assert.ok(office !== undefined && health !== undefined && stranger !== undefined && intermediate !== undefined);
  const { db, lgCode, other } = base;
  const clock = { now: () => context.clock.now() };
  const operator = { db, clock, actor: await asOperator(db, lgCode, { osUser: 'test', as: null, reason: null }) };
  const connect = (system: string, isOnly = false) =>
    connectSystem(operator, { system, publicText: health.publicText, isOnly });
  await assert.rejects(connect('tax'), UnreadableInput);
  assert.equal((await connect('child-health')).isNew, true);
  assert.equal((await connect('child-health')).isNew, false);
  const asKnown = { system: 'intermediate-server', publicText: intermediate.publicText, isOnly: true };
  assert.equal((await connectSystem(operator, asKnown)).isNew, true);
  const logged: string[] = [];
  const server = await createHttpServer({
    log: pino({ level: 'trace' }, { write: (line: string) => logged.push(line) }),
    isHttps: false,
    trustProxy: false,
    assetsDir: null,
    renderError: (page) => page.title,
    isReady: () => Promise.resolve(true),
    monitorToken: null,
  });
  const { keyWrapper } = context;
  const listLgCodes = () => Promise.resolve([lgCode, other]);
  await addInquiryGate(server, { db, clock, keyWrapper, key: office, listLgCodes });
  try {
    const origin = await listen(server, { host: '127.0.0.1', port: 0 });
    type Changes = { lgCode?: string; system?: string; body?: string; officeWork?: string; integratedNumber?: string };
    const call = async (key: SystemKey, changes: Changes = {}) => {
      const { integratedNumber } = changes;
      const asked =
        integratedNumber === undefined
          ? ({ by: 'individualNumber', individualNumber: number } as const)
          : ({ by: 'integratedNumber', integratedNumber } as const);
      const { officeWork = 'maternalAndChildHealth' } = changes;
      const inquiries = [
        inquiry({ asked, officeWork, ...(changes.system === undefined ? {} : { system: changes.system }) }),
      ];
      const message = { kind: 'addresseeCall', version: 1, lgCode: changes.lgCode ?? lgCode, inquiries };
      const peer = readPeerKey(office.publicText);
      const options = { origin, path: businessSystemsPath, key, peer, clock };
      const text = await callSystem(options, changes.body ?? JSON.stringify(message));
      const { answers } = JSON.parse(text) as { answers: readonly { outcome: string; because?: string }[] };
      return answers.map(({ outcome, because }) => because ?? outcome).join();
    };
    assert.equal(await call(health), 'found');
    assert.equal(await call(health, { system: 'child-care' }), 'systemUnknown', 'another name than its own');
    const told = await answerInquiry(context, inquiry());
    const integratedNumber = told.outcome === 'found' ? (told.person.integratedNumber ?? '') : '';
    const asServer = { system: 'intermediate-server', officeWork: 'informationExchange', integratedNumber };
    assert.equal(await call(intermediate, asServer), 'found', '中間サーバー asks by 統合宛名番号');
    assert.equal(await call(intermediate, { ...asServer, officeWork: 'childCareSupport' }), 'workNotDeclared');
    await assert.rejects(call(stranger), CallFailed);
    await assert.rejects(call(health, { lgCode: other }), CallFailed, 'no key of the other municipality');
    await assert.rejects(call(health, { lgCode: '011003' }), CallFailed);
    await assert.rejects(
      call(health, { body: `{"kind":"addresseeCall","lgCode":"${lgCode}","name":"${number}"}` }),
      (error) => error instanceof CallFailed && !error.message.includes(number),
    );
    const body = JSON.stringify({ kind: 'addresseeCall', version: 1, lgCode, inquiries: [inquiry()] });
    const at = { created: Math.floor(clock.now().getTime() / 1000), nonce: 'n'.repeat(32) };
    const headers = { 'content-type': 'application/json', ...signRequestForTest(health, body, at) };
    const send = (sent: string) => fetch(`${origin}${businessSystemsPath}`, { method: 'POST', headers, body: sent });
    assert.equal((await send(body.replace('アオタ', 'アオキ'))).status, 401, 'another body than the signed one');
    assert.equal((await send(body)).status, 200);
    assert.equal((await send(body)).status, 401, 'the same call again');
    assert.equal((await connect('child-health', true)).isNew, false);
    const { acts } = await withMunicipality(db, lgCode, (tx) => listActs(tx, { act: 'inquiries.nameRefused' }));
    assert.deepEqual(
      acts.map(({ outcome, details }) => [outcome, details?.['system'], details?.['saidToBe']]),
      [['refused', 'child-health', 'child-care']],
    );
    assert.ok(logged.length > 0 && !logged.join('').includes(number), 'no line of the log holds the number');
  } finally {
    await server.close();
    await rm(home, { recursive: true });
  }
});

test('取り決めにない電文は、値を言わずに断られる', async () => {
  const good = JSON.stringify(inquiry());
  assert.deepEqual(readAddresseeInquiry(good), inquiry());
  for (const text of ['{', '{}', good.replace('"version":1', '"version":2'), good.replace('"sex"', '"more":1,"sex"')]) {
    assert.throws(
      () => readAddresseeInquiry(text),
      (error) => error instanceof UnreadableInput && !error.message.includes('アオタ'),
    );
  }
});

test('許可の一覧は、有効な期間のある行だけが効き、書きまちがいは断られる', () => {
  const header = 'system,name,officeWork,mayUseNumbers,basis,validFrom,validTo';
  const systems = parseLinkedSystems(`${header}\ns-1,名,work,yes,根拠,2026-04-01,2026-12-31\n`);
  const on = (year: number, month: number, day: number) =>
    decideInquiry({ system: 's-1', officeWork: 'work', asked: basics }, systems, getDay(year, month, day)).isAllowed;
  assert.deepEqual([on(2026, 3, 31), on(2026, 4, 1), on(2026, 12, 31), on(2027, 1, 1)], [false, true, true, false]);
  assert.deepEqual(parseLinkedSystems(''), []);
  for (const row of [
    's-1,名,work,maybe,根拠,2026-04-01,',
    's-1,名,work,yes,,2026-04-01,',
    's-1,名,work,yes,根拠,4/1,',
  ]) {
    assert.throws(() => parseLinkedSystems(`${header}\n${row}\n`), UnreadableInput, row);
  }
});
