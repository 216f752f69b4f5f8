import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { LgCode } from '#kernel';
import { verifyLedger } from '#ledger/vaccinations';
import { createLog } from '#platform/log';
import { type Installation, openInstallation, withMunicipality } from '#platform/postgres';
import { feedText, residentLines } from '../support/addressees.ts';
import { demonstrationSettings } from '../support/demonstration.ts';
import { clinicHeader, clinicLine, contractedClinicLines, historyHeader } from '../support/intake.ts';

const program = fileURLToPath(new URL('../../src/apps/cli/main.ts', import.meta.url));
const lgCode = '134996' as LgCode;
const children = 3000;
const run = promisify(execFile);

let folder: string;
let home: string;
let office: Installation | undefined;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sesshu-crash-'));
  home = join(folder, 'home');
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
  await sesshu('init', '--settings', demonstrationSettings);
  await sesshu('import', 'institutions', file('institutions.csv'));
});
after(async () => {
  await office?.close();
  await rm(folder, { recursive: true, force: true });
});

const file = (name: string): string => join(folder, name);
const write = (name: string, lines: readonly string[]): Promise<void> => writeFile(file(name), feedText(lines));
const environment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  SESSHU_HOME: home,
  DATABASE_URL: undefined,
  NODE_COMPILE_CACHE: join(folder, 'compiled'),
});

/** Runs the real command to its end and answers its JSON. */
async function sesshu(...words: readonly string[]): Promise<Record<string, number>> {
  const { stdout } = await run(process.execPath, [program, ...words, '--json'], { env: environment() });
  return JSON.parse(stdout) as Record<string, number>;
}

function start(...words: readonly string[]): ChildProcess {
  return spawn(process.execPath, [program, ...words], { env: environment(), stdio: ['ignore', 'ignore', 'pipe'] });
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
  child.kill('SIGKILL');
  await ended;
}

/** The server is held open by this process, as by `npm start`, while commands beside it die. */
async function openOffice(): Promise<Installation> {
  office ??= await openInstallation({ home, env: {}, log: createLog('test', 'error') });
  return office;
}

async function countEntries(): Promise<number> {
  const { db } = await openOffice();
  const { entries, differences, chain } = await verifyLedger(db, lgCode, { home });
  assert.deepEqual([differences, chain], [0, 'ok']);
  return entries;
}

/** Waits until the command's own statement of this kind runs in the database; false when the command ends before. */
async function seesStatement(child: ChildProcess, part: string): Promise<boolean> {
  const { db } = await openOffice();
  while (child.exitCode === null && child.signalCode === null) {
    const { rowCount } = await db.app.query(
      `SELECT FROM pg_stat_activity WHERE state = 'active' AND strpos(query, $1) > 0 AND pid <> pg_backend_pid()`,
      [part],
    );
    if (rowCount !== 0) return true;
    await sleep(4);
  }
  return false;
}

