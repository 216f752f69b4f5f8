import type { PersonId, StaffId } from '#kernel';
import type { Tx } from '#platform/postgres';

/** What is counted, by who did it and by day (Asia/Tokyo); both days inclusive, `YYYY-MM-DD`. */
export interface CountQuestion {
  readonly recordedFrom: string;
  readonly recordedTo: string;
  /** The acts that count; every act where it is left out. */
  readonly acts?: readonly string[];
  /** Only what was done on the web by people outside of these hours, on a Saturday, a Sunday or a closed day. */
  readonly outside?: { readonly fromHour: number; readonly toHour: number; readonly closedDays: readonly string[] };
  /** Counts the different persons touched instead of the acts. */
  readonly countsPersons?: boolean;
  /** Only acts that touched one of these people; with `countsPersons` only they are counted. */
  readonly persons?: readonly PersonId[];
  /** Only acts whose detail of this name is a number above 0. */
  readonly positiveDetail?: string;
  /** The smallest number that is told. */
  readonly atLeast: number;
}

/** How often somebody did something on one day. */
export interface ActCount {
  readonly recordedOn: string;
  /** Null for a visitor whom nobody knows. */
  readonly staffId: StaffId | null;
  readonly staffName: string | null;
  readonly from: string | null;
  readonly count: number;
}

/** What stands out in the log by mere numbers, the largest first; at most 500 lines. */
export async function countActsByDay(tx: Tx, question: CountQuestion): Promise<ActCount[]> {
  const values: unknown[] = [tx.lgCode, question.recordedFrom, question.recordedTo, question.atLeast];
  const place = (value: unknown): string => `$${values.push(value)}`;
  const conditions = ['a.lg_code = $1', 'a.recorded_on BETWEEN $2::date AND $3::date'];
  if (question.acts !== undefined) conditions.push(`a.act = ANY (${place(question.acts)}::text[])`);
  const { outside, persons: looked, positiveDetail } = question;
  if (positiveDetail !== undefined) {
    conditions.push(`(a.details ->> ${place(positiveDetail)})::numeric > 0`);
  }
  if (looked !== undefined) {
    conditions.push(`t.person_ref IN (SELECT p.person_ref FROM audit_persons p
      WHERE p.lg_code = $1 AND p.person_id = ANY (${place(looked)}::bigint[]))`);
  }
  if (outside !== undefined) {
    const hour = "extract(hour FROM a.recorded_at AT TIME ZONE 'Asia/Tokyo')";
    conditions.push(`a.via = 'web' AND a.staff_id IS NOT NULL AND (${hour} < ${place(outside.fromHour)}
      OR ${hour} >= ${place(outside.toHour)} OR extract(isodow FROM a.recorded_on) > 5
      OR a.recorded_on = ANY (${place(outside.closedDays)}::date[]))`);
  }
  const persons = question.countsPersons === true;
  const join = persons
    ? `JOIN audit_act_persons t ON t.lg_code = a.lg_code AND t.recorded_on = a.recorded_on AND t.act_id = a.act_id
       AND t.recorded_on BETWEEN $2::date AND $3::date`
    : '';
  const count = persons ? 'count(DISTINCT t.person_ref)' : 'count(*)';
  // Unknown visitors are told apart by where they came from; people by who they are.
  const { rows } = await tx.client.query<ActCount>(
    `SELECT a.recorded_on::text AS "recordedOn", a.staff_id AS "staffId", max(a.staff_name) AS "staffName",
       max(a.from_address) AS "from", ${count}::int AS count
     FROM audit_acts a ${join} WHERE ${conditions.join(' AND ')}
     GROUP BY a.recorded_on, a.staff_id, CASE WHEN a.staff_id IS NULL THEN a.from_address END
     HAVING ${count} >= $4 ORDER BY count DESC, a.recorded_on, a.staff_id LIMIT 500`,
    values,
  );
  return rows;
}
