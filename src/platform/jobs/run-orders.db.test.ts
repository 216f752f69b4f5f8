import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Conflict } from '#kernel';
import { createLog } from '#platform/log';
import { withMunicipality } from '#platform/postgres';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { carryOutOrder, orderRun, readOrderedFile } from './run-orders.ts';
import { type Job, type RunningWorker, runWorker } from './run-worker.ts';
import { getRun, type RunNote, RunStopped, requestStop } from './runs.ts';
import type { RunHandle } from './with-run.ts';

type Work = (handle: RunHandle, job: Job) => Promise<RunNote>;

describe('画面で頼んだ長い処理', () => {
  let t: TestDatabase;
  let worker: RunningWorker | undefined;
  let work: Work;
  before(async () => {
    t = await testDatabase();
  });
  beforeEach(() => {
    work = async () => ({ rows: 1 });
  });
  after(async () => {
    await worker?.stop();
    await t.close();
  });

  const start = async () => {
    worker = await runWorker(t.db, { 'test.work': carryOut }, createLog('test', 'silent'));
  };
  const carryOut = (job: Job) =>
    carryOutOrder(job, {
      explain: (error) => (error instanceof Conflict ? error.message : undefined),
      work: (_order, handle) => work(handle, job),
    });
  const inOffice = <T>(sql: string): Promise<T[]> =>
    withMunicipality(t.db, t.lgCode, async (tx) => (await tx.client.query(sql)).rows as T[]);
  const look = (runId: number) => withMunicipality(t.db, t.lgCode, (tx) => getRun(tx, runId));
  const order = (text?: string) =>
    withMunicipality(t.db, t.lgCode, (tx) =>
      orderRun(tx, {
        ...{ task: 'test.work', label: '試験の処理', params: { batch: 3 }, back: '/intake/3' },
        ...{ startedBy: null, reason: '窓口の確認', askedFrom: '10.0.0.1' },
        file: text === undefined ? null : { name: 'a.csv', chunks: pieces(text) },
      }),
    );
  const until = async (check: () => Promise<boolean>) => {
    const deadline = performance.now() + 20_000;
    while (!(await check())) {
      assert.ok(performance.now() < deadline, 'it did not happen in time');
      await sleep(30);
    }
  };

  test('ワーカーが取りかかるまでは順番待ちで、終わると結果が残り、送られたファイルは消える', async () => {
    const runId = await order('一行目\n二行目\n');
    assert.equal((await look(runId)).state, 'waiting');
    const read: Buffer[] = [];
    work = async () => {
      for await (const piece of readOrderedFile(t.db, t.lgCode, runId)) read.push(piece);
      return { rows: 2, next: '/intake/3' };
    };
    await start();
    await until(async () => (await look(runId)).state === 'done');
    assert.equal(Buffer.concat(read).toString(), '一行目\n二行目\n');
    const run = await look(runId);
    assert.deepEqual([run.result, run.resumeFrom], [{ rows: 2, next: '/intake/3' }, { back: '/intake/3' }]);
    assert.deepEqual(await inOffice('SELECT 1 FROM run_files'), []);
    const [kept] = await inOffice('SELECT reason, asked_from, file_name FROM run_orders');
    assert.deepEqual(kept, { reason: '窓口の確認', asked_from: '10.0.0.1', file_name: 'a.csv' });
  });

  test('人が直せる誤りは文になって終わり、機械の誤りは三度試してから終わる', async () => {
    work = () => Promise.reject(new Conflict('この受付は、すでに台帳に登録されています。'));
    const told = await order();
    await until(async () => (await look(told)).state === 'failed');
    assert.equal((await look(told)).message, 'この受付は、すでに台帳に登録されています。');

    let tries = 0;
    work = () => {
      tries += 1;
      return tries === 1 ? Promise.reject(new Error('connection lost')) : Promise.resolve({ rows: 5 });
    };
    const again = await order();
    await until(async () => (await look(again)).state === 'done');
    assert.deepEqual([tries, (await look(again)).result], [2, { rows: 5 }]);
  });

  test('止めるように頼まれると次の報告で止まり、終わらせたワーカーの仕事は次のワーカーがやり直す', async () => {
    work = async (handle) => {
      await withMunicipality(t.db, t.lgCode, (tx) => requestStop(tx, handle.runId));
      await handle.report({ done: 1 });
      return {};
    };
    const stopped = await order();
    await until(async () => (await look(stopped)).state === 'stopped');

    let begun = 0;
    work = async (_handle, job) => {
      begun += 1;
      if (begun > 1) return { rows: 9 };
      while (!job.signal.aborted) await sleep(20);
      throw new RunStopped('the worker ends');
    };
    const left = await order();
    await until(() => Promise.resolve(begun === 1));
    await worker?.stop();
    assert.equal((await look(left)).state, 'running');
    await start();
    await until(async () => (await look(left)).state === 'done');
    assert.deepEqual([begun, (await look(left)).result], [2, { rows: 9 }]);
  });
});

async function* pieces(text: string): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
}
