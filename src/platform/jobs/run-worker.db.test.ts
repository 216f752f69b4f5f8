import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { createLog } from '#platform/log';
import { publish, publishMany } from '#platform/outbox';
import { withClient, withMunicipality } from '#platform/postgres';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { enqueue } from './enqueue.ts';
import { createNewsRelay, relayOnce } from './relay-news.ts';
import { type Job, runWorker, type TaskList } from './run-worker.ts';
import { RunStopped } from './runs.ts';

const log = createLog('test', 'silent');

async function until(check: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 15_000;
  while (!(await check())) {
    assert.ok(performance.now() < deadline, 'it did not happen in time');
    await sleep(20);
  }
}

describe('ジョブ', () => {
  let t: TestDatabase;
  before(async () => {
    t = await testDatabase();
  });
  after(() => t.close());

  const countJobs = () =>
    withClient(t.db.jobsUrl, async (client) => {
      const { rows } = await client.query<{ n: string }>('SELECT count(*) AS n FROM graphile_worker.jobs');
      return Number(rows[0]?.n);
    });

  test('データベースのない所では始まらず、あとで試し続けるものを何も残さない', async () => {
    const said: string[] = [];
    const watched = pino({}, { write: (line: string) => void said.push(line) });
    const gone = { ...t.db, jobsUrl: 'postgresql://sesshu_jobs@127.0.0.1:1/sesshu' };
    await assert.rejects(() => runWorker(gone, {}, watched), { code: 'ECONNREFUSED' });
    const before = said.length;
    // Whoever keeps the presence of a worker tries again every second.
    await sleep(1500);
    assert.equal(said.length, before, said.join(''));
  });

  const work = async (tasks: TaskList, done: () => boolean | Promise<boolean>) => {
    const worker = await runWorker(t.db, tasks, log);
    try {
      await until(done);
    } finally {
      await worker.stop();
    }
  };

  test('ワーカーが終わるときに列へ返した仕事は、失敗として書かれない', async () => {
    const lines: { level: number; msg: string }[] = [];
    const kept = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
    let begun = 0;
    const tasks: TaskList = {
      wait: async ({ signal }) => {
        begun += 1;
        await sleep(60_000, undefined, { signal }).catch(() => undefined);
        throw new RunStopped('the worker ends');
      },
    };
    await withMunicipality(t.db, t.lgCode, (tx) => enqueue(tx, 'wait', { lgCode: t.lgCode }));
    const worker = await runWorker(t.db, tasks, kept);
    await until(() => begun === 1);
    await worker.stop();
    assert.deepEqual(
      lines.map(({ level, msg }) => ({ level, msg })),
      [{ level: 30, msg: 'a job goes back to the queue: the worker ends' }],
    );
    assert.equal(await countJobs(), 1);
    await withClient(t.db.jobsUrl, (client) => client.query('DELETE FROM graphile_worker._private_jobs'));
  });

  test('取引が成り立てば走り、取り消されれば走らない', async () => {
    const seen: Job['payload'][] = [];
    await withMunicipality(t.db, t.lgCode, (tx) => enqueue(tx, 'remember', { lgCode: t.lgCode, id: 1 }));
    const undone = withMunicipality(t.db, t.lgCode, async (tx) => {
      await enqueue(tx, 'remember', { lgCode: t.lgCode, id: 2 });
      throw new Error('やめる');
    });
    await assert.rejects(undone);
    const tasks: TaskList = {
      remember: async ({ db, lgCode, payload }) => {
        const visible = await withMunicipality(db, lgCode, (tx) => tx.client.query('SELECT 1 FROM municipalities'));
        assert.equal(visible.rowCount, 1);
        seen.push(payload);
      },
    };
    await work(tasks, async () => seen.length === 1 && (await countJobs()) === 0);
    assert.deepEqual(seen, [{ lgCode: t.lgCode, id: 1 }]);
  });

  test('ほかの自治体のジョブは入れられない', async () => {
    const foreign = withMunicipality(t.db, t.lgCode, (tx) => enqueue(tx, 'remember', { lgCode: t.other }));
    await assert.rejects(foreign, { code: '42501' });
    await assert.rejects(t.db.app.query(`SELECT sesshu_jobs.enqueue('x', '{"lgCode":"134996"}'::json)`), {
      code: '42501',
    });
  });

  test('業務の役割は待ち行列の表に触れず、ジョブの役割は業務の表に触れない', async () => {
    const attacks = [
      'SELECT * FROM graphile_worker._private_jobs',
      `SELECT graphile_worker.add_job('x')`,
      'SELECT * FROM sesshu_jobs.schema_migrations, graphile_worker.jobs',
    ];
    for (const sql of attacks) await assert.rejects(t.db.app.query(sql), { code: '42501' });
    for (const role of ['vault', 'disposal', 'read'] as const) {
      await assert.rejects(t.db[role].query(`SELECT sesshu_jobs.enqueue('x', '{}'::json)`), { code: '42501' });
    }
    await withClient(t.db.jobsUrl, async (client) => {
      await assert.rejects(client.query('SELECT * FROM public.municipalities'), { code: '42501' });
      await assert.rejects(client.query('CREATE SCHEMA elsewhere'), { code: '42501' });
      await assert.rejects(client.query('CREATE TABLE public.x ()'), { code: '42501' });
    });
  });

  test('失敗したジョブは待ち行列に残り、誤りの文面は残らない', async () => {
    await withMunicipality(t.db, t.lgCode, (tx) =>
      enqueue(tx, 'stumble', { lgCode: t.lgCode }, { attemptsMax: 2, jobKey: 'stumble' }),
    );
    let tries = 0;
    const tasks: TaskList = {
      stumble: () => {
        tries += 1;
        return Promise.reject(new RangeError('若葉 太郎'));
      },
    };
    const findError = () =>
      withClient(t.db.jobsUrl, async (client) => {
        const { rows } = await client.query<{ last_error: string | null }>(
          "SELECT last_error FROM graphile_worker.jobs WHERE key = 'stumble'",
        );
        return rows[0]?.last_error ?? null;
      });
    await work(tasks, async () => (await findError()) !== null);
    assert.ok(tries >= 1);
    assert.equal(await findError(), 'RangeError');
    await withClient(t.db.jobsUrl, (client) => client.query("SELECT graphile_worker.remove_job('stumble')"));
  });

  test('落ちた働き手のジョブはすぐに戻される', async () => {
    await withMunicipality(t.db, t.lgCode, (tx) => enqueue(tx, 'abandoned', { lgCode: t.lgCode }));
    await withClient(t.db.jobsUrl, (client) =>
      client.query("UPDATE graphile_worker._private_jobs SET locked_at = now(), locked_by = 'pool-that-is-gone'"),
    );
    let runs = 0;
    const tasks: TaskList = {
      abandoned: () => {
        runs += 1;
        return Promise.resolve();
      },
    };
    await work(tasks, () => runs === 1);
  });

  test('知らせは一度だけ聞き手に渡り、聞き手のない知らせは消える', async () => {
    await withMunicipality(t.db, t.lgCode, async (tx) => {
      await publish(tx, 'vaccinations.changed', 5);
      await publish(tx, 'vaccinations.changed', 5);
      await publish(tx, 'weather.changed', 1);
      assert.equal(
        await publishMany(tx, 'vaccinations.changed', 'SELECT generate_series($1::int, $2::int)', [6, 8]),
        3,
      );
    });
    const heard: unknown[] = [];
    const tasks: TaskList = {
      listen: ({ payload }) => {
        heard.push(payload['ids']);
        return Promise.resolve();
      },
    };
    const listeners = [{ task: 'listen', topics: ['vaccinations.changed'] }];
    const worker = await runWorker(t.db, tasks, log, { repeated: [createNewsRelay(listeners, 50)] });
    await until(() => heard.length > 0);
    await worker.stop();
    assert.deepEqual(heard, [['5', '6', '7', '8']]);
    assert.equal(await relayOnce(t.db, t.lgCode, listeners), 0);
  });
});
