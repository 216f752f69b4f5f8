import { daysInMonth, formatIsoDay, getDay } from '#kernel';
import { countDueByStage, countGivenByStage } from '#ledger/vaccinations';
import type { Tx } from '#platform/postgres';

/** One programme's work in a month. */
export interface CoverageRow {
  readonly programme: string;
  readonly stage: string | null;
  /** Given doses with a day of vaccination in the month, as the ledger knows them by now. */
  readonly given: number;
  /** People who are due or overdue by the stored forecast; null where there is none. */
  readonly due: number | null;
  /** Day of that forecast, YYYY-MM-DD. */
  readonly forecastOn: string | null;
}

/** Doses given in a month and people still due, by programme and stage: figures only, no person. */
export async function coverageOfMonth(
  tx: Tx,
  month: { readonly year: number; readonly month: number },
): Promise<CoverageRow[]> {
  const from = formatIsoDay(getDay(month.year, month.month, 1));
  const to = formatIsoDay(getDay(month.year, month.month, daysInMonth(month.year, month.month)));
  const given = await countGivenByStage(tx, from, to);
  const forecast = await countDueByStage(tx);
  const rows = new Map<string, CoverageRow>();
  const forecastOn = forecast?.asOf ?? null;
  for (const row of given) {
    const key = `${row.programme}/${row.stage ?? ''}`;
    rows.set(key, { ...row, due: forecast === null ? null : (forecast.due.get(key) ?? 0), forecastOn });
  }
  for (const [key, due] of forecast?.due ?? []) {
    if (rows.has(key)) continue;
    const [programme = '', stage = null] = key.split('/');
    rows.set(key, { programme, stage, given: 0, due, forecastOn });
  }
  return [...rows.values()];
}
