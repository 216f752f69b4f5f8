import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { wordOfReference } from '#messages';
import { getOwnerUrl, withClient, withMunicipality } from '#platform/postgres';
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
    | 'clinicKilled'
    | 'clinicCut'
    | 'officeKilled'
    | 'officeCut'
    | 'whole'
    | 'acknowledged'
    | 'corrected'
    | 'withdrawn'
    | 'renamed'
    | 'arrived',
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
 * A clinic records some doses at once in each round, and corrects or withdraws one of a round before, while the office
 * changes its lists and fetches what was recorded, and one of the two is killed or cut off at a random moment. What the
 * clinic was told of is there, in the end every record is in 受付 exactly once, and the clinics' system holds the lists
 * and the doses as the office has them, whoever died on the way.
 */
export async function runClinicRounds({
  rounds,
  seed,
  tell,
}: Omit<RoundsOptions, 'home'>): Promise<ClinicRoundsResult> {
  const chance = chanceOf(seed);
  for (const kept of [recordIds, paths, corrected, withdrawn]) kept.length = 0;
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
    withdrawn: 0,
    renamed: 0,
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
      const change = round === 0 ? undefined : drawChange(chance, round * dosesPerRound);
      if (chance.next() < 0.5) {
        await rename(two, chance.pick(clinicNames));
        counts.renamed += 1;
      }
      const { told, isChangeTold } = await recordUnderFire(two, browser, {
        chance,
        end,
        doses,
        server,
        worker,
        change,
      });
      counts[end] += 1;
      counts.acknowledged += told.length;
      if (!server.isAlive) server = startServer();
      await server.ready();
      for (const dose of doses) await sendAgain(two, browser, dose, told.includes(dose));
      if (change !== undefined) await changeAgain(two, browser, change, isChangeTold);
      if ((round + 1) % 25 === 0) tell(`${round + 1}/${rounds} ${JSON.stringify(counts)}`);
    }
    if (!worker.isAlive) worker = startWorker();
    await worker.ready();
    await finish(worker, 'exchange', two);
    await finish(worker, 'deliver', two);
    counts.corrected = corrected.length;
    counts.withdrawn = withdrawn.length;
    counts.arrived = await requireEachOnce(two, total);
    await requireSame(two);
    return counts;
  } finally {
    await Promise.all([server.kill(), worker.kill()]);
    await two.close();
  }
}

/** Of each dose: the number of its record, and the page of its form. */
const recordIds: string[] = [];
const paths: string[] = [];
/** The doses that were corrected once each, and those withdrawn; none is both. */
const corrected: number[] = [];
const withdrawn: number[] = [];

/** What the clinic does with a record of a round before. */
interface Change {
  readonly kind: 'correct' | 'withdraw';
  readonly dose: number;
}

function drawChange(chance: Chance, below: number): Change | undefined {
  const [kind, dose] = [chance.next() < 0.5 ? 'correct' : 'withdraw', chance.below(below)] as const;
  return corrected.includes(dose) || withdrawn.includes(dose) ? undefined : { kind, dose };
}

/** Few names, so that the lists often change back to what they were before somebody died. */
const clinicNames = ['みなと医院', 'みなと小児科', 'みなとクリニック'];

async function rename({ office: { db, lgCode } }: TwoOffices, name: string): Promise<void> {
  await withClient(getOwnerUrl(db), (owner) =>
    owner.query('UPDATE institution_versions SET name = $2 WHERE lg_code = $1', [lgCode, name]),
  );
}

