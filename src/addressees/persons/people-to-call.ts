import { type Day, formatIsoDay, type PersonId, type Sex } from '#kernel';
import { copyOut, type Tx } from '#platform/postgres';
import { dayColumn, hasProtectedMember } from './person-store.ts';

/** Which people are looked at when somebody is to be called; what is left out does not narrow. */
export interface PeopleFilter {
  /** Birth days, both ends inclusive; any of the spans. */
  readonly bornWithin?: readonly { readonly from: Day | null; readonly to: Day | null }[] | undefined;
  readonly sex?: Sex | undefined;
  /**
   * The beginning of the address as the register writes it (町名), any of them. Protected people (支援措置) and their
   * households are in no area: else a narrow one would tell who lives there.
   */
  readonly areas?: readonly string[] | undefined;
  readonly isForeigner?: boolean | undefined;
  readonly isPublicAssistance?: boolean | undefined;
  readonly isDisabled?: boolean | undefined;
}

/** What deciding about a letter needs of a person at first sight, in bulk and without any address. */
export interface PersonAtSight {
  readonly personId: PersonId;
  readonly bornOn: Day | null;
  readonly sex: Sex;
  readonly becameResidentOn: Day | null;
  readonly ceasedResidentOn: Day | null;
  readonly diedOn: Day | null;
  readonly isNonRegistered: boolean;
  readonly isCancelled: boolean;
}

const sexes: Readonly<Record<string, Sex>> = { m: 'male', f: 'female', u: 'unknown' };

/** The largest key of a person; 0 where there is nobody. Pages are cut by keys. */
export async function findLastPersonId(tx: Tx): Promise<number> {
  const { rows } = await tx.client.query<{ last: number | null }>(
    'SELECT max(person_id) AS last FROM persons WHERE lg_code = $1',
    [tx.lgCode],
  );
  return rows[0]?.last ?? 0;
}

/**
 * Everybody whose key lies after `after` up to `to` and who is within the filter; of linked records the one that
 * stands for all. COPY takes no parameters, so that what was typed is given as settings of the transaction.
 */
export async function readPeopleAtSight(
  tx: Tx,
  range: { readonly after: number; readonly to: number },
  filter: PeopleFilter,
  asOf: Day,
): Promise<PersonAtSight[]> {
  const settings = { lg: tx.lgCode, areas: JSON.stringify(filter.areas ?? []), day: formatIsoDay(asOf) };
  for (const [name, value] of Object.entries(settings)) {
    await tx.client.query("SELECT set_config('sesshu.call_' || $1, $2, true)", [name, value]);
  }
  const lines = await copyOut(
    tx,
    `SELECT p.person_id, ${dayColumn('p.born_on')}, left(p.sex, 1), ${dayColumn('p.became_resident_on')},
       ${dayColumn('p.ceased_resident_on')}, ${dayColumn('p.died_on')}, p.is_non_registered, p.is_cancelled
     FROM persons p
     WHERE p.lg_code = current_setting('sesshu.call_lg') AND p.person_id > ${Math.trunc(range.after)}
       AND p.person_id <= ${Math.trunc(range.to)} AND (p.principal_id IS NULL OR p.principal_id = p.person_id)
       ${conditionsOf(filter)}`,
  );
  const people: PersonAtSight[] = [];
  while (lines.hasMore()) {
    people.push({
      personId: lines.sure() as PersonId,
      bornOn: lines.number() as Day | null,
      sex: sexes[lines.word() ?? ''] ?? 'unknown',
      becameResidentOn: lines.number() as Day | null,
      ceasedResidentOn: lines.number() as Day | null,
      diedOn: lines.number() as Day | null,
      isNonRegistered: lines.boolean(),
      isCancelled: lines.boolean(),
    });
  }
  return people;
}

/** The conditions as SQL; nothing typed stands in them, only days, words of ours and names of settings. */
function conditionsOf(filter: PeopleFilter): string {
  const spans = filter.bornWithin?.map(({ from, to }) => {
    const first = from === null ? 'true' : `p.born_on >= DATE '${formatIsoDay(from)}'`;
    const last = to === null ? 'true' : `p.born_on <= DATE '${formatIsoDay(to)}'`;
    return `(p.born_on IS NOT NULL AND ${first} AND ${last})`;
  });
  // A place finds nobody who is protected, however it is asked for; they are called by what does not ask for a place.
  const lgCode = `current_setting('sesshu.call_lg')`;
  const area = `NOT p.is_protected AND NOT ${hasProtectedMember('p', lgCode)} AND EXISTS (SELECT 1 FROM jsonb_array_elements_text(current_setting('sesshu.call_areas')::jsonb) a(place)
    WHERE starts_with(p.address, a.place))`;
  const parts = [
    spans === undefined ? null : `(${spans.join(' OR ') || 'false'})`,
    filter.sex === undefined ? null : `p.sex = '${filter.sex}'`,
    (filter.areas ?? []).length === 0 ? null : area,
    filter.isForeigner === undefined ? null : `p.is_foreigner = ${filter.isForeigner}`,
    filter.isPublicAssistance === undefined ? null : flag('is_public_assistance', filter.isPublicAssistance),
    filter.isDisabled === undefined ? null : flag('is_disabled', filter.isDisabled),
  ];
  return parts.flatMap((part) => (part === null ? [] : [`AND ${part}`])).join(' ');
}

/** The flag of the row of the day that was recorded last; nobody without a row has it. */
function flag(column: 'is_public_assistance' | 'is_disabled', value: boolean): string {
  return `${value ? '' : 'NOT '}EXISTS (SELECT 1 FROM (
      SELECT DISTINCT ON (w.valid_from) w.valid_from, w.valid_to, w.${column} AS has FROM welfare_flags w
      WHERE w.lg_code = p.lg_code AND w.person_id = p.person_id ORDER BY w.valid_from, w.welfare_flag_id DESC) v
    WHERE v.has AND v.valid_from <= current_setting('sesshu.call_day')::date
      AND (v.valid_to IS NULL OR v.valid_to >= current_setting('sesshu.call_day')::date))`;
}

/**
 * Everybody whose letter may go elsewhere than to the own address, or not at all: protected, of a household or a
 * linked record that is, with a 送付先 at any time, without an address. Of all others a letter goes to the address.
 */
export async function listMailingExceptions(tx: Tx): Promise<ReadonlySet<PersonId>> {
  const { rows } = await tx.client.query<{ person_id: PersonId }>(
    `SELECT person_id FROM persons WHERE lg_code = $1
        AND (is_protected OR principal_id IS NOT NULL OR address IS NULL OR address = '' OR postal_code IS NULL)
     UNION SELECT person_id FROM mailing_addresses WHERE lg_code = $1
     UNION SELECT q.person_id FROM persons m
       JOIN persons q ON q.lg_code = m.lg_code AND q.household_number = m.household_number
      WHERE m.lg_code = $1 AND (m.is_protected OR m.principal_id IS NOT NULL)`,
    [tx.lgCode],
  );
  return new Set(rows.map((row) => row.person_id));
}
