import { formatIsoDay, type PersonId, parseIsoDay } from '#kernel';
import type { Tx } from '#platform/postgres';
import type { CohortNarrowing } from './narrow-people.ts';
import { isIncludedReason, labelOfReason } from './notice-reasons.ts';
import type { Cohort, CohortConditions, CohortMember, CohortSummary, ReasonCount } from './types.ts';

/** What a new cohort is written with. */
export interface NewCohort {
  readonly label: string;
  readonly conditions: CohortConditions;
  readonly rulesVersion: string;
  readonly reasons: readonly ReasonCount[];
  readonly members: readonly CohortMember[];
  readonly staffId: number | null;
  readonly staffName: string;
  readonly actId: number;
}

const peopleOf = (reasons: readonly ReasonCount[], isIncluded: boolean) =>
  reasons.reduce((sum, reason) => sum + (reason.isIncluded === isIncluded ? reason.people : 0), 0);

/** Writes a cohort with its reasons and people; answers its id. */
export async function insertCohort(tx: Tx, cohort: NewCohort): Promise<number> {
  const { conditions, reasons } = cohort;
  const { rows } = await tx.client.query<{ cohort_id: number }>(
    `INSERT INTO cohorts (lg_code, label, programme, stage, layout_id, as_of, due_by, conditions, rules_version,
            included, excluded, staff_id, staff_name, act_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) RETURNING cohort_id`,
    [
      ...[tx.lgCode, cohort.label, conditions.programme, conditions.stage, conditions.layoutId],
      ...[formatIsoDay(conditions.asOf), formatIsoDay(conditions.dueBy)],
      JSON.stringify(conditionsJson(conditions)),
      ...[cohort.rulesVersion, peopleOf(reasons, true), peopleOf(reasons, false)],
      ...[cohort.staffId, cohort.staffName, cohort.actId],
    ],
  );
  const cohortId = rows[0]?.cohort_id;
  if (cohortId === undefined) throw new Error('the cohort was not written');
  await tx.client.query(
    `INSERT INTO cohort_reasons (lg_code, cohort_id, reason, is_included, people)
     SELECT $1, $2, r.reason, r.is_included, r.people
       FROM unnest($3::text[], $4::boolean[], $5::integer[]) AS r (reason, is_included, people)`,
    [
      ...[tx.lgCode, cohortId, reasons.map((r) => r.reason)],
      ...[reasons.map((r) => r.isIncluded), reasons.map((r) => r.people)],
    ],
  );
  await insertMembers(tx, cohortId, cohort.members);
  return cohortId;
}

/** The conditions as they are kept: days as ISO. */
function conditionsJson({ narrowing, asOf, dueBy, ...conditions }: CohortConditions): object {
  const days = { asOf: formatIsoDay(asOf), dueBy: formatIsoDay(dueBy) };
  return { ...conditions, ...days, narrowing: narrowingJson(narrowing ?? {}) };
}

/** The narrowing as it is kept: days as ISO. */
export function narrowingJson({ bornFrom, bornTo, ...rest }: CohortNarrowing): KeptNarrowing {
  const days = {
    ...(bornFrom === undefined ? {} : { bornFrom: formatIsoDay(bornFrom) }),
    ...(bornTo === undefined ? {} : { bornTo: formatIsoDay(bornTo) }),
  };
  return { ...rest, ...days };
}

async function insertMembers(tx: Tx, cohortId: number, members: readonly CohortMember[]): Promise<void> {
  await tx.client.query(
    `INSERT INTO cohort_members (lg_code, cohort_id, person_id, is_included, reason, dose_number)
     SELECT $1, $2, m.person_id, m.is_included, m.reason, m.dose_number
       FROM unnest($3::bigint[], $4::boolean[], $5::text[], $6::integer[])
         AS m (person_id, is_included, reason, dose_number)`,
    [
      ...[tx.lgCode, cohortId, members.map((m) => m.personId), members.map((m) => m.isIncluded)],
      ...[members.map((m) => m.reason), members.map((m) => m.doseNumber)],
    ],
  );
}