/** Opens forms, records their doses and changes one while somebody dies; answers what the clinic was told to be done. */
async function recordUnderFire(
  two: TwoOffices,
  browser: WireBrowser,
  given: {
    readonly chance: Chance;
    readonly end: End;
    readonly doses: readonly number[];
    readonly change: Change | undefined;
    readonly server: Server;
    readonly worker: Worker;
  },
): Promise<{ readonly told: readonly number[]; readonly isChangeTold: boolean }> {
  const { chance, end, doses, server, worker, change } = given;
  for (const dose of doses) {
    paths[dose] = await openForm(two, browser, dose);
    recordIds[dose] = randomUUID();
  }
  const fetching = worker.ask({ work: chance.next() < 0.7 ? 'exchange' : 'deliver' }).answer;
  const recording = Promise.all(doses.map((dose) => record(browser, dose)));
  const changing = change === undefined ? undefined : send(browser, change);
  await sleep(chance.next() * 90);
  if (end === 'clinicKilled') await server.kill();
  else if (end === 'officeKilled') await worker.kill();
  else if (end === 'clinicCut') await two.cut(two.clinic);
  else if (end === 'officeCut') await two.cut(two.office);
  const answered = await recording;
  await fetching;
  const told = doses.filter((_dose, i) => answered[i]?.status === 303);
  return { told, isChangeTold: (await changing)?.status === 303 };
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

function send(browser: WireBrowser, { kind, dose }: Change) {
  const word = wordOfReference(recordIds[dose] ?? '');
  if (kind === 'withdraw') return browser.send(`/records/${word}/withdraw`, { reason: '別の人', revision: '1' });
  const fields = { ...rightDose, lotNumber: 'ABC-124', reason: 'ロットの読み違い', revision: '1' };
  return browser.send(`/records/${word}/correct`, fields);
}

/** A change of which nothing was heard was made or not; not made, it is made now. There is one in the end. */
async function changeAgain(two: TwoOffices, browser: WireBrowser, change: Change, isTold: boolean): Promise<void> {
  const { kind, dose } = change;
  const countRevisions = () => countOf(two.clinic, 'clinic_records WHERE record_id = $2', recordIds[dose]);
  if (isTold) assert.equal(await countRevisions(), 2, `${kind} of dose ${dose} is there`);
  for (let attempt = 0; (await countRevisions()) < 2; attempt += 1) {
    assert.ok(attempt < 5, `${kind} of dose ${dose} is not possible`);
    await send(browser, change);
    await sleep(20);
  }
  assert.equal(await countRevisions(), 2);
  const uses = await countOf(two.clinic, 'ticket_uses WHERE record_id = $2', recordIds[dose]);
  assert.equal(uses, kind === 'withdraw' ? 0 : 1, `the form of dose ${dose} after ${kind}`);
  (kind === 'withdraw' ? withdrawn : corrected).push(dose);
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
 * the correction came after its row; then the correction waits for a person. So does a withdrawal that came after its
 * row; one that came before it keeps the record out of 受付. Answers how many records are in 受付 or were withdrawn in time.
 */
async function requireEachOnce({ clinic, office }: TwoOffices, doses: number): Promise<number> {
  const revisions = doses + corrected.length + withdrawn.length;
  assert.equal(await countOf(clinic, 'clinic_records'), revisions, 'revisions at the clinic');
  assert.equal(await countOf(clinic, 'ticket_uses'), doses - withdrawn.length, 'forms that are used');
  assert.equal(await countOf(clinic, 'undelivered_records'), 0, 'records that the office has not taken');
  assert.equal(await countOf(office, 'clinic_inbox'), revisions, 'revisions at the office');
  const settled = await rowsOf<{ id: string; revision: number; settlement: string | null }>(
    office,
    'SELECT record_id::text AS id, revision, settlement FROM clinic_inbox',
  );
  const settlementOf = new Map(settled.map(({ id, revision, settlement }) => [`${id}/${revision}`, settlement]));
  const lines = await rowsOf<{ line: string; rows: number }>(
    office,
    "SELECT fields->>'senderLine' AS line, count(*) AS rows FROM intake_rows GROUP BY 1",
  );
  const rows = new Map(lines.map(({ line, rows: count }) => [line, count]));
  let inTime = 0;
  for (const [dose, id] of recordIds.entries()) {
    const [first, second] = [settlementOf.get(`${id}/1`), settlementOf.get(`${id}/2`)];
    const [change, last] = changeOf(dose, first === 'delivered');
    assert.deepEqual([first, second], change, `what became of the revisions of dose ${dose}`);
    assert.deepEqual([rows.get(`${id}/1`), rows.get(`${id}/2`)], last, `the rows of dose ${dose} in 受付`);
    if (last[0] === undefined && last[1] === undefined) inTime += 1;
  }
  assert.equal(lines.length + inTime, doses, '受付 holds nothing else');
  return lines.length + inTime;
}

type Settled = readonly [string | null | undefined, string | null | undefined];
type Rows = readonly [number | undefined, number | undefined];

/** What the settlements of both revisions and the rows of 受付 must be; `isLate`: the first went to 受付 before the change. */
function changeOf(dose: number, isLate: boolean): readonly [Settled, Rows] {
  const isWithdrawn = withdrawn.includes(dose);
  if (!isWithdrawn && !corrected.includes(dose))
    return [
      ['delivered', undefined],
      [1, undefined],
    ];
  if (isLate)
    return [
      ['delivered', null],
      [1, undefined],
    ];
  if (isWithdrawn)
    return [
      ['superseded', 'withdrawn'],
      [undefined, undefined],
    ];
  return [
    ['superseded', 'delivered'],
    [undefined, 1],
  ];
}

/** The lists at the clinics' system are the office's, and its people have the doses that clinics recorded and kept. */
async function requireSame({ clinic, office, numbers }: TwoOffices): Promise<void> {
  const named = 'SELECT institution_code AS code, name FROM';
  assert.deepEqual(
    await rowsOf(clinic, `${named} clinic_institutions ORDER BY 1`),
    await rowsOf(office, `${named} institution_versions GROUP BY 1, 2 ORDER BY 1`),
    'the institutions',
  );
  const held = await rowsOf<{ number: string; doses: number }>(
    clinic,
    `SELECT t.form_number AS number, jsonb_array_length(p.doses) AS doses FROM tickets t
      JOIN patients p ON p.lg_code = t.lg_code AND p.patient_ref = t.patient_ref`,
  );
  const doses = new Map(held.map((each) => [each.number, each.doses]));
  const wanted = numbers.map((_number, dose) => (withdrawn.includes(dose) ? 0 : 1));
  assert.deepEqual(
    numbers.map((number) => doses.get(number)),
    wanted,
    'the doses of the people at the clinics’ system',
  );
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
