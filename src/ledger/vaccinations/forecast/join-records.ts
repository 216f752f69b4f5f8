import { type JudgingFacts, loadPersonsForJudging } from '#addressees/persons';
import type { PersonId } from '#kernel';
import type { Tx } from '#platform/postgres';
import type { Fact, GivenDose } from '#schedule';
import { loadFacts } from '../facts/store.ts';
import type { FactTold } from '../facts/types.ts';
import { listGivenDoses } from '../judge-history.ts';
import { loadHistories } from '../store.ts';
import { type PeopleRange, readAllPeople, readGivenDoses } from './read-people.ts';

/** A person with the given doses that judging asks about. */
export interface PersonWithDoses<Person extends JudgingFacts = JudgingFacts> {
  readonly person: Person;
  readonly doses: readonly GivenDose[];
  /** What else is known of the person (罹患歴, 妊娠, 特例 …). */
  readonly facts: readonly Fact[];
  /** The 禁忌 of the person, of any day. */
  readonly contraindications: readonly FactTold[];
}

const noDoses: readonly GivenDose[] = [];
const nothingTold = { schedule: [], contraindications: [] };

/** All people of a page with their doses, for judging without keeping anything. */
export async function readPopulation(tx: Tx, range: PeopleRange): Promise<PersonWithDoses[]> {
  return joinRecords(tx, range, await readAllPeople(tx, range));
}

/** Gives people of a page their doses and facts; of linked records each knows what is known of all. */
export async function joinRecords<Person extends JudgingFacts>(
  tx: Tx,
  range: PeopleRange,
  people: readonly Person[],
): Promise<PersonWithDoses<Person>[]> {
  const joined = await followLinks(tx, people);
  const doses = await readDoses(tx, range, people);
  const facts = await loadFacts(
    tx,
    people.map(({ personId }) => personId),
  );
  return joined.map((person) => {
    const { personId } = person;
    const { schedule, contraindications } = facts.get(personId) ?? nothingTold;
    return { person, doses: doses.get(personId) ?? noDoses, facts: schedule, contraindications };
  });
}

/** Linked records know the residency and the death that any of them tells. */
async function followLinks<Person extends JudgingFacts>(tx: Tx, people: readonly Person[]): Promise<readonly Person[]> {
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
  people: readonly JudgingFacts[],
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

function listLinked(people: readonly JudgingFacts[]): PersonId[] {
  return people.filter(({ principalId }) => principalId !== null).map(({ personId }) => personId);
}
