import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { listActs, recordAct } from '#common-base/audit';
import type { PersonId } from '#kernel';
import { withMunicipality } from '#platform/postgres';
import { openStaffServer, StaffBrowser, type StaffServer } from '../../../../tests/support/staff-server.ts';
import { asOperator } from '../as-operator.ts';

let office: StaffServer;

before(async () => {
  // Open day and night, whenever the test runs: only the closed days and the numbers stand out.
  const hours = { officeFromHour: 0, officeToHour: 24, massViewingPersons: 3 };
  office = await openStaffServer(JSON.stringify({ secondFactorRoles: [], ...hours }), new Date().toISOString());
  const clerk = await asOperator(office.db, office.lgCode, { osUser: 'tester', as: 'tantou', reason: '窓口での相談' });
  await withMunicipality(office.db, office.lgCode, async (tx) => {
    const by = { ...clerk, via: 'web', osUser: null } as const;
    for (const id of [77, 78, 79, 79]) await recordAct(tx, by, { act: 'persons.viewed', personIds: [id as PersonId] });
    await recordAct(tx, by, { act: 'numbers.viewed', personIds: [77 as PersonId] });
  });
});
after(() => office.close());

async function signedIn(accountName: string): Promise<StaffBrowser> {
  const browser = new StaffBrowser(office);
  await browser.signIn(accountName);
  return browser;
}

const keysOn = (body: string): string[] =>
  [...body.matchAll(/name="verdict\.([^"]+)"/gu)].map((match) => match[1] ?? '');

test('監査担当は大量の閲覧と個人番号の表示を見つけ、判断と理由をそろえて署名する', async () => {
  const auditor = await signedIn('kansa');
  const page = await auditor.get('/reviews/anomalies');
  assert.equal(page.statusCode, 200);
  const keys = keysOn(page.body).filter((key) => !key.startsWith('outsideHours.'));
  assert.deepEqual(
    keys.map((key) => key.split('.')[0]),
    ['massViewing', 'numbersViewed'],
  );
  assert.match(page.body, /3人/u, 'three different people in four views');
  const all = keysOn(page.body);
  const verdicts = Object.fromEntries(all.map((key) => [`verdict.${key}`, 'fine']));
  const { [`verdict.${all[0]}`]: _left, ...incomplete } = verdicts;
  assert.equal((await auditor.post('/reviews/anomalies', incomplete)).statusCode, 422, 'a line without a verdict');
  const followUp = { ...verdicts, [`verdict.${keys[0]}`]: 'followUp' };
  assert.equal((await auditor.post('/reviews/anomalies', followUp)).statusCode, 422, 'no reason given');
  const signed = { ...followUp, [`remark.${keys[0]}`]: '係長に業務を確かめる', note: '月次の点検' };
  assert.equal((await auditor.post('/reviews/anomalies', signed)).statusCode, 303);
  assert.match((await auditor.get('/reviews/anomalies')).body, /月次の点検/u);
  const { rows } = await withMunicipality(office.db, office.lgCode, async (tx) => {
    return await tx.client.query<{ verdict: string; remark: string }>(
      "SELECT verdict, remark FROM control_review_lines WHERE facts->>'rule' = 'massViewing'",
    );
  });
  assert.deepEqual(rows, [{ verdict: 'followUp', remark: '係長に業務を確かめる' }]);
});

test('点検のあいだに増えたことは、見ないまま署名できない', async () => {
  const auditor = await signedIn('kansa');
  const keys = keysOn((await auditor.get('/reviews/anomalies')).body);
  const verdicts = Object.fromEntries(keys.map((key) => [`verdict.${key}`, 'fine']));
  const stranger = new StaffBrowser(office, '10.66.66.66');
  for (let i = 0; i < 5; i += 1) await stranger.signIn('dareka', 'wrong-password-1');
  const refused = await auditor.post('/reviews/anomalies', verdicts);
  assert.equal(refused.statusCode, 422);
  assert.match(refused.body, /サインインの失敗/u);
});

test('期間は93日までで、実在する日に限る', async () => {
  const auditor = await signedIn('kansa');
  for (const query of ['from=2026-02-30', 'from=2026-03-01&to=2026-02-01', 'from=2026-01-01&to=2026-04-04', 'from=x']) {
    assert.equal((await auditor.get(`/reviews/anomalies?${query}`)).statusCode, 422, query);
  }
  assert.equal((await auditor.get('/reviews/anomalies?from=2026-01-01&to=2026-04-03')).statusCode, 200);
});

test('本人への報告は、だれがではなく、いつ・なんのために・どの部署が見たかを示し、作ったことも残る', async () => {
  const auditor = await signedIn('kansa');
  assert.match(String((await auditor.post('/audit/person-report', { person: '77' })).headers.location), /^\/reason/u);
  await auditor.get('/reason');
  await auditor.post('/reason', { reason: 'other', otherReason: '開示請求', next: '/' });
  await auditor.get('/audit/person-report');
  const report = await auditor.post('/audit/person-report', { person: '77' });
  assert.equal(report.statusCode, 200);
  assert.match(report.body, /窓口での相談/u);
  assert.match(report.body, /健康推進課/u);
  assert.match(report.body, /2件/u);
  assert.doesNotMatch(report.body, /佐藤 みどり/u, 'no name without the decision');
  const named = await auditor.post('/audit/person-report', { person: '77', hasStaffNames: 'yes' });
  assert.match(named.body, /佐藤 みどり/u);
  assert.equal((await auditor.post('/audit/person-report', { person: '404' })).statusCode, 422);
  assert.equal(
    (await auditor.post('/audit/person-report', { person: '77', recordedFrom: '2026-02-30' })).statusCode,
    422,
  );
  const { acts } = await withMunicipality(office.db, office.lgCode, async (tx) => {
    return await listActs(tx, { act: 'audit.reportedForPerson', personId: 77 as PersonId });
  });
  assert.equal(acts.length, 2);
  assert.equal(acts[0]?.reason, '開示請求');
});

test('点検も報告も、監査担当のほかには開かない', async () => {
  for (const accountName of ['tantou', 'kakaricho', 'kanri']) {
    const browser = await signedIn(accountName);
    for (const url of ['/reviews/anomalies', '/audit/person-report']) {
      assert.equal((await browser.get(url)).statusCode, 403, `${accountName} ${url}`);
    }
  }
});

test('職員の記録の閲覧と、ほかの端末で使っているあいだのサインインが、点検に出る', async () => {
  const administrator = await signedIn('kanri');
  const { rows } = await withMunicipality(office.db, office.lgCode, ({ client }) =>
    client.query<{ staff_id: number }>("SELECT staff_id FROM staff_members WHERE account_name = 'kakaricho'"),
  );
  const path = `/staff/${rows[0]?.staff_id}`;
  await administrator.get(path);
  assert.equal((await administrator.post(`${path}/records`, { numbers: '９９' })).statusCode, 422, 'nobody has it');
  await administrator.get(path);
  assert.equal((await administrator.post(`${path}/records`, { numbers: '77' })).statusCode, 303);
  const page = (await administrator.get(path)).body;
  assert.match(page, /いま 1件を登録/u);
  await signedIn('kakaricho');
  await signedIn('kakaricho');
  const auditor = await signedIn('kansa');
  const rules = keysOn((await auditor.get('/reviews/anomalies')).body).map((key) => key.split('.')[0]);
  assert.ok(rules.includes('staffViewed') && rules.includes('simultaneousUse'), rules.join(' '));
});