/** The query of everybody listed in a cohort, for the audit's rows of persons; parameters municipality, cohort. */
export const cohortPersonsSql = 'SELECT person_id FROM cohort_members WHERE lg_code = $1 AND cohort_id = $2';

/** A narrowing as it is kept, days as ISO. */
export type KeptNarrowing = Omit<CohortNarrowing, 'bornFrom' | 'bornTo'> & {
  readonly bornFrom?: string;
  readonly bornTo?: string;
};

/** The narrowing as it was kept. */
export function readNarrowing({ bornFrom, bornTo, ...rest }: KeptNarrowing): CohortNarrowing {
  return {
    ...rest,
    ...(bornFrom === undefined ? {} : { bornFrom: parseIsoDay(bornFrom) }),
    ...(bornTo === undefined ? {} : { bornTo: parseIsoDay(bornTo) }),
  };
}

interface CohortRow {
  readonly cohort_id: number;
  readonly label: string;
  readonly programme: string;
  readonly stage: string;
  readonly layout_id: string;
  readonly as_of: string;
  readonly due_by: string;
  readonly narrowing: KeptNarrowing | null;
  readonly rules_version: string;
  readonly included: number;
  readonly excluded: number;
  readonly staff_name: string;
  readonly recorded_at: Date;
}

const cohortColumns = `cohort_id, label, programme, stage, layout_id, as_of, due_by, conditions->'narrowing' AS narrowing, rules_version, included, excluded,
  staff_name, recorded_at`;

/** The newest cohorts. */
export async function selectCohorts(tx: Tx, limit: number): Promise<CohortSummary[]> {
  const { rows } = await tx.client.query<CohortRow>(
    `SELECT ${cohortColumns} FROM cohorts WHERE lg_code = $1 ORDER BY cohort_id DESC LIMIT $2`,
    [tx.lgCode, limit],
  );
  return rows.map(summaryFrom);
}

/** What staff called these cohorts, and how many people are in. */
export async function selectCohortLabels(
  tx: Tx,
  cohortIds: readonly number[],
): Promise<ReadonlyMap<number, { readonly label: string; readonly included: number }>> {
  const { rows } = await tx.client.query<{ cohort_id: number; label: string; included: number }>(
    'SELECT cohort_id, label, included FROM cohorts WHERE lg_code = $1 AND cohort_id = ANY ($2::bigint[])',
    [tx.lgCode, cohortIds],
  );
  return new Map(rows.map(({ cohort_id, label, included }) => [cohort_id, { label, included }]));
}

