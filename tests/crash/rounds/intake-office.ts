import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { importResidents } from '#addressees/persons';
import type { BatchId, LgCode } from '#kernel';
import { verifyLedger } from '#ledger/vaccinations';
import { createLog } from '#platform/log';
import { createClient, getAppUrl, type Installation, openInstallation, upgradeDatabase } from '#platform/postgres';
import { loadDemonstrationSettings, residentFeed } from '../../support/addressees.ts';
import { contractClinic, intakeAsOf, intakeContext } from '../../support/intake.ts';
import { cutConnections } from './cut-connections.ts';

const watchName = 'crash-watch';

/** A batch as the tables hold it. */
export interface BatchOnRecord {
  readonly batchId: BatchId;
  readonly state: 'checked' | 'reviewed' | 'committed' | 'undone' | 'sentBack';
  readonly rows: number;
  readonly entries: number;
  readonly retractions: number;
  readonly current: number;
  /** The row whose question is open, with its version. */
  readonly open: { readonly ordinal: number; readonly version: number } | null;
}

/** An office of its own on the disk, with people and one clinic, watched from outside while processes die over it. */
export class IntakeOffice {
  readonly home: string;
  readonly lgCode = '134996' as LgCode;
  #installation: Installation | undefined;
  #watch: pg.Client | undefined;

  constructor(home: string) {
    this.home = home;
  }

  async open(people: readonly string[]): Promise<void> {
    const installation = await this.#start();
    await upgradeDatabase(installation.db);
    await loadDemonstrationSettings(installation.db);
    const context = intakeContext(installation.db, this.lgCode);
    await contractClinic(context);
    const child = { 氏名カナ: 'シケン　ハナ', 生年月日: '20260110', 住民となった日: '20260110' };
    const feed = residentFeed(people.map((number) => ({ 整理番号: number, 世帯番号: number.slice(1), ...child })));
    await importResidents(context, feed, { isChanges: false, asOf: intakeAsOf });
  }

  async close(): Promise<void> {
    await this.#watch?.end().catch(() => undefined);
    await this.#installation?.close();
    this.#installation = undefined;
  }

