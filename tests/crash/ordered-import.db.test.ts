import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { getRun, orderRun } from '#platform/jobs';
import { withMunicipality } from '#platform/postgres';
import { loadDemonstrationSettings, residentFeed } from '../support/addressees.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

const program = fileURLToPath(new URL('import-worker.ts', import.meta.url));
const people = Array.from({ length: 4000 }, (_, i) => ({ 整理番号: String(i + 1).padStart(10, '0') }));

let t: TestDatabase;
let worker: ChildProcess | undefined;

before(async () => {
  t = await testDatabase();
  await loadDemonstrationSettings(t.db);
});
after(async () => {
  worker?.kill('SIGKILL');
  await t.close();
});

const look = (runId: number) => withMunicipality(t.db, t.lgCode, (tx) => getRun(tx, runId));
const count = (table: string) =>
  withMunicipality(t.db, t.lgCode, async ({ client }) => {
    const { rows } = await client.query<{ n: number }>(`SELECT count(*) AS n FROM ${table}`);
    return rows[0]?.n ?? -1;
  });

function startWorker(): ChildProcess {
  worker = spawn(process.execPath, [program, t.name], { stdio: ['ignore', 'ignore', 'inherit'] });
  return worker;
}

async function until(check: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 90_000;
  while (!(await check())) {
    assert.ok(performance.now() < deadline, 'it did not happen in time');
    await sleep(10);
  }
}

test('画面で頼んだ取込の途中でワーカーが落ちても、半分だけ入ることはなく、次のワーカーが初めからやり直す', async () => {
  const feed = residentFeed(people);
  const runId = await withMunicipality(t.db, t.lgCode, (tx) =>
    orderRun(tx, {
      ...{ task: 'imports.residents', label: '住民記録（全件）', params: { asOf: '2026-11-21' }, back: '/imports' },
      ...{ startedBy: null, reason: '月初の取込', askedFrom: '10.0.0.1' },
      file: { name: 'residents.csv', chunks: feed.open() },
    }),
  );
  assert.equal((await look(runId)).state, 'waiting');

  const first = startWorker();
  // It has read a part of the file: nothing of it may be seen.
  await until(async () => (await look(runId)).done > 0);
  first.kill('SIGKILL');
  await once(first, 'exit');
  assert.notEqual((await look(runId)).state, 'done', 'it was killed before its end');
  assert.equal(await count('persons'), 0);
  assert.ok((await count('run_files')) > 0, 'the file waits for the next worker');

  startWorker();
  await until(async () => (await look(runId)).state === 'done');
  assert.equal(await count('persons'), people.length);
  assert.equal(await count('person_versions'), people.length);
  assert.equal((await look(runId)).result?.['accepted'], people.length);
  assert.equal(await count('run_files'), 0);
  assert.equal(await count("audit_acts WHERE act = 'persons.imported' AND reason = '月初の取込'"), 1);
});
