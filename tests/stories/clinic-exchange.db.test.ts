import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { LightMyRequestResponse } from 'fastify';
import { describePatients, findPersonsOfLog } from '#clinic/tickets';
import { asOperator } from '#common-base/access';
import { listActs } from '#common-base/audit';
import { NotFound, type PersonId, UnreadableInput } from '#kernel';
import { connectClinics, deliverToIntake, listClinicWork, replaceInIntake } from '#ledger/clinic-exchange';
import { cancelForm } from '#ledger/forms';
import { listRows } from '#ledger/intake';
import { keepMaster } from '#ledger/masters';
import { ledgerClinicPath, ledgerClinicVersion, wordOfReference } from '#messages';
import { todayInTokyo } from '#platform/clock';
import { addExchangeGate, CallFailed, callSystem, openSystemKey, readPeerKey } from '#platform/exchange';
import { createHttpServer, listen } from '#platform/http';
import { createLog } from '#platform/log';
import {
  backupDatabase,
  getOwnerUrl,
  getSystem,
  restoreDatabase,
  withClient,
  withMunicipality,
} from '#platform/postgres';
import { testActor } from '../support/addressees.ts';
import { checkoutRules } from '../support/demonstration.ts';
import { issueTestForms } from '../support/issued-forms.ts';
import { setSettingsFile } from '../support/settings-file.ts';
import type { StaffBrowser } from '../support/staff-server.ts';
import { babyOf, openTwoSystems, rightDose, secondClinic, type TwoSystems } from '../support/two-systems.ts';

let systems: TwoSystems;
let numbers: readonly string[];
let personIds: Awaited<ReturnType<TwoSystems['registerWithForms']>>['personIds'];
let first: StaffBrowser;
let second: StaffBrowser;

before(async () => {
  systems = await openTwoSystems();
  ({ numbers, personIds } = await systems.registerWithForms(Array.from({ length: 9 }, (_, i) => babyOf(i))));
  await systems.exchange('forms.changed', personIds);
  first = await systems.signIn(1);
  second = await systems.signIn(2);
});
after(() => systems.close());

const open = (browser: StaffBrowser, n: number, birthDate = '20260720') =>
  browser.post('/tickets/open', { formNumber: numbers[n] ?? '', birthDate });

/** Opens a form and answers the address of its page. */
async function openPath(browser: StaffBrowser, n: number): Promise<string> {
  const answer = await open(browser, n);
  assert.equal(answer.statusCode, 303, answer.body);
  return String(answer.headers.location);
}

const record = (browser: StaffBrowser, path: string, fields: Record<string, string> = {}) =>
  browser.post(`${path}/record`, { ...rightDose, recordId: wordOfReference(randomUUID()), ...fields });

const recordIdOf = (answer: LightMyRequestResponse): string =>
  /[a-p]{32}/u.exec(String(answer.headers.location))?.[0] ?? '';

/** The member of staff, with one permission more. */
function withPermission(permission: 'forms.reissue' | 'intake.answer') {
  const { context } = systems;
  const permissions = new Set([...context.actor.permissions, permission]);
  return { ...context, actor: { ...context.actor, permissions } };
}

async function clinicRows<T extends object>(sql: string): Promise<T[]> {
  const { db, lgCode } = systems.clinic.database;
  return await withMunicipality(db, lgCode, async (tx) => (await tx.client.query<T>(sql)).rows);
}