/** Nobody's statement is left behind: what the dead command had sent is over, one way or the other. */
async function settle(): Promise<void> {
  const { db } = await openOffice();
  const busy = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND (state = 'active' OR xact_start IS NOT NULL) AND backend_type = 'client backend'`;
  while ((await db.app.query(busy)).rowCount !== 0) await sleep(20);
}

test('住民情報の取込の途中で落ちても、一人も入らず、もう一度取り込める', { timeout: 120_000 }, async () => {
  const { db } = await openOffice();
  for (const statement of ['COPY ', 'INSERT INTO persons']) {
    const command = start('import', 'residents', file('residents.csv'), '--as-of', '2026-11-21');
    assert.ok(await seesStatement(command, statement), `not killed at ${statement}`);
    await kill(command);
    await settle();
    const { rows } = await withMunicipality(db, lgCode, ({ client }) =>
      client.query('SELECT (SELECT count(*) FROM persons) + (SELECT count(*) FROM person_versions) AS n'),
    );
    assert.deepEqual(rows, [{ n: 0 }]);
  }
  const again = await sesshu('import', 'residents', file('residents.csv'), '--as-of', '2026-11-21');
  assert.deepEqual([again['rows'], again['accepted']], [children, children]);
});

test('履歴の取込の途中で落ちても、全部か無かで、もう一度取り込める', { timeout: 120_000 }, async () => {
  await openOffice();
  let seen = 0;
  for (const statement of ['INSERT INTO ledger_heads', 'INSERT INTO ledger_entries', 'INSERT INTO outbox']) {
    const command = start('import', 'history', file('history.csv'), '--as-of', '2026-11-21');
    const isSeen = await seesStatement(command, statement);
    await kill(command);
    await settle();
    const entries = await countEntries();
    if (isSeen) assert.equal(entries, 0, `killed at ${statement}`);
    else assert.ok(entries === 0 || entries === children * 2);
    seen += isSeen ? 1 : 0;
  }
  assert.ok(seen > 0, 'no command was killed in the middle');
  const moment = Math.random() * 1500;
  const command = start('import', 'history', file('history.csv'), '--as-of', '2026-11-21');
  await sleep(moment);
  await kill(command);
  await settle();
  const entries = await countEntries();
  assert.ok(entries === 0 || entries === children * 2, `${entries} entries after ${moment} ms`);
  const again = await sesshu('import', 'history', file('history.csv'), '--as-of', '2026-11-21');
  assert.deepEqual([again['rows'], again['accepted']], [children * 2, children * 2]);
  assert.equal(await countEntries(), children * 2);
});

test('受付と登録の途中で落ちても、全部か無かで、もう一度登録できる', { timeout: 120_000 }, async () => {
  const base = await countEntries();
  let seen = 0;
  const words = ['intake', file('clinic.csv'), '--as-of', '2026-11-21', '--commit'] as const;
  const moments = [
    'COPY intake_arrivals',
    'INSERT INTO intake_rows',
    'INSERT INTO ledger_entries',
    'INSERT INTO outbox',
  ];
  for (const statement of moments) {
    const command = start(...words);
    const isSeen = await seesStatement(command, statement);
    await kill(command);
    await settle();
    const entries = await countEntries();
    if (isSeen) assert.equal(entries, base, `killed at ${statement}`);
    else assert.ok(entries === base || entries === base + children);
    assert.deepEqual(await countBatches(), statement.includes('intake') && isSeen ? [] : [children]);
    seen += isSeen ? 1 : 0;
  }
  assert.ok(seen > 0, 'no command was killed in the middle');
  const moment = Math.random() * 2000;
  const command = start(...words);
  await sleep(moment);
  await kill(command);
  await settle();
  const entries = await countEntries();
  assert.ok(entries === base || entries === base + children, `${entries} entries after ${moment} ms`);
  const again = await sesshu(...words);
  assert.deepEqual([again['rows'], again['accepted'], again['committed']], [children, children, children]);
  assert.equal(await countEntries(), base + children);
});

/** The number of rows of every batch that is there; a batch is there whole or not at all. */
async function countBatches(): Promise<number[]> {
  const { db } = await openOffice();
  return withMunicipality(db, lgCode, async ({ client }) => {
    const { rows } = await client.query<{ n: number }>(
      `SELECT (SELECT count(*) FROM intake_rows r WHERE r.batch_id = b.batch_id) AS n FROM intake_batches b`,
    );
    return rows.map(({ n }) => n);
  });
}

test('サーバーごと落ちても、次の起動で立ち直り、続けられる', { timeout: 120_000 }, async () => {
  const before = await countEntries();
  const { db } = await openOffice();
  const batch = await withMunicipality(db, lgCode, async ({ client }) => {
    const { rows } = await client.query<{ batch_id: number }>('SELECT batch_id FROM intake_batches');
    return String(rows[0]?.batch_id);
  });
  await office?.close();
  office = undefined;
  const undo = ['intake', 'undo', batch, '--reason', '試験'] as const;
  const command = start(...undo);
  const server = await findStartedServer(command);
  await sleep(Math.random() * 600);
  killServer(server);
  await kill(command);
  // An undo that was acknowledged to nobody is there whole or not at all: each row once more, as its retraction.
  const entries = await countEntries();
  assert.ok(entries === before || entries === before + children, `${entries} entries`);
  if (entries === before) assert.deepEqual(await sesshu(...undo), { retracted: children });
  assert.equal(await countEntries(), before + children);
});

/** The number of the server that a command brought up, once it is ready. */
async function findStartedServer(command: ChildProcess): Promise<number> {
  while (command.exitCode === null) {
    const text = await readFile(join(home, 'postgres/data/postmaster.pid'), 'utf8').catch(() => '');
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
