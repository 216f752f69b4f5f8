import pg from 'pg';
import type { BackedUpPartition } from './manifest.ts';

/** A table of the installation's data as the catalogue has it, with the columns that hold values of their own. */
export interface DataTable {
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly string[];
  /** SQL of the order by its primary key, the same on every server. */
  readonly order: string;
}

/** Schemas that are not the installation's data: the queue, whose jobs come from facts, and the server's own. */
const otherSchemas = ['graphile_worker', 'sesshu_jobs', 'information_schema'];

/**
 * The tables to keep, in order of their names: no partitions (their parent stands for them), no unlogged staging
 * tables (nothing of a finished work is in them), not the register of migrations (it is in the manifest).
 */
export async function listDataTables(client: pg.ClientBase): Promise<DataTable[]> {
  const { rows } = await client.query<{ schema: string; name: string; columns: string[]; key: string[] | null }>(
    `SELECT n.nspname AS schema, c.relname AS name,
            array(SELECT a.attname::text FROM pg_attribute a
                   WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
                   ORDER BY a.attnum) AS columns,
            (SELECT array_agg(format('%I', a.attname)
                              || CASE WHEN a.attcollation <> 0 THEN ' COLLATE "C"' ELSE '' END ORDER BY k.n)
               FROM pg_index i CROSS JOIN unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, n)
               JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
              WHERE i.indrelid = c.oid AND i.indisprimary) AS key
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p') AND c.relpersistence = 'p' AND NOT c.relispartition
        AND n.nspname !~ '^pg_' AND NOT n.nspname = ANY($1) AND c.relname <> 'schema_migrations'
        AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
      ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"`,
    [otherSchemas],
  );
  return rows.map(({ schema, name, columns, key }) => ({
    schema,
    table: name,
    columns,
    order: (key ?? columns.map((column) => `${pg.escapeIdentifier(column)}::text COLLATE "C"`)).join(', '),
  }));
}

/** A table's name as SQL. */
export function tableName(table: { readonly schema: string; readonly table: string }): string {
  return `${pg.escapeIdentifier(table.schema)}.${pg.escapeIdentifier(table.table)}`;
}

/** A list of columns as SQL. */
export function columnList(columns: readonly string[]): string {
  return columns.map((column) => pg.escapeIdentifier(column)).join(', ');
}

/** The sequences beside the kept tables, those of identity columns among them. */
export async function listSequences(
  client: pg.ClientBase,
): Promise<{ schema: string; sequence: string; lastValue: number; isCalled: boolean }[]> {
  const { rows } = await client.query<{ schemaname: string; sequencename: string }>(
    `SELECT schemaname, sequencename FROM pg_sequences
      WHERE schemaname !~ '^pg_' AND NOT schemaname = ANY($1)
      ORDER BY schemaname COLLATE "C", sequencename COLLATE "C"`,
    [otherSchemas],
  );
  const sequences = [];
  for (const { schemaname: schema, sequencename: sequence } of rows) {
    const name = tableName({ schema, table: sequence });
    const { rows: state } = await client.query<{ last_value: number; is_called: boolean }>(
      `SELECT last_value, is_called FROM ${name}`,
    );
    const { last_value: lastValue = 1, is_called: isCalled = false } = state[0] ?? {};
    sequences.push({ schema, sequence, lastValue, isCalled });
  }
  return sequences;
}

/** The partitions of the kept tables with their bounds as SQL. */
export async function listPartitions(client: pg.ClientBase): Promise<BackedUpPartition[]> {
  const { rows } = await client.query<BackedUpPartition>(
    `SELECT n.nspname AS schema, c.relname AS "table", parent.relname AS parent,
            obj_description(c.oid, 'pg_class') AS comment, pg_get_expr(c.relpartbound, c.oid) AS bound
       FROM pg_class c
       JOIN pg_namespace n ON n.oid = c.relnamespace
       JOIN pg_inherits i ON i.inhrelid = c.oid
       JOIN pg_class parent ON parent.oid = i.inhparent
      WHERE c.relispartition AND c.relkind = 'r' AND NOT n.nspname = ANY($1)
      ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"`,
    [otherSchemas],
  );
  return rows;
}
