import { type Day, formatIsoDay, parseIsoDay, type StaffId } from '#kernel';
import type { Tx } from '#platform/postgres';
import { type KeptNarrowing, narrowingJson, readNarrowing } from './cohort-store.ts';
import type { CohortNarrowing } from './narrow-people.ts';

/** What a plan sends: papers for a dose, a first recommendation, or a reminder. */
export type PlanKind = 'forms' | 'recommendation' | 'reminder';

/** One line of the year plan (年間計画). */
export interface NoticePlan {
  readonly noticePlanId: number;
  readonly label: string;
  /** 1 to 12, every year. */
  readonly months: readonly number[];
  readonly programme: string;
  readonly stage: string;
  readonly layoutId: string;
  readonly narrowing: CohortNarrowing;
  readonly kind: PlanKind;
  readonly isEnded: boolean;
  readonly staffName: string;
}

/** Whether a planned cohort may be printed. */
export type PlannedState = 'waiting' | 'approved' | 'declined';

/** The cohort that was made for a month of a plan. */
export interface PlannedCohort {
  readonly noticePlanId: number;
  readonly monthFrom: Day;
  readonly cohortId: number;
  readonly state: PlannedState;
  readonly included: number;
  readonly isPrinted: boolean;
  readonly label: string;
  readonly layoutId: string;
  readonly decidedByName: string | null;
}

/** Who acts under which audit act. */
export interface PlanFrame {
  readonly actId: number;
  readonly staffId: StaffId | null;
  readonly staffName: string;
}

/** Writes a plan; answers its id. */
export async function insertPlan(
  tx: Tx,
  frame: PlanFrame,
  plan: Omit<NoticePlan, 'noticePlanId' | 'isEnded' | 'staffName'>,
): Promise<number> {
  const { rows } = await tx.client.query<{ notice_plan_id: number }>(
    `INSERT INTO notice_plans (lg_code, label, months, programme, stage, layout_id, conditions, kind, staff_id, staff_name,
            act_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING notice_plan_id`,
    [
      ...[tx.lgCode, plan.label, plan.months, plan.programme, plan.stage, plan.layoutId],
      ...[JSON.stringify(narrowingJson(plan.narrowing)), plan.kind, frame.staffId, frame.staffName, frame.actId],
    ],
  );
  const id = rows[0]?.notice_plan_id;
  if (id === undefined) throw new Error('the plan was not written');
  return id;
}

/** Ends a plan: no cohort is made of it any more. False where it has ended or does not exist. */
export async function endPlanRow(tx: Tx, noticePlanId: number): Promise<boolean> {
  const { rowCount } = await tx.client.query(
    'UPDATE notice_plans SET is_ended = true WHERE lg_code = $1 AND notice_plan_id = $2 AND NOT is_ended',
    [tx.lgCode, noticePlanId],
  );
  return rowCount === 1;
}

/** All plans, those that go on first. */
export async function selectPlans(tx: Tx): Promise<NoticePlan[]> {
  const { rows } = await tx.client.query<Omit<NoticePlan, 'narrowing'> & { conditions: KeptNarrowing }>(
    `SELECT notice_plan_id AS "noticePlanId", label, months, programme, stage, layout_id AS "layoutId", conditions, kind,
            is_ended AS "isEnded", staff_name AS "staffName"
       FROM notice_plans WHERE lg_code = $1 ORDER BY is_ended, programme, notice_plan_id`,
    [tx.lgCode],
  );
  return rows.map(({ conditions, ...plan }) => ({ ...plan, narrowing: readNarrowing(conditions) }));
}

interface PlannedRow extends Omit<PlannedCohort, 'monthFrom'> {
  readonly month_from: string;
}

const plannedColumns = `p.notice_plan_id AS "noticePlanId", p.month_from, p.cohort_id AS "cohortId", p.state,
  c.included, c.label, c.layout_id AS "layoutId", p.decided_by_name AS "decidedByName",
  EXISTS (SELECT 1 FROM print_jobs j WHERE j.lg_code = p.lg_code AND j.cohort_id = p.cohort_id) AS "isPrinted"`;
const plannedFrom = `planned_cohorts p JOIN cohorts c ON c.lg_code = p.lg_code AND c.cohort_id = p.cohort_id`;

/** The cohorts made for the months of a span, both ends inclusive. */
export async function selectPlanned(tx: Tx, from: Day, to: Day): Promise<PlannedCohort[]> {
  const { rows } = await tx.client.query<PlannedRow>(
    `SELECT ${plannedColumns} FROM ${plannedFrom} WHERE p.lg_code = $1 AND p.month_from BETWEEN $2 AND $3
      ORDER BY p.month_from, p.notice_plan_id`,
    [tx.lgCode, formatIsoDay(from), formatIsoDay(to)],
  );
  return rows.map(plannedOf);
}

/** The planned month that a cohort was made for; undefined where staff made it. */
export async function findPlanned(tx: Tx, cohortId: number): Promise<PlannedCohort | undefined> {
  const { rows } = await tx.client.query<PlannedRow>(
    `SELECT ${plannedColumns} FROM ${plannedFrom} WHERE p.lg_code = $1 AND p.cohort_id = $2`,
    [tx.lgCode, cohortId],
  );
  return rows.map(plannedOf)[0];
}

function plannedOf({ month_from, ...row }: PlannedRow): PlannedCohort {
  return { ...row, monthFrom: parseIsoDay(month_from) };
}

/** Enters the cohort of a month; refused by the key where the month has one already. */
export async function insertPlanned(
  tx: Tx,
  planned: Pick<PlannedCohort, 'noticePlanId' | 'monthFrom' | 'cohortId'>,
): Promise<void> {
  await tx.client.query(
    `INSERT INTO planned_cohorts (lg_code, notice_plan_id, month_from, cohort_id, state) VALUES ($1, $2, $3, $4, 'waiting')`,
    [tx.lgCode, planned.noticePlanId, formatIsoDay(planned.monthFrom), planned.cohortId],
  );
}

/** Who wrote the line of the plan that a cohort was made for; null where an operator did, or staff made the cohort. */
export async function findPlanAuthor(tx: Tx, cohortId: number): Promise<StaffId | null> {
  const { rows } = await tx.client.query<{ staff_id: StaffId | null }>(
    `SELECT n.staff_id FROM planned_cohorts p
       JOIN notice_plans n ON n.lg_code = p.lg_code AND n.notice_plan_id = p.notice_plan_id
      WHERE p.lg_code = $1 AND p.cohort_id = $2`,
    [tx.lgCode, cohortId],
  );
  return rows[0]?.staff_id ?? null;
}

/** Decides about the cohort of a month, once; false where somebody did already. */
export async function decidePlannedRow(
  tx: Tx,
  cohortId: number,
  decision: { readonly state: 'approved' | 'declined'; readonly staffId: StaffId | null; readonly staffName: string },
): Promise<boolean> {
  const { rowCount } = await tx.client.query(
    `UPDATE planned_cohorts SET state = $3, decided_by = $4, decided_by_name = $5, decided_at = now()
      WHERE lg_code = $1 AND cohort_id = $2 AND state = 'waiting'`,
    [tx.lgCode, cohortId, decision.state, decision.staffId, decision.staffName],
  );
  return rowCount === 1;
}
