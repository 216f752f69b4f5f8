import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LgCode } from '#kernel';
import { verifyLedger } from '#ledger/vaccinations';
import { withMunicipality } from '#platform/postgres';
import { feedText, residentLines } from '../support/addressees.ts';
import { demonstrationSettings } from '../support/demonstration.ts';
import { type DyingCommands, dyingCommands } from '../support/dying-command.ts';
import { clinicHeader, clinicLine, contractedClinicLines, historyHeader } from '../support/intake.ts';

const lgCode = '134996' as LgCode;
const children = 3000;

let folder: string;
let commands: DyingCommands;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sesshu-crash-'));
  commands = dyingCommands(folder);
  const numbers = Array.from({ length: children }, (_, i) => String(i + 1).padStart(10, '0'));
  const child = { 生年月日: '20260110', 氏名カナ: 'シケン　ハナ', 住民となった日: '20260110', 異動: '01' };
  await write(
    'residents.csv',
    residentLines(numbers.map((number) => ({ 整理番号: number, 世帯番号: number.slice(1), ...child }))),
  );
  await write('institutions.csv', contractedClinicLines);
  await write('history.csv', [
    historyHeader,
    ...numbers.flatMap((number) => [
      `${number},24,1,20260415,,A1,03,0.50,,,`,
      `${number},24,2,20260520,,A2,03,0.50,,,`,
    ]),
  ]);
  await write('clinic.csv', [
    clinicHeader,
    ...numbers.map((number, i) => clinicLine({ 整理番号: number, 回数: '3', 接種年月日: '20260701' }, i + 1)),
  ]);
  await commands.sesshu('init', '--settings', demonstrationSettings);
  await commands.sesshu('import', 'institutions', file('institutions.csv'));
});
after(async () => {
  await commands.closeOffice();
  await rm(folder, { recursive: true, force: true });
});

const file = (name: string): string => join(folder, name);
const write = (name: string, lines: readonly string[]): Promise<void> => writeFile(file(name), feedText(lines));
async function countEntries(): Promise<number> {
  const { db } = await commands.openOffice();
  const { entries, differences, chain } = await verifyLedger(db, lgCode, { home: commands.home });
  assert.deepEqual([differences, chain], [0, 'ok']);
  return entries;
}

test('住民情報の取込の途中で落ちても、一人も入らず、もう一度取り込める', { timeout: 120_000 }, async () => {
  const { db } = await commands.openOffice();
  for (const statement of ['COPY ', 'INSERT INTO persons']) {
    const command = commands.start('import', 'residents', file('residents.csv'), '--as-of', '2026-11-21');
    assert.ok(await commands.seesStatement(command, statement), `not killed at ${statement}`);
    await commands.kill(command);
    await commands.settle();
    const { rows } = await withMunicipality(db, lgCode, ({ client }) =>
      client.query('SELECT (SELECT count(*) FROM persons) + (SELECT count(*) FROM person_versions) AS n'),
    );
    assert.deepEqual(rows, [{ n: 0 }]);
  }
  const again = await commands.sesshu('import', 'residents', file('residents.csv'), '--as-of', '2026-11-21');
  assert.deepEqual([again['rows'], again['accepted']], [children, children]);
});

test('履歴の取込の途中で落ちても、全部か無かで、もう一度取り込める', { timeout: 120_000 }, async () => {
  await commands.openOffice();
  let seen = 0;
  for (const statement of ['INSERT INTO ledger_heads', 'INSERT INTO ledger_entries', 'INSERT INTO outbox']) {
    const command = commands.start('import', 'history', file('history.csv'), '--as-of', '2026-11-21');
    const isSeen = await commands.seesStatement(command, statement);
    await commands.kill(command);
    await commands.settle();
    const entries = await countEntries();
    if (isSeen) assert.equal(entries, 0, `killed at ${statement}`);
    else assert.ok(entries === 0 || entries === children * 2);
    seen += isSeen ? 1 : 0;
  }
  assert.ok(seen > 0, 'no command was killed in the middle');
  const moment = Math.random() * 1500;
  const command = commands.start('import', 'history', file('history.csv'), '--as-of', '2026-11-21');
  await sleep(moment);
  await commands.kill(command);
  await commands.settle();
  const entries = await countEntries();
  assert.ok(entries === 0 || entries === children * 2, `${entries} entries after ${moment} ms`);
  const again = await commands.sesshu('import', 'history', file('history.csv'), '--as-of', '2026-11-21');
  assert.deepEqual([again['rows'], again['accepted']], [children * 2, children * 2]);
  assert.equal(await countEntries(), children * 2);
});

