import { type Actor, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { getMunicipality } from '#common-base/municipalities';
import type { Day, PersonId } from '#kernel';
import type { Tx } from '#platform/postgres';
import { listPersonSummaries } from './person-store.ts';
import {
  type Criteria,
  type CriterionKind,
  hasImpossibleDate,
  type PersonQuery,
  readFields,
  readText,
} from './read-query.ts';
import { findPersonIds } from './search-store.ts';
import type { PersonSummary, ResidenceState } from './types.ts';

/** What a search found; `understoodAs` says how the text was read, `unreadable` which field could not be read. */
export interface SearchAnswer {
  readonly people: readonly PersonSummary[];
  readonly hasMore: boolean;
  readonly understoodAs: readonly CriterionKind[];
  readonly unreadable: readonly CriterionKind[];
}

const defaultLimit = 50;

/**
 * Searches people (AD-06) by what a clerk typed into the one box or into the detailed form; the best readings first,
 * until the page is full. The act in the log holds the kinds of criteria, the count and the people shown, since a list
 * shows names and addresses too; never what was typed.
 */
export async function searchPersons(
  tx: Tx,
  actor: Actor,
  query: PersonQuery,
  options: { readonly asOf: Day; readonly limit?: number },
): Promise<SearchAnswer> {
  requirePermission(actor, 'persons.search');
  const limit = options.limit ?? defaultLimit;
  const { name } = await getMunicipality(tx);
  const { readings: fields, unreadable } = readFields(query, name);
  const readings = combine(fields, readText(query.text ?? '', name));
  const { ids, kinds } = await findFirst(tx, readings, limit + 1);
  const people = hereFirst(await listPersonSummaries(tx, ids.slice(0, limit), options.asOf), kinds);
  const hasMore = ids.length > limit;
  if (readings.length > 0) {
    const details = { criteria: kinds.join('+'), found: people.length, hasMore };
    const personIds = people.map((person) => person.personId);
    await recordAct(tx, actor, { act: 'persons.searched', personIds, details });
  }
  const isImpossible = people.length === 0 && hasImpossibleDate(query.text ?? '');
  return { people, hasMore, understoodAs: kinds, unreadable: isImpossible ? ['birthDate'] : unreadable };
}

const orderOfStates: Readonly<Record<ResidenceState, number>> = {
  resident: 0,
  notYetResident: 0,
  nonRegistered: 0,
  movedOut: 1,
  dead: 2,
  cancelled: 3,
};

/** Who lives here stands before who left and who died; asked for by place, people stay beside whom they live with. */
function hereFirst(people: readonly PersonSummary[], kinds: readonly CriterionKind[]): readonly PersonSummary[] {
  if (kinds.includes('address')) return people;
  return people.toSorted((a, b) => orderOfStates[a.state] - orderOfStates[b.state]);
}

/** Every reading of the box with every reading of the fields; the ones alone where the others are empty. */
function combine(fields: readonly Criteria[], texts: readonly Criteria[]): Criteria[] {
  if (fields.length === 0) return [...texts];
  if (texts.length === 0) return [...fields];
  return texts.flatMap((text) =>
    fields.map((field) => ({
      numbers: text.numbers ?? field.numbers,
      kanaWords: [...field.kanaWords, ...text.kanaWords],
      names: [...field.names, ...text.names],
      born: field.born ?? text.born,
      phone: field.phone ?? text.phone,
      address: field.address ?? text.address,
      kinds: [...new Set([...field.kinds, ...text.kinds])],
    })),
  );
}

async function findFirst(
  tx: Tx,
  readings: readonly Criteria[],
  limit: number,
): Promise<{ ids: PersonId[]; kinds: readonly CriterionKind[] }> {
  const ids = new Set<PersonId>();
  const kinds = new Set<CriterionKind>();
  for (const criteria of readings) {
    const found = await findPersonIds(tx, criteria, limit - ids.size);
    if (found.length === 0) continue;
    for (const id of found) ids.add(id);
    for (const kind of criteria.kinds) kinds.add(kind);
    if (ids.size >= limit) break;
  }
  return {
    ids: [...ids],
    kinds: kinds.size > 0 ? [...kinds] : [...new Set(readings.flatMap((reading) => reading.kinds))],
  };
}
