import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { recordAct } from '#common-base/audit';
import { formatIsoDay } from '#kernel';
import { fixedClock, todayInTokyo } from '#platform/clock';
import { enqueue } from '#platform/jobs';
import { createLog } from '#platform/log';
import { publish } from '#platform/outbox';
import { withClient, withMunicipality } from '#platform/postgres';
import { testActor } from '../../../tests/support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { insertTestPeople } from '../../../tests/support/ledger.ts';
import { testKeyWrapper } from '../../../tests/support/numbers.ts';
import { forecastTask, nextWindowEnd } from './forecast-tasks.ts';
import { type OfficeWorker, startOfficeWorker } from './start-office-worker.ts';

// An hour ahead of the queue's own time: what is asked for then still waits while we look.
const clock = fixedClock(new Date(Date.now() + 3_600_000).toISOString());
const rulesFolder = join(import.meta.dirname, '../../../rules');

test('同じ時間枠の知らせはすべて同じ時刻に計算を頼み、後の知らせで先に延びない', () => {
  const at = (time: string) =>
    nextWindowEnd(new Date(`2026-11-21T${time}Z`), 30)
      .toISOString()
      .slice(11, 19);
  assert.equal(at('09:00:00'), '09:00:30');
  assert.equal(at('09:00:29.999'), '09:00:30');
  assert.equal(at('09:00:30'), '09:01:00');
});

describe('ワーカー', () => {
  let t: TestDatabase;
  let home: string;
  let workers: OfficeWorker[];
  before(async () => {
    t = await testDatabase();
    home = await mkdtemp(join(tmpdir(), 'sesshu-worker-'));
    await insertTestPeople(t.db, t.lgCode, [{ addresseeNumber: '1' }, { addresseeNumber: '2' }]);
    const start = () =>
      startOfficeWorker({
        db: t.db,
        clock,
        log: createLog('test', 'silent'),
        home,
        rulesFolder,
        keyWrapper: testKeyWrapper,
      });
    // Two processes on one database are two workers: each job is done once.
    workers = await Promise.all([start(), start()]);
  });
  after(async () => {
    await Promise.all(workers.map((worker) => worker.stop()));
    await t.close();
    await rm(home, { recursive: true, force: true });
  });

  const inOffice = <T>(sql: string): Promise<T[]> =>
    withMunicipality(t.db, t.lgCode, async (tx) => (await tx.client.query(sql)).rows as T[]);
  const until = async (check: () => Promise<boolean>) => {
    const deadline = performance.now() + 15_000;
    while (!(await check())) {
      assert.ok(performance.now() < deadline, 'it did not happen in time');
      await sleep(50);
    }
  };

  test('取込の知らせは、一つの予定計算になって待つ', async () => {
    for (const runId of [1, 2, 3]) {
      await withMunicipality(t.db, t.lgCode, (tx) => publish(tx, 'persons.imported', runId));
      await until(async () => (await inOffice('SELECT 1 FROM outbox')).length === 0);
    }
    const countWaiting = () =>
      withClient(t.db.jobsUrl, async (client) => {
        const { rows } = await client.query<{ task: string; n: number }>(
          `SELECT task_identifier AS task, count(*)::int AS n FROM graphile_worker.jobs
            WHERE task_identifier LIKE 'forecast.%' GROUP BY 1`,
        );
        return rows;
      });
    await until(async () => (await countWaiting()).every(({ task }) => task === forecastTask));
    assert.deepEqual(await countWaiting(), [{ task: forecastTask, n: 1 }]);
  });

  test('予定計算は全員を一度だけ判定し、だれの権限で動いたかを残す', async () => {
    await withMunicipality(t.db, t.lgCode, (tx) => enqueue(tx, forecastTask, { lgCode: t.lgCode }));
    await until(async () => (await inOffice("SELECT 1 FROM runs WHERE state = 'done'")).length === 1);
    assert.deepEqual(await inOffice('SELECT count(*)::int AS n, max(as_of) AS on FROM person_forecasts'), [
      { n: 2, on: formatIsoDay(todayInTokyo(clock)) },
    ]);
    const acts = await inOffice<{ staff_name: string }>(
      "SELECT staff_name FROM audit_acts WHERE act = 'vaccinations.forecast'",
    );
    assert.deepEqual(acts, [{ staff_name: `自動処理(${forecastTask})` }]);
  });

  test('監査ログは動いている間に封印される', async () => {
    const actor = testActor(t.lgCode, []);
    await withMunicipality(t.db, t.lgCode, (tx) => recordAct(tx, actor, { act: 'test.recorded' }));
    await until(async () => (await inOffice('SELECT 1 FROM audit_unsealed')).length === 0);
    assert.notEqual((await inOffice('SELECT 1 FROM audit_seals')).length, 0);
  });
});
