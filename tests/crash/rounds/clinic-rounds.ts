import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { wordOfReference } from '#messages';
import { withMunicipality } from '#platform/postgres';
import type { TestDatabase } from '../../support/database.ts';
import { rightDose } from '../../support/two-systems.ts';
import { WireBrowser } from '../../support/wire-browser.ts';
import { type Chance, chanceOf } from './chance.ts';
import type { RoundsOptions } from './intake-rounds.ts';
import type { OfficeWork } from './office-exchange.ts';
import { prepareTwoOffices, type TwoOffices } from './two-offices.ts';
import { DyingProcess } from './worker-of-rounds.ts';

/** What the rounds did. */
export type ClinicRoundsResult = Readonly<
  Record<
    'clinicKilled' | 'clinicCut' | 'officeKilled' | 'officeCut' | 'whole' | 'acknowledged' | 'corrected' | 'arrived',
    number
  >
>;

/** Doses recorded at the same moment: the first two go alone, the others together. */
export const dosesPerRound = 6;

type End = 'clinicKilled' | 'clinicCut' | 'officeKilled' | 'officeCut' | 'whole';

const program = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const ends: readonly End[] = ['clinicKilled', 'clinicKilled', 'clinicCut', 'officeKilled', 'officeCut', 'whole'];

type Server = DyingProcess<object, null>;
type Worker = DyingProcess<{ readonly work: OfficeWork }, number>;

/**
 * A clinic records some doses at once in each round, and corrects one of a round before, while the office fetches what
 * was recorded, and one of the two is killed or cut off at a random moment. A record that the clinic was told of is there, and in the end every record is in
 * 受付 exactly once, whoever died on the way.
 */
export async function runClinicRounds({
  rounds,
  seed,
  tell,
}: Omit<RoundsOptions, 'home'>): Promise<ClinicRoundsResult> {
  const chance = chanceOf(seed);
  for (const kept of [recordIds, paths, corrected]) kept.length = 0;
  const total = rounds * dosesPerRound;
  const two = await prepareTwoOffices(total);
  const startServer = (): Server =>
    new DyingProcess(program('clinic-server.ts'), [two.clinic.name, two.clinicHome, String(two.port)]);
  const startWorker = (): Worker =>
    new DyingProcess(program('office-exchange.ts'), [two.office.name, two.officeHome, two.office.lgCode]);
  let [server, worker] = [startServer(), startWorker()];
  const counts = {
    clinicKilled: 0,
    clinicCut: 0,
    officeKilled: 0,
    officeCut: 0,
    whole: 0,
    acknowledged: 0,
    corrected: 0,
    arrived: 0,
  };
  try {
    await Promise.all([server.ready(), worker.ready()]);
    await finish(worker, 'exchange', two);
    const browser = new WireBrowser(`http://127.0.0.1:${two.port}`);
    await browser.signIn(two.clinic.lgCode, two.account.accountName, two.account.password);
    for (let round = 0; round < rounds; round += 1) {
      if (!server.isAlive) server = startServer();
      if (!worker.isAlive) {
        worker = startWorker();
        await releaseLease(two.office);
      }
      await Promise.all([server.ready(), worker.ready()]);
      const end = chance.pick(ends);
      const doses = Array.from({ length: dosesPerRound }, (_, i) => round * dosesPerRound + i);
      const correction = round === 0 ? undefined : chance.below(round * dosesPerRound);
      const isNew = correction !== undefined && !corrected.includes(correction);
      const given = { chance, end, doses, server, worker, ...(isNew ? { correction } : {}) };
      const { told, isCorrectionTold } = await recordUnderFire(two, browser, given);
      counts[end] += 1;
      counts.acknowledged += told.length;
      if (!server.isAlive) server = startServer();
      await server.ready();
      for (const dose of doses) await sendAgain(two, browser, dose, told.includes(dose));
      if (isNew) await correctAgain(two, browser, correction, isCorrectionTold);
      if ((round + 1) % 25 === 0) tell(`${round + 1}/${rounds} ${JSON.stringify(counts)}`);
    }
    if (!worker.isAlive) worker = startWorker();
    await worker.ready();
    await finish(worker, 'exchange', two);
    await finish(worker, 'deliver', two);
    counts.corrected = corrected.length;
    counts.arrived = await requireEachOnce(two, total);
    return counts;
  } finally {
    await Promise.all([server.kill(), worker.kill()]);
    await two.close();
  }
}

