import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LgCode } from '#kernel';
import { listRuns } from '#platform/jobs';
import { withMunicipality } from '#platform/postgres';
import { demonstrationSettings } from '../support/demonstration.ts';
import { type DyingCommands, dyingCommands } from '../support/dying-command.ts';

const lgCode = '134996' as LgCode;
/** Enough for several pages, so that threads work beside each other. */
const people = 13_000;
const forecast = ['forecast', '--as-of', '2026-11-21'] as const;

let folder: string;
let commands: DyingCommands;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sesshu-crash-'));
  commands = dyingCommands(folder);
  await commands.sesshu('init', '--settings', demonstrationSettings);
  await query(
    `INSERT INTO persons (lg_code, addressee_number, version, name, kana, born_on, birth_date_precision, sex,
       is_protected, is_non_registered, is_foreigner, is_cancelled, kana_key, name_key, search_keys, search_tokens,
       feed_digest, updated_at)
     SELECT '${lgCode}', n::text, 1, '試験', 'シケン', DATE '2026-11-01' - n * 2, 'day', 'female', false, false, false, false,
       '', '', '', '{}', '', now()
     FROM generate_series(1, ${people}) n`,
  );
});
after(async () => {
  await commands.closeOffice();
  await rm(folder, { recursive: true, force: true });
});

async function query<Row>(sql: string): Promise<Row[]> {
  const { db } = await commands.openOffice();
  return withMunicipality(db, lgCode, async ({ client }) => (await client.query(sql)).rows as Row[]);
}

const countRows = async (): Promise<number> =>
  (await query<{ n: number }>('SELECT count(*)::int AS n FROM person_forecasts'))[0]?.n ?? 0;

/** Everything that a forecast says, in one digest; when it was computed is left out. */
const answers = async (): Promise<string | undefined> =>
  (
    await query<{ md5: string }>(
      `SELECT md5(string_agg(concat_ws(' ', person_id, as_of, rules_version, person_version, ledger_version, is_here,
         facts_digest, next_change_on, due, overdue), '|' ORDER BY person_id)) AS md5 FROM person_forecasts`,
    )
  )[0]?.md5;

test('予定計算の途中で何度落ちても、済んだ人は残り、続きだけを計算して、同じ答えになる', {
  timeout: 300_000,
}, async () => {
  const whole = await commands.sesshu(...forecast);
  assert.deepEqual([whole['people'], whole['judged']], [people, people]);
  const wanted = await answers();
  const states = await query('SELECT * FROM forecast_states');
  assert.equal(states.length, 1);
  await query('DELETE FROM person_forecasts');

  let kept = 0;
  let wasCutShort = 0;
  for (let round = 0; round < 2; round += 1) {
    const command = commands.start(...forecast);
    // Some pages are written, others are under way in several threads.
    while (command.exitCode === null && (await countRows()) <= kept) await sleep(5);
    await sleep(Math.random() * 60);
    await commands.kill(command);
    await commands.settle();
    const rows = await countRows();
    assert.ok(rows >= kept, `${rows} rows after ${kept}`);
    if (rows < people) wasCutShort += 1;
    kept = rows;
  }
  assert.ok(wasCutShort > 0, 'no round was cut short');

  const rest = await commands.sesshu(...forecast);
  assert.equal(rest['judged'], people - kept);
  assert.deepEqual([rest['people'], rest['due'], rest['overdue']], [whole['people'], whole['due'], whole['overdue']]);
  assert.equal(await answers(), wanted);
  assert.equal((await commands.sesshu(...forecast))['judged'], 0);
});

test('落ちた計算は、画面では途切れた処理になり、動いているように見え続けない', async () => {
  const runs = await query<{ state: string; n: number }>(
    "SELECT state, count(*)::int AS n FROM runs WHERE kind = 'vaccinations.forecast' GROUP BY state",
  );
  assert.ok(runs.some(({ state, n }) => state === 'done' && n >= 2));
  await query("UPDATE runs SET reported_at = now() - interval '3 minutes' WHERE state = 'running'");
  const { db } = await commands.openOffice();
  const shown = await withMunicipality(db, lgCode, (tx) => listRuns(tx, { kind: 'vaccinations.forecast' }));
  assert.ok(shown.every(({ state }) => state === 'done' || state === 'interrupted'));
  assert.ok(shown.some(({ state }) => state === 'interrupted'));
});
