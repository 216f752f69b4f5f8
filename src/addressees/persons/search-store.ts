import { type Day, formatIsoDay, type PersonId } from '#kernel';
import type { Tx } from '#platform/postgres';
import type { AddressCriterion, Criteria } from './read-query.ts';
import { kanaQueryTokens, writtenQueryTokens } from './search-tokens.ts';

const mostTowns = 40;
/** Comes after every character in the order of code points: the end of a range that begins with a prefix. */
const lastCharacter = '\u{10ffff}';

/**
 * The people for whom all criteria hold, in a useful order, at most `limit`. Each way goes by one index: number,
 * tokens of the names, range of the phonetic key, telephone, address, birth date. Address and telephone never find a
 * protected person, so that nobody can be asked for by place.
 */
export async function findPersonIds(tx: Tx, criteria: Criteria, limit: number): Promise<PersonId[]> {
  if (criteria.numbers !== null) return findByNumber(tx, criteria, criteria.numbers, limit);
  const tokens = tokensOf(tx, criteria);
  const isOneKana = criteria.names.length === 0 && criteria.kanaWords.length === 1;
  if (tokens.length > 0 && !isOneKana) return findByTokens(tx, criteria, tokens, limit);
  if (isOneKana) return findByKana(tx, criteria, criteria.kanaWords[0] ?? '', tokens, limit);
  if (criteria.phone !== null) return findByPhone(tx, criteria, criteria.phone, limit);
  if (criteria.address !== null) return findByAddress(tx, criteria, criteria.address, limit);
  if (criteria.born === null) return [];
  const where = filtersOf(criteria, ['born_on BETWEEN $2 AND $3'], bornValues(criteria));
  return select(tx, where, 'born_on, kana_key, person_id', limit);
}

function tokensOf(tx: Tx, criteria: Criteria): number[] {
  const names = criteria.names.flatMap((name) => writtenQueryTokens(tx.lgCode, name));
  const kana = criteria.kanaWords.flatMap((word) => kanaQueryTokens(tx.lgCode, word));
  return [...new Set([...names, ...kana])];
}

function findByNumber(tx: Tx, criteria: Criteria, numbers: readonly string[], limit: number): Promise<PersonId[]> {
  const where = filtersOf(criteria, ['addressee_number = ANY($2)'], [numbers], { mayBeCancelled: true });
  return select(tx, where, 'addressee_number', limit);
}

async function findByTokens(tx: Tx, criteria: Criteria, tokens: readonly number[], limit: number): Promise<PersonId[]> {
  const mostFound = 2000;
  const needles = [...criteria.names, ...criteria.kanaWords];
  const [from, to] = bornValues(criteria);
  const { rows } = await tx.client.query<{ person_id: PersonId }>(
    'SELECT find_person_ids_by_token($1, $2, NULL, NULL, $3, $4, $5) AS person_id',
    [tokens, needles, from, to, mostFound],
  );
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.person_id);
  return select(tx, filtersOf(criteria, ['person_id = ANY($2)'], [ids]), 'kana_key, born_on, person_id', limit);
}

/** Names that begin like this; then, if there is room, given and foreign names that do. */
async function findByKana(
  tx: Tx,
  criteria: Criteria,
  word: string,
  tokens: readonly number[],
  limit: number,
): Promise<PersonId[]> {
  const range = ['kana_key >= $2', 'kana_key < $3'];
  const where = filtersOf({ ...criteria, kanaWords: [] }, range, [word, word + lastCharacter]);
  const found = await select(tx, where, 'kana_key, person_id', limit);
  if (found.length >= limit || tokens.length === 0) return found;
  const given = await findByTokens(tx, criteria, tokens, limit);
  return [...new Set([...found, ...given])].slice(0, limit);
}

function findByPhone(tx: Tx, criteria: Criteria, phone: string, limit: number): Promise<PersonId[]> {
  const range = ['phone_key >= $2', 'phone_key < $3'];
  const where = filtersOf({ ...criteria, phone: null }, range, [phone, phone + lastCharacter], { isByPlace: true });
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
  if (criteria.phone !== null) conditions.push(`starts_with(phone_key, ${add(criteria.phone)})`);
  if (criteria.address !== null) conditions.push(addressFilter(criteria.address, add));
  const isByPlace = options.isByPlace === true || criteria.phone !== null || criteria.address !== null;
  if (isByPlace) conditions.push('NOT is_protected');
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

async function select(tx: Tx, where: Where, order: string, limit: number): Promise<PersonId[]> {
  const { rows } = await tx.client.query<{ person_id: PersonId }>(
    `SELECT person_id FROM persons WHERE lg_code = $1 AND ${where.conditions.join(' AND ')}
     ORDER BY ${order} LIMIT ${Math.trunc(limit)}`,
    [tx.lgCode, ...where.values],
  );
  return rows.map((row) => row.person_id);
}
