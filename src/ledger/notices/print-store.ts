import { type Day, type Finding, formatIsoDay, type PersonId, parseIsoDay, type StaffId } from '#kernel';
import type { Tx } from '#platform/postgres';
import type { ExcludedReason } from './notice-reasons.ts';
import type { PageFinding, PrintFile } from './types.ts';

/** A print job as the work needs it. */
export interface PrintJobHead {
  readonly printJobId: number;
  readonly cohortId: number | null;
  readonly layoutId: string;
  readonly title: string;
  readonly issuedOn: Day;
  readonly pagesPerFile: number;
  readonly peopleTotal: number;
  readonly runId: number | null;
  readonly isPrepared: boolean;
  /** What staff typed for this printing, by the layout's names of it. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly staffId: StaffId | null;
  readonly staffName: string;
  readonly recordedAt: Date;
}

interface JobRow {
  readonly print_job_id: number;
  readonly cohort_id: number | null;
  readonly layout_id: string;
  readonly title: string;
  readonly issued_on: string;
  readonly pages_per_file: number;
  readonly people_total: number;
  readonly run_id: number | null;
  readonly is_prepared: boolean;
  readonly inputs: Readonly<Record<string, string>>;
  readonly staff_id: StaffId | null;
  readonly staff_name: string;
  readonly recorded_at: Date;
}

const jobColumns = `print_job_id, cohort_id, layout_id, title, issued_on, pages_per_file, people_total, run_id,
  is_prepared, inputs, staff_id, staff_name, recorded_at`;

/** Writes a print job; answers its id. */
export async function insertJob(
  tx: Tx,
  job: Omit<PrintJobHead, 'printJobId' | 'recordedAt' | 'isPrepared' | 'peopleTotal'>,
): Promise<number> {
  const { rows } = await tx.client.query<{ print_job_id: number }>(
    `INSERT INTO print_jobs (lg_code, cohort_id, layout_id, title, issued_on, pages_per_file, run_id, staff_id, staff_name,
            inputs)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING print_job_id`,
    [
      ...[tx.lgCode, job.cohortId, job.layoutId, job.title, formatIsoDay(job.issuedOn), job.pagesPerFile],
      ...[job.runId, job.staffId, job.staffName, JSON.stringify(job.inputs)],
    ],
  );
  const id = rows[0]?.print_job_id;
  if (id === undefined) throw new Error('the print job was not written');
  return id;
}

/** A print job; locked until the end of the transaction where it is about to be worked on. */
export async function findJob(tx: Tx, printJobId: number, lock: 'locked' | 'free'): Promise<PrintJobHead | undefined> {
  const { rows } = await tx.client.query<JobRow>(
    `SELECT ${jobColumns} FROM print_jobs WHERE lg_code = $1 AND print_job_id = $2
      ${lock === 'locked' ? 'FOR UPDATE' : ''}`,
    [tx.lgCode, printJobId],
  );
  return rows.map(headFrom)[0];
}

/** The newest print jobs. */
export async function selectJobs(tx: Tx, limit: number): Promise<PrintJobHead[]> {
  const { rows } = await tx.client.query<JobRow>(
    `SELECT ${jobColumns} FROM print_jobs WHERE lg_code = $1 ORDER BY print_job_id DESC LIMIT $2`,
    [tx.lgCode, limit],
  );
  return rows.map(headFrom);
}

/** Fixes the order of the pages: ordinals and parts of everybody, once. */
export async function insertItems(
  tx: Tx,
  job: Pick<PrintJobHead, 'printJobId' | 'pagesPerFile'>,
  personIds: readonly PersonId[],
): Promise<void> {
  await tx.client.query(
    `INSERT INTO print_items (lg_code, print_job_id, ordinal, person_id, part)
     SELECT $1, $2, p.ordinal, p.person_id, (p.ordinal - 1) / $4 + 1
       FROM unnest($3::bigint[]) WITH ORDINALITY AS p (person_id, ordinal)`,
    [tx.lgCode, job.printJobId, personIds, job.pagesPerFile],
  );
  await tx.client.query(
    'UPDATE print_jobs SET people_total = $3, is_prepared = true WHERE lg_code = $1 AND print_job_id = $2',
    [tx.lgCode, job.printJobId, personIds.length],
  );
}

/** One place in the order of a print job, with the dose for which the person was chosen. */
export interface PrintItem {
  readonly ordinal: number;
  readonly personId: PersonId;
  readonly chosenDose: number | null;
}

/** The places of one part. */
export async function selectItems(
  tx: Tx,
  job: Pick<PrintJobHead, 'printJobId' | 'cohortId'>,
  part: number,
): Promise<PrintItem[]> {
  const { rows } = await tx.client.query<{ ordinal: number; person_id: PersonId; dose_number: number | null }>(
    // A subquery, not a join: with statistics that know nothing of rows just written, a join reads the whole cohort
    // for each place.
    `SELECT i.ordinal, i.person_id,
            (SELECT m.dose_number FROM cohort_members m
              WHERE m.lg_code = i.lg_code AND m.cohort_id = $4 AND m.person_id = i.person_id) AS dose_number
       FROM print_items i WHERE i.lg_code = $1 AND i.print_job_id = $2 AND i.part = $3 ORDER BY i.ordinal`,
    [tx.lgCode, job.printJobId, part, job.cohortId],
  );
  return rows.map((row) => ({ ordinal: row.ordinal, personId: row.person_id, chosenDose: row.dose_number }));
}

/** What became of one place: a page with its number, or a reason for none. */
export interface PrintOutcome {
  readonly ordinal: number;
  readonly formNumber: string | null;
  readonly page: number | null;
  readonly excludedFor: ExcludedReason | null;
  readonly findings: readonly Finding[];
}

/** The file of a part about to be closed. */
export interface NewPrintFile extends Omit<PrintFile, 'recordedAt'> {
  readonly sheetsFileId: number | null;
  readonly insertPages: number;
  readonly excluded: number;
  readonly pagesWithFindings: number;
  readonly actId: number;
}

/** Closes a part: its outcomes and its file's row. From then on it is never printed again. */
export async function insertPart(
  tx: Tx,
  printJobId: number,
  file: NewPrintFile,
  outcomes: readonly PrintOutcome[],
): Promise<void> {
  await tx.client.query(
    `INSERT INTO print_outcomes (lg_code, print_job_id, ordinal, form_number, page, excluded_for, findings)
     SELECT $1, $2, o.ordinal, o."formNumber", o.page, o."excludedFor", o.findings
       FROM jsonb_to_recordset($3::jsonb) AS o (ordinal integer, "formNumber" text, page integer, "excludedFor" text,
            findings jsonb)`,
    [tx.lgCode, printJobId, JSON.stringify(outcomes)],
  );
  await tx.client.query(
    `INSERT INTO print_files (lg_code, print_job_id, part, file_id, digest, pages, first_postal_code, last_postal_code,
            excluded, pages_with_findings, act_id, sheets_file_id, insert_pages)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      ...[tx.lgCode, printJobId, file.part, file.fileId, file.digest, file.pages],
      ...[file.firstPostalCode, file.lastPostalCode, file.excluded, file.pagesWithFindings, file.actId],
      ...[file.sheetsFileId, file.insertPages],
    ],
  );
}

/** The files of a print job that are done. */
export async function selectFiles(tx: Tx, printJobId: number): Promise<PrintFile[]> {
  const { rows } = await tx.client.query<PrintFile>(
    `SELECT part, file_id AS "fileId", digest, pages, first_postal_code AS "firstPostalCode",
            last_postal_code AS "lastPostalCode", recorded_at AS "recordedAt"
       FROM print_files WHERE lg_code = $1 AND print_job_id = $2 ORDER BY part`,
    [tx.lgCode, printJobId],
  );
  return rows;
}

/** The print job and part that a stored file belongs to. */
export async function findFileOwner(
  tx: Tx,
  fileId: number,
): Promise<{ readonly printJobId: number; readonly part: number } | undefined> {
  const { rows } = await tx.client.query<{ print_job_id: number; part: number }>(
    'SELECT print_job_id, part FROM print_files WHERE lg_code = $1 AND file_id = $2',
    [tx.lgCode, fileId],
  );
  const [row] = rows;
  return row === undefined ? undefined : { printJobId: row.print_job_id, part: row.part };
}

/** The query of the people on the pages of a part, for the audit; parameters municipality, job, part. */
export const printedPersonsSql = `SELECT i.person_id FROM print_items i
  WHERE i.lg_code = $1 AND i.print_job_id = $2 AND i.part = $3
    AND (SELECT o.form_number FROM print_outcomes o
          WHERE o.lg_code = i.lg_code AND o.print_job_id = i.print_job_id AND o.ordinal = i.ordinal) IS NOT NULL`;

/**
 * The query of the people on some pages of a part, also where the first of them is a sheet behind somebody's form; parameters municipality,
 * job, part, first page, last page.
 */
export const pagePersonsSql = `SELECT i.person_id FROM print_items i
  JOIN print_outcomes o ON o.lg_code = i.lg_code AND o.print_job_id = i.print_job_id AND o.ordinal = i.ordinal
  WHERE i.lg_code = $1 AND i.print_job_id = $2 AND i.part = $3 AND o.page <= $5
    AND o.page >= (SELECT max(p.page) FROM print_items j
                     JOIN print_outcomes p ON p.lg_code = j.lg_code AND p.print_job_id = j.print_job_id
                                          AND p.ordinal = j.ordinal
                    WHERE j.lg_code = $1 AND j.print_job_id = $2 AND j.part = $3 AND p.page <= $4)`;

/** The kept sheets of a part and how many pages it has; undefined where it is not printed. */
export async function findSheetsFile(
  tx: Tx,
  printJobId: number,
  part: number,
): Promise<{ readonly sheetsFileId: number | null; readonly pages: number } | undefined> {
  const { rows } = await tx.client.query<{ sheets_file_id: number | null; pages: number }>(
    'SELECT sheets_file_id, pages FROM print_files WHERE lg_code = $1 AND print_job_id = $2 AND part = $3',
    [tx.lgCode, printJobId, part],
  );
  const [row] = rows;
  return row === undefined ? undefined : { sheetsFileId: row.sheets_file_id, pages: row.pages };
}

/** Whose form begins on which page of a part, in the order of the pages. */
export async function selectPagesOfPart(
  tx: Tx,
  printJobId: number,
  part: number,
): Promise<{ readonly personId: PersonId; readonly page: number }[]> {
  const { rows } = await tx.client.query<{ personId: PersonId; page: number }>(
    `SELECT i.person_id AS "personId", o.page FROM print_items i
       JOIN print_outcomes o ON o.lg_code = i.lg_code AND o.print_job_id = i.print_job_id AND o.ordinal = i.ordinal
      WHERE i.lg_code = $1 AND i.print_job_id = $2 AND i.part = $3 AND o.page IS NOT NULL ORDER BY o.page`,
    [tx.lgCode, printJobId, part],
  );
  return rows;
}

/** The part of a job on whose pages a number stands. */
export async function findPartOfForm(tx: Tx, printJobId: number, formNumber: string): Promise<number | undefined> {
  const { rows } = await tx.client.query<{ part: number }>(
    `SELECT i.part FROM print_outcomes o
       JOIN print_items i ON i.lg_code = o.lg_code AND i.print_job_id = o.print_job_id AND i.ordinal = o.ordinal
      WHERE o.lg_code = $1 AND o.print_job_id = $2 AND o.form_number = $3`,
    [tx.lgCode, printJobId, formNumber],
  );
  return rows[0]?.part;
}

/** One printed page with its number and the dose it is for. */
export interface PrintedPage {
  readonly personId: PersonId;
  readonly part: number;
  readonly page: number;
  readonly formNumber: string;
  readonly programme: string;
  readonly stage: string;
  readonly doseNumber: number | null;
}

/** Every page that a job has printed, in the order of the bundle. */
export async function selectPrintedPages(tx: Tx, printJobId: number): Promise<PrintedPage[]> {
  const { rows } = await tx.client.query<PrintedPage>(
    `SELECT i.person_id AS "personId", i.part, o.page, o.form_number AS "formNumber", f.programme, f.stage,
            f.dose_number AS "doseNumber"
       FROM print_items i
       JOIN print_outcomes o ON o.lg_code = i.lg_code AND o.print_job_id = i.print_job_id AND o.ordinal = i.ordinal
       JOIN issued_forms f ON f.lg_code = o.lg_code AND f.form_number = o.form_number
      WHERE i.lg_code = $1 AND i.print_job_id = $2 ORDER BY i.ordinal`,
    [tx.lgCode, printJobId],
  );
  return rows;
}

/** The query of everybody who has a page of a job, for the audit; parameters municipality, job. */
export const printedByJobSql = `SELECT i.person_id FROM print_items i
  JOIN print_outcomes o ON o.lg_code = i.lg_code AND o.print_job_id = i.print_job_id AND o.ordinal = i.ordinal
  WHERE i.lg_code = $1 AND i.print_job_id = $2 AND o.form_number IS NOT NULL`;

/** Figures of print jobs so far: pages and letters printed, people left out, pages with findings. */
export async function countOutcomes(
  tx: Tx,
  printJobIds: readonly number[],
): Promise<
  ReadonlyMap<
    number,
    { readonly printed: number; readonly letters: number; readonly excluded: number; readonly found: number }
  >
> {
  const { rows } = await tx.client.query<{
    id: number;
    printed: number;
    letters: number;
    excluded: number;
    found: number;
  }>(
    `SELECT print_job_id AS id, sum(pages) AS printed, sum(pages - insert_pages) AS letters, sum(excluded) AS excluded, sum(pages_with_findings) AS found
       FROM print_files WHERE lg_code = $1 AND print_job_id = ANY ($2::bigint[]) GROUP BY print_job_id`,
    [tx.lgCode, printJobIds],
  );
  return new Map(rows.map(({ id, ...counts }) => [id, counts]));
}

/** Why people dropped out of a print job, with counts. */
export async function countExclusions(
  tx: Tx,
  printJobId: number,
): Promise<{ readonly reason: ExcludedReason; readonly people: number }[]> {
  const { rows } = await tx.client.query<{ reason: ExcludedReason; people: number }>(
    `SELECT excluded_for AS reason, count(*) AS people FROM print_outcomes
      WHERE lg_code = $1 AND print_job_id = $2 AND excluded_for IS NOT NULL GROUP BY excluded_for
      ORDER BY count(*) DESC, excluded_for`,
    [tx.lgCode, printJobId],
  );
  return rows;
}

/** The first pages with findings, in the order of the pages. */
export async function selectPageFindings(tx: Tx, printJobId: number, limit: number): Promise<PageFinding[]> {
  const { rows } = await tx.client.query<PageFinding>(
    `SELECT i.person_id AS "personId", i.part, o.page, o.form_number AS "formNumber", o.findings
       FROM print_outcomes o
       JOIN print_items i ON i.lg_code = o.lg_code AND i.print_job_id = o.print_job_id AND i.ordinal = o.ordinal
      WHERE o.lg_code = $1 AND o.print_job_id = $2 AND o.findings <> '[]' ORDER BY o.ordinal LIMIT $3`,
    [tx.lgCode, printJobId, limit],
  );
  return rows;
}

function headFrom(row: JobRow): PrintJobHead {
  return {
    printJobId: row.print_job_id,
    cohortId: row.cohort_id,
    layoutId: row.layout_id,
    title: row.title,
    issuedOn: parseIsoDay(row.issued_on),
    pagesPerFile: row.pages_per_file,
    peopleTotal: row.people_total,
    runId: row.run_id,
    isPrepared: row.is_prepared,
    inputs: row.inputs,
    staffId: row.staff_id,
    staffName: row.staff_name,
    recordedAt: row.recorded_at,
  };
}
