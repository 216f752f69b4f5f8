import type { LgCode } from '#kernel';
import type { CoverageRow } from '#ledger/reports';

/** A month of a calendar. */
export interface Month {
  readonly year: number;
  readonly month: number;
}

/** The figures of months, counted anew at most once a minute: everybody's first page shows the same ones. */
export interface MonthFigures {
  /** The figures of a month; `count` is asked only where the last count is too old. */
  of(lgCode: LgCode, month: Month, count: () => Promise<readonly CoverageRow[]>): Promise<readonly CoverageRow[]>;
}

const keptMs = 60_000;
const keptMonths = 500;

/** A memory of figures without persons; counting them reads the whole forecast of a municipality. */
export function rememberMonthFigures(now: () => number): MonthFigures {
  const kept = new Map<string, { readonly at: number; readonly rows: readonly CoverageRow[] }>();
  return {
    async of(lgCode, month, count) {
      const key = `${lgCode}/${monthText(month)}`;
      const known = kept.get(key);
      if (known !== undefined && Math.abs(now() - known.at) < keptMs) return known.rows;
      const rows = await count();
      if (kept.size >= keptMonths) kept.clear();
      kept.set(key, { at: now(), rows });
      return rows;
    },
  };
}

/** `2026-10`, as an address names a month. */
export function monthText({ year, month }: Month): string {
  return `${year}-${String(month).padStart(2, '0')}`;
}

/** The month that an address names; undefined for anything else. */
export function readMonth(text: string): Month | undefined {
  const match = /^(20\d\d)-(0[1-9]|1[0-2])$/u.exec(text);
  return match === null ? undefined : { year: Number(match[1]), month: Number(match[2]) };
}

/** The month before (-1) or after (1). */
export function monthBeside({ year, month }: Month, step: 1 | -1): Month {
  const index = year * 12 + month - 1 + step;
  return { year: Math.floor(index / 12), month: (index % 12) + 1 };
}
