import { type Day, formatIsoDay, type PersonId } from '#kernel';
import type { Tx } from '#platform/postgres';
import { hasProtectedMember } from './person-store.ts';
import type { AddressCriterion, Criteria } from './read-query.ts';
import { kanaQueryTokens, writtenQueryTokens } from './search-tokens.ts';

const mostTowns = 40;
/** Born within so many days, people are few enough to look at each: no index of names is needed. */
const fewBirthDays = 31;
/** Comes after every character in the order of code points: the end of a range that begins with a prefix. */
const lastCharacter = '\u{10ffff}';

/**
 * The people for whom all criteria hold, in a useful order, at most `limit`. Each way goes by one index: number, birth
 * date, range of the written or phonetic name, tokens of the names, telephone, address. Address and telephone never
 * find a protected person or somebody of the same household, so that nobody can be asked for by place.
 */
export async function findPersonIds(tx: Tx, criteria: Criteria, limit: number): Promise<PersonId[]> {
  if (criteria.numbers !== null) return findByNumber(tx, criteria, criteria.numbers, limit);
  const { born } = criteria;
  if (born !== null && born.to - born.from < fewBirthDays) return findByBirth(tx, criteria, limit);
  if (criteria.phone !== null) return findByPhone(tx, criteria, criteria.phone, limit);
  if (criteria.address !== null) return findByAddress(tx, criteria, criteria.address, limit);
  if (criteria.names.length + criteria.kanaWords.length > 0) return findByName(tx, criteria, limit);
  return born === null ? [] : findByBirth(tx, criteria, limit);
}

function findByNumber(tx: Tx, criteria: Criteria, numbers: readonly string[], limit: number): Promise<PersonId[]> {
  const where = filtersOf(criteria, ['addressee_number = ANY($2)'], [numbers], { mayBeCancelled: true });
  return select(tx, where, 'addressee_number', limit);
}

/** Born in the range; whose name begins as asked stands first. */
function findByBirth(tx: Tx, criteria: Criteria, limit: number): Promise<PersonId[]> {
  const where = filtersOf(criteria, ['born_on BETWEEN $2 AND $3'], bornValues(criteria));
  const values = [...where.values, criteria.kanaWords.join(''), criteria.names.join('')];
  const begins = `starts_with(kana_key, $${values.length}) AND starts_with(name_key, $${values.length + 1})`;
  return select(tx, { ...where, values }, `(${begins}) DESC, born_on, kana_key, person_id`, limit);
}

/** Names that begin like this; then, if there is room, names any part of which is like this. */
async function findByName(tx: Tx, criteria: Criteria, limit: number): Promise<PersonId[]> {
  const begin = criteria.names.length > 0 ? criteria.names.join('') : criteria.kanaWords.join('');
  const column = criteria.names.length > 0 ? 'name_key' : 'kana_key';
  const rest = criteria.names.length > 0 ? { ...criteria, names: [] } : { ...criteria, kanaWords: [] };
  const where = filtersOf(rest, [`${column} >= $2`, `${column} < $3`], [begin, begin + lastCharacter]);
  const found = await select(tx, where, `${column}, kana_key, born_on, person_id`, limit);
  if (found.length >= limit) return found;
  const parts = await findByTokens(tx, criteria, limit);
  return [...new Set([...found, ...parts])].slice(0, limit);
}

async function findByTokens(tx: Tx, criteria: Criteria, limit: number): Promise<PersonId[]> {
  const names = criteria.names.flatMap((name) => writtenQueryTokens(tx.lgCode, name));
  const kana = criteria.kanaWords.flatMap((word) => kanaQueryTokens(tx.lgCode, word));
  const tokens = [...new Set([...names, ...kana])];
  if (tokens.length === 0) return [];
  const needles = [...criteria.names, ...criteria.kanaWords];
  const [from, to] = bornValues(criteria);
  const { rows } = await tx.client.query<{ person_id: PersonId }>(
    'SELECT find_person_ids_by_token($1, $2, $3, $4, $5) AS person_id',
    [tokens, needles, from, to, limit],
  );
  return rows.map((row) => row.person_id);
}

/** Telephone numbers are kept backwards: the whole number and its end without the area are both a beginning. */
function findByPhone(tx: Tx, criteria: Criteria, phone: string, limit: number): Promise<PersonId[]> {
  const end = backwards(phone);
  const range = ['phone_key >= $2', 'phone_key < $3'];
  const where = filtersOf({ ...criteria, phone: null }, range, [end, end + lastCharacter], { isByPlace: true });
  return select(tx, where, 'phone_key, person_id', limit);
}