test('医療機関ウェブのデータベースには、住所・電話・カナ・宛名番号が、どの表にもない', async () => {
  const { db } = systems.clinic.database;
  assert.equal((await clinicRows('SELECT 1 FROM patients')).length, 9);
  assert.ok(db.ownerUrl);
  await withClient(db.ownerUrl, async (client) => {
    const tables = await client.query<{ name: string }>(
      "SELECT c.oid::regclass::text AS name FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace",
    );
    assert.ok(tables.rows.length > 30);
    let found = 0;
    for (const { name } of tables.rows) {
      const { rows } = await client.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`);
      for (const { row } of rows) {
        found += row.includes('青田') ? 1 : 0;
        for (const secret of ['ひみつ町', '03-9999-1234', 'ヒミツカナ', '0000000900', '0000000904']) {
          assert.ok(!row.includes(secret), `${name}: ${secret}`);
        }
      }
    }
    // The search does see what is there: the names that the chair needs.
    assert.equal(found, 9);
  });
});

test('番号違いと生年月日違いは同じ答え。同じ予診票を五回外すと、正しくても一時間開かない', async () => {
  const said = (answer: LightMyRequestResponse) => answer.body.replaceAll(/value="[\w-]{43}"/gu, '');
  const wrongDay = await open(first, 0, '20260721');
  const wrongNumber = await first.post('/tickets/open', { formNumber: '999999999997', birthDate: '20260720' });
  assert.equal(wrongDay.statusCode, 422);
  assert.equal(said(wrongDay), said(wrongNumber));
  for (let i = 0; i < 4; i += 1) await open(second, 0, '20260721');
  assert.equal((await open(first, 0)).statusCode, 429);
  assert.equal((await open(second, 0)).statusCode, 429);
  assert.equal((await open(first, 1)).statusCode, 303);
  systems.clock.at = new Date(systems.clock.at.getTime() + 20 * 60_000);
  assert.equal((await open(first, 0)).statusCode, 429);
});

test('一人の職員が続けて外すと、ほかの予診票も十五分開かない', async () => {
  for (let i = 0; i < 10; i += 1)
    await first.post('/tickets/open', { formNumber: numbers[2 + (i % 4)] ?? '', birthDate: '19990101' });
  assert.equal((await open(first, 6)).statusCode, 429);
  assert.equal((await open(second, 6)).statusCode, 303);
  systems.clock.at = new Date(systems.clock.at.getTime() + 16 * 60_000);
  first = await systems.signIn(1);
  second = await systems.signIn(2);
  assert.equal((await open(first, 6)).statusCode, 303);
  const refused = await clinicRows<{ act: string }>("SELECT act FROM audit_acts WHERE act LIKE 'tickets.opening%'");
  assert.ok(refused.filter(({ act }) => act === 'tickets.openingFailed').length >= 14);
  assert.ok(refused.some(({ act }) => act === 'tickets.openingStopped'));
});

test('二つの医療機関が同時に記録すると、一つだけが通り、もう一つは409', async () => {
  const [a, b] = await Promise.all([openPath(first, 7), openPath(second, 7)]);
  const answers = await Promise.all([record(first, a), record(second, b)]);
  assert.deepEqual(
    answers.map(({ statusCode }) => statusCode).toSorted((x, y) => x - y),
    [303, 409],
  );
  assert.match(answers.find(({ statusCode }) => statusCode === 409)?.body ?? '', /先に記録されています/u);
  assert.equal((await clinicRows(`SELECT 1 FROM ticket_uses WHERE form_number = '${numbers[7]}'`)).length, 1);
});

test('同じ記録を二度送っても一つ。ほかの医療機関の予診票の画面と記録は見えず、直せない', async () => {
  const path = await openPath(first, 8);
  const reference = randomUUID();
  const recordId = wordOfReference(reference);
  const once = await record(first, path, { recordId });
  const again = await record(first, path, { recordId });
  assert.equal(once.statusCode, 303, once.body);
  assert.equal(once.headers.location, again.headers.location);
  assert.equal((await clinicRows(`SELECT 1 FROM clinic_records WHERE record_id = '${reference}'`)).length, 1);
  assert.equal((await first.get(`/records/${recordId}`)).statusCode, 200);
  for (const url of [`/records/${recordId}`, path]) assert.equal((await second.get(url)).statusCode, 404, url);
  const change = { revision: '1', reason: 'いたずら', ...rightDose };
  for (const url of [
    `/records/${recordId}/correct`,
    `/records/${recordId}/withdraw`,
    `${path}/record`,
    `${path}/check`,
  ]) {
    assert.equal((await second.post(url, change)).statusCode, 404, url);
  }
  assert.ok(!(await second.get('/records')).body.includes(recordId));
});

test('確認で不可のものは記録できず、接種してしまったときは理由とともに疑いとして残る', async () => {
  const path = await openPath(first, 1);
  const expired = { expiresOn: '2026-11-23' };
  assert.equal((await record(first, path, expired)).statusCode, 422);
  assert.equal((await record(first, path, { ...expired, isGivenAnyway: 'yes' })).statusCode, 422);
  assert.equal((await clinicRows(`SELECT 1 FROM clinic_records WHERE form_number = '${numbers[1]}'`)).length, 0);
  const given = await record(first, path, { ...expired, isGivenAnyway: 'yes', reason: '接種後に気づいた' });
  assert.equal(given.statusCode, 303);
  const [row] = await clinicRows<{ is_against_advice: boolean; findings: { code: string }[] }>(
    `SELECT is_against_advice, findings FROM clinic_records WHERE form_number = '${numbers[1]}'`,
  );
  assert.equal(row?.is_against_advice, true);
  assert.deepEqual(row?.findings.map(({ code }) => code).includes('packageExpired'), true);
});

test('予診のみには理由が要り、同意なしは理由なしで記録できる', async () => {
  const path = await openPath(first, 2);
  const told = { outcome: 'screeningOnly', physician: '試験　一郎', recordId: wordOfReference(randomUUID()) };
  const unreasoned = await first.post(`${path}/record`, told);
  assert.equal(unreasoned.statusCode, 422);
  // What is wrong stands in the form that was sent, open and filled in as it was.
  assert.match(unreasoned.body, /href="#not-given-reason">予診のみの理由が入力されていません/u);
  assert.match(unreasoned.body, /<details class="disclosure" open><summary>接種しないとき/u);
  assert.match(unreasoned.body, /id="not-given-outcome"[^>]*value="screeningOnly"[^>]*checked/u);
  const unread = await first.post(`${path}/record`, { ...told, reason: '咳が続く', bodyTemperature: '385' });
  assert.equal(unread.statusCode, 422, 'a temperature that cannot be read is not left out in silence');
  assert.match(unread.body, /id="not-given-reason"[^>]*>咳が続く/u);
  // A reason is kept to 500 code units; a character that the cut halves must not keep the record from being made.
  const long = `${'発熱'.repeat(249)}。𠮷`;
  assert.equal((await first.post(`${path}/record`, { ...told, reason: long })).statusCode, 303);
  const kept = await clinicRows(`SELECT reason FROM clinic_records WHERE form_number = '${numbers[2]}'`);
  assert.deepEqual(kept, [{ reason: `${'発熱'.repeat(249)}。\uFFFD` }]);
  const other = await openPath(first, 3);
  const refused = { ...told, outcome: 'notConsented', recordId: wordOfReference(randomUUID()) };
  assert.equal((await first.post(`${other}/record`, refused)).statusCode, 303);
});

test('訂正と取消は当日だけ。古い画面からの訂正は409', async () => {
  const recordId = recordIdOf(await record(first, await openPath(first, 4)));
  // The page of a correction holds neither the maker nor the code of the package.
  const { manufacturerCode, gtin: _, ...page } = rightDose;
  const corrected = { ...page, lotNumber: 'ABC-999', revision: '1', reason: 'ロットの写し間違い' };
  assert.equal((await first.post(`/records/${recordId}/correct`, corrected)).statusCode, 303);
  const [kept] = await clinicRows<{ manufacturer_code: string }>(
    `SELECT manufacturer_code FROM clinic_records WHERE form_number = '${numbers[4]}' AND revision = 2`,
  );
  assert.equal(kept?.manufacturer_code, manufacturerCode);
  assert.equal((await first.post(`/records/${recordId}/correct`, corrected)).statusCode, 409);
  const unreasoned = await first.post(`/records/${recordId}/correct`, {
    ...corrected,
    lotNumber: 'ABC-998',
    reason: '',
  });
  assert.equal(unreasoned.statusCode, 422);
  assert.match(unreasoned.body, /name="lotNumber"[^>]*value="ABC-998"/u, 'nobody types a correction twice');
  const other = recordIdOf(await record(first, await openPath(first, 5)));
  assert.equal((await first.post(`/records/${other}/withdraw`, { revision: '1', reason: '別の人' })).statusCode, 303);
  assert.equal((await first.post(`/records/${other}/withdraw`, { revision: '2', reason: '別の人' })).statusCode, 409);
  // The form of a withdrawn record can be used again.
  assert.equal((await record(first, await openPath(first, 5))).statusCode, 303);
});

test('届いた記録の最後の版だけが受付に入り、取り消されたものは入らない', async () => {
  const { context } = systems;
  const result = await systems.exchange();
  // 7, 8, 1, 2, 3, 5 once each, 4 twice, the first record of 5 twice (with its withdrawal).
  assert.equal(result?.records, 10);
  assert.equal((await systems.exchange())?.records, 0);
  assert.equal((await clinicRows('SELECT 1 FROM undelivered_records')).length, 0);
  const rules = await checkoutRules();
  const { batchId, delivered } = await deliverToIntake(context, { rules });
  assert.equal(delivered, 7);
  assert.ok(batchId !== null);
  assert.deepEqual(await deliverToIntake(context, { rules }), { batchId: null, delivered: 0 });
  const rows = await withMunicipality(context.db, context.actor.lgCode, async (tx) => {
    return (await listRows(tx, context.actor, batchId, { limit: 50 })).rows;
  });
  assert.deepEqual(
    new Set(rows.map(({ personId }) => personId)),
    new Set([1, 2, 3, 4, 5, 7, 8].map((n) => personIds[n])),
  );
  assert.equal(rows.length, 7);
  assert.ok(rows.some(({ fields }) => fields['lotNumber'] === 'ABC-999'));
  assert.ok(
    rows.every(({ answer }) => answer !== 'refused'),
    JSON.stringify(rows.map(({ findings }) => findings)),
  );
});

test('受付に入れた後の訂正は、職員が受付で置き換えるまで待つ', async () => {
  const { context } = systems;
  const rules = await checkoutRules();
  const [used] = await clinicRows<{ record_id: string }>(
    `SELECT record_id FROM ticket_uses WHERE form_number = '${numbers[5]}'`,
  );
  const recordId = used?.record_id ?? '';
  const change = { ...rightDose, lotNumber: 'ABC-777', revision: '1', reason: '見直した' };
  assert.equal((await first.post(`/records/${wordOfReference(recordId)}/correct`, change)).statusCode, 303);
  assert.equal((await systems.exchange())?.records, 1);
  assert.deepEqual(await deliverToIntake(context, { rules }), { batchId: null, delivered: 0 });
  const clerk = withPermission('intake.answer');
  await replaceInIntake(clerk, { recordId, revision: 2 }, { rules });
  await assert.rejects(replaceInIntake(clerk, { recordId, revision: 2 }, { rules }), NotFound);
  const { batchId, delivered } = await deliverToIntake(context, { rules });
  assert.equal(delivered, 1);
  assert.ok(batchId !== null);
  const { rows } = await withMunicipality(context.db, context.actor.lgCode, (tx) =>
    listRows(tx, context.actor, batchId, { limit: 5 }),
  );
  assert.deepEqual(
    rows.map(({ fields }) => [fields['lotNumber'], fields['remarks']]),
    [['ABC-777', '見直した。当日の訂正（2版）']],
  );
});

test('取り消された予診票は断られ、その人は医療機関ウェブから消える', async () => {
  const personId = personIds[6];
  assert.ok(personId !== undefined);
  await cancelForm(withPermission('forms.reissue'), { personId, formNumber: numbers[6] ?? '', reason: '誤って発行' });
  await systems.exchange('forms.changed', [personId]);
  const answer = await open(first, 6);
  assert.equal(answer.statusCode, 422);
  assert.match(answer.body, /取り消されています/u);
  assert.equal((await clinicRows("SELECT 1 FROM patients WHERE name = '青田　陽菜6'")).length, 0);
});

test('禁忌が記録されると、その予診票は医療機関で開かず、理由も人もそこにはない', async () => {
  const { db, lgCode } = systems.office;
  const one = await systems.registerWithForms([babyOf(28)]);
  await systems.exchange('forms.changed', one.personIds);
  const openForm = () => first.post('/tickets/open', { formNumber: one.numbers[0] ?? '', birthDate: '20260720' });
  const known = () => clinicRows("SELECT 1 FROM patients WHERE name = '青田　陽菜28'");
  assert.equal((await openForm()).statusCode, 303);
  assert.equal((await known()).length, 1);
  await withMunicipality(db, lgCode, ({ client }) =>
    client.query(
      `INSERT INTO person_facts (lg_code, person_id, change, kind, programme, from_on, certainty, act_id, recorded_by_name)
       SELECT $1, $2, 'entry', 'contraindication', 'dpt-ipv-hib', '2026-11-20', 'documented', max(act_id), '試験'
         FROM audit_acts WHERE lg_code = $1`,
      [lgCode, one.personIds[0]],
    ),
  );
  await systems.exchange('vaccinations.changed', one.personIds);
  const answer = await openForm();
  assert.equal(answer.statusCode, 422);
  assert.match(answer.body, /いま使えません[\s\S]*接種せず、自治体の予防接種担当に問い合わせる/u);
  assert.ok(!/禁忌|不適当/u.test(answer.body));
  assert.equal((await known()).length, 0);
});

test('次の日には、使われた予診票の人は消え、前の日の記録は直せない', async () => {
  const [row] = await clinicRows<{ record_id: string }>(
    `SELECT record_id FROM clinic_records WHERE form_number = '${numbers[8]}'`,
  );
  const word = wordOfReference(row?.record_id ?? '');
  systems.clock.at = new Date('2026-11-25T09:00:00+09:00');
  first = await systems.signIn(1);
  await systems.exchange('forms.changed', personIds);
  assert.deepEqual(await clinicRows('SELECT name FROM patients'), [{ name: '青田　陽菜0' }]);
  assert.equal((await open(first, 8)).statusCode, 422);
  const change = { revision: '1', reason: 'あとから', ...rightDose };
  assert.equal((await first.post(`/records/${word}/correct`, change)).statusCode, 409);
  assert.equal((await first.post(`/records/${word}/withdraw`, change)).statusCode, 409);
  assert.match((await first.get(`/records/${word}`)).body, /誤りに気づいたときは、自治体の予防接種担当に電話で/u);
});

test('一人の二枚の予診票を二つの医療機関が同時に記録すると、後の方は先の接種を見て断る', async () => {
  const { office, clinic } = systems;
  const one = await systems.registerWithForms([babyOf(20)]);
  const [other = ''] = await issueTestForms(office.db, office.lgCode, one.personIds);
  await systems.exchange('forms.changed', one.personIds);
  second = await systems.signIn(2);
  const opened = async (browser: StaffBrowser, formNumber: string): Promise<string> => {
    const answer = await browser.post('/tickets/open', { formNumber, birthDate: '20260720' });
    return String(answer.headers.location);
  };
  const [a, b] = [await opened(first, one.numbers[0] ?? ''), await opened(second, other)];
  // Both wait for the person, who is held here; whoever goes second asked before the first had written anything.
  const { db, lgCode } = clinic.database;
  const answers = withMunicipality(db, lgCode, async (tx) => {
    const ticket = `SELECT patient_ref FROM tickets WHERE form_number = '${other}'`;
    await tx.client.query(`SELECT 1 FROM patients WHERE patient_ref = (${ticket}) FOR UPDATE`);
    const asked = [record(first, a), record(second, b)];
    const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    for (let i = 0; (await db.app.query(waiting)).rowCount !== 2; i += 1) {
      assert.ok(i < 2000, 'both wait');
      await setTimeout(5);
    }
    return asked;
  });
  const statuses = (await Promise.all(await answers)).map(({ statusCode }) => statusCode);
  assert.deepEqual(
    statuses.toSorted((x, y) => x - y),
    [303, 422],
  );
});

test('同じ瞬間の記録は一つの取引で書かれても、それぞれ一度だけ記録され、断られる記録は隣の記録を巻き込まない', async () => {
  const { office } = systems;
  const people = await systems.registerWithForms(Array.from({ length: 16 }, (_, i) => babyOf(50 + i)));
  const [last] = people.personIds.slice(-1);
  const [twin = ''] = await issueTestForms(office.db, office.lgCode, last === undefined ? [] : [last]);
  await systems.exchange('forms.changed', people.personIds);
  first = await systems.signIn(1);
  second = await systems.signIn(2);
  const opened = async (browser: StaffBrowser, formNumber = ''): Promise<string> => {
    const answer = await browser.post('/tickets/open', { formNumber, birthDate: '20260720' });
    assert.equal(answer.statusCode, 303, answer.body);
    return String(answer.headers.location);
  };
  const paths = await Promise.all(people.numbers.map((each) => opened(first, each)));
  const [a = '', b = '', ...rest] = paths;
  const [known, pair = ''] = [wordOfReference(randomUUID()), rest.at(-1)];
  const before = await countActs();
  const together = await Promise.all([
    ...[a, b].map((path, n) => record(first, path, n === 0 ? { recordId: known } : {})),
    ...rest.slice(0, 6).map((path) => record(first, path)),
    // Two forms of one person; a lot that is missing; the wrong vaccine; a form of another clinic; the same again.
    record(first, pair),
    record(second, await opened(second, twin)),
    record(first, rest[6] ?? '', { lotNumber: '' }),
    record(first, rest[6] ?? '', { product: 'hepb' }),
    record(second, rest[6] ?? ''),
    ...[rest[7] ?? '', rest[7] ?? ''].map((path) => record(first, path, { recordId: wordOfReference(twinRecord) })),
  ]);
  assert.deepEqual(
    together.map(({ statusCode }) => statusCode),
    [...Array.from({ length: 8 }, () => 303), 303, 422, 422, 422, 404, 303, 303],
  );
  const made = await clinicRows<{ xmin: string }>(`SELECT xmin::text FROM clinic_records
    WHERE form_number = ANY('{${people.numbers.slice(0, 10).join(',')},${people.numbers[15]}}')`);
  assert.equal(made.length, 10);
  assert.ok(new Set(made.map(({ xmin }) => xmin)).size < 10, 'some were written together');
  assert.equal((await countActs()) - before, 10, 'each has its act');
  // The database refuses the number of another record; whoever was written with it is recorded all the same.
  const others = await Promise.all([
    ...rest.slice(8, 10).map((path) => record(first, path)),
    record(first, rest[10] ?? '', { recordId: known }),
    ...rest.slice(11, 13).map((path) => record(first, path)),
  ]);
  assert.deepEqual(
    others.map(({ statusCode }) => statusCode),
    [303, 303, 409, 303, 303],
  );
  const uses = await clinicRows(`SELECT 1 FROM ticket_uses WHERE form_number = ANY('{${people.numbers.join(',')}}')`);
  assert.equal(uses.length, 14);
  assert.equal((await countActs()) - before, 14);
});

test('監査ログは、だれの、どの項目を見て記録したかを言い、監査担当は予診票の番号からその人の足跡を引ける', async () => {
  const { database } = systems.clinic;
  const { lgCode } = database;
  const people = await systems.registerWithForms([babyOf(90), babyOf(91)]);
  await systems.exchange('forms.changed', people.personIds);
  const paths = await Promise.all(
    people.numbers.map(async (formNumber) => {
      const answer = await first.post('/tickets/open', { formNumber, birthDate: '20260720' });
      return String(answer.headers.location);
    }),
  );
  const [path = '', other = ''] = paths;
  assert.equal((await first.post(`${path}/check`, rightDose)).statusCode, 200);
  // Under ten years a quarter of a millilitre of the vaccine against hepatitis B is given.
  const { body: checked } = await first.post(`${other}/check`, { ...rightDose, product: 'hepb' });
  assert.match(checked, /<b>0\.25 mL<\/b>/u);
  const [recordId] = await Promise.all(
    [record(first, path), record(first, other)].map(async (e) => recordIdOf(await e)),
  );
  assert.equal((await first.get(`/records/${recordId}`)).statusCode, 200);
  assert.equal((await first.get('/records')).statusCode, 200);
  const again = { ...rightDose, reason: '転記を誤った', revision: '1', doseVolumeMl: '0.4' };
  assert.equal((await first.post(`/records/${recordId}/correct`, again)).statusCode, 303);
  const tracesOf = (text: string) =>
    withMunicipality(database.db, lgCode, async (tx) => {
      const found = await findPersonsOfLog(tx, text);
      assert.equal(found.length, 1);
      const { acts } = await listActs(tx, { personId: found[0] as PersonId });
      const words = await describePatients(tx, found);
      return { acts: acts.toReversed(), word: [...words.values()][0] };
    });
  const { acts, word } = await tracesOf(people.numbers[0] ?? '');
  assert.deepEqual(
    acts.map(({ act, items, personCount }) => [
      act,
      items.join(' '),
      act.startsWith('exchange.') || act === 'doses.listed' || personCount,
    ]),
    [
      ['exchange.ticketsTaken', '氏名 生年月日 性別 接種歴', true],
      ['tickets.opened', '氏名 生年月日 性別 接種歴', 1],
      ['doses.checked', '氏名 生年月日 接種歴', 1],
      ['doses.recorded', '接種の記録', 1],
      ['doses.viewed', '氏名 接種の記録', 1],
      ['doses.listed', '氏名 接種の記録', true],
      ['doses.corrected', '接種の記録', 1],
    ],
  );
  assert.equal(acts.find(({ act }) => act === 'doses.viewed')?.details['patient'], word);
  assert.deepEqual((await tracesOf(word ?? '')).acts, acts);
  // The other person of the same moments has an act of their own.
  const ofOther = (await tracesOf(people.numbers[1] ?? '')).acts.map(({ act }) => act);
  assert.deepEqual(ofOther, [
    'exchange.ticketsTaken',
    'tickets.opened',
    'doses.checked',
    'doses.recorded',
    'doses.listed',
  ]);
});

const twinRecord = randomUUID();

async function countActs(): Promise<number> {
  const rows = await clinicRows<{ n: number }>("SELECT count(*) AS n FROM audit_acts WHERE act = 'doses.recorded'");
  return rows[0]?.n ?? -1;
}

test('別の団体の名をかたる電文、知らない鍵、決まりにない項目は断られ、何も変わらない', async () => {
  const { clinic, officeKey, clock, office } = systems;
  const call = (body: object, key = officeKey) => {
    const peer = readPeerKey(clinic.key.publicText);
    return callSystem({ origin: clinic.address, path: ledgerClinicPath, key, peer, clock }, JSON.stringify(body));
  };
  const frame = { version: ledgerClinicVersion, lgCode: office.lgCode };
  const collect = { ...frame, kind: 'collect', taken: [], limit: 10 };
  assert.match(await call(collect), /"kind":"records"/u);
  const before = await clinicRows('SELECT * FROM tickets ORDER BY form_number');
  const tickets = { ...frame, kind: 'tickets', sequence: 999, patients: [], tickets: [], forgotten: [...numbers] };
  // The key is believed for one municipality: named after another it opens nothing.
  await assert.rejects(call({ ...tickets, lgCode: office.other }), /401/u);
  await assert.rejects(call({ note: { lgCode: office.lgCode }, ...tickets, lgCode: office.other }), CallFailed);
  await assert.rejects(call({ ...tickets, version: 3 }), CallFailed);
  await assert.rejects(call({ ...tickets, address: 'ひみつ町' }), CallFailed);
  const folder = await mkdtemp(join(tmpdir(), 'sesshu-stranger-'));
  await assert.rejects(call(tickets, await openSystemKey(folder)), CallFailed);
  await rm(folder, { recursive: true });
  // An older message that comes late changes nothing either; an answer is in the version of its question.
  assert.match(await call({ ...tickets, sequence: 1 }), /"version":2/u);
  assert.match(await call({ ...tickets, version: 1, sequence: 1 }), /"version":1/u);
  assert.deepEqual(await clinicRows('SELECT * FROM tickets ORDER BY form_number'), before);
});

test('提供の根拠がない間は、だれの情報も渡らず、断りは何回まわっても一行だけで、根拠が戻れば届く', async () => {
  const { db, lgCode } = systems.office;
  await setSettingsFile(db, lgCode, 'provisions.csv', 'id,valid_from,valid_to\nnetwork-25,,\n');
  const { personIds: waiting } = await systems.registerWithForms([babyOf(31)]);
  const patients = async () => (await clinicRows("SELECT 1 FROM patients WHERE name LIKE '%陽菜31'")).length;
  const refusals = () => withMunicipality(db, lgCode, (tx) => listActs(tx, { act: 'oversight.provisionRefused' }));
  for (let round = 0; round < 3; round += 1) {
    await assert.rejects(systems.exchange('forms.changed', waiting), /提供の根拠の表にない/u);
  }
  assert.deepEqual([await patients(), (await refusals()).acts.length], [0, 1]);
  assert.deepEqual(await listClinicWork(db), [{ lgCode, isWaiting: true }]);
  await setSettingsFile(db, lgCode, 'provisions.csv', null);
  await systems.exchange();
  assert.deepEqual([await patients(), (await refusals()).acts.length], [1, 1]);
  assert.deepEqual(await listClinicWork(db), [{ lgCode, isWaiting: false }]);
});

test('相手が受け取ったと書く前に台帳が落ち、その間に元へ戻ったものは、戻ったことが次の連携で届く', async () => {
  const { office } = systems;
  const { db } = office;
  const one = await systems.registerWithForms([babyOf(33)]);
  await systems.exchange('forms.changed', one.personIds);
  const [formNumber = ''] = one.numbers;
  const doses = async () =>
    (
      await clinicRows<{ n: number }>(`SELECT jsonb_array_length(p.doses) AS n FROM patients p
        JOIN tickets t ON t.lg_code = p.lg_code AND t.patient_ref = p.patient_ref WHERE t.form_number = '${formNumber}'`)
    )[0]?.n;
  const names = async () => (await clinicRows("SELECT 1 FROM clinic_institutions WHERE name = '改めた医院'")).length;
  const rename = (name: string) =>
    withClient(getOwnerUrl(db), (owner) =>
      owner.query('UPDATE institution_versions SET name = $1 WHERE institution_code = $2', [name, secondClinic]),
    );
  first = await systems.signIn(1);
  const opened = await first.post('/tickets/open', { formNumber, birthDate: '20260720' });
  const recordId = recordIdOf(await record(first, String(opened.headers.location)));
  // The office dies between what the other side takes and its own note of it.
  await withClient(getOwnerUrl(db), (owner) =>
    owner.query(`CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'dead'; END $$;
      CREATE TRIGGER dies BEFORE INSERT OR UPDATE ON clinic_tickets FOR EACH ROW WHEN (new.digest <> '') EXECUTE FUNCTION die()`),
  );
  await assert.rejects(systems.exchange(), /dead/u);
  assert.equal(await doses(), 1, 'the other side holds the dose');
  await withClient(getOwnerUrl(db), (owner) =>
    owner.query(`CREATE TRIGGER dies BEFORE UPDATE ON clinic_peers FOR EACH ROW
      WHEN (new.masters_digest IS DISTINCT FROM old.masters_digest AND new.masters_digest IS NOT NULL) EXECUTE FUNCTION die()`),
  );
  await rename('改めた医院');
  await assert.rejects(systems.exchange(), /dead/u);
  assert.equal(await names(), 1, 'the other side holds the new name');
  await rename('第二医院');
  const withdrawal = { revision: '1', reason: '別の人' };
  assert.equal((await first.post(`/records/${recordId}/withdraw`, withdrawal)).statusCode, 303);
  await withClient(getOwnerUrl(db), (owner) => owner.query('DROP FUNCTION die() CASCADE'));
  await systems.exchange();
  assert.deepEqual([await doses(), await names()], [0, 0]);
});

test('ロットのマスタで回収にすると、次の連携から接種の前に断られ、すでに使った記録は医療機関の画面に出る', async () => {
  const { office, clock } = systems;
  const one = await systems.registerWithForms([babyOf(25), babyOf(26)]);
  await systems.exchange('forms.changed', one.personIds);
  first = await systems.signIn(1);
  const opened = async (n: number): Promise<string> => {
    const formNumber = one.numbers[n] ?? '';
    return String((await first.post('/tickets/open', { formNumber, birthDate: '20260720' })).headers.location);
  };
  const dose = { lotNumber: 'RC-77' };
  assert.equal((await record(first, await opened(0), dose)).statusCode, 303);
  assert.ok(!(await first.get('/records')).body.includes('回収されたロットで接種した記録'));

  const actor = testActor(office.lgCode, ['masters.update']);
  const entry = { kind: 'lot', owner: '5in1', name: '試験製薬', validFrom: null, validTo: null } as const;
  const recall = { on: todayInTokyo(clock), reason: '異物の混入' };
  const told = { ...entry, code: 'RC77', isRetired: false, note: null, recall };
  await keepMaster({ db: office.db, actor, clock }, { told, replaces: null });
  await systems.exchange();
  clock.at = new Date(clock.at.getTime() + 60_000);

  const refused = await first.post(`${await opened(1)}/check`, { ...rightDose, ...dose, step: 'check' });
  assert.match(refused.body, /接種しないでください/u);
  assert.match(refused.body, /このロットは回収の対象です（異物の混入）/u);
  assert.equal((await record(first, await opened(1), dose)).statusCode, 422);
  assert.match((await first.get('/')).body, /回収されたロットで接種した記録が 1 件あります/u);
  const list = (await first.get('/records')).body;
  assert.match(list, /回収されたロットで接種した記録/u);
  assert.match(list, /陽菜25/u);
  assert.ok(
    !(await (await systems.signIn(2)).get('/')).body.includes('回収されたロット'),
    'the other clinic gave none',
  );
});

test('契約がその予防接種のものでない医療機関は、接種の前に画面で知らされ、実施も予診のみも記録できない', async () => {
  const { db, lgCode } = systems.office;
  const setProgrammes = (programmes: readonly string[] | null) =>
    withClient(getOwnerUrl(db), (owner) =>
      owner.query('UPDATE institution_versions SET programmes = $2 WHERE lg_code = $1 AND institution_code = $3', [
        lgCode,
        programmes,
        secondClinic,
      ]),
    );
  await setProgrammes(['bcg']);
  const one = await systems.registerWithForms([babyOf(27)]);
  await systems.exchange('forms.changed', one.personIds);
  // The clinics' system reads its lists again after ten seconds.
  systems.clock.at = new Date(systems.clock.at.getTime() + 11_000);
  second = await systems.signIn(2);
  const fields = { formNumber: one.numbers[0] ?? '', birthDate: '20260720' };
  const path = String((await second.post('/tickets/open', fields)).headers.location);
  assert.match((await second.get(path)).body, /接種しないでください[^]*契約に、[^。]*は入っていません/u);
  const refused = await record(second, path);
  assert.equal(refused.statusCode, 422);
  const screening = { outcome: 'screeningOnly', physician: '試験　一郎', reason: '発熱' };
  assert.equal((await record(second, path, screening)).statusCode, 422);
  await setProgrammes(['bcg', 'dpt-ipv-hib']);
  await systems.exchange();
  systems.clock.at = new Date(systems.clock.at.getTime() + 11_000);
  assert.equal((await record(second, path)).statusCode, 303);
  await setProgrammes(null);
});

test('医療機関ウェブを前のバックアップに戻しても、失った予診票も接種も、次の連携で届き直す', async () => {
  const { clinic, context } = systems;
  const folder = await mkdtemp(join(tmpdir(), 'sesshu-clinic-backup-'));
  const one = await systems.registerWithForms([babyOf(30)]);
  const createdAt = context.clock.now();
  const back = await backupDatabase(clinic.database.db, join(folder, 'early'), { createdAt });
  await systems.exchange('forms.changed', one.personIds);
  first = await systems.signIn(1);
  const fields = { formNumber: one.numbers[0] ?? '', birthDate: '20260720' };
  const opened = await first.post('/tickets/open', fields);
  assert.equal(opened.statusCode, 303, opened.body);
  assert.equal((await record(first, String(opened.headers.location))).statusCode, 303);
  assert.equal((await systems.exchange())?.records, 1);

  const { db } = clinic.database;
  await withClient(getOwnerUrl(db), (owner) => owner.query('DROP OWNED BY CURRENT_USER CASCADE'));
  assert.equal((await restoreDatabase(db, join(folder, 'early'))).digest, back.digest);
  assert.equal(await getSystem(db), 'clinic');
  // No second backup is compared here: the living system seals its log and writes sessions meanwhile.
  await rm(folder, { recursive: true });
  first = await systems.signIn(1);
  assert.equal((await first.post('/tickets/open', fields)).statusCode, 422);
  // The round finds that the other side holds less than it had taken, and tells it everything.
  assert.ok(((await systems.exchange())?.tickets ?? 0) > 1);
  const reopened = await first.post('/tickets/open', fields);
  assert.equal(reopened.statusCode, 303, reopened.body);
  const path = String(reopened.headers.location);
  const refused = await record(first, path);
  assert.equal(refused.statusCode, 422);
  assert.match(refused.body, /接種しないでください/u);
});

test('版の古い医療機関ウェブとは、断られた版を押し通さず、その版の言葉で話す', async () => {
  const { office, officeKey, clock, clinic, context } = systems;
  const heard: { kind: string; version: number; institutions?: { contracts: object[] }[] }[] = [];
  const server = await createHttpServer({
    log: createLog('story', 'silent'),
    isHttps: false,
    trustProxy: false,
    assetsDir: null,
    renderError: (page) => page.title,
    isReady: () => Promise.resolve(true),
    monitorToken: null,
  });
  await addExchangeGate(server, {
    path: ledgerClinicPath,
    key: clinic.key,
    clock,
    findCaller: () => Promise.resolve({ peer: readPeerKey(officeKey.publicText) }),
    rememberCall: () => Promise.resolve(true),
    answer: (_caller, body) => {
      const asked = JSON.parse(body) as (typeof heard)[number];
      heard.push(asked);
      if (asked.version !== 1) throw new UnreadableInput('連携の電文が取り決めと違います。');
      const frame = { version: 1, lgCode: office.lgCode };
      const records = { ...frame, kind: 'records', records: [], remaining: 0, lastSequence: 1_000_000 };
      return Promise.resolve(JSON.stringify(asked.kind === 'collect' ? records : { ...frame, kind: 'taken' }));
    },
  });
  const origin = await listen(server, { host: '127.0.0.1', port: 0 });
  const actor = await asOperator(office.db, office.lgCode, { osUser: 'test', as: null, reason: null });
  await connectClinics({ ...context, actor }, { origin, publicText: clinic.key.publicText });
  assert.ok(((await systems.exchange())?.tickets ?? 0) > 0);
  await server.close();
  const told = heard.filter(({ version }) => version === 1);
  assert.deepEqual(
    heard.filter(({ version }) => version !== 1).map(({ kind }) => kind),
    ['collect'],
  );
  assert.deepEqual([...new Set(told.map(({ kind }) => kind))].toSorted(), ['collect', 'masters', 'tickets']);
  const masters = told.find(({ kind }) => kind === 'masters');
  const contracts = (masters?.institutions ?? []).flatMap((institution) => institution.contracts);
  assert.ok(contracts.length > 0);
  for (const contract of contracts) assert.deepEqual(Object.keys(contract).toSorted(), ['from', 'to']);
});
