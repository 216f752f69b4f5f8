import { columnParameter, type Tx } from '#platform/postgres';
import type { ForecastAnswer } from './derive-answer.ts';
import type { ForecastFrame, PersonToJudge } from './read-people.ts';

/** A person's forecast to be kept, with the versions and facts it was made of. */
export interface ForecastRow extends ForecastAnswer {
  readonly person: PersonToJudge;
  readonly factsDigest: string;
}

/** Stores forecasts over whatever was stored of the people before; as columns, a page in one statement. */
export async function upsertForecasts(
  tx: Tx,
  { asOf, rulesVersion }: ForecastFrame,
  rows: readonly ForecastRow[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx.client.query(
    `INSERT INTO person_forecasts (lg_code, as_of, rules_version, person_id, person_version, ledger_version, is_here,
       facts_digest, next_change_on, due_count, overdue_count, due, overdue)
     SELECT $1, DATE '1970-01-01' + $2::integer, $3, f.person_id, f.person_version, f.ledger_version, f.is_here = 1,
       f.facts_digest, DATE '1970-01-01' + f.next_change_on, cardinality(f.due), cardinality(f.overdue), f.due, f.overdue
     FROM (SELECT u.*, u.due_text::text[] AS due, u.overdue_text::text[] AS overdue FROM unnest($4::bigint[], $5::integer[], $6::integer[], $7::integer[], $8::text[], $9::integer[], $10::text[],
         $11::text[])
       AS u(person_id, person_version, ledger_version, is_here, facts_digest, next_change_on, due_text, overdue_text)
       OFFSET 0) f
     ON CONFLICT (lg_code, person_id) DO UPDATE SET as_of = excluded.as_of, rules_version = excluded.rules_version,
       person_version = excluded.person_version, ledger_version = excluded.ledger_version,
       is_here = excluded.is_here, facts_digest = excluded.facts_digest, next_change_on = excluded.next_change_on,
       due_count = excluded.due_count, overdue_count = excluded.overdue_count,
       due = excluded.due, overdue = excluded.overdue, computed_at = now()`,
    [
      ...[tx.lgCode, asOf, rulesVersion],
      columnParameter(
        'bigint',
        rows.map(({ person }) => person.personId),
      ),
      columnParameter(
        'integer',
        rows.map(({ person }) => person.version),
      ),
      columnParameter(
        'integer',
        rows.map(({ person }) => person.ledgerVersion),
      ),
      columnParameter(
        'integer',
        rows.map(({ isHere }) => (isHere ? 1 : 0)),
      ),
      columnParameter(
        'text',
        rows.map(({ factsDigest }) => factsDigest),
      ),
      columnParameter(
        'integer',
        rows.map(({ nextChangeOn }) => nextChangeOn),
      ),
      columnParameter(
        'text',
        rows.map(({ due }) => stageList(due)),
      ),
      columnParameter(
        'text',
        rows.map(({ overdue }) => stageList(overdue)),
      ),
    ],
  );
}

const idShape = /^[\w./-]+$/u;

/** Stages as an array literal; ids of rules hold nothing that must be escaped. */
function stageList(stages: readonly string[]): string {
  if (!stages.every((stage) => idShape.test(stage))) throw new RangeError('an id of the rules is not of its shape');
  return `{${stages.join(',')}}`;
}

/** Notes the present versions of people whose facts are the same as those judged. */
export async function confirmForecasts(tx: Tx, people: readonly PersonToJudge[]): Promise<void> {
  if (people.length === 0) return;
  await tx.client.query(
    `UPDATE person_forecasts f SET person_version = n.person_version, ledger_version = n.ledger_version
     FROM unnest($2::bigint[], $3::integer[], $4::integer[]) AS n(person_id, person_version, ledger_version)
     WHERE f.lg_code = $1 AND f.person_id = n.person_id`,
    [
      tx.lgCode,
      people.map(({ personId }) => personId),
      people.map(({ version }) => version),
      people.map(({ ledgerVersion }) => ledgerVersion),
    ],
  );
}

/** The figures of a forecast of everybody: residents, and person × stage. */
export interface ForecastSums {
  readonly people: number;
  readonly due: number;
  readonly overdue: number;
}

/** Forgets who is no longer on record, adds up, and notes for which day the cache now speaks of everybody. */
export async function finishForecasts(tx: Tx, { asOf, rulesVersion }: ForecastFrame): Promise<ForecastSums> {
  await tx.client.query(
    `DELETE FROM person_forecasts f WHERE f.lg_code = $1
       AND NOT EXISTS (SELECT FROM persons p WHERE p.lg_code = $1 AND p.person_id = f.person_id)`,
    [tx.lgCode],
  );
  const { rows } = await tx.client.query<ForecastSums>(
    `INSERT INTO forecast_states (lg_code, as_of, rules_version, people, due, overdue, completed_at)
     SELECT $1, DATE '1970-01-01' + $2::integer, $3, count(*), coalesce(sum(due_count), 0),
       coalesce(sum(overdue_count), 0), now()
     FROM person_forecasts WHERE lg_code = $1 AND is_here
     ON CONFLICT (lg_code) DO UPDATE SET as_of = excluded.as_of, rules_version = excluded.rules_version,
       people = excluded.people, due = excluded.due, overdue = excluded.overdue, completed_at = excluded.completed_at
     RETURNING people, due, overdue`,
    [tx.lgCode, asOf, rulesVersion],
  );
  return rows[0] ?? { people: 0, due: 0, overdue: 0 };
}

/** How many people the cache says are due or overdue for each stage, and the day it speaks of; null without a cache. */
export async function countDueByStage(
  tx: Tx,
): Promise<{ readonly asOf: string; readonly due: ReadonlyMap<string, number> } | null> {
  const state = await tx.client.query<{ as_of: string }>('SELECT as_of FROM forecast_states WHERE lg_code = $1', [
    tx.lgCode,
  ]);
  const asOf = state.rows[0]?.as_of;
  if (asOf === undefined) return null;
  const { rows } = await tx.client.query<{ stage: string; people: number }>(
    `SELECT s.stage, count(*) AS people FROM person_forecasts f CROSS JOIN LATERAL unnest(f.due || f.overdue) AS s(stage)
     WHERE f.lg_code = $1 AND f.is_here GROUP BY s.stage`,
    [tx.lgCode],
  );
  return { asOf, due: new Map(rows.map((row) => [row.stage, row.people])) };
}
