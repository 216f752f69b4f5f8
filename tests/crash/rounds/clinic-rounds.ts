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
  Record<'clinicKilled' | 'clinicCut' | 'officeKilled' | 'officeCut' | 'whole' | 'acknowledged' | 'arrived', number>
>;

/** Doses recorded at the same moment: the first two go alone, the others together. */
export const dosesPerRound = 6;

type End = 'clinicKilled' | 'clinicCut' | 'officeKilled' | 'officeCut' | 'whole';

const program = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const ends: readonly End[] = ['clinicKilled', 'clinicKilled', 'clinicCut', 'officeKilled', 'officeCut', 'whole'];

type Server = DyingProcess<object, null>;
type Worker = DyingProcess<{ readonly work: OfficeWork }, number>;

/**
 * A clinic records some doses at once in each round while the office fetches what was recorded, and one of the two is
 * killed or cut off at a random moment. A record that the clinic was told of is there, and in the end every record is in
 * 受付 exactly once, whoever died on the way.
 */
export async function runClinicRounds({
  rounds,
  seed,
  tell,
}: Omit<RoundsOptions, 'home'>): Promise<ClinicRoundsResult> {
  const chance = chanceOf(seed);
  for (const kept of [recordIds, paths]) kept.length = 0;
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
      const told = await recordUnderFire(two, browser, { chance, end, doses, server, worker });
      counts[end] += 1;
      counts.acknowledged += told.length;
      if (!server.isAlive) server = startServer();
      await server.ready();
      for (const dose of doses) await sendAgain(two, browser, dose, told.includes(dose));
      if ((round + 1) % 25 === 0) tell(`${round + 1}/${rounds} ${JSON.stringify(counts)}`);
    }
    if (!worker.isAlive) worker = startWorker();
    await worker.ready();
    await finish(worker, 'exchange', two);
    await finish(worker, 'deliver', two);
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

/** Opens forms and records their doses while somebody dies; answers those that the clinic was told to be recorded. */
async function recordUnderFire(
  two: TwoOffices,
  browser: WireBrowser,
  given: {
    readonly chance: Chance;
    readonly end: End;
    readonly doses: readonly number[];
    readonly server: Server;
    readonly worker: Worker;
  },
): Promise<readonly number[]> {
  const { chance, end, doses, server, worker } = given;
  for (const dose of doses) {
    paths[dose] = await openForm(two, browser, dose);
    recordIds[dose] = randomUUID();
  }
  const fetching = worker.ask({ work: chance.next() < 0.7 ? 'exchange' : 'deliver' }).answer;
  const recording = Promise.all(doses.map((dose) => record(browser, dose)));
  await sleep(chance.next() * 90);
  if (end === 'clinicKilled') await server.kill();
  else if (end === 'officeKilled') await worker.kill();
  else if (end === 'clinicCut') await two.cut(two.clinic);
  else if (end === 'officeCut') await two.cut(two.office);
  const answered = await recording;
  await fetching;
  return doses.filter((_dose, i) => answered[i]?.status === 303);
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

/** Every record of the clinic is at the office, in one row of 受付 and in no other. */
async function requireEachOnce({ clinic, office }: TwoOffices, doses: number): Promise<number> {
  assert.equal(await countOf(clinic, 'clinic_records'), doses, 'records at the clinic');
  assert.equal(await countOf(clinic, 'undelivered_records'), 0, 'records that the office has not taken');
  assert.equal(await countOf(office, "clinic_inbox WHERE settlement = 'delivered'"), doses, 'records at the office');
  const numbers = await rowsOf<{ number: string; rows: number }>(
    office,
    "SELECT fields->>'senderLine' AS number, count(*) AS rows FROM intake_rows GROUP BY 1",
  );
  const wanted = recordIds.slice(0, doses).map((id) => `${id}/1`);
  assert.deepEqual(numbers.map(({ number }) => number).toSorted(), wanted.toSorted(), 'rows of 受付');
  assert.ok(
    numbers.every(({ rows }) => rows === 1),
    'each record in one row of 受付',
  );
  return numbers.length;
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