/** Of each dose: the number of its record, and the page of its form. */
const recordIds: string[] = [];
const paths: string[] = [];
/** The doses that were corrected once each. */
const corrected: number[] = [];

/** Opens forms, records their doses and corrects one while somebody dies; answers what the clinic was told to be done. */
async function recordUnderFire(
  two: TwoOffices,
  browser: WireBrowser,
  given: {
    readonly chance: Chance;
    readonly end: End;
    readonly doses: readonly number[];
    readonly correction?: number;
    readonly server: Server;
    readonly worker: Worker;
  },
): Promise<{ readonly told: readonly number[]; readonly isCorrectionTold: boolean }> {
  const { chance, end, doses, server, worker, correction } = given;
  for (const dose of doses) {
    paths[dose] = await openForm(two, browser, dose);
    recordIds[dose] = randomUUID();
  }
  const fetching = worker.ask({ work: chance.next() < 0.7 ? 'exchange' : 'deliver' }).answer;
  const recording = Promise.all(doses.map((dose) => record(browser, dose)));
  const correcting = correction === undefined ? undefined : correct(browser, correction);
  await sleep(chance.next() * 90);
  if (end === 'clinicKilled') await server.kill();
  else if (end === 'officeKilled') await worker.kill();
  else if (end === 'clinicCut') await two.cut(two.clinic);
  else if (end === 'officeCut') await two.cut(two.office);
  const answered = await recording;
  await fetching;
  const told = doses.filter((_dose, i) => answered[i]?.status === 303);
  return { told, isCorrectionTold: (await correcting)?.status === 303 };
}

async function openForm(two: TwoOffices, browser: WireBrowser, dose: number): Promise<string> {
  const fields = { formNumber: two.numbers[dose] ?? '', birthDate: '20260720' };
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const answer = await browser.send('/tickets/open', fields);
    if (answer?.status === 303) return answer.location;
    // The connections were cut a moment ago: the next try has a new one.
    await sleep(50);
  }
  throw new Error(`the form of dose ${dose} cannot be opened`);
}

function record(browser: WireBrowser, dose: number) {
  return browser.send(`${paths[dose]}/record`, { ...rightDose, recordId: wordOfReference(recordIds[dose] ?? '') });
}

function correct(browser: WireBrowser, dose: number) {
  const word = wordOfReference(recordIds[dose] ?? '');
  const fields = { ...rightDose, lotNumber: 'ABC-124', reason: 'ロットの読み違い', revision: '1' };
  return browser.send(`/records/${word}/correct`, fields);
}

/** A correction of which nothing was heard was made or not; not made, it is made now. There is one in the end. */
async function correctAgain(two: TwoOffices, browser: WireBrowser, dose: number, isTold: boolean): Promise<void> {
  const countRevisions = () => countOf(two.clinic, 'clinic_records WHERE record_id = $2', recordIds[dose]);
  if (isTold) assert.equal(await countRevisions(), 2, `the correction of dose ${dose} is there`);
  for (let attempt = 0; (await countRevisions()) < 2; attempt += 1) {
    assert.ok(attempt < 5, `dose ${dose} cannot be corrected`);
    await correct(browser, dose);
    await sleep(20);
  }
  assert.equal(await countRevisions(), 2);
  corrected.push(dose);
}

