import { type Actor, findOneBehindBoth, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { addDays, Conflict, type Day, dayParts, fiscalYearStartOn, getDay, NotFound, UnreadableInput } from '#kernel';
import { type Tx, withMunicipality } from '#platform/postgres';
import { createCohort } from './create-cohort.ts';
import { servesStage } from './layout-types.ts';
import { getFormLayout, type NoticeContext } from './library.ts';
import type { CohortNarrowing } from './narrow-people.ts';
import {
  decidePlannedRow,
  endPlanRow,
  findPlanAuthor,
  insertPlan,
  insertPlanned,
  type NoticePlan,
  type PlannedCohort,
  selectPlanned,
  selectPlans,
} from './plan-store.ts';

/** From this day of a month on the next month's cohorts are made. */
const madeFromDay = 15;

/** A reminder is sent where so many months are left to the last legal day, unless its line says otherwise. */
const reminderMonths = 3;

/** A plan to be added. */
export type NewPlan = Omit<NoticePlan, 'noticePlanId' | 'isEnded' | 'staffName'>;

/** Adds a line to the year plan: which paper goes in which months to whom. */
export function addPlan(context: NoticeContext, plan: NewPlan, on: Day): Promise<number> {
  return withMunicipality(context.db, context.actor.lgCode, (tx) => writePlan(tx, context, plan, on));
}

async function writePlan(tx: Tx, { actor, library }: NoticeContext, plan: NewPlan, on: Day): Promise<number> {
  requirePermission(actor, 'notices.plan');
  const label = plan.label.trim();
  const months = [...new Set(plan.months)].toSorted((a, b) => a - b);
  if (label === '') throw new UnreadableInput('計画の名前を入力してください。');
  if (months.length === 0) throw new UnreadableInput('送る月を選んでください。');
  const layout = await getFormLayout(tx, library, plan.layoutId, on);
  if (!servesStage(layout, plan)) throw new UnreadableInput('選んだ様式は、この予防接種のものではありません。');
  const details = { programme: plan.programme, stage: plan.stage, layout: plan.layoutId, months: months.join(' ') };
  const actId = await recordAct(tx, actor, { act: 'notices.planAdded', details });
  const frame = { actId, staffId: actor.staffId, staffName: actor.staffName };
  return insertPlan(tx, frame, { ...plan, label, months, narrowing: narrowingOf(plan) });
}

/** Whom a line means: a reminder goes to nobody whose time has only begun, unless the line says who is reminded. */
function narrowingOf({ kind, narrowing }: NewPlan): CohortNarrowing {
  const isSaid = narrowing.statuses !== undefined || narrowing.monthsLeft !== undefined;
  return kind === 'reminder' && !isSaid ? { ...narrowing, reminderMonths } : narrowing;
}

/** Ends a line of the plan; what was made of it stays. */
export async function endPlan(context: NoticeContext, noticePlanId: number): Promise<void> {
  const { actor, db } = context;
  requirePermission(actor, 'notices.plan');
  await withMunicipality(db, actor.lgCode, async (tx) => {
    if (!(await endPlanRow(tx, noticePlanId))) throw new NotFound('この計画はないか、すでに終わっています。');
    await recordAct(tx, actor, { act: 'notices.planEnded', details: { noticePlanId } });
  });
}

/** The plan of a fiscal year: its lines, and the cohorts made so far. */
export interface YearPlan {
  readonly plans: readonly NoticePlan[];
  readonly planned: readonly PlannedCohort[];
}

/** The plan of a fiscal year. */
export async function getYearPlan(tx: Tx, actor: Actor, year: number): Promise<YearPlan> {
  requirePermission(actor, 'notices.view');
  const from = fiscalYearStartOn(year);
  return {
    plans: await selectPlans(tx),
    planned: await selectPlanned(tx, from, addDays(fiscalYearStartOn(year + 1), -1)),
  };
}

/** The first day of the month that is made on a day: the next one from the middle of a month on, else the present. */
export function monthToMake(today: Day): Day {
  const { year, month, dayOfMonth } = dayParts(today);
  if (dayOfMonth < madeFromDay) return getDay(year, month, 1);
  return month === 12 ? getDay(year + 1, 1, 1) : getDay(year, month + 1, 1);
}

/** The last day of the month that a day begins. */
export function lastOfMonth(monthFrom: Day): Day {
  const { year, month } = dayParts(monthFrom);
  return addDays(month === 12 ? getDay(year + 1, 1, 1) : getDay(year, month + 1, 1), -1);
}

/**
 * Makes the cohorts of a month that the plan asks for and that are not there yet; each waits for approval. Made twice
 * at once, one of two is taken back. Whoever becomes due until the end of the month is in.
 */
export async function makePlannedCohorts(context: NoticeContext, monthFrom: Day): Promise<number> {
  const { actor, db } = context;
  requirePermission(actor, 'notices.print');
  const dueBy = lastOfMonth(monthFrom);
  const { plans, planned } = await withMunicipality(db, actor.lgCode, async (tx) => ({
    plans: await selectPlans(tx),
    planned: await selectPlanned(tx, monthFrom, monthFrom),
  }));
  const made = new Set(planned.map((one) => one.noticePlanId));
  const { year, month } = dayParts(monthFrom);
  const asked = plans.filter((plan) => !plan.isEnded && plan.months.includes(month) && !made.has(plan.noticePlanId));
  for (const plan of asked) {
    const { programme, stage, layoutId, narrowing, noticePlanId } = plan;
    const conditions = { programme, stage, layoutId, narrowing, asOf: monthFrom, dueBy };
    const request = {
      label: `${plan.label}（${year}年${month}月）`,
      conditions,
      onCreated: (tx: Tx, cohortId: number) => insertPlanned(tx, { noticePlanId, monthFrom, cohortId }),
    };
    await createCohort(context, request);
  }
  return asked.length;
}

/** Adds a line for each of some papers, named as they are, all in the same months; all or none. */
export async function addPlans(
  context: NoticeContext,
  papers: readonly Pick<NewPlan, 'label' | 'layoutId' | 'programme' | 'stage'>[],
  months: readonly number[],
  on: Day,
): Promise<void> {
  const { actor, db } = context;
  await withMunicipality(db, actor.lgCode, async (tx) => {
    for (const paper of papers) await writePlan(tx, context, { ...paper, months, kind: 'forms', narrowing: {} }, on);
  });
}

/** Approves the cohorts of planned months (all or none), so that they may be printed. */
export async function approvePlanned(context: NoticeContext, cohortIds: readonly number[]): Promise<void> {
  const { actor, db } = context;
  requirePermission(actor, 'notices.approve');
  await refuseOwnPlans(context, cohortIds);
  await withMunicipality(db, actor.lgCode, async (tx) => {
    for (const cohortId of cohortIds) await decideInOffice(tx, actor, cohortId, 'approved');
  });
}

/** Approves the cohort of a planned month, so that it may be printed, or declines it; once and for good. */
export async function decidePlanned(
  context: NoticeContext,
  cohortId: number,
  state: 'approved' | 'declined',
): Promise<void> {
  const { actor, db } = context;
  requirePermission(actor, 'notices.approve');
  if (state === 'approved') await refuseOwnPlans(context, [cohortId]);
  await withMunicipality(db, actor.lgCode, (tx) => decideInOffice(tx, actor, cohortId, state));
}

/** Whoever wrote the plan decided whom it calls: another person approves them (CB-08). The refusal stays in the log. */
async function refuseOwnPlans({ actor, db, clock }: NoticeContext, cohortIds: readonly number[]): Promise<void> {
  const { staffId } = actor;
  if (staffId === null) return;
  const own = await withMunicipality(db, actor.lgCode, async (tx) => {
    for (const cohortId of cohortIds) {
      const author = await findPlanAuthor(tx, cohortId);
      const one = author === null ? undefined : await findOneBehindBoth(tx, author, staffId, clock.now());
      if (one === undefined) continue;
      const details = { cohortId, cause: one.code };
      await recordAct(tx, actor, { act: 'notices.plannedDecided', outcome: 'refused', details });
      const until = one.params['until'];
      const end = until === undefined ? '' : `この決まりが効くのは ${until} までです。`;
      return { cohortId, end };
    }
    return undefined;
  });
  if (own === undefined) return;
  throw new Conflict(
    `抽出 ${own.cohortId} の計画を作った人か、その人のアカウントをこの数日に作ったか作り直した人は、承認できません。${own.end}別の人に承認を頼んでください。`,
  );
}

async function decideInOffice(tx: Tx, actor: Actor, cohortId: number, state: 'approved' | 'declined'): Promise<void> {
  const { staffId, staffName } = actor;
  if (!(await decidePlannedRow(tx, cohortId, { state, staffId, staffName }))) {
    throw new Conflict('この抽出は承認を待っていません。ほかの人がすでに決めたか、計画によるものではありません。');
  }
  await recordAct(tx, actor, { act: 'notices.plannedDecided', details: { cohortId, state } });
}
