import type { ReportKind } from '../types.ts';

/** Where a lot went: who was given it. */
export const lotTracePath = '/safety/lots';

/** Where one lot went. */
export function lotTraceOf(lot: string): string {
  return `${lotTracePath}?${new URLSearchParams({ lot }).toString()}`;
}

/** The reports of a kind. */
export function reportsPath(kind: ReportKind): string {
  return `/safety/reports?${new URLSearchParams({ kind }).toString()}`;
}

/** One report. */
export function reportPath(reportId: number): string {
  return `/safety/reports/${reportId}`;
}

/** The form for a new report of a dose. */
export function newReportPath(kind: ReportKind, personId: number, entryId: number): string {
  return `/safety/new-report?${new URLSearchParams({ kind, personId: String(personId), entryId: String(entryId) }).toString()}`;
}
