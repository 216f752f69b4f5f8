import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type ActionContext, asJob } from '#common-base/access';
import { listActs } from '#common-base/audit';
import type { PersonId } from '#kernel';
import { CallFailed, openSystemKey } from '#platform/exchange';
import { withMunicipality } from '#platform/postgres';
import { loadDemonstrationSettings, testActor } from '../../../../tests/support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../../../tests/support/database.ts';
import { handMadeNumbers } from '../../../../tests/support/hand-made-numbers.ts';
import { doseOfMachida, machida } from '../../../../tests/support/machida.ts';
import { type NationalStandIns, openNationalStandIns } from '../../../../tests/support/national.ts';
import { importPeople, numberFeed, vaultContext } from '../../../../tests/support/numbers.ts';
import type { HandClock } from '../../../../tests/support/staff-server.ts';
import { importIndividualNumbers } from '../import-individual-numbers.ts';
import { exchangeWithIntermediate } from './exchange-with-intermediate.ts';
import { letterDigest } from './letter-digest.ts';
import { requestLinkCode } from './request-link-code.ts';
import { findRelayedAnswer, requestInquiry } from './request-relays.ts';
import { listRelaysOf, traceRelays } from './trace-relays.ts';

let office: TestDatabase;
let national: NationalStandIns;
let people: readonly PersonId[];
let job: ActionContext;
let clerk: ActionContext;
const clock: HandClock = { at: new Date('2026-11-24T10:00:00+09:00'), now: () => new Date(clock.at) };
const [first, second] = handMadeNumbers;

before(async () => {
  office = await testDatabase();
  const { db, lgCode } = office;
  await loadDemonstrationSettings(db);
  people = await importPeople(db, lgCode, 3);
  await importIndividualNumbers(
    vaultContext(db, lgCode),
    numberFeed([
      [1, first],
      [2, second],
    ]),
  );
  const records = [{ individualNumber: first, lgCode: machida, dose: doseOfMachida }];
  national = await openNationalStandIns(office, clock, { records, people: [] });
  job = { db, actor: await asJob(db, lgCode, { job: 'numbers.exchange', startedBy: null }), clock };
  clerk = { db, actor: testActor(lgCode, ['numbers.requestLinkCode']), clock };
});
after(async () => {
  await national.close();
  await office.close();
});

const round = () => exchangeWithIntermediate(national.context, office.lgCode);
const later = (seconds: number) => {
  clock.at = new Date(clock.at.getTime() + seconds * 1000);
};

async function codeOf(personId: PersonId | undefined): Promise<string> {
  const [relay] = await listRelaysOf(clerk, personId ?? (0 as PersonId));
  return relay === undefined ? 'none' : `${relay.state} ${relay.steps.map(({ step }) => step).join(',')}`;
}

/** Asks 町田市, as the ledger does; answers the id. */
async function ask(
  personId: PersonId | undefined,
  changes: { askedOf?: string; digest?: string } = {},
): Promise<string> {
  const relayId = randomUUID();
  const askedOf = changes.askedOf ?? machida;
  const text = JSON.stringify({
    kind: 'historyInquiry',
    version: 1,
    askedBy: office.lgCode,
    askedOf,
    basis: '番号法第19条第8号',
    madeAt: clock.now().toISOString(),
  });
  const letter = { text, digest: changes.digest ?? letterDigest(text) };
  const decision = await requestInquiry(job, { relayId, personId: personId ?? (0 as PersonId), askedOf, letter });
  return decision.answer === 'refused' ? (decision.findings[0]?.code ?? '') : relayId;
}

const traceOf = async (relayId: string) =>
  (await listRelaysOf(clerk, people[0] ?? (0 as PersonId))).find((each) => each.relayId === relayId);

async function answerOf(relayId: string): Promise<string> {
  const found = await findRelayedAnswer(job, relayId);
  if (found === undefined) return 'none';
  const { state, outcome, because } = found.relay;
  return [state, outcome, because, found.letter === null ? null : 'letter'].filter((each) => each !== null).join(' ');
}

test('符号は処理通番を住基GWに送って取られ、二度は求められず、番号のない人には求められない', async () => {
  const [one, , three] = people;
  assert.ok(one !== undefined && three !== undefined);
  assert.equal((await requestLinkCode(clerk, three)).findings[0]?.code, 'linkCodeNeedsNumber');
  assert.equal((await requestLinkCode(clerk, one)).answer, 'accepted');
  assert.equal((await requestLinkCode(clerk, one)).findings[0]?.code, 'linkCodeAsked');
  await round();
  assert.equal(await codeOf(one), 'obtained made,requested,sentOn,obtained');
  assert.equal((await requestLinkCode(clerk, one)).findings[0]?.code, 'linkCodeAsked');
  assert.equal(national.intermediate.desk.state.codes[0]?.individualNumber, first);
});