/** The clinic sends again what it heard nothing of, as the page tells it to: there is one record in the end. */
async function sendAgain(two: TwoOffices, browser: WireBrowser, dose: number, isTold: boolean): Promise<void> {
  const known = await countOf(two.clinic, 'clinic_records WHERE record_id = $2', recordIds[dose]);
  if (isTold) assert.equal(known, 1, `what was acknowledged of dose ${dose} is there once`);
  assert.ok(known <= 1, `dose ${dose} recorded ${known} times`);
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const answer = await record(browser, dose);
    if (answer?.status === 303) break;
    assert.ok(attempt < 4, `dose ${dose} cannot be recorded: ${answer?.status}`);
    await sleep(50);
  }
  assert.equal(await countOf(two.clinic, 'clinic_records WHERE record_id = $2', recordIds[dose]), 1);
  assert.equal(await countOf(two.clinic, 'ticket_uses WHERE record_id = $2', recordIds[dose]), 1);
}

/** Lets the worker do one kind of work until there is none left. */
async function finish(worker: Worker, work: OfficeWork, two: TwoOffices): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    const said = await worker.ask({ work }).answer;
    if (said !== undefined && 'value' in said && said.value === 0) return;
    assert.ok(attempt < 40, `the office cannot finish: ${JSON.stringify(said)}`);
    // A worker that was killed leaves its lease; nobody waits two minutes for it here.
    if (said === undefined || !('value' in said) || said.value === -1) await releaseLease(two.office);
  }
}

async function releaseLease({ db, lgCode }: TestDatabase): Promise<void> {
  await withMunicipality(db, lgCode, ({ client }) =>
    client.query("UPDATE clinic_peers SET leased_until = '-infinity'"),
  );
}

/**
 * Every record of the clinic is at the office, in one row of 受付 and in no other: as corrected, or as it first was where
 * the correction came after its row; then the correction waits for a person.
 */
async function requireEachOnce({ clinic, office }: TwoOffices, doses: number): Promise<number> {
  assert.equal(await countOf(clinic, 'clinic_records'), doses + corrected.length, 'revisions at the clinic');
  assert.equal(await countOf(clinic, 'undelivered_records'), 0, 'records that the office has not taken');
  assert.equal(await countOf(office, 'clinic_inbox'), doses + corrected.length, 'revisions at the office');
  assert.equal(await countOf(office, "clinic_inbox WHERE settlement = 'delivered'"), doses, 'records in 受付');
  const lines = await rowsOf<{ line: string; rows: number }>(
    office,
    "SELECT fields->>'senderLine' AS line, count(*) AS rows FROM intake_rows GROUP BY 1",
  );
  const rows = new Map(lines.map(({ line }) => [line.split('/')[0] ?? '', line.split('/')[1]]));
  assert.deepEqual([...rows.keys()].toSorted(), recordIds.slice(0, doses).toSorted(), 'rows of 受付');
  assert.ok(lines.length === doses && lines.every((each) => each.rows === 1), 'each record in one row of 受付');
  const waiting = await rowsOf<{ id: string }>(
    office,
    'SELECT record_id::text AS id FROM clinic_inbox WHERE settlement IS NULL AND revision = 2',
  );
  const late = new Set(waiting.map(({ id }) => id));
  for (const [dose, id] of recordIds.entries()) {
    const isLate = corrected.includes(dose) && late.has(id);
    assert.equal(rows.get(id), corrected.includes(dose) && !isLate ? '2' : '1', `the revision of dose ${dose}`);
  }
  return lines.length;
}

async function countOf(database: TestDatabase, table: string, value?: string): Promise<number> {
  const where = table.includes('WHERE') ? 'AND' : 'WHERE';
  const text = `SELECT count(*) AS n FROM ${table} ${where} lg_code = $1`;
  const rows = await rowsOf<{ n: number }>(database, text, [database.lgCode, ...(value === undefined ? [] : [value])]);
  return rows[0]?.n ?? -1;
}

async function rowsOf<T extends object>(
  { db, lgCode }: TestDatabase,
  text: string,
  values: readonly string[] = [],
): Promise<T[]> {
  return await withMunicipality(db, lgCode, async ({ client }) => (await client.query<T>(text, [...values])).rows);
}
