import type { LgCode } from '#kernel';
import { type Database, type Tx, withMunicipality } from '#platform/postgres';
import type { Forecaster } from './derive-answer.ts';
import { digestFacts } from './digest-facts.ts';
import { confirmForecasts, type ForecastRow, upsertForecasts } from './forecast-store.ts';
import { joinRecords } from './join-records.ts';
import { type ForecastFrame, type PeopleRange, type PersonToJudge, readStalePeople } from './read-people.ts';

/** How many people of a page were looked at, and how many of them were judged anew. */
export interface ForecastPageCounts {
  readonly looked: number;
  readonly judged: number;
}

const triesMax = 3;
const deadlock = '40P01';

/** A page in a transaction of its own; where another forecast of the same people stands in the way, tried again. */
export async function forecastPage(
  db: Database,
  lgCode: LgCode,
  forecaster: Forecaster,
  frame: ForecastFrame,
  range: PeopleRange,
): Promise<ForecastPageCounts> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await withMunicipality(db, lgCode, (tx) => renewForecasts(tx, forecaster, frame, range));
    } catch (error) {
      const isInTheWay = error instanceof Error && 'code' in error && error.code === deadlock;
      if (!isInTheWay || tries === triesMax) throw error;
    }
  }
}

/**
 * Makes the forecasts of a page anew where they do not hold, in one transaction.
 * Versions are read before doses: what changes in between is seen as changed by the next run.
 */
async function renewForecasts(
  tx: Tx,
  forecaster: Forecaster,
  frame: ForecastFrame,
  range: PeopleRange,
): Promise<ForecastPageCounts> {
  const people = await joinRecords(tx, range, await readStalePeople(tx, frame, range));
  const rows: ForecastRow[] = [];
  const same: PersonToJudge[] = [];
  for (const { person, doses, facts } of people) {
    const factsDigest = digestFacts(person, doses, facts);
    if (person.keptDigest === factsDigest) same.push(person);
    else rows.push({ ...forecaster(person, doses, facts), person, factsDigest });
  }
  await upsertForecasts(tx, frame, rows);
  await confirmForecasts(tx, same);
  return { looked: people.length, judged: rows.length };
}
