import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { importResidents } from '#addressees/persons';
import {
  ensureDemonstrationStaff,
  permissionsOf,
  type Role,
  requestApproval,
  type StaffRoute,
} from '#common-base/access';
import { listActs } from '#common-base/audit';
import { openRuleBook, registerMunicipality } from '#common-base/municipalities';
import type { LgCode, StaffId } from '#kernel';
import { receiveBatch } from '#ledger/intake';
import { startTrial } from '#ledger/rules';
import { readRulesFolder } from '#platform/files';
import { withMunicipality } from '#platform/postgres';
import { parseRules } from '#schedule';
import { listApprovalKinds } from '../../src/common-base/access/staff-app.ts';
import { residentFeed, testActor, testContext } from '../support/addressees.ts';
import { rulesFolder } from '../support/demonstration.ts';
import { clinicFeed, intakeAsOf, intakeContext } from '../support/intake.ts';
import { openTestOffice, type TestOffice } from '../support/office.ts';
import { OfficeAsker } from '../support/office-asker.ts';

/** Stands in the name of everybody in the office that is attacked, and nowhere else. */
const marker = '秘密沢';

let office: TestOffice;
/** Where the attacker is signed in with every duty in turn; 若葉台市 is attacked. */
let own: LgCode;
let victim: LgCode;
let folder: string;
/** Real numbers of the attacked office, by the name of the parameter. */
let stolen: Readonly<Record<string, string>>;

before(async () => {
  office = await openTestOffice('2026-11-21T10:00:00+09:00');
  const { db, lgCode, other } = office.database;
  [victim, own] = [lgCode, other];
  folder = await mkdtemp(join(tmpdir(), 'sesshu-other-'));
  await cp(fileURLToPath(new URL('../../settings/wakabadai', import.meta.url)), folder, { recursive: true });
  const path = join(folder, 'municipality.json');
  const settings = JSON.parse(await readFile(path, 'utf8')) as object;
  const renamed = { ...settings, lgCode: own, name: '札幌市', prefecture: '北海道', hostNames: ['other.localhost'] };
  await writeFile(path, JSON.stringify(renamed));
  await registerMunicipality(db, folder);
  await ensureDemonstrationStaff(db, { lgCode: own, isDemonstration: true });
  stolen = await fillVictim();
  await untilQuiet();
});
after(async () => {
  await office.close();
  await rm(folder, { recursive: true, force: true });
});

async function fillVictim(): Promise<Record<string, string>> {
  const { db } = office.database;
  const person = {
    整理番号: '0000000777',
    氏名漢字: `${marker}　花子`,
    氏名カナ: 'ヒミツザワ　ハナコ',
    生年月日: '19500115',
  };
  const context = testContext(db, testActor(victim, ['persons.import']));
  await importResidents(context, residentFeed([person]), { isChanges: false, asOf: intakeAsOf });
  const rules = parseRules(await readRulesFolder(rulesFolder));
  const feed = clinicFeed([
    { 整理番号: '0000000777', 氏名カナ: 'ヒミツザワ　ハナコ', 生年月日: '19500115', ロット番号: '' },
  ]);
  const batch = await receiveBatch(intakeContext(db, victim), feed, { rules, asOf: intakeAsOf });
  const ids = await withMunicipality(db, victim, async (tx) => {
    const one = async (sql: string): Promise<number> => {
      const { rows } = await tx.client.query<{ id: number }>(sql);
      assert.ok(rows[0], sql);
      return rows[0].id;
    };
    return {
      personId: await one('SELECT person_id AS id FROM persons'),
      staffId: await one("SELECT staff_id AS id FROM staff_members WHERE account_name = 'kanri'"),
      runId: await one('SELECT max(run_id) AS id FROM runs'),
    };
  });
  const book = await openRuleBook(db, rulesFolder, () => 0, '試験');
  const base = await book.rulesOf(victim);
  const proposed = (base.texts.get('windows.csv') ?? '').replace('m(60)', 'm(24)');
  const { trialId } = await startTrial(testContext(db, testActor(victim, ['rules.try'])), base, {
    label: marker,
    asOf: intakeAsOf,
    files: new Map([['windows.csv', proposed]]),
  });
  const kind = {
    kind: 'probe.thing',
    nameJa: marker,
    requestPermission: 'intake.answer',
    approvePermission: 'intake.undo',
    daysOpen: 7,
    describe: () => Promise.resolve([]),
    findFaults: () => Promise.resolve([]),
    carryOut: () => assert.fail('never approved'),
  } as const;
  const asking = { ...testActor(victim, ['intake.answer']), staffId: ids.staffId as StaffId };
  const asked = await requestApproval(testContext(db, asking), kind, { subject: {}, reason: marker });
  assert.ok(asked.answer !== 'refused');
  const numbers = { ...ids, batchId: batch.batchId, requestId: asked.value, rowId: 1, ordinal: 1, trialId };
  return Object.fromEntries(Object.entries(numbers).map(([name, id]) => [name, String(id)]));
}