async function findByAddress(
  tx: Tx,
  criteria: Criteria,
  address: AddressCriterion,
  limit: number,
): Promise<PersonId[]> {
  const prefixes = await listAddressPrefixes(tx, address);
  const rest = { ...criteria, address: null };
  const found: PersonId[] = [];
  for (const prefix of prefixes) {
    const range = ['address_key >= $2', 'address_key < $3'];
    const where = filtersOf(rest, range, [prefix, prefix + lastCharacter], { isByPlace: true });
    found.push(...(await select(tx, where, 'address_key, building_key, person_id', limit - found.length)));
    if (found.length >= limit) return found;
  }
  if (address.building.length < 2) return found;
  const range = ['building_key >= $2', 'building_key < $3'];
  const where = filtersOf(rest, range, [address.building, address.building + lastCharacter], { isByPlace: true });
  const inBuilding = await select(tx, where, 'building_key, person_id', limit);
  return [...new Set([...found, ...inBuilding])].slice(0, limit);
}

/** Towns that hold the text, those that begin with it first, each with what was typed after the town. */
async function listAddressPrefixes(tx: Tx, address: AddressCriterion): Promise<string[]> {
  if (address.town === '') return [];
  const { rows } = await tx.client.query<{ town_key: string }>(
    `SELECT town_key FROM address_towns WHERE lg_code = $1 AND position($2 IN town_key) > 0
     ORDER BY position($2 IN town_key), length(town_key), town_key LIMIT $3`,
    [tx.lgCode, address.town, mostTowns],
  );
  return rows.map((row) => row.town_key + address.rest);
}

interface Where {
  readonly conditions: readonly string[];
  readonly values: readonly unknown[];
}

/** The conditions of one way (parameters from $2) and the other criteria as filters behind them. */
function filtersOf(
  criteria: Criteria,
  first: readonly string[],
  firstValues: readonly unknown[],
  options: { readonly mayBeCancelled?: boolean; readonly isByPlace?: boolean } = {},
): Where {
  const values = [...firstValues];
  const add = (value: unknown): string => `$${values.push(value) + 1}`;
  const conditions = [...first];
  if (options.mayBeCancelled !== true) conditions.push('NOT is_cancelled');
  const isByBirth = first.some((condition) => condition.startsWith('born_on'));
  if (criteria.born !== null && !isByBirth) {
    const [from, to] = bornValues(criteria);
    conditions.push(`born_on BETWEEN ${add(from)} AND ${add(to)}`);
  }
  for (const needle of [...criteria.names, ...criteria.kanaWords]) {
    conditions.push(`position(${add(needle)} IN search_keys) > 0`);
  }
  if (criteria.phone !== null) conditions.push(`starts_with(phone_key, ${add(backwards(criteria.phone))})`);
  if (criteria.address !== null) conditions.push(addressFilter(criteria.address, add));
  const isByPlace = options.isByPlace === true || criteria.phone !== null || criteria.address !== null;
  if (isByPlace) conditions.push('NOT is_protected', `NOT ${hasProtectedMember('persons')}`);
  return { conditions, values };
}

function addressFilter(address: AddressCriterion, add: (value: unknown) => string): string {
  const parts: string[] = [];
  if (address.town + address.rest !== '')
    parts.push(`position(${add(address.town + address.rest)} IN address_key) > 0`);
  if (address.building !== '') parts.push(`position(${add(address.building)} IN building_key) > 0`);
  return `(${parts.join(' OR ')})`;
}

function bornValues(criteria: Criteria): [string | null, string | null] {
  const isoDay = (day: Day | undefined): string | null => (day === undefined ? null : formatIsoDay(day));
  return [isoDay(criteria.born?.from), isoDay(criteria.born?.to)];
}

function backwards(digits: string): string {
  return [...digits].reverse().join('');
}

async function select(tx: Tx, where: Where, order: string, limit: number): Promise<PersonId[]> {
  const { rows } = await tx.client.query<{ person_id: PersonId }>(
    `SELECT person_id FROM persons WHERE lg_code = $1 AND ${where.conditions.join(' AND ')}
     ORDER BY ${order} LIMIT ${Math.trunc(limit)}`,
    [tx.lgCode, ...where.values],
  );
  return rows.map((row) => row.person_id);
}
