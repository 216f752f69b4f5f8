import type { Tx } from './types.ts';

/**
 * A row of the municipality for another system, which one worker at a time may speak with: its table, and what names the
 * row beside the municipality. The table has the columns `leased_until`, `exchanged_at`, `failed_at` and `failure`.
 */
export interface LeasedRow {
  readonly table: string;
  readonly key: Readonly<Record<string, string>>;
}

/** Takes the work with the other system for so many seconds; false where another worker has it. */
export async function leaseRow(tx: Tx, row: LeasedRow, seconds: number): Promise<boolean> {
  const { rowCount } = await tx.client.query(
    `UPDATE ${row.table} SET leased_until = now() + make_interval(secs => $2)
      WHERE ${conditionOf(row)} AND leased_until < now()`,
    [tx.lgCode, seconds, ...Object.values(row.key)],
  );
  return rowCount === 1;
}

/** Gives the work back, with how it went: `failure` says why in words without personal data, null that it went well. */
export async function releaseRow(tx: Tx, row: LeasedRow, failure: string | null): Promise<void> {
  await tx.client.query(
    `UPDATE ${row.table} SET leased_until = '-infinity', failure = $2,
       failed_at = CASE WHEN $2::text IS NULL THEN NULL ELSE now() END,
       exchanged_at = CASE WHEN $2::text IS NULL THEN now() ELSE exchanged_at END
      WHERE ${conditionOf(row)}`,
    [tx.lgCode, failure, ...Object.values(row.key)],
  );
}

/** The columns are named by the rooms' own code, never by what came from outside. */
function conditionOf({ key }: LeasedRow): string {
  return ['lg_code = $1', ...Object.keys(key).map((column, place) => `${column} = $${place + 3}`)].join(' AND ');
}
