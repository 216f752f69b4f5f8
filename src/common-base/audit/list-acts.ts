import type { PersonId } from '#kernel';
import type { Tx } from '#platform/postgres';
import { type ListedAct, recordedActOf } from './store.ts';
import type { ActFilter, ActPage, RecordedAct } from './types.ts';

const defaultLimit = 50;

/** One page of the log, newest first, paged in the database; `after` is the `next` of the page before. */
export async function listActs(
  tx: Tx,
  filter: ActFilter,
  options: { after?: string | null; limit?: number } = {},
): Promise<ActPage> {
  const limit = Math.min(Math.max(options.limit ?? defaultLimit, 1), 500);
  const { conditions, values } = conditionsOf(tx, filter, options.after ?? null);
  values.push(limit + 1);
  // A person's few traces are walked along their own index; otherwise the log itself, newest first.
  const [source, order] =
    filter.personId === undefined
      ? ['audit_acts a', 'a']
      : [
          `audit_act_persons t JOIN audit_acts a
           ON a.lg_code = t.lg_code AND a.recorded_on = t.recorded_on AND a.act_id = t.act_id`,
          't',
        ];
  const { rows } = await tx.client.query<ListedAct>(
    `SELECT ${listedColumns} FROM ${source} WHERE ${conditions.join(' AND ')}
     ORDER BY ${order}.recorded_on DESC, ${order}.act_id DESC LIMIT $${values.length}`,
    values,
  );
  const acts = rows.slice(0, limit).map(recordedActOf);
  const last = acts.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  return { acts, next: hasMore ? `${last.recordedOn}.${last.actId}` : null };
}

/**
 * Who looked at or changed the record of one person: the report for the person (自己情報の利用状況). `persons` who
 * were erased have no traces any more.
 */
export async function listActsForPerson(
  tx: Tx,
  personId: PersonId,
  options: { after?: string | null; limit?: number } & Pick<ActFilter, 'recordedFrom' | 'recordedTo'> = {},
): Promise<ActPage> {
  const { after, limit, ...period } = options;
  return await listActs(
    tx,
    { ...period, personId },
    { after: after ?? null, ...(limit === undefined ? {} : { limit }) },
  );
}

/** One act of the log, or undefined when there is none of that day and number. */
export async function findAct(tx: Tx, recordedOn: string, actId: number): Promise<RecordedAct | undefined> {
  const { rows } = await tx.client.query<ListedAct>(
    `SELECT ${listedColumns} FROM audit_acts a WHERE a.lg_code = $1 AND a.recorded_on = $2::date AND a.act_id = $3`,
    [tx.lgCode, recordedOn, actId],
  );
  return rows[0] === undefined ? undefined : recordedActOf(rows[0]);
}

/** The persons an act touched, at most `limit`; those whose traces were erased are missing. */
export async function listPersonsOfAct(tx: Tx, recordedOn: string, actId: number, limit = 100): Promise<PersonId[]> {
  const { rows } = await tx.client.query<{ person_id: PersonId }>(
    `SELECT p.person_id FROM audit_act_persons t
     JOIN audit_persons p ON p.lg_code = t.lg_code AND p.person_ref = t.person_ref
     WHERE t.lg_code = $1 AND t.recorded_on = $2::date AND t.act_id = $3 ORDER BY p.person_id LIMIT $4`,
    [tx.lgCode, recordedOn, actId, limit],
  );
  return rows.map((row) => row.person_id);
}

/**
 * The kinds of acts recorded in the last ninety days, for the choice on the search page. It leaps from one kind to the
 * next along the index: a list of some fifty words must not read millions of rows.
 */
export async function listActKinds(tx: Tx): Promise<string[]> {
  const { rows } = await tx.client.query<{ act: string }>(
    `WITH RECURSIVE since AS (SELECT (now() AT TIME ZONE 'Asia/Tokyo')::date - 90 AS day), kinds AS (
       (SELECT a.act FROM audit_acts a, since WHERE a.lg_code = $1 AND a.recorded_on > since.day ORDER BY a.act LIMIT 1)
       UNION ALL
       SELECT (SELECT a.act FROM audit_acts a, since
               WHERE a.lg_code = $1 AND a.recorded_on > since.day AND a.act > kinds.act ORDER BY a.act LIMIT 1)
       FROM kinds WHERE kinds.act IS NOT NULL)
     SELECT act FROM kinds WHERE act IS NOT NULL`,
    [tx.lgCode],
  );
  return rows.map((row) => row.act);
}

const listedColumns = `a.recorded_on::text AS recorded_on, a.act_id, a.recorded_at, a.act, a.outcome, a.staff_id, a.via,
  a.items, a.details, a.staff_name, a.from_address, a.os_user, a.reason,
  (SELECT count(*)::int FROM audit_act_persons p
   WHERE p.lg_code = a.lg_code AND p.recorded_on = a.recorded_on AND p.act_id = a.act_id) AS person_count`;

function conditionsOf(tx: Tx, filter: ActFilter, after: string | null): { conditions: string[]; values: unknown[] } {
  const values: unknown[] = [tx.lgCode];
  const conditions = ['a.lg_code = $1'];
  const add = (condition: (place: string) => string, value: unknown): void => {
    values.push(value);
    conditions.push(condition(`$${values.length}`));
  };
  if (filter.recordedFrom !== undefined) add((place) => `a.recorded_on >= ${place}::date`, filter.recordedFrom);
  if (filter.recordedTo !== undefined) add((place) => `a.recorded_on <= ${place}::date`, filter.recordedTo);
  if (filter.staffId !== undefined) add((place) => `a.staff_id = ${place}`, filter.staffId);
  if (filter.outcome !== undefined) add((place) => `a.outcome = ${place}`, filter.outcome);
  if (filter.act !== undefined) {
    const isRoom = filter.act.endsWith('.');
    add((place) => (isRoom ? `starts_with(a.act, ${place})` : `a.act = ${place}`), filter.act);
  }
  if (filter.personId !== undefined) {
    add(
      (place) => `t.lg_code = $1 AND t.person_ref = (SELECT p.person_ref FROM audit_persons p
        WHERE p.lg_code = $1 AND p.person_id = ${place})`,
      filter.personId,
    );
    if (filter.recordedFrom !== undefined) add((place) => `t.recorded_on >= ${place}::date`, filter.recordedFrom);
    if (filter.recordedTo !== undefined) add((place) => `t.recorded_on <= ${place}::date`, filter.recordedTo);
  }
  const mark = after === null ? null : /^(\d{4}-\d{2}-\d{2})\.(\d{1,15})$/u.exec(after);
  if (mark !== null) {
    values.push(mark[1], Number(mark[2]));
    const table = filter.personId === undefined ? 'a' : 't';
    conditions.push(
      `(${table}.recorded_on, ${table}.act_id) < ($${values.length - 1}::date, $${values.length}::bigint)`,
    );
  }
  return { conditions, values };
}
