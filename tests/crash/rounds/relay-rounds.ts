import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { connectNational, importIndividualNumbers, letterDigest, requestInquiry } from '#addressees/numbers';
import { asJob, asOperator } from '#common-base/access';
import type { PersonId } from '#kernel';
import { openSystemKey } from '#platform/exchange';
import { withClient, withMunicipality } from '#platform/postgres';
import { loadDemonstrationSettings } from '../../support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../support/database.ts';
import { handMadeNumbers } from '../../support/hand-made-numbers.ts';
import { doseOfMachida, machida } from '../../support/machida.ts';
import { type NationalStandIns, openNationalStandIns } from '../../support/national.ts';
import { importPeople, numberFeed, vaultContext } from '../../support/numbers.ts';
import type { HandClock } from '../../support/staff-server.ts';
import { chanceOf } from './chance.ts';
import { cutConnections } from './cut-connections.ts';
import { type CutLine, openCutLine } from './cut-line.ts';
import type { RoundsOptions } from './intake-rounds.ts';
import { DyingProcess } from './worker-of-rounds.ts';

/** What the rounds did. */
export type RelayRoundsResult = Readonly<
  Record<'officeKilled' | 'databaseCut' | 'lineCut' | 'twice' | 'whole' | 'asked' | 'answered' | 'given', number>
>;

type End = 'officeKilled' | 'databaseCut' | 'lineCut' | 'twice' | 'whole';

const ends: readonly End[] = ['officeKilled', 'officeKilled', 'databaseCut', 'lineCut', 'lineCut', 'twice', 'whole'];
/** Inquiries of the office in each round. */
export const inquiriesPerRound = 3;

interface Stage {
  readonly office: TestDatabase;
  readonly national: NationalStandIns;
  readonly line: CutLine;
  readonly clock: HandClock;
  readonly home: string;
  readonly people: readonly PersonId[];
  readonly integrated: ReadonlyMap<PersonId, string>;
  /** Every inquiry that the office took, with its letter's digest. */
  readonly asked: Map<string, string>;
  /** 処理通番 of everything that another municipality asked. */
  readonly askedOfUs: Set<string>;
}

type Worker = DyingProcess<{ readonly at: string }, number>;

/**
 * The office asks about some people and is asked about others, while its worker speaks with the intermediate server and is
 * killed, loses its database, or the line is torn at a random moment; news are given twice at times. In the end every
 * inquiry was taken there once and is answered here once, every piece of news was taken once, and every answer to another
 * municipality arrived once, each letter as it was written.
 */
export async function runRelayRounds({ rounds, seed, tell }: Omit<RoundsOptions, 'home'>): Promise<RelayRoundsResult> {
  const chance = chanceOf(seed);
  const stage = await prepare();
  const program = fileURLToPath(new URL('relay-office.ts', import.meta.url));
  const start = (): Worker => new DyingProcess(program, [stage.office.name, stage.home, stage.office.lgCode]);
  let worker = start();
  const counts = { officeKilled: 0, databaseCut: 0, lineCut: 0, twice: 0, whole: 0 };
  try {
    for (let round = 0; round < rounds; round += 1) {
      if (!worker.isAlive) worker = start();
      await worker.ready();
      await free(stage);
      const end = chance.pick(ends);
      stage.national.intermediate.desk.behaviour.deliversTwice = end === 'twice';
      askUs(stage, chance.pick(stage.people));
      const working = worker.ask({ at: stage.clock.now().toISOString() }).answer;
      const asking = Promise.all(
        Array.from({ length: inquiriesPerRound }, () => ask(stage, chance.pick(stage.people))),
      );
      await sleep(chance.next() * 250);
      if (end === 'officeKilled') await worker.kill();
      else if (end === 'databaseCut') await cutDatabase(stage.office);
      else if (end === 'lineCut') stage.line.cut();
      await Promise.all([working, asking]);
      await answerForPeople(stage, chance.next() < 0.5);
      counts[end] += 1;
      if ((round + 1) % 25 === 0) tell(`${round + 1}/${rounds} ${JSON.stringify(counts)}`);
    }
    if (!worker.isAlive) worker = start();
    await worker.ready();
    await finish(stage, worker);
    return { ...counts, ...(await requireEachOnce(stage)) };
  } finally {
    await worker.kill();
    await stage.line.close();
    await stage.national.close();
    await stage.office.close();
    await rm(stage.home, { recursive: true, force: true });
  }
}

