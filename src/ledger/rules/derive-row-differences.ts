import { type Day, formatIsoDay } from '#kernel';
import type { RuleRow } from './types.ts';

/** A row that two sets of rows do not share: new, gone, or the same row with other cells. */
export interface RowDifference {
  readonly table: string;
  /** Id of the row, or what stands for it. */
  readonly rule: string;
  readonly before: RuleRow | null;
  readonly after: RuleRow | null;
  /** The columns whose cells differ; empty for a row that is new or gone. */
  readonly columns: readonly string[];
}

/** Whether a row is in force on a day; a row of a table without days always is. */
export function isInForce(row: RuleRow, day: Day): boolean {
  const on = formatIsoDay(day);
  const { from, to } = row.inForce;
  return (from === null || from <= on) && (to === null || on <= to);
}

/** The rows in force on one of two days only: what of the law ended or began between them. */
export function differencesBetweenDays(rows: readonly RuleRow[], from: Day, to: Day): readonly RowDifference[] {
  return rows.flatMap((row): RowDifference[] => {
    const [was, is] = [isInForce(row, from), isInForce(row, to)];
    if (was === is) return [];
    return [{ table: row.table, rule: row.rule, before: was ? row : null, after: is ? row : null, columns: [] }];
  });
}

/** What differs between two versions of all tables; a row with the same id in both is one changed row. */
export function differencesBetweenVersions(
  before: readonly RuleRow[],
  after: readonly RuleRow[],
): readonly RowDifference[] {
  const gone = onlyIn(before, after);
  const fresh = onlyIn(after, before);
  const byKey = Map.groupBy(fresh, keyOf);
  const paired = new Set<RuleRow>();
  const changed = gone.map((row): RowDifference => {
    const partner = byKey.get(keyOf(row))?.find((each) => !paired.has(each)) ?? null;
    if (partner !== null) paired.add(partner);
    return { table: row.table, rule: row.rule, before: row, after: partner, columns: columnsOf(row, partner) };
  });
  const added = fresh
    .filter((row) => !paired.has(row))
    .map((row): RowDifference => ({ table: row.table, rule: row.rule, before: null, after: row, columns: [] }));
  return [...changed, ...added];
}

/** The rows that the other side does not hold with the very same cells. */
function onlyIn(rows: readonly RuleRow[], others: readonly RuleRow[]): readonly RuleRow[] {
  const known = new Set(others.map(textOf));
  return rows.filter((row) => !known.has(textOf(row)));
}

function textOf(row: RuleRow): string {
  return JSON.stringify([row.table, [...row.cells].toSorted(([a], [b]) => (a < b ? -1 : 1))]);
}

/** What stays when a row is edited: its id; in tables without ids what it is about. */
function keyOf({ table, rule, cells }: RuleRow): string {
  const about = ['programme', 'product', 'stage', 'branch', 'family', 'disease'].map((name) => cells.get(name) ?? '');
  return cells.has('id') ? `${table} ${rule}` : [table, ...about].join(' ');
}

function columnsOf(before: RuleRow, after: RuleRow | null): readonly string[] {
  if (after === null) return [];
  const names = new Set([...before.cells.keys(), ...after.cells.keys()]);
  return [...names].filter((name) => (before.cells.get(name) ?? '') !== (after.cells.get(name) ?? ''));
}
