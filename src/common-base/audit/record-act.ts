import { randomUUID } from 'node:crypto';
import { isIndividualNumber, refuseNumberInText } from '#kernel';
import { jsonParameter, type Tx } from '#platform/postgres';
import { ensurePartitions } from './ensure-partitions.ts';
import { commitPersonalFields } from './leaf.ts';
import type { Act, ActBy } from './types.ts';

/**
 * Writes one act into the log, in the transaction of the fact it speaks of, and one narrow row per person named.
 * Refuses (as a programmer's error) an act of another municipality and a detail that is a 個人番号; a 処理事由 with twelve
 * digits is refused as input, whichever road it came by.
 */
export async function recordAct(tx: Tx, by: ActBy, act: Act): Promise<number> {
  const [row] = await insertActs(tx, [{ by, act }]);
  if (row === undefined) throw new Error('the act was not recorded');
  const personIds = act.personIds ?? [];
  if (personIds.length > 0) {
    await insertPersons(
      tx,
      { ...row, has_persons: false },
      'SELECT unnest($1::bigint[]) AS person_id',
      [personIds],
      false,
    );
  }
  return row.act_id;
}

/** An act with who did it. */
export interface ActOf {
  readonly by: ActBy;
  readonly act: Act;
}

/**
 * Writes the acts of several people, each about its own fact, in the one transaction of these facts: one statement for
 * the acts and one for the people whom they name.
 */
export async function recordActs(tx: Tx, acts: readonly ActOf[]): Promise<void> {
  if (acts.length === 0) return;
  const written = await insertActs(tx, acts);
  const named = acts.flatMap(({ act: { personIds = [] } }, i) => {
    const row = written[i];
    return row === undefined ? [] : [...new Set(personIds)].map((personId) => ({ row, personId }));
  });
  if (named.length === 0) return;
  const { rowCount } = await tx.client.query({
    name: 'audit-name-known-persons',
    text: nameKnownPersonsSql,
    values: [
      tx.lgCode,
      named.map(({ row }) => row.recorded_on),
      named.map(({ row }) => row.act_id),
      named.map(({ personId }) => personId),
    ],
  });
  if (rowCount === named.length) return;
  for (const { row, personId } of named) {
    await insertPersons(tx, { ...row, has_persons: true }, 'SELECT $1::bigint AS person_id', [personId], false);
  }
}

/** People of whom the log knows a pseudonym; the others are given one first. */
const nameKnownPersonsSql = `
  INSERT INTO audit_act_persons (lg_code, recorded_on, act_id, person_ref)
  SELECT $1, t.recorded_on, t.act_id, p.person_ref
    FROM unnest($2::date[], $3::bigint[], $4::bigint[]) AS t (recorded_on, act_id, person_id)
    JOIN audit_persons p ON p.lg_code = $1 AND p.person_id = t.person_id`;

interface NewAct {
  readonly act_id: number;
  readonly recorded_on: string;
}

/** The acts as they were written, in the order in which they were given. */
async function insertActs(tx: Tx, acts: readonly ActOf[]): Promise<NewAct[]> {
  const written = acts.map(({ by, act }) => writtenAct(tx, by, act));
  await ensurePartitions(tx);
  const { rows } = await tx.client.query<NewAct>({
    name: 'audit-record-acts',
    text: insertActsSql,
    values: [tx.lgCode, jsonParameter(written)],
  });
  // Numbers are drawn in the order in which the acts were given; rows may come back in another.
  return rows.toSorted((a, b) => a.act_id - b.act_id);
}

function writtenAct(tx: Tx, by: ActBy, act: Act) {
  if (by.lgCode !== tx.lgCode) throw new TypeError('an act is recorded in the municipality of who acts');
  const details = act.details ?? {};
  const items = act.items ?? [];
  refuseIndividualNumbers([...items, ...Object.values(details).map(String)]);
  refuseNumberInText(by.reason ?? '');
  const salt = randomUUID();
  return {
    act: act.act,
    outcome: act.outcome ?? 'done',
    staff_id: by.staffId,
    via: by.via,
    items,
    details,
    salt,
    commitment: `\\x${commitPersonalFields(salt, by).toString('hex')}`,
    staff_name: by.staffName,
    from_address: by.from,
    os_user: by.osUser,
    reason: by.reason,
  };
}

/**
 * Adds the persons that a bulk command touched to its act, in the transaction that recorded the act: one INSERT …
 * SELECT of `person_id` from the caller's query (parameters $1 …). Answers how many different people there were.
 * `areNew`: this very transaction made these people, so that nobody can have given them a pseudonym yet. `areUnnamed`:
 * the caller knows that none of them was added to this act before.
 */
export async function recordPersonsTouched(
  tx: Tx,
  actId: number,
  selectPersonIdsSql: string,
  params: readonly unknown[] = [],
  options: { readonly areNew?: boolean; readonly areUnnamed?: boolean } = {},
): Promise<number> {
  const { rows } = await tx.client.query<OwnAct>(findOwnAct, [tx.lgCode, actId]);
  if (rows[0] === undefined) throw new TypeError('persons are added in the transaction that recorded the act');
  const act = { ...rows[0], has_persons: rows[0].has_persons && options.areUnnamed !== true };
  return await insertPersons(tx, act, selectPersonIdsSql, params, options.areNew === true);
}