async function prepare(): Promise<Stage> {
  const office = await testDatabase();
  const { db, lgCode } = office;
  const clock: HandClock = { at: new Date('2026-11-24T10:00:00+09:00'), now: () => new Date(clock.at) };
  const home = await mkdtemp(join(tmpdir(), 'sesshu-relay-'));
  await loadDemonstrationSettings(db);
  const people = await importPeople(db, lgCode, handMadeNumbers.length);
  await importIndividualNumbers(
    vaultContext(db, lgCode),
    numberFeed(handMadeNumbers.map((number, i) => [i + 1, number])),
  );
  const records = handMadeNumbers
    .slice(0, 4)
    .map((individualNumber) => ({ individualNumber, lgCode: machida, dose: doseOfMachida }));
  const national = await openNationalStandIns(office, clock, { records, people: [] }, await openSystemKey(home));
  const line = await openCutLine(national.intermediate.origin);
  const actor = await asOperator(db, lgCode, { osUser: 'test', as: null, reason: null });
  const { publicText } = national.intermediate;
  await connectNational({ db, actor, clock }, 'intermediate', { origin: line.origin, publicText });
  const rows = await select<{ person_id: PersonId; integrated_number: string }>(
    office,
    'SELECT person_id, integrated_number FROM number_vault.integrated_numbers',
  );
  const integrated = new Map(rows.map((row) => [row.person_id, row.integrated_number]));
  return { office, national, line, clock, home, people, integrated, asked: new Map(), askedOfUs: new Set() };
}

/** A minute and more later, and with the lease that a dead worker left given back: nobody waits for it here. */
async function free({ clock, office }: Stage): Promise<void> {
  clock.at = new Date(clock.at.getTime() + 61_000);
  await withMunicipality(
    office.db,
    office.lgCode,
    ({ client }) => client.query("UPDATE number_vault.exchange_peers SET leased_until = '-infinity'"),
    { role: 'vault' },
  );
}

/** Orders one inquiry until it is acknowledged, always under its own id: the same order again is the same thing. */
async function ask({ office, clock, asked }: Stage, personId: PersonId): Promise<void> {
  const { db, lgCode } = office;
  const relayId = randomUUID();
  const madeAt = clock.now().toISOString();
  const basis = '番号法第19条第8号';
  const text = JSON.stringify({ kind: 'historyInquiry', version: 1, askedBy: lgCode, askedOf: machida, basis, madeAt });
  const letter = { text, digest: letterDigest(text) };
  for (let attempt = 0; ; attempt += 1) {
    try {
      const actor = await asJob(db, lgCode, { job: 'histories.carry', startedBy: null });
      const decision = await requestInquiry({ db, actor, clock }, { relayId, personId, askedOf: machida, letter });
      assert.equal(decision.answer, 'accepted');
      asked.set(relayId, letter.digest);
      return;
    } catch (error) {
      if (attempt > 5) throw error;
      await sleep(30);
    }
  }
}

/** Another municipality asks about somebody whose code is there. */
function askUs({ national, office, integrated, askedOfUs }: Stage, personId: PersonId): void {
  askedOfUs.add(national.intermediate.desk.ask(office.lgCode, integrated.get(personId) ?? '', machida));
}

/** What two people decide, as the approval keeps it; with a letter or without. */
async function answerForPeople({ office, clock }: Stage, isProvided: boolean): Promise<void> {
  const text = `{"answer":"${clock.now().toISOString()}"}`;
  await withMunicipality(office.db, office.lgCode, ({ client }) =>
    client.query(
      `UPDATE history_provisions SET state = 'approved', outcome = $2, letter = $3, letter_digest = $4,
         answered_by_name = '試験', approved_at = $5 WHERE lg_code = $1 AND state = 'asked'`,
      [
        office.lgCode,
        isProvided ? 'provided' : 'noRecord',
        isProvided ? text : null,
        isProvided ? letterDigest(text) : null,
        clock.now(),
      ],
    ),
  ).catch(() => undefined);
}