  /** Takes every connection of the program away. */
  async cutConnections(): Promise<void> {
    await cutConnections(this.#client());
  }

  /** Kills the database server without a word, and starts it again. */
  async killServer(): Promise<void> {
    const text = await readFile(join(this.home, 'postgres/data/postmaster.pid'), 'utf8');
    process.kill(Number(text.split('\n')[0]), 'SIGKILL');
    await this.close();
    await this.#start();
  }

  /** Waits until nobody's statement is left behind. */
  async settle(): Promise<void> {
    const busy = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'
      AND application_name <> '${watchName}' AND (state = 'active' OR xact_start IS NOT NULL)`;
    while ((await this.#client().query(busy)).rowCount !== 0) await sleep(10);
  }

  /** The batch of a file; holds its own counts to its rows. */
  async findBatch(fileName: string): Promise<BatchOnRecord | undefined> {
    const { rows: batches } = await this.#client().query<BatchRow>(selectBatch, [this.lgCode, fileName]);
    assert.ok(batches.length <= 1, `${fileName} was received ${batches.length} times`);
    const [batch] = batches;
    if (batch === undefined) return undefined;
    const { answered, row_count: rows } = batch;
    assert.equal(batch.held, rows, `${fileName}: the batch holds every row it says`);
    assert.equal(answered, rows, `${fileName}: accepted, questioned and refused are all of them`);
    assert.equal(batch.open_questions, batch.waiting, `${fileName}: its open questions are on the work list`);
    assert.equal(batch.settled, batch.turned_away, `${fileName}: its refused rows are those that it counts`);
    assert.equal(batch.miscounted, 0, `${fileName}: rows that are alike are as many as it counts`);
    assert.equal(batch.listed_lots, batch.told_lots, `${fileName}: each row that names a lot is found by it`);
    assert.equal(batch.entries, batch.entered_rows, `${fileName}: no row entered the ledger twice`);
    const open = batch.ordinal === null ? null : { ordinal: batch.ordinal, version: batch.version ?? 0 };
    const { batch_id: batchId, state, entries, retractions, current } = batch;
    return { batchId, state, rows, entries, retractions, current, open };
  }

  /** The ledger against its own sums and its log against its chain; nothing of an unfinished reception is left. */
  async verify(): Promise<void> {
    const { db } = this.#open();
    const { differences, chain } = await verifyLedger(db, this.lgCode, { home: this.home });
    assert.deepEqual({ differences, chain }, { differences: 0, chain: 'ok' });
    const { rows } = await this.#client().query(
      `SELECT count(*) AS lost FROM intake_rows r WHERE NOT EXISTS (
         SELECT FROM intake_batches b WHERE b.lg_code = r.lg_code AND b.batch_id = r.batch_id)`,
    );
    assert.deepEqual(rows, [{ lost: 0 }]);
  }

  async #start(): Promise<Installation> {
    const log = createLog('test', 'fatal');
    this.#installation = await openInstallation({ home: this.home, env: {}, log, mayCreate: true });
    this.#watch = createClient(getAppUrl(this.#installation.db), watchName);
    this.#watch.on('error', () => undefined);
    await this.#watch.connect();
    await this.#watch.query(`SET sesshu.lg_code = '${this.lgCode}'`);
    return this.#installation;
  }

  #open(): Installation {
    if (this.#installation === undefined) throw new TypeError('the office is closed');
    return this.#installation;
  }

  #client(): pg.Client {
    if (this.#watch === undefined) throw new TypeError('the office is closed');
    return this.#watch;
  }
}

interface BatchRow {
  readonly batch_id: BatchId;
  readonly state: BatchOnRecord['state'];
  readonly row_count: number;
  readonly answered: number;
  readonly open_questions: number;
  readonly settled: number;
  readonly turned_away: number;
  readonly told_lots: number;
  readonly listed_lots: number;
  readonly miscounted: number;
  readonly held: number;
  readonly waiting: number;
  readonly ordinal: number | null;
  readonly version: number | null;
  readonly entries: number;
  readonly entered_rows: number;
  readonly retractions: number;
  readonly current: number;
}

const selectBatch = `
  SELECT b.batch_id, b.state, b.row_count, b.accepted + b.questioned + b.refused AS answered, b.open_questions,
    b.settled, h.held, h.turned_away, h.told_lots,
    (SELECT count(*) FROM intake_batch_lots l, unnest(l.ordinals) WHERE l.batch_id = b.batch_id) AS listed_lots,
    (SELECT count(*) FROM (
       SELECT answer, question_codes, decision, is_changed, assigned_to, row_count FROM intake_row_counts c
       WHERE c.batch_id = b.batch_id) kept
     FULL JOIN (
       SELECT answer, question_codes, coalesce(decision, '') AS decision, changed_at IS NOT NULL AS is_changed,
         coalesce(assigned_to, 0) AS assigned_to, count(*) AS row_count
       FROM intake_rows r WHERE r.batch_id = b.batch_id GROUP BY 1, 2, 3, 4, 5) counted
     USING (answer, question_codes, decision, is_changed, assigned_to, row_count)
     WHERE kept.row_count IS NULL OR counted.row_count IS NULL) AS miscounted,
    o.waiting, o.ordinal, o.version, e.entries, e.entered_rows, e.retractions, e.current
  FROM intake_batches b
  CROSS JOIN LATERAL (
    SELECT count(*) AS held, count(*) FILTER (WHERE r.answer = 'refused' OR r.decision = 'refuse') AS turned_away,
      count(*) FILTER (WHERE r.fields->>'lotNumber' <> '') AS told_lots
    FROM intake_rows r WHERE r.batch_id = b.batch_id) h
  CROSS JOIN LATERAL (
    SELECT count(*) AS waiting, min(r.ordinal) AS ordinal, min(r.version) AS version FROM intake_rows r
    WHERE r.batch_id = b.batch_id AND r.answer = 'questioned' AND r.decision IS NULL) o
  CROSS JOIN LATERAL (
    SELECT count(*) AS entries, count(DISTINCT e.batch_row) AS entered_rows,
      count(t.entry_id) AS retractions, count(c.entry_id) AS current
    FROM ledger_entries e
    LEFT JOIN ledger_entries t ON t.lg_code = e.lg_code AND t.replaces = e.entry_id AND t.kind = 'retraction'
    LEFT JOIN current_doses c ON c.lg_code = e.lg_code AND c.entry_id = e.entry_id
    WHERE e.batch_id = b.batch_id AND e.kind = 'entry') e
  WHERE b.lg_code = $1 AND b.file_name = $2`;
