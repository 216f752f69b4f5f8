import { loadPersonsForJudging } from '#addressees/persons';
import type { PersonId } from '#kernel';
import type { Tx } from '#platform/postgres';
import type { GivenDose } from '#schedule';
import { loadFacts } from '../facts/store.ts';
import { listGivenDoses } from '../judge-history.ts';
import { loadHistories } from '../store.ts';
import type { Forecaster } from './derive-answer.ts';
import { digestFacts } from './digest-facts.ts';
import { confirmForecasts, type ForecastRow, upsertForecasts } from './forecast-store.ts';
import {
  type ForecastFrame,
  type PeopleRange,
  type PersonToJudge,
  readGivenDoses,
  readStalePeople,
} from './read-people.ts';

/** How many people of a page were looked at, and how many of them were judged anew. */
export interface ForecastPageCounts {
  readonly looked: number;
  readonly judged: number;
}

/**
 * Makes the forecasts of a page anew where they do not hold, in one transaction.
 * Versions are read before doses: what changes in between is seen as changed by the next run.
 */
export async function forecastPage(
  tx: Tx,
  forecaster: Forecaster,
  frame: ForecastFrame,
  range: PeopleRange,
): Promise<ForecastPageCounts> {
  const people = await followLinks(tx, await readStalePeople(tx, frame, range));
  const doses = await readDoses(tx, range, people);
  const facts = await loadFacts(
    tx,
    people.map(({ personId }) => personId),
  );
  const rows: ForecastRow[] = [];
  const same: PersonToJudge[] = [];
  for (const person of people) {
    const given = doses.get(person.personId) ?? [];
    const told = facts.get(person.personId)?.schedule;
    const factsDigest = digestFacts(person, given, told);
    if (person.keptDigest === factsDigest) same.push(person);
    else rows.push({ ...forecaster(person, given, told), person, factsDigest });
  }
  await upsertForecasts(tx, frame, rows);
  await confirmForecasts(tx, same);
  return { looked: people.length, judged: rows.length };
}

/** Linked records know the residency and the death that any of them tells. */
async function followLinks(tx: Tx, people: readonly PersonToJudge[]): Promise<readonly PersonToJudge[]> {
  const linked = listLinked(people);
  if (linked.length === 0) return people;
  const records = await loadPersonsForJudging(tx, { personIds: linked });
  const byId = new Map(records.map((record) => [record.personId, record]));
  return people.map((person) => {
    const merged = byId.get(person.personId);
    return merged === undefined ? person : { ...person, residencies: merged.residencies, diedOn: merged.diedOn };
  });
}

/** The doses of a page by person; of linked records those of all. */
async function readDoses(
  tx: Tx,
  range: PeopleRange,
  people: readonly PersonToJudge[],
): Promise<ReadonlyMap<PersonId, readonly GivenDose[]>> {
  const personIds = people.map(({ personId }) => personId);
  const doses = await readGivenDoses(tx, range, personIds);
  const linked = listLinked(people);
  if (linked.length === 0) return doses;
  const histories = await loadHistories(tx, linked);
  return new Map([
    ...doses,
    ...linked.map((personId) => [personId, listGivenDoses(histories.get(personId) ?? [])] as const),
  ]);
}

function listLinked(people: readonly PersonToJudge[]): PersonId[] {
  return people.filter(({ principalId }) => principalId !== null).map(({ personId }) => personId);
}
