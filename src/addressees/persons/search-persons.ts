import { type Actor, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { getMunicipality } from '#common-base/municipalities';
import type { Day, PersonId } from '#kernel';
import type { Tx } from '#platform/postgres';
import { listPersonSummaries } from './person-store.ts';
import { type Criteria, type CriterionKind, type PersonQuery, readFields, readText } from './read-query.ts';
import { findPersonIds } from './search-store.ts';
import type { PersonSummary } from './types.ts';

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
 * until the page is full. The act in the log holds the kinds of criteria and the count, never what was typed.
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
  const fields = readFields(query, name);
  const readings = combine(fields, readText(query.text ?? '', name));
  const { ids, kinds } = await findFirst(tx, readings, limit + 1);
  const people = await listPersonSummaries(tx, ids.slice(0, limit), options.asOf);
  const hasMore = ids.length > limit;
  if (readings.length > 0) {
    const details = { criteria: kinds.join('+'), found: people.length, hasMore };
    await recordAct(tx, actor, { act: 'persons.searched', details });
  }
  return { people, hasMore, understoodAs: kinds, unreadable: fields.unreadable };
}

/** The text's readings with the fields beside it; the fields alone where the box is empty. */
function combine(fields: Criteria, readings: readonly Criteria[]): Criteria[] {
  if (fields.kinds.length === 0) return [...readings];
  if (readings.length === 0) return [fields];
  return readings.map((reading) => ({
    numbers: reading.numbers ?? fields.numbers,
    kanaWords: [...fields.kanaWords, ...reading.kanaWords],
    names: [...fields.names, ...reading.names],
    born: fields.born ?? reading.born,
    phone: fields.phone ?? reading.phone,
    address: fields.address ?? reading.address,
    kinds: [...new Set([...fields.kinds, ...reading.kinds])],
  }));
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
  return { ids: [...ids], kinds: kinds.size > 0 ? [...kinds] : (readings[0]?.kinds ?? []) };
}