/** Everything the attacked office has, as one digest per table; the log and its seals go on by themselves. */
async function digestOfVictim(): Promise<unknown> {
  return await withMunicipality(office.database.db, victim, async (tx) => {
    const { rows } = await tx.client.query<{ name: string }>(
      `SELECT format('%I', c.relname) AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
       WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
         AND c.relpersistence = 'p' AND a.attname = 'lg_code' AND c.relname NOT LIKE 'audit%'
         AND has_table_privilege(c.oid, 'SELECT') ORDER BY 1`,
    );
    assert.ok(rows.length > 30, String(rows.length));
    const digests: unknown[] = [];
    for (const { name } of rows) {
      const sql = `SELECT '${name}' AS name, count(*)::int AS rows, md5(string_agg(t::text, '|' ORDER BY t::text)) AS md5 FROM ${name} t`;
      digests.push((await tx.client.query(sql)).rows[0]);
    }
    return digests;
  });
}

/** Waits until the worker has done what the imports asked for, so that every later change is the attacker's. */
async function untilQuiet(): Promise<void> {
  for (let calm = 0, tries = 0; calm < 3; tries += 1) {
    assert.ok(tries < 60, 'the worker does not come to rest');
    const waiting = await withMunicipality(office.database.db, victim, async (tx) => {
      const { rows } = await tx.client.query<{ n: number }>(
        `SELECT (SELECT count(*) FROM outbox)::int + (SELECT count(*) FROM runs WHERE finished_at IS NULL)::int
           + (SELECT count(*) FROM persons)::int - (SELECT count(*) FROM person_forecasts)::int AS n`,
      );
      return rows[0]?.n ?? 0;
    });
    calm = waiting === 0 ? calm + 1 : 0;
    await sleep(500);
  }
}

const duties: readonly (readonly [string, Role])[] = [
  ['tantou', 'clerk'],
  ['kakaricho', 'chief'],
  ['kanri', 'administrator'],
  ['kansa', 'auditor'],
];
/** Routes that end or change the attacker's own session; they are tried elsewhere. */
const ownSession = /^\/(?:sign-|lock|unlock|confirm|m\/|second-factor|account\/(?:password|sessions|second-factor))/u;

function addressOf(route: StaffRoute): string {
  return route.url.replaceAll(
    /:(\w+)/gu,
    (_, name: string) => stolen[name] ?? (name === 'recordedOn' ? '2026-11-21' : '1'),
  );
}

for (const [accountName, role] of duties) {
  test(`役割 ${role} は、全部屋のどの道でも許されたことしかできず、別の団体の番号では何も見えず変えられない`, async () => {
    const before = await digestOfVictim();
    const attacker = new OfficeAsker(office);
    await attacker.signIn(accountName, own);
    const rank = role === 'chief' ? 'chief' : 'member';
    const allowed = permissionsOf({ roles: [role], rank, isInCharge: true, lent: [] });
    // What a form could carry: numbers of the other office in every field that names one.
    const fields = {
      ...stolen,
      sessionId: '1',
      factorId: '1',
      grantId: '1',
      addresseeNumber: '0000000777',
      text: '0000000777',
      q: marker,
    };
    let checked = 0;
    for (const route of office.routes) {
      if (route.permission === 'public' || ownSession.test(route.url)) continue;
      const form = route.method === 'POST' ? fields : undefined;
      const answer = await attacker.ask(addressOf(route), form, route.takesFiles === true ? {} : undefined);
      const place = `${role}: ${route.method} ${addressOf(route)} → ${answer.status}`;
      const isAllowed = route.permission === 'signedIn' || allowed.has(route.permission);
      if (isAllowed) assert.notEqual(answer.status, 403, place);
      else assert.equal(answer.status, 403, place);
      assert.ok(answer.status < 500, place);
      assert.equal(answer.text.includes(marker) && !answer.text.includes(`value="${marker}"`), false, place);
      checked += 1;
    }
    assert.ok(checked > 50, String(checked));
    assert.deepEqual(await digestOfVictim(), before, 'the other office is as it was');
  });
}