/** One cohort with its reasons and print jobs; undefined where there is none. */
export async function findCohort(tx: Tx, cohortId: number): Promise<Cohort | undefined> {
  const { rows } = await tx.client.query<CohortRow>(
    `SELECT ${cohortColumns} FROM cohorts WHERE lg_code = $1 AND cohort_id = $2`,
    [tx.lgCode, cohortId],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  const reasons = await tx.client.query<{ reason: ReasonCount['reason']; is_included: boolean; people: number }>(
    `SELECT reason, is_included, people FROM cohort_reasons WHERE lg_code = $1 AND cohort_id = $2
      ORDER BY is_included DESC, people DESC, reason`,
    [tx.lgCode, cohortId],
  );
  const jobs = await tx.client.query<{ print_job_id: number }>(
    'SELECT print_job_id FROM print_jobs WHERE lg_code = $1 AND cohort_id = $2 ORDER BY print_job_id DESC',
    [tx.lgCode, cohortId],
  );
  return {
    ...summaryFrom(row),
    reasons: reasons.rows.map(({ reason, people }) => reasonCount(reason, people)),
    printJobIds: jobs.rows.map((job) => job.print_job_id),
  };
}

/** People of a cohort as frozen and then changed by hand, in the order of their keys, a page at a time. */
export async function selectMembers(
  tx: Tx,
  cohortId: number,
  page: { readonly isIncluded: boolean; readonly after: PersonId | null; readonly limit: number },
): Promise<CohortMember[]> {
  const { rows } = await tx.client.query<{
    person_id: PersonId;
    is_included: boolean;
    reason: CohortMember['reason'];
    dose_number: number | null;
  }>(
    `WITH hand AS (SELECT DISTINCT ON (person_id) person_id, change, dose_number FROM cohort_changes
        WHERE lg_code = $1 AND cohort_id = $2 ORDER BY person_id, cohort_change_id DESC)
     SELECT m.person_id, m.is_included, m.reason, m.dose_number FROM cohort_members m
      WHERE m.lg_code = $1 AND m.cohort_id = $2 AND m.is_included = $3 AND m.person_id > $4
        AND m.person_id NOT IN (SELECT person_id FROM hand)
     UNION ALL
     SELECT h.person_id, h.change = 'added', CASE h.change WHEN 'added' THEN 'addedByHand' ELSE 'removedByHand' END,
            coalesce(h.dose_number, (SELECT m.dose_number FROM cohort_members m
              WHERE m.lg_code = $1 AND m.cohort_id = $2 AND m.person_id = h.person_id))
       FROM hand h WHERE (h.change = 'added') = $3 AND h.person_id > $4
      ORDER BY person_id LIMIT $5`,
    [tx.lgCode, cohortId, page.isIncluded, page.after ?? 0, page.limit],
  );
  return rows.map((row) => ({
    personId: row.person_id,
    isIncluded: row.is_included,
    reason: row.reason,
    doseNumber: row.dose_number,
  }));
}

/** A person whom staff added to a cohort or took out. */
export interface CohortChange {
  readonly personId: PersonId;
  readonly change: 'added' | 'removed';
  readonly reason: string;
  readonly staffName: string;
  readonly recordedAt: Date;
}

/** Appends a change by hand; the last one of a person holds. */
export async function insertCohortChange(
  tx: Tx,
  change: Omit<CohortChange, 'recordedAt'> & {
    readonly cohortId: number;
    readonly staffId: number | null;
    readonly actId: number;
  },
): Promise<void> {
  await tx.client.query(
    `INSERT INTO cohort_changes (lg_code, cohort_id, person_id, change, reason, staff_id, staff_name, act_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      ...[tx.lgCode, change.cohortId, change.personId, change.change, change.reason],
      ...[change.staffId, change.staffName, change.actId],
    ],
  );
}

/** The changes by hand of a cohort, last first; a person's last one holds. */
export async function selectCohortChanges(tx: Tx, cohortId: number): Promise<CohortChange[]> {
  const { rows } = await tx.client.query<CohortChange>(
    `SELECT person_id AS "personId", change, reason, staff_name AS "staffName", recorded_at AS "recordedAt"
       FROM cohort_changes WHERE lg_code = $1 AND cohort_id = $2 ORDER BY cohort_change_id DESC LIMIT 500`,
    [tx.lgCode, cohortId],
  );
  return rows;
}

/** A count with the words of its reason. */
export function reasonCount(reason: ReasonCount['reason'], people: number): ReasonCount {
  return { reason, label: labelOfReason(reason), isIncluded: isIncludedReason(reason), people };
}

function summaryFrom(row: CohortRow): CohortSummary {
  return {
    cohortId: row.cohort_id,
    label: row.label,
    programme: row.programme,
    stage: row.stage,
    layoutId: row.layout_id,
    asOf: parseIsoDay(row.as_of),
    dueBy: parseIsoDay(row.due_by),
    narrowing: readNarrowing(row.narrowing ?? {}),
    rulesVersion: row.rules_version,
    included: row.included,
    excluded: row.excluded,
    staffName: row.staff_name,
    recordedAt: row.recorded_at,
  };
}