const insertActsSql = `
  WITH act AS (
    INSERT INTO audit_acts (lg_code, recorded_on, recorded_at, act, outcome, staff_id, via, items, details,
      salt, personal_commitment, staff_name, from_address, os_user, reason)
    SELECT $1, (statement_timestamp() AT TIME ZONE 'Asia/Tokyo')::date, statement_timestamp(), a.act, a.outcome,
      a.staff_id, a.via, a.items, a.details, a.salt, a.commitment, a.staff_name, a.from_address, a.os_user, a.reason
    FROM ROWS FROM (jsonb_to_recordset($2::jsonb) AS (act text, outcome text, staff_id bigint, via text, items text[],
      details jsonb, salt uuid, commitment bytea, staff_name text, from_address text, os_user text, reason text))
      WITH ORDINALITY AS a (act, outcome, staff_id, via, items, details, salt, commitment, staff_name, from_address,
        os_user, reason, place)
    ORDER BY a.place
    RETURNING lg_code, recorded_on, act_id
  ), unsealed AS (
    INSERT INTO audit_unsealed (lg_code, recorded_on, act_id) SELECT lg_code, recorded_on, act_id FROM act
  )
  SELECT act_id, recorded_on::text FROM act`;

/** An act of this transaction; no other transaction can add persons to it. */
interface OwnAct extends NewAct {
  readonly has_persons: boolean;
}

const findOwnAct = `
  SELECT u.act_id, u.recorded_on::text, EXISTS (SELECT 1 FROM audit_act_persons p
    WHERE p.lg_code = $1 AND p.recorded_on = u.recorded_on AND p.act_id = $2) AS has_persons
  FROM audit_unsealed u
  WHERE u.lg_code = $1 AND u.act_id = $2 AND u.recorded_in = pg_current_xact_id()
    AND u.recorded_on BETWEEN (now() AT TIME ZONE 'Asia/Tokyo')::date AND (clock_timestamp() AT TIME ZONE 'Asia/Tokyo')::date`;

async function insertPersons(
  tx: Tx,
  act: OwnAct,
  selectPersonIdsSql: string,
  params: readonly unknown[],
  areNew: boolean,
): Promise<number> {
  const first = params.length + 1;
  const values = [...params, tx.lgCode, act.recorded_on, act.act_id];
  const text = insertPersonsSql(selectPersonIdsSql, first, { hasPersons: act.has_persons, areNew });
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const { rows } = await tx.client.query<{ touched: number; missing: number }>(text, values);
    const row = rows[0];
    if (row !== undefined && row.missing === 0) return row.touched;
    // Another transaction gave one of these people a pseudonym meanwhile; it is visible to the next statement.
  }
  throw new Error('the pseudonyms of the people touched could not be read');
}

/**
 * OFFSET 0 keeps the planner from drawing a second salt for the hash. People are looked up as one list, which is one walk
 * along the index: one search for each took as long as writing their rows. New people have no pseudonym to look for.
 */
function insertPersonsSql(
  selectPersonIds: string,
  first: number,
  { hasPersons, areNew }: { readonly hasPersons: boolean; readonly areNew: boolean },
): string {
  const [lgCode, recordedOn, actId] = [`$${first}::text`, `$${first + 1}::date`, `$${first + 2}::bigint`];
  const known = areNew
    ? 'SELECT NULL::bigint AS person_id, NULL::uuid AS person_ref WHERE false'
    : `SELECT p.person_id, p.person_ref FROM audit_persons p
       WHERE p.lg_code = ${lgCode} AND p.person_id = ANY (ARRAY(SELECT g.person_id FROM given g))`;
  const named = hasPersons
    ? `WHERE r.person_ref NOT IN (SELECT q.person_ref FROM audit_act_persons q
         WHERE q.lg_code = ${lgCode} AND q.recorded_on = ${recordedOn} AND q.act_id = ${actId})`
    : '';
  return `
  WITH given AS MATERIALIZED (
    SELECT s.person_id::bigint AS person_id FROM (${selectPersonIds}) s
  ), known AS MATERIALIZED (
    ${known}
  ), unknown AS MATERIALIZED (
    SELECT DISTINCT g.person_id FROM given g
    WHERE g.person_id IS NOT NULL AND NOT EXISTS (SELECT FROM known k WHERE k.person_id = g.person_id)
  ), made AS (
    INSERT INTO audit_persons (lg_code, person_id, salt, person_ref)
    SELECT ${lgCode}, n.person_id, n.salt,
      encode(substr(sha256(convert_to(${lgCode} || ':' || n.person_id || ':' || n.salt, 'UTF8')), 1, 16), 'hex')::uuid
    FROM (SELECT person_id, gen_random_uuid() AS salt FROM unknown ORDER BY person_id OFFSET 0) n
    ${areNew ? '' : 'ON CONFLICT (lg_code, person_id) DO NOTHING'}
    RETURNING person_ref
  ), written AS (
    INSERT INTO audit_act_persons (lg_code, recorded_on, act_id, person_ref)
    SELECT ${lgCode}, ${recordedOn}, ${actId}, r.person_ref
    FROM (SELECT person_ref FROM known UNION ALL SELECT person_ref FROM made) r ${named} ORDER BY r.person_ref
  )
  SELECT ((SELECT count(*) FROM known) + (SELECT count(*) FROM unknown))::int AS touched,
    ((SELECT count(*) FROM unknown) - (SELECT count(*) FROM made))::int AS missing`;
}

function refuseIndividualNumbers(texts: readonly string[]): void {
  for (const text of texts) {
    for (const [digits] of text.matchAll(/(?<!\w)\d{12}(?!\w)/gu)) {
      if (isIndividualNumber(digits)) throw new TypeError('an act never carries an individual number');
    }
  }
}
