import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { withMunicipality } from '#platform/postgres';
import { openStaffServer, StaffBrowser, type StaffServer } from '../../../../tests/support/staff-server.ts';

let office: StaffServer;

before(async () => {
  office = await openStaffServer(JSON.stringify({ secondFactorRoles: [] }), new Date().toISOString());
});
after(() => office.close());

test('棚卸しは全員の判断がそろって初めて署名でき、停止とした人はすぐに入れなくなる', async () => {
  const auditor = new StaffBrowser(office, '10.0.0.2');
  await auditor.signIn('kansa');
  // A hundred days later: whoever has not come since counts as unused.
  office.clock.at = new Date(office.clock.at.getTime() + 100 * 86_400_000);
  const chief = new StaffBrowser(office);
  await chief.signIn('kakaricho');
  const page = await chief.get('/reviews/access');
  assert.equal(page.statusCode, 200);
  const ids = [...page.body.matchAll(/name="verdict-(\d+)"/gu)].map((match) => match[1] ?? '');
  assert.equal(ids.length, 4);
  assert.match(page.body, /使われていないアカウントが 3 件/u, 'all but the chief');
  const idOf = async (accountName: string): Promise<string> =>
    await withMunicipality(office.db, office.lgCode, async (tx) => {
      const found = await tx.client.query<{ staff_id: number }>(
        'SELECT staff_id FROM staff_members WHERE account_name = $1',
        [accountName],
      );
      return String(found.rows[0]?.staff_id);
    });
  const keep = Object.fromEntries(ids.map((id) => [`verdict-${id}`, 'keep']));
  const { [`verdict-${await idOf('kanri')}`]: _left, ...incomplete } = keep;
  assert.equal((await chief.post('/reviews/access', incomplete)).statusCode, 422);
  const ownStop = { ...keep, [`verdict-${await idOf('kakaricho')}`]: 'stop' };
  assert.equal((await chief.post('/reviews/access', ownStop)).statusCode, 422);
  await auditor.signIn('kansa');
  assert.equal((await auditor.get('/audit/log')).statusCode, 200);
  const stop = { ...keep, [`verdict-${await idOf('kansa')}`]: 'stop', note: '異動の名簿と照らした' };
  assert.equal((await chief.post('/reviews/access', stop)).statusCode, 303);
  assert.match(String((await auditor.get('/audit/log')).headers.location), /^\/sign-in/u);
  assert.match((await chief.get('/reviews/access')).body, /異動の名簿と照らした/u);
  const lines = await withMunicipality(office.db, office.lgCode, async (tx) => {
    return (await tx.client.query('SELECT verdict, facts FROM control_review_lines ORDER BY line_no')).rows;
  });
  assert.equal(lines.length, 4);
  assert.equal(lines.filter((line: { verdict: string }) => line.verdict === 'stop').length, 1);
});

test('係長でない人には棚卸しの画面は開かない', async () => {
  for (const accountName of ['tantou', 'kanri']) {
    const browser = new StaffBrowser(office);
    await browser.signIn(accountName);
    assert.equal((await browser.get('/reviews/access')).statusCode, 403, accountName);
  }
});
