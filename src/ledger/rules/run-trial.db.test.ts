import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ActionContext } from '#common-base/access';
import { ensureDemonstrationStaff, NotPermitted } from '#common-base/access';
import { openRuleBook } from '#common-base/municipalities';
import { addDays, getDay, NotFound, type StaffId } from '#kernel';
import { importHistory } from '#ledger/vaccinations';
import { fixedClock } from '#platform/clock';
import { getRun, requestStop } from '#platform/jobs';
import { createLog } from '#platform/log';
import { type Tx, withMunicipality } from '#platform/postgres';
import type { RuleSet } from '#schedule';
import { loadDemonstrationSettings, testActor, testContext, textFeed } from '../../../tests/support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { rulesFolder } from '../../../tests/support/demonstration.ts';
import { historyHeader } from '../../../tests/support/intake.ts';
import { insertTestPeople } from '../../../tests/support/ledger.ts';
import { createComparer } from './derive-changes.ts';
import { readProposal } from './read-proposal.ts';
import { createTrialTask } from './run-trial.ts';
import { getTrial, removeTrial, startTrial, trialTask } from './start-trial.ts';
import { selectCounts, selectTrialPeople } from './store.ts';

const asOf = getDay(2026, 11, 21);
let base: TestDatabase;
let context: ActionContext;
let rules: RuleSet;
let proposal: ReadonlyMap<string, string>;

before(async () => {
  base = await testDatabase();
  await loadDemonstrationSettings(base.db);
  await ensureDemonstrationStaff(base.db, { lgCode: base.lgCode, isDemonstration: true });
  const book = await openRuleBook(base.db, rulesFolder, () => 0, '試験');
  rules = await book.rulesOf(base.lgCode);
  const windows = (rules.texts.get('windows.csv') ?? '').split('\n');
  const shorter = windows.map((line) => (line.startsWith('pcv-primary,') ? line.replace('m(60)', 'm(24)') : line));
  proposal = new Map([['windows.csv', shorter.join('\n')]]);
  const staffId = await staffOf('kakaricho');
  context = testContext(base.db, { ...testActor(base.lgCode, ['rules.try', 'history.import']), staffId });
  await insertTestPeople(base.db, base.lgCode, [
    // 3 years: open until 60 months of age, closed where the window ends with 24 months.
    { addresseeNumber: '0000000001', bornOn: '2023-11-01' },
    // 3 years, given a dose at 3 years: lawful now, outside then.
    { addresseeNumber: '0000000002', bornOn: '2023-11-01', sex: 'male' },
    // Grown up: nothing changes.
    { addresseeNumber: '0000000003', bornOn: '1980-05-05' },
    // Not here on the day.
    { addresseeNumber: '0000000004', bornOn: '2023-11-01', becameResidentOn: '2026-12-01' },
  ]);
  const feed = textFeed('history.csv', [historyHeader, '0000000002,23,1,20261102,,A,03,,,,']);
  await importHistory(context, feed, { asOf });
});
after(() => base.close());

const inOffice = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => withMunicipality(base.db, base.lgCode, work);
const staffOf = async (account: string): Promise<StaffId> =>
  inOffice(async ({ client }) => {
    const { rows } = await client.query<{ id: StaffId }>(
      'SELECT staff_id AS id FROM staff_members WHERE account_name = $1',
      [account],
    );
    assert.ok(rows[0] !== undefined);
    return rows[0].id;
  });
const start = async (): Promise<number> =>
  (await startTrial(context, rules, { label: '24月まで', asOf, files: proposal })).trialId;
const runOf = (trialId: number): Promise<number> => inOffice(async (tx) => (await getTrial(tx, trialId)).runId);
const work = (runId: number, signal = new AbortController().signal): Promise<void> | undefined => {
  const { db, lgCode } = base;
  const tasks = createTrialTask(fixedClock('2026-11-21T10:00:00+09:00'));
  return tasks[trialTask]?.({ db, lgCode, payload: { lgCode, runId }, signal, log: createLog('trial'), attempt: 1 });
};
const run = async (trialId: number, signal?: AbortSignal): Promise<void> => work(await runOf(trialId), signal);

const ledgerText = (): Promise<unknown> =>
  inOffice(async ({ client }) => {
    const tables = ['ledger_entries', 'current_doses', 'ledger_heads', 'person_forecasts', 'persons'];
    const digests = tables.map(
      (name) => `(SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM ${name} t) AS ${name}`,
    );
    return (await client.query(`SELECT ${digests.join(', ')}`)).rows[0];
  });

