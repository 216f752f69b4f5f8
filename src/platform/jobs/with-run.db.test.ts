import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { NotFound } from '#kernel';
import { withMunicipality } from '#platform/postgres';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { finishRun, getRun, listRuns, RunStopped, reportRun, requestStop, resumeRun, startRun } from './runs.ts';
import { withRun } from './with-run.ts';

describe('長い処理', () => {
  let t: TestDatabase;
  before(async () => {
    t = await testDatabase();
  });
  after(() => t.close());

  const look = (runId: number) => withMunicipality(t.db, t.lgCode, (tx) => getRun(tx, runId));

  test('進み具合と結果が残る', async () => {
    let runId = 0;
    const value = await withRun(t.db, t.lgCode, { kind: 'x', label: '住民情報の取込', total: 10 }, async (run) => {
      runId = run.runId;
      await run.report({ done: 4, message: '4件' });
      assert.equal((await look(runId)).done, 4);
      await run.report({ done: 10 });
      return { value: 'ok', result: { rows: 10 } };
    });
    const run = await look(runId);
    assert.equal(value, 'ok');
    assert.deepEqual([run.state, run.done, run.total, run.message], ['done', 10, 10, '4件']);
    assert.deepEqual(run.result, { rows: 10 });
    assert.equal(await withMunicipality(t.db, t.lgCode, (tx) => requestStop(tx, runId)), false);
  });

  test('止めるよう求めると安全な所で止まり、続きから始められる', async () => {
    let runId = 0;
    const stopped = withRun(t.db, t.lgCode, { kind: 'x', label: '印刷' }, async (run) => {
      runId = run.runId;
      await withMunicipality(t.db, t.lgCode, (tx) => requestStop(tx, runId));
      await run.report({ done: 3, resumeFrom: { ordinal: 3 } });
      return { value: null };
    });
    await assert.rejects(stopped, RunStopped);
    assert.equal((await look(runId)).state, 'stopped');
    const from = await withMunicipality(t.db, t.lgCode, (tx) => resumeRun(tx, runId));
    assert.deepEqual(from, { ordinal: 3 });
    assert.deepEqual(await reportRun(t.db, t.lgCode, runId, { done: 4 }), { isStopRequested: false });
    await withMunicipality(t.db, t.lgCode, (tx) => finishRun(tx, runId, { state: 'done' }));
    await assert.rejects(
      withMunicipality(t.db, t.lgCode, (tx) => resumeRun(tx, runId)),
      NotFound,
    );
  });

  test('失敗は失敗として残り、黙った処理は中断と分かる', async () => {
    const failed = withRun(t.db, t.lgCode, { kind: 'y', label: '照合' }, () => Promise.reject(new Error('だめ')));
    await assert.rejects(failed, /だめ/u);
    const silent = await withMunicipality(t.db, t.lgCode, async (tx) => {
      const id = await startRun(tx, { kind: 'y', label: '照合' });
      await tx.client.query("UPDATE runs SET reported_at = now() - interval '3 minutes' WHERE run_id = $1", [id]);
      return id;
    });
    const runs = await withMunicipality(t.db, t.lgCode, (tx) => listRuns(tx, { kind: 'y' }));
    assert.deepEqual(
      runs.map((run) => run.state),
      ['interrupted', 'failed'],
    );
    assert.equal(runs[0]?.runId, silent);
  });

  test('ほかの自治体の処理は見えない', async () => {
    const own = await withMunicipality(t.db, t.lgCode, (tx) => startRun(tx, { kind: 'z', label: 'a' }));
    assert.deepEqual(await withMunicipality(t.db, t.other, (tx) => listRuns(tx)), []);
    assert.deepEqual(await reportRun(t.db, t.other, own, { done: 1 }), { isStopRequested: true });
  });
});
