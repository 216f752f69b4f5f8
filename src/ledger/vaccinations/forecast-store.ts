import type { PersonId } from '#kernel';
import type { Tx } from '#platform/postgres';

/** What is due for one person, with the versions that were judged. Stages as `programme/stage`. */
export interface ForecastRow {
  readonly personId: PersonId;
  readonly personVersion: number;
  readonly ledgerVersion: number;
  readonly due: readonly string[];
  readonly overdue: readonly string[];
}

/** The versions under which forecasts of the same day and rules were made. */
export async function loadFreshForecasts(
  tx: Tx,
  personIds: readonly PersonId[],
  asOf: string,
  rulesVersion: string,
): Promise<Map<PersonId, { readonly person: number; readonly ledger: number }>> {
  const { rows } = await tx.client.query<{ person_id: PersonId; person_version: number; ledger_version: number }>(
    `SELECT person_id, person_version, ledger_version FROM person_forecasts
     WHERE lg_code = $1 AND person_id = ANY($2) AND as_of = $3 AND rules_version = $4`,
    [tx.lgCode, personIds, asOf, rulesVersion],
  );
  return new Map(rows.map((row) => [row.person_id, { person: row.person_version, ledger: row.ledger_version }]));
}

/** Stores forecasts over whatever was stored of the people before. */
export async function upsertForecasts(
  tx: Tx,
  asOf: string,
  rulesVersion: string,
  forecasts: readonly ForecastRow[],
): Promise<void> {
  if (forecasts.length === 0) return;
  await tx.client.query(
    `INSERT INTO person_forecasts (lg_code, as_of, rules_version, person_id, person_version, ledger_version,
       due_count, overdue_count, due, overdue)
     SELECT $1, $2, $3, f.person_id, f.person_version, f.ledger_version, cardinality(f.due::text[]),
       cardinality(f.overdue::text[]), f.due::text[], f.overdue::text[]
     FROM unnest($4::bigint[], $5::integer[], $6::integer[], $7::text[], $8::text[])
       AS f(person_id, person_version, ledger_version, due, overdue)
     ORDER BY f.person_id
     ON CONFLICT (lg_code, person_id) DO UPDATE SET as_of = excluded.as_of, rules_version = excluded.rules_version,
       person_version = excluded.person_version, ledger_version = excluded.ledger_version,
       due_count = excluded.due_count, overdue_count = excluded.overdue_count,
       due = excluded.due, overdue = excluded.overdue, computed_at = now()`,
    [
      tx.lgCode,
      asOf,
      rulesVersion,
      forecasts.map((row) => row.personId),
      forecasts.map((row) => row.personVersion),
      forecasts.map((row) => row.ledgerVersion),
      forecasts.map((row) => `{${row.due.join(',')}}`),
      forecasts.map((row) => `{${row.overdue.join(',')}}`),
    ],
  );
}

/** Forgets the forecasts of people who left, died or were cancelled since. */
export async function deleteForecastsOf(tx: Tx, personIds: readonly PersonId[]): Promise<void> {
  if (personIds.length === 0) return;
  await tx.client.query('DELETE FROM person_forecasts WHERE lg_code = $1 AND person_id = ANY($2)', [
    tx.lgCode,
    personIds,
  ]);
}

/** Forgets the forecasts of other days and rules. */
export async function deleteOtherForecasts(tx: Tx, asOf: string, rulesVersion: string): Promise<void> {
  await tx.client.query('DELETE FROM person_forecasts WHERE lg_code = $1 AND (as_of <> $2 OR rules_version <> $3)', [
    tx.lgCode,
    asOf,
    rulesVersion,
  ]);
}

/** How many stages are due and overdue over all people (person × stage). */
export async function sumForecasts(
  tx: Tx,
  asOf: string,
  rulesVersion: string,
): Promise<{ due: number; overdue: number }> {
  const { rows } = await tx.client.query<{ due: number; overdue: number }>(
    `SELECT coalesce(sum(due_count), 0)::bigint AS due, coalesce(sum(overdue_count), 0)::bigint AS overdue
     FROM person_forecasts WHERE lg_code = $1 AND as_of = $2 AND rules_version = $3`,
    [tx.lgCode, asOf, rulesVersion],
  );
  return rows[0] ?? { due: 0, overdue: 0 };
}

/** How many people the cache says are due or overdue for each stage, and the day it speaks of; null without a cache. */
export async function countDueByStage(
  tx: Tx,
): Promise<{ readonly asOf: string; readonly due: ReadonlyMap<string, number> } | null> {
  const { rows } = await tx.client.query<{ as_of: string; stage: string | null; people: number }>(
    `SELECT f.as_of, s.stage, count(*) AS people
     FROM person_forecasts f LEFT JOIN LATERAL unnest(f.due || f.overdue) AS s(stage) ON true
     WHERE f.lg_code = $1 AND f.as_of = (SELECT max(as_of) FROM person_forecasts WHERE lg_code = $1)
     GROUP BY f.as_of, s.stage`,
    [tx.lgCode],
  );
  const asOf = rows[0]?.as_of;
  if (asOf === undefined) return null;
  return { asOf, due: new Map(rows.flatMap((row) => (row.stage === null ? [] : [[row.stage, row.people]]))) };
}