test('案を全員に当てはめて、変わる人を種類と年齢ごとに数え、台帳には何も書かない', async () => {
  const before = await ledgerText();
  const trialId = await start();
  await run(trialId);
  const trial = await inOffice((tx) => getTrial(tx, trialId));
  assert.equal(trial.result?.people, 3);
  assert.equal(trial.result.affected, 2);
  const counts = await inOffice((tx) => selectCounts(tx, trialId));
  const primary = counts.filter(
    ({ kind, stage, after: is }) => kind === 'stage' && stage === 'primary' && is === 'closed',
  );
  assert.deepEqual(
    primary.map(({ programme, before: was, ageFrom, count }) => [programme, was, ageFrom, count]),
    // Begun at two years or later one dose is the whole course: today complete, outside the shorter window never begun.
    [
      ['pneumococcal-child', 'completed', 3, 1],
      ['pneumococcal-child', 'overdue', 3, 1],
    ],
  );
  const doses = counts.filter(({ kind }) => kind === 'dose');
  assert.deepEqual(
    doses.map((each) => [each.before, each.after, each.ageFrom, each.count]),
    [['valid', 'invalid', 3, 1]],
  );
  const page = { programme: null, after: 0, limit: 10 };
  const people = await inOffice((tx) => selectTrialPeople(tx, trialId, page));
  assert.equal(people.length, 2);
  assert.deepEqual(await ledgerText(), before);
  assert.equal((await inOffice((tx) => getRun(tx, trial.runId))).state, 'done');
  // The queue may give a job twice: nothing is counted twice.
  await run(trialId);
  assert.deepEqual(await inOffice((tx) => selectCounts(tx, trialId)), counts);
});

test('途中で落ちた試算は、もう一度はじめから数える', async () => {
  const trialId = await start();
  const ending = new AbortController();
  ending.abort();
  await assert.rejects(run(trialId, ending.signal));
  assert.equal((await inOffice((tx) => getTrial(tx, trialId))).result, null);
  await run(trialId);
  assert.equal((await inOffice((tx) => getTrial(tx, trialId))).result?.affected, 2);
  assert.equal(
    (await inOffice((tx) => selectTrialPeople(tx, trialId, { programme: null, after: 0, limit: 10 }))).length,
    2,
  );
});

test('止められた試算は数えず、消した試算は一覧ごとなくなる', async () => {
  const trialId = await start();
  const runId = await runOf(trialId);
  const stateOf = async (id: number): Promise<string> => (await inOffice((tx) => getRun(tx, id))).state;
  assert.equal(await stateOf(runId), 'waiting');
  await inOffice((tx) => requestStop(tx, runId));
  await work(runId);
  assert.equal(await stateOf(runId), 'stopped');
  await work(runId);
  assert.equal((await inOffice((tx) => getTrial(tx, trialId))).result, null);
  await removeTrial(context, trialId);
  await assert.rejects(
    inOffice((tx) => getTrial(tx, trialId)),
    NotFound,
  );
  const goneId = await start();
  const goneRunId = await runOf(goneId);
  await removeTrial(context, goneId);
  await work(goneRunId);
  assert.equal(await stateOf(goneRunId), 'stopped');
});

test('試算を始めた職員に権限がなくなれば、数えずに終わり、そのことが残る', async () => {
  // The auditor may not try rules: as if the permission had gone between the page and the worker.
  const actor = { ...context.actor, staffId: await staffOf('kansa') };
  const { trialId } = await startTrial({ ...context, actor }, rules, { label: '24月まで', asOf, files: proposal });
  await run(trialId);
  const ended = await inOffice(async (tx) => getRun(tx, await runOf(trialId)));
  assert.equal(ended.state, 'failed');
  assert.match(ended.message, /権限/u);
  assert.equal((await inOffice((tx) => getTrial(tx, trialId))).result, null);
});

test('権限のない職員は試算を始められず、ほかの自治体からは見えない', async () => {
  const other = testContext(base.db, testActor(base.lgCode, ['rules.view']));
  await assert.rejects(startTrial(other, rules, { label: '試', asOf, files: proposal }), NotPermitted);
  const trialId = await start();
  await assert.rejects(
    withMunicipality(base.db, base.other, (tx) => getTrial(tx, trialId)),
    NotFound,
  );
});

test('大勢は何本もの筋で数え、一人ずつくらべた数と同じになる', { timeout: 180_000 }, async () => {
  const many = 12_500;
  await inOffice(({ client }) =>
    client.query(
      `INSERT INTO persons (lg_code, addressee_number, version, name, kana, born_on, birth_date_precision, sex,
         is_protected, is_non_registered, is_foreigner, is_cancelled, kana_key, name_key, search_keys, search_tokens,
         feed_digest, updated_at)
       SELECT $1, 'M' || n, 1, '試験', 'シケン', DATE '2026-11-01' - n, 'day', 'female', false, false, false, false, '', '', '',
         '{}', '', now() FROM generate_series(1, $2::int) n`,
      [base.lgCode, many],
    ),
  );
  const trialId = await start();
  await run(trialId);
  const { result, asOf: on } = await inOffice((tx) => getTrial(tx, trialId));
  assert.equal(result?.people, 3 + many);
  const compare = createComparer(rules, readProposal(rules, proposal).rules, on);
  const changed = Array.from({ length: many }, (_, i) => addDays(getDay(2026, 11, 1), -(i + 1))).filter(
    (bornOn) => compare({ bornOn, sex: 'female', doses: [], facts: [] }).length > 0,
  );
  assert.ok(changed.length > 500);
  assert.equal(result.affected, changed.length + 2);
  assert.equal(result.listed, result.affected);
  const counts = await inOffice((tx) => selectCounts(tx, trialId));
  const primary = counts.filter(({ kind, stage }) => kind === 'stage' && stage === 'primary');
  assert.equal(
    primary.reduce((sum, { count }) => sum + count, 0),
    changed.length + 2,
  );
});
