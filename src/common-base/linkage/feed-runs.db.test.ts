import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ActBy } from '#common-base/audit';
import { finding } from '#kernel';
import { withMunicipality } from '#platform/postgres';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import {
  addFeedRunRows,
  beginFeedRun,
  failFeedRun,
  findFeedRun,
  finishFeedRun,
  listFeedRunRows,
  listFeedRuns,
} from './feed-runs.ts';

let t: TestDatabase;
before(async () => {
  t = await testDatabase();
});
after(() => t.close());

const start = (letter: string) => ({
  kind: 'residents',
  layoutName: 'residents',
  fileName: 'residents.csv',
  digest: letter.repeat(64),
  bytes: 10,
});
const result = { rows: 3, accepted: 1, questioned: 1, refused: 1, unmappedCharacters: 2, seconds: 0.25 };

function by(): ActBy {
  return {
    lgCode: t.lgCode,
    staffId: null,
    staffName: '試験 職員',
    via: 'cli',
    from: 'localhost',
    osUser: 'tester',
    reason: null,
  };
}

async function runOnce(letter: string): Promise<number> {
  return withMunicipality(t.db, t.lgCode, async (tx) => {
    const begun = await beginFeedRun(tx, by(), start(letter));
    assert.equal(begun.isRepeated, false);
    await addFeedRunRows(tx, begun.runId, [
      { ordinal: 2, line: 3, answer: 'refused', findings: [finding('feedDayImpossible', 'refuse', '生年月日')] },
      { ordinal: 3, line: 4, answer: 'questioned', findings: [] },
    ]);
    await finishFeedRun(tx, begun.runId, result);
    return begun.runId;
  });
}

test('同じファイルは初回の件数を答え、何も書かない', async () => {
  const runId = await runOnce('a');
  await withMunicipality(t.db, t.lgCode, async (tx) => {
    assert.deepEqual(await beginFeedRun(tx, by(), start('a')), {
      isRepeated: true,
      runId,
      result: { ...result, repeated: true },
    });
    assert.equal((await listFeedRuns(tx, { limit: 10, kind: 'residents' })).length, 1);
    const other = await beginFeedRun(tx, by(), { ...start('a'), layoutName: 'other' });
    assert.equal(other.isRepeated, false);
    await finishFeedRun(tx, other.runId, result);
  });
});

test('指摘のあった行はファイルの順に並ぶ', async () => {
  const runId = await runOnce('b');
  await withMunicipality(t.db, t.lgCode, async (tx) => {
    const rows = await listFeedRunRows(tx, runId, { limit: 1 });
    assert.deepEqual(rows, [
      { ordinal: 2, line: 3, answer: 'refused', findings: [finding('feedDayImpossible', 'refuse', '生年月日')] },
    ]);
    const next = await listFeedRunRows(tx, runId, { limit: 10, after: 2 });
    assert.deepEqual(
      next.map(({ ordinal }) => ordinal),
      [3],
    );
    assert.equal((await listFeedRunRows(tx, runId, { limit: 10, answer: 'refused' })).length, 1);
  });
});

test('途中で倒れた取り込みは何も残さず、失敗だけを記録でき、同じファイルをもう一度取り込める', async () => {
  await assert.rejects(
    withMunicipality(t.db, t.lgCode, async (tx) => {
      await beginFeedRun(tx, by(), start('c'));
      throw new Error('power cut');
    }),
  );
  const failed = await failFeedRun(t.db, t.lgCode, by(), start('c'), '3行目に読めない文字があります。');
  await withMunicipality(t.db, t.lgCode, async (tx) => {
    const run = await findFeedRun(tx, failed);
    assert.equal(run?.state, 'failed');
    assert.equal(run?.result, null);
    assert.equal(run?.failure, '3行目に読めない文字があります。');
    assert.equal((await listFeedRuns(tx, { limit: 1 }))[0]?.runId, failed);
  });
  await runOnce('c');
});

test('同時に来た同じファイルは、先の取り込みを待って初回の件数を答える', async () => {
  const [one, two] = await Promise.all([tryRun('d'), tryRun('d')]);
  assert.notEqual(one, two);
});

test('ほかの自治体の記録は見えない', async () => {
  const runId = await runOnce('e');
  await withMunicipality(t.db, t.other, async (tx) => {
    assert.equal(await findFeedRun(tx, runId), undefined);
    assert.deepEqual(await listFeedRuns(tx, { limit: 10 }), []);
    const { rows } = await tx.client.query('SELECT count(*)::int AS n FROM feed_runs');
    assert.deepEqual(rows, [{ n: 0 }]);
  });
});

test('記録は消せず、行は書き直せない', async () => {
  await runOnce('f');
  for (const sql of ['DELETE FROM feed_runs', 'DELETE FROM feed_run_rows', 'UPDATE feed_run_rows SET line = 1']) {
    await assert.rejects(
      withMunicipality(t.db, t.lgCode, (tx) => tx.client.query(sql)),
      /permission denied/u,
    );
  }
});

async function tryRun(letter: string): Promise<boolean> {
  return withMunicipality(t.db, t.lgCode, async (tx) => {
    const begun = await beginFeedRun(tx, by(), start(letter));
    if (!begun.isRepeated) await finishFeedRun(tx, begun.runId, result);
    return begun.isRepeated;
  });
}
