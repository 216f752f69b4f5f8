import { type Day, type EntryId, formatIsoDay, type PersonId, parseIsoDay } from '#kernel';
import type { Tx } from '#platform/postgres';
import type { Sheet } from './report-sheet.ts';
import type { ReportKind, ReportTold, SafetyReport } from './types.ts';

interface ReportRow {
  readonly version_id: number;
  readonly report_no: number;
  readonly kind: ReportKind;
  readonly person_id: PersonId;
  readonly entry_id: EntryId;
  readonly category: string;
  readonly occurred_on: string;
  readonly description: string;
  readonly outcome: string;
  readonly reported_by: string;
  readonly reported_on: string;
  readonly measures: string | null;
  readonly sheet: Sheet;
  readonly submitted_on: string | null;
  readonly submitted_to: string | null;
  readonly is_withdrawn: boolean;
  readonly reason: string | null;
  readonly recorded_at: Date;
  readonly recorded_by_name: string;
}

/** The number of a report is that of its first version. */
const numbered =
  'SELECT s.*, coalesce(s.report_id, s.version_id) AS report_no FROM safety_reports s WHERE s.lg_code = $1';
const latest = `SELECT DISTINCT ON (report_no) * FROM (${numbered}) n ORDER BY report_no, version_id DESC`;

/** The reports of a kind whose day of report lies in a span, newest first. */
export async function selectReports(
  tx: Tx,
  query: { readonly kind: ReportKind; readonly from: Day; readonly to: Day },
): Promise<SafetyReport[]> {
  const { rows } = await tx.client.query<ReportRow>(
    `SELECT * FROM (${latest}) r WHERE r.kind = $2 AND r.reported_on BETWEEN $3 AND $4
     ORDER BY r.reported_on DESC, r.report_no DESC LIMIT 1000`,
    [tx.lgCode, query.kind, formatIsoDay(query.from), formatIsoDay(query.to)],
  );
  return rows.map(toReport);
}

/** One report as it holds; undefined where the number is none. */
export async function findReport(tx: Tx, reportId: number): Promise<SafetyReport | undefined> {
  const { rows } = await tx.client.query<ReportRow>(`SELECT * FROM (${latest}) r WHERE r.report_no = $2`, [
    tx.lgCode,
    reportId,
  ]);
  return rows[0] === undefined ? undefined : toReport(rows[0]);
}

/** Every version of a report, newest first. */
export async function listVersions(tx: Tx, reportId: number): Promise<SafetyReport[]> {
  const { rows } = await tx.client.query<ReportRow>(
    `SELECT * FROM (${numbered}) n WHERE report_no = $2 ORDER BY version_id DESC`,
    [tx.lgCode, reportId],
  );
  return rows.map(toReport);
}

/** Writes a version of a report; without a number it is a new one. Answers the report's number. */
export async function insertVersion(
  tx: Tx,
  frame: { readonly actId: number; readonly staffName: string },
  version: ReportTold & { readonly reportId: number | null; readonly reason: string | null },
): Promise<number> {
  const { rows } = await tx.client.query<{ report_no: number }>(
    `INSERT INTO safety_reports (lg_code, report_id, kind, person_id, entry_id, category, occurred_on, description,
       outcome, reported_by, reported_on, measures, sheet, submitted_on, submitted_to, is_withdrawn, reason, act_id,
       recorded_by_name)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
     RETURNING coalesce(report_id, version_id) AS report_no`,
    [
      tx.lgCode,
      version.reportId,
      version.kind,
      version.personId,
      version.entryId,
      version.category,
      formatIsoDay(version.occurredOn),
      version.description,
      version.outcome,
      version.reportedBy,
      formatIsoDay(version.reportedOn),
      version.measures,
      JSON.stringify(version.sheet),
      version.submittedOn === null ? null : formatIsoDay(version.submittedOn),
      version.submittedTo,
      version.isWithdrawn,
      version.reason,
      frame.actId,
      frame.staffName,
    ],
  );
  return rows[0]?.report_no ?? 0;
}

function toReport(row: ReportRow): SafetyReport {
  return {
    versionId: row.version_id,
    reportId: row.report_no,
    kind: row.kind,
    personId: row.person_id,
    entryId: row.entry_id,
    category: row.category,
    occurredOn: parseIsoDay(row.occurred_on),
    description: row.description,
    outcome: row.outcome,
    reportedBy: row.reported_by,
    reportedOn: parseIsoDay(row.reported_on),
    measures: row.measures,
    sheet: row.sheet,
    submittedOn: row.submitted_on === null ? null : parseIsoDay(row.submitted_on),
    submittedTo: row.submitted_to,
    isWithdrawn: row.is_withdrawn,
    reason: row.reason,
    recordedAt: row.recorded_at,
    recordedByName: row.recorded_by_name,
  };
}