test('受付と登録の途中で落ちても、全部か無かで、もう一度登録できる', { timeout: 120_000 }, async () => {
  const base = await countEntries();
  let seen = 0;
  const words = ['intake', file('clinic.csv'), '--as-of', '2026-11-21', '--commit'] as const;
  const moments = ['INSERT INTO intake_rows', 'INSERT INTO ledger_entries', 'INSERT INTO outbox'];
  for (const statement of moments) {
    const command = commands.start(...words);
    const isSeen = await commands.seesStatement(command, statement);
    await commands.kill(command);
    await commands.settle();
    const entries = await countEntries();
    if (isSeen) assert.equal(entries, base, `killed at ${statement}`);
    else assert.ok(entries === base || entries === base + children);
    assert.deepEqual(await countBatches(), statement.includes('intake') && isSeen ? [] : [children]);
    seen += isSeen ? 1 : 0;
  }
  assert.ok(seen > 0, 'no command was killed in the middle');
  const moment = Math.random() * 2000;
  const command = commands.start(...words);
  await sleep(moment);
  await commands.kill(command);
  await commands.settle();
  const entries = await countEntries();
  assert.ok(entries === base || entries === base + children, `${entries} entries after ${moment} ms`);
  const again = await commands.sesshu(...words);
  assert.deepEqual([again['rows'], again['accepted'], again['committed']], [children, children, children]);
  assert.equal(await countEntries(), base + children);
});

/** The number of rows of every batch that is there; a batch is there whole or not at all. */
async function countBatches(): Promise<number[]> {
  const { db } = await commands.openOffice();
  return withMunicipality(db, lgCode, async ({ client }) => {
    const { rows } = await client.query<{ n: number }>(
      `SELECT (SELECT count(*) FROM intake_rows r WHERE r.batch_id = b.batch_id) AS n FROM intake_batches b`,
    );
    return rows.map(({ n }) => n);
  });
}

test('サーバーごと落ちても、次の起動で立ち直り、続けられる', { timeout: 120_000 }, async () => {
  const before = await countEntries();
  const { db } = await commands.openOffice();
  const batch = await withMunicipality(db, lgCode, async ({ client }) => {
    const { rows } = await client.query<{ batch_id: number }>('SELECT batch_id FROM intake_batches');
    return String(rows[0]?.batch_id);
  });
  await commands.closeOffice();
  const undo = ['intake', 'undo', batch, '--reason', '試験'] as const;
  const command = commands.start(...undo);
  const server = await findStartedServer(command);
  await sleep(Math.random() * 600);
  killServer(server);
  await commands.kill(command);
  // An undo that was acknowledged to nobody is there whole or not at all: each row once more, as its retraction.
  const entries = await countEntries();
  assert.ok(entries === before || entries === before + children, `${entries} entries`);
  if (entries === before) assert.deepEqual(await commands.sesshu(...undo), { retracted: children });
  assert.equal(await countEntries(), before + children);
});

test('区切りごとの履歴の取込は、落ちても終わった区切りが残り、同じ命令で続きから入る', {
  timeout: 120_000,
}, async () => {
  const base = await countEntries();
  const later = (await readFile(file('history.csv'), 'utf8')).replaceAll(',1,20260415,', ',3,20260625,');
  await writeFile(file('later.csv'), later.replaceAll(',2,20260520,', ',4,20260730,'));
  const words = ['import', 'history', file('later.csv'), '--as-of', '2026-11-21', '--part', '500'] as const;
  const { db } = await commands.openOffice();
  const command = commands.start(...words);
  const countStanding = () =>
    withMunicipality(db, lgCode, async ({ client }) => {
      const { rows } = await client.query<{ n: number }>('SELECT count(*) AS n FROM ledger_entries');
      return (rows[0]?.n ?? 0) - base;
    });
  while (command.exitCode === null && (await countStanding()) === 0) await sleep(2);
  await sleep(Math.random() * 400);
  await commands.kill(command);
  await commands.settle();
  const standing = (await countEntries()) - base;
  assert.ok(standing > 0, 'nothing stands');
  assert.equal(standing, await countNoted(), 'what stands are whole parts, as the run notes them');
  const again = await commands.sesshu(...words);
  const figures = [again['rows'], again['entered'], again['alreadyInLedger'], again['refused']];
  assert.deepEqual(figures, [children * 2, children * 2, 0, 0]);
  assert.equal(await countEntries(), base + children * 2);
});

/** How many rows the parts of the last import that stand say they entered. */
async function countNoted(): Promise<number> {
  const { db } = await commands.openOffice();
  return withMunicipality(db, lgCode, async ({ client }) => {
    const { rows } = await client.query<{ n: number }>(
      "SELECT (progress->>'entered')::integer AS n FROM feed_runs WHERE kind = 'history' ORDER BY run_id DESC LIMIT 1",
    );
    return rows[0]?.n ?? 0;
  });
}

/** The number of the server that a command brought up, once it is ready. */
async function findStartedServer(command: ChildProcess): Promise<number> {
  while (command.exitCode === null) {
    const text = await readFile(join(commands.home, 'postgres/data/postmaster.pid'), 'utf8').catch(() => '');
    const lines = text.split('\n');
    if (lines[7]?.trim() === 'ready') return Number(lines[0]);
    await sleep(10);
  }
  throw new Error('the command ended before its server was ready');
}

function killServer(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // The command was quicker and took its server down with it.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