/** Takes every connection of the programs away, each role's by that role. */
async function cutDatabase({ db }: TestDatabase): Promise<void> {
  for (const pool of [db.app, db.vault]) {
    await withClient(pool.options.connectionString ?? '', cutConnections);
  }
}

/** Goes on until nothing goes out and nothing comes in. */
async function finish(stage: Stage, worker: Worker): Promise<void> {
  stage.national.intermediate.desk.behaviour.deliversTwice = false;
  for (let attempt = 0; ; attempt += 1) {
    await free(stage);
    await answerForPeople(stage, true);
    const said = await worker.ask({ at: stage.clock.now().toISOString() }).answer;
    const waiting = await select(stage.office, "SELECT 1 FROM history_provisions WHERE state <> 'handedOver'");
    if (said !== undefined && 'value' in said && said.value === 0 && waiting.length === 0) return;
    assert.ok(attempt < 40, `the office cannot finish: ${JSON.stringify(said)}`);
  }
}

async function requireEachOnce(stage: Stage): Promise<Record<'asked' | 'answered' | 'given', number>> {
  const { office, national, asked, askedOfUs } = stage;
  const { requests, provisions, waiting } = national.intermediate.desk.state;
  assert.deepEqual(waiting, [], 'news that nobody took');
  const inquiries = requests.filter(({ kind }) => kind === 'inquiry').map(({ requestId }) => requestId);
  assert.deepEqual(inquiries.toSorted(), [...asked.keys()].toSorted(), 'every inquiry there once, none invented');
  const codes = requests.filter(({ kind }) => kind === 'linkCode').map(({ integratedNumber }) => integratedNumber);
  assert.equal(new Set(codes).size, codes.length, 'one code asked for each person');
  const relays = await select<{ relay_id: string; state: string; steps: string; digest: string | null }>(
    office,
    `SELECT r.relay_id, r.state, string_agg(s.step, ',' ORDER BY s.step_no) AS steps,
       min(s.letter_digest) FILTER (WHERE s.step = 'requested') AS digest
     FROM number_vault.relays r JOIN number_vault.relay_steps s USING (lg_code, relay_id)
     WHERE r.kind = 'inquiry' GROUP BY r.relay_id, r.state`,
  );
  assert.equal(relays.length, asked.size);
  for (const { relay_id: relayId, state, steps, digest } of relays) {
    assert.equal(`${state}: ${steps}`, 'answered: made,requested,answered', relayId);
    assert.equal(digest, asked.get(relayId), 'the letter as it was written');
  }
  const news = await select<{ rows: number }>(office, 'SELECT count(*) AS rows FROM number_vault.relay_notices');
  assert.equal(news[0]?.rows, asked.size + codes.length + askedOfUs.size, 'every piece of news taken once');
  const given = provisions.map(({ processingNumber }) => processingNumber);
  assert.deepEqual(given.toSorted(), [...askedOfUs].toSorted(), 'every answer there once');
  await requireLettersWhole(stage);
  const acts = await select<{ rows: number }>(
    office,
    "SELECT count(*) AS rows FROM audit_acts WHERE act = 'numbers.inquiryTaken'",
    'app',
  );
  assert.equal(acts[0]?.rows, asked.size, 'one row of the log for each');
  return { asked: asked.size, answered: relays.length, given: given.length };
}

/** What arrived there is what two people decided here, letter for letter. */
async function requireLettersWhole({ office, national }: Stage): Promise<void> {
  const decided = await select<{ number: string; outcome: string; digest: string | null }>(
    office,
    'SELECT processing_number AS number, outcome, letter_digest AS digest FROM history_provisions',
    'app',
  );
  const arrived = national.intermediate.desk.state.provisions.map(({ processingNumber, outcome, letter }) => ({
    number: processingNumber,
    outcome,
    digest: letter === null ? null : letterDigest(letter),
  }));
  const byNumber = (a: { number: string }, b: { number: string }) => a.number.localeCompare(b.number);
  assert.deepEqual(arrived.toSorted(byNumber), decided.toSorted(byNumber));
}

async function select<T extends object>(
  { db, lgCode }: TestDatabase,
  text: string,
  role: 'app' | 'vault' = text.includes('number_vault') ? 'vault' : 'app',
): Promise<T[]> {
  return await withMunicipality(db, lgCode, async ({ client }) => (await client.query<T>(text)).rows, { role });
}