test('休止中は何も失わず、あとで続き、同じ知らせが二度届いても一度だけ扱う', async () => {
  const { behaviour } = national.intermediate.desk;
  behaviour.isResting = true;
  const relayId = await ask(people[0]);
  await assert.rejects(round(), CallFailed);
  const down = await traceRelays(clerk, null);
  assert.match(down.intermediate?.failure ?? '', /maintenance/u);
  behaviour.isResting = false;
  behaviour.deliversTwice = true;
  await round();
  assert.equal(await answerOf(relayId), 'wanted', 'it waits a minute after a failure');
  later(61);
  await round();
  await round();
  behaviour.deliversTwice = false;
  assert.equal(await answerOf(relayId), 'answered provided letter');
  const traced = await traceOf(relayId);
  assert.deepEqual(
    traced?.steps.map(({ step }) => step),
    ['made', 'requested', 'answered'],
  );
  assert.ok(traced?.steps.every(({ letterDigest: said, computedDigest }) => said === computedDigest));
  const byNumber = await traceRelays(clerk, traced?.processingNumber ?? '');
  assert.deepEqual(
    byNumber.relays.map((each) => each.relayId),
    [relayId],
  );
  assert.equal((await traceRelays(clerk, null)).intermediate?.failure, null);
});

test('送った後、書きとめる前に落ちても、同じ処理通番で続き、相手にも一件だけ残る', async () => {
  const relayId = await ask(people[0]);
  const { desk } = national.intermediate;
  desk.behaviour.delayMs = 60_000;
  await round();
  const sent = desk.state.requests.filter((each) => each.requestId === relayId);
  // As a kill between the answer and its note leaves it.
  await withMunicipality(
    office.db,
    office.lgCode,
    ({ client }) =>
      client.query(
        "UPDATE number_vault.relays SET state = 'wanted', processing_number = NULL WHERE lg_code = $1 AND relay_id = $2",
        [office.lgCode, relayId],
      ),
    { role: 'vault' },
  );
  await round();
  desk.behaviour.delayMs = 0;
  later(61);
  await round();
  assert.equal(await answerOf(relayId), 'answered provided letter');
  assert.deepEqual(
    desk.state.requests.filter((each) => each.requestId === relayId),
    sent,
  );
  assert.equal((await traceOf(relayId))?.processingNumber, sent[0]?.processingNumber);
});

test('途中で書き換えられた内容は渡されず、両方の要約値が残る', async () => {
  const { desk } = national.intermediate;
  desk.behaviour.distort = (letter) => letter.replace('2024-07-20', '2024-07-21');
  const relayId = await ask(people[0]);
  await round();
  desk.behaviour.distort = null;
  assert.equal(await answerOf(relayId), 'failed digestDiffers');
  const traced = await traceOf(relayId);
  const last = traced?.steps.at(-1);
  assert.equal(last?.step, 'digestDiffers');
  assert.notEqual(last?.letterDigest, last?.computedDigest);
  assert.equal(await ask(people[0], { digest: letterDigest('別のもの') }), 'letterDigestDiffers');
});

test('断られた照会、許可のない照会、符号の付かない人は、わけとともに終わる', async () => {
  const { behaviour } = national.intermediate.desk;
  behaviour.refusing.add('141003');
  behaviour.notPermitted.add('271004');
  const refused = await ask(people[0], { askedOf: '141003' });
  const notPermitted = await ask(people[0], { askedOf: '271004' });
  behaviour.givesNoCodes = true;
  const withoutCode = await ask(people[1]);
  await round();
  assert.equal(await answerOf(refused), 'answered refused');
  assert.equal(await answerOf(notPermitted), 'refused notPermitted');
  assert.equal(await answerOf(withoutCode), 'failed linkCodeFailed');
  assert.equal(await ask(people[2]), 'inquiryNeedsNumber');
});

test('別の鍵と別の団体の名では、代役も事務所も相手にしない', async () => {
  const home = await mkdtemp(join(tmpdir(), 'sesshu-stranger-'));
  const stranger = await openSystemKey(home);
  await rm(home, { recursive: true });
  later(61);
  await assert.rejects(exchangeWithIntermediate({ ...national.context, key: stranger }, office.lgCode), CallFailed);
  assert.equal(await exchangeWithIntermediate(national.context, office.other), undefined, 'not connected');
  const others = await traceRelays({ ...clerk, actor: testActor(office.other, ['numbers.requestLinkCode']) }, null);
  assert.deepEqual(others.relays, []);
  await assert.rejects(traceRelays({ ...clerk, actor: testActor(office.lgCode, []) }, null), /中間サーバー/u);
});

test('どの一歩も監査ログにあり、番号も内容も書かれていない', async () => {
  const { acts } = await withMunicipality(office.db, office.lgCode, (tx) => listActs(tx, { act: 'numbers.relayed' }));
  assert.ok(acts.length >= 8, String(acts.length));
  const sentOn = acts.filter(({ details }) => details?.['step'] === 'sentOn');
  assert.deepEqual(
    sentOn.map(({ items }) => items?.join()),
    ['individualNumber', 'individualNumber'],
  );
  const text = JSON.stringify(acts);
  for (const secret of [first, second, 'historyInquiry', 'dpt-ipv-hib']) assert.equal(text.includes(secret), false);
});