test('どの種類の申請も、一人の二つのアカウント、別の団体の人、古いサインインでは決められない', async () => {
  const { db } = office.database;
  const run = async (sql: string, values: readonly unknown[] = []): Promise<number> =>
    withMunicipality(db, victim, async (tx) => {
      const { rows } = await tx.client.query<{ id: number }>(sql, [...values]);
      return rows[0]?.id ?? 0;
    });
  // The insider's second account: a section chief who may approve everything.
  const daily = await run("SELECT staff_id AS id FROM staff_members WHERE account_name = 'tantou'");
  const second = await run(
    `INSERT INTO staff_members (lg_code, account_name, display_name, department, roles, rank, must_change_password, person_staff_id)
     SELECT lg_code, 'tantou-shonin', display_name, department, '{chief}', 'chief', false, staff_id FROM staff_members
     WHERE staff_id = $1 RETURNING staff_id AS id`,
    [daily],
  );
  await run(
    `INSERT INTO password_hashes (lg_code, staff_id, hash, is_initial)
     SELECT lg_code, $2, hash, false FROM password_hashes WHERE staff_id = $1 LIMIT 1`,
    [daily, second],
  );
  const password = office.accounts[0]?.password ?? '';
  const signIn = async (accountName: string, lgCode: LgCode): Promise<OfficeAsker> => {
    const asker = new OfficeAsker(office);
    for (const path of [`/m/${lgCode}`, '/sign-in']) await asker.ask(path);
    assert.equal((await asker.ask('/sign-in', { accountName, password })).status, 303);
    await asker.ask('/account');
    return asker;
  };
  const own = await signIn('tantou-shonin', victim);
  const stranger = await signIn('kakaricho', office.database.other);
  const stale = await signIn('kakaricho', victim);
  await run(
    `UPDATE sessions SET confirmed_at = confirmed_at - interval '11 minutes'
     WHERE staff_id = (SELECT staff_id FROM staff_members WHERE account_name = 'kakaricho') RETURNING session_id AS id`,
  );
  const ended = await signIn('kakaricho', victim);
  await run(
    `UPDATE sessions SET ended_at = now(), end_kind = 'revoked' WHERE session_id = (SELECT max(session_id) FROM sessions)
     RETURNING session_id AS id`,
  );
  const kinds = listApprovalKinds(office.app.staffApp);
  assert.ok(kinds.length >= 12, String(kinds.length));
  const requests: number[] = [];
  for (const { kind } of kinds) {
    const requestId = await run(
      `INSERT INTO approval_requests (lg_code, kind, subject, reason, requested_by, requested_at, expires_at)
       VALUES ($1, $2, '{}', '試験', $3, now() - interval '1 hour', now() + interval '300 days') RETURNING request_id AS id`,
      [victim, kind, daily],
    );
    requests.push(requestId);
    const decide = (asker: OfficeAsker) => asker.ask(`/approvals/${requestId}/decide`, { answer: 'approve' });
    const answer = await decide(own);
    assert.ok(answer.status >= 400, `${kind}: by the second account ${answer.status} ${answer.location}`);
    assert.equal((await decide(stranger)).status, 404, `${kind}: of another municipality`);
    assert.match((await decide(stale)).location, /^\/confirm\?/u, `${kind}: a sign-in of eleven minutes ago`);
    assert.match((await decide(ended)).location, /^\/sign-in\?.*unsent=yes/u, `${kind}: a session that was ended`);
  }
  const open = "SELECT count(*)::int AS id FROM approval_requests WHERE state = 'open' AND request_id = ANY($1)";
  assert.equal(await run(open, [requests]), kinds.length);
  const refused = { act: 'access.approvalRefused', staffId: second as StaffId };
  const { acts } = await withMunicipality(db, victim, (tx) => listActs(tx, refused));
  assert.deepEqual(
    acts.map(({ details }) => details['cause']),
    kinds.map(() => 'approvalOwn'),
    'each try is in the log',
  );
});
