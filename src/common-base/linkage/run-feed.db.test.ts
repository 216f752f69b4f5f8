import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { UnreadableInput } from '#kernel';
import { RunStopped } from '#platform/jobs';
import { withMunicipality } from '#platform/postgres';
import { testActor, testContext } from '../../../tests/support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { addFeedRunRows, listFeedRuns } from './feed-runs.ts';
import { bytesSource } from './feed-source.ts';
import { runFeed } from './run-feed.ts';

let t: TestDatabase;
before(async () => {
  t = await testDatabase();
});
after(() => t.close());

const figures = { rows: 1, accepted: 1, questioned: 0, refused: 0, unmappedCharacters: 0 };
const context = () => testContext(t.db, testActor(t.lgCode, []));
const feed = { kind: 'residents', layoutName: 'residents' };
const source = (text: string) => bytesSource(`${text}.csv`, new TextEncoder().encode(text));

function statesOf() {
  return withMunicipality(t.db, t.lgCode, async (tx) =>
    (await listFeedRuns(tx, { limit: 10 })).map((run) => [run.fileName, run.state, run.failure]),
  );
}

/** What PostgreSQL answers to the one of two crosswise writers whom it ends (deadlock_detected). */
const deadlock = "DO $$ BEGIN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01'; END $$";

test('ほかの書き込みと行き違いになった取込は、何も残さずはじめからやり直す', async () => {
  let attempts = 0;
  const result = await runFeed(context(), source('crosswise'), feed, async (tx, runId) => {
    attempts += 1;
    await addFeedRunRows(tx, runId, [{ ordinal: attempts, line: attempts, answer: 'refused', findings: [] }]);
    if (attempts === 1) await tx.client.query(deadlock);
    return figures;
  });
  assert.equal(attempts, 2);
  assert.deepEqual([result.rows, result.repeated], [1, undefined]);
  assert.deepEqual(await statesOf(), [['crosswise.csv', 'done', null]]);
  const { rows } = await withMunicipality(t.db, t.lgCode, (tx) => tx.client.query('SELECT ordinal FROM feed_run_rows'));
  assert.deepEqual(rows, [{ ordinal: 2 }], '一度めに書いたものは残らない');
});

test('三度行き違いになれば、あきらめて何も書いていないと言う', async () => {
  let attempts = 0;
  const failing = runFeed(context(), source('always'), feed, async (tx) => {
    attempts += 1;
    await tx.client.query(deadlock);
    return figures;
  });
  await assert.rejects(failing, { code: '40P01' });
  assert.equal(attempts, 3);
  assert.deepEqual((await statesOf())[0], [
    'always.csv',
    'failed',
    '処理が途中で止まりました。何も書き込まれていません。',
  ]);
});

test('読めないファイルはその一文を、ほかの失敗は何も書いていないことを残す', async () => {
  const fail = (text: string, error: Error) =>
    assert.rejects(
      runFeed(context(), source(text), feed, () => Promise.reject(error)),
      error,
    );
  await fail('unreadable', new UnreadableInput('a.csv は空です。'));
  await fail('broken', new Error('secret 123'));
  assert.deepEqual((await statesOf()).slice(0, 2), [
    ['broken.csv', 'failed', '処理が途中で止まりました。何も書き込まれていません。'],
    ['unreadable.csv', 'failed', 'a.csv は空です。'],
  ]);
});

test('人が止めた取込は、失敗として残さない', async () => {
  const before = await statesOf();
  const stopped = new RunStopped('the run was asked to stop');
  await assert.rejects(
    runFeed(context(), source('stopped'), feed, () => Promise.reject(stopped)),
    stopped,
  );
  assert.deepEqual(await statesOf(), before);
});

test('失敗したファイルはもう一度受け取れ、済んだファイルは前の結果を答える', async () => {
  const first = await runFeed(context(), source('broken'), feed, () => Promise.resolve(figures));
  assert.equal(first.repeated, undefined);
  const again = await runFeed(context(), source('broken'), feed, () => Promise.reject(new Error('never called')));
  assert.deepEqual(again, { ...first, repeated: true });
});
