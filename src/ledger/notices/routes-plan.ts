import { type Answer, answerWith, mayDo, redirectTo, type StaffContext } from '#common-base/access';
import { Conflict, dayParts, findTypedDay, fiscalYear, formatIsoDay, getDay, NotFound, UnreadableInput } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import { enqueue } from '#platform/jobs';
import { dayHelp, type FormError } from '#platform/pages';
import { listStages } from '#schedule';
import { readNarrowingFields } from './pages/narrowing-fields.ts';
import { noticeCrumbs } from './pages/notices-pages.ts';
import { cohortPath, noticesPath, planAskedPath, planPath } from './pages/paths.ts';
import { isPlannable, type PlanForm, planPage } from './pages/plan-page.ts';
import type { PlanKind } from './plan-store.ts';
import { planTask } from './plan-task.ts';
import { addPlan, addPlans, approvePlanned, decidePlanned, endPlan, getYearPlan } from './plan-year.ts';
import { startPrintJob } from './print-cohort.ts';
import {
  inOffice,
  isForPeople,
  loadChoices,
  type NoticeTools,
  noticeContext,
  readNumber,
  readStage,
} from './route-parts.ts';

const emptyPlan: PlanForm = {
  ...{ label: '', layoutId: '', stage: '', asOf: '', dueBy: '' },
  months: [],
  kind: 'forms',
};

/** The year plan as a calendar. */
export async function showPlan(
  context: StaffContext,
  tools: NoticeTools,
  form: PlanForm = emptyPlan,
  errors: readonly FormError[] = [],
): Promise<Answer> {
  const today = todayInTokyo(context.clock);
  const asked = context.query.text('year');
  const year = /^\d{4}$/u.test(asked) ? Number(asked) : fiscalYear(today);
  if (year < 2000 || year > 2100) throw new NotFound('その年度の計画はありません。');
  const stages = listStages(await tools.rulesOf(context));
  const { plan, layouts } = await inOffice(context, async (tx) => ({
    plan: await getYearPlan(tx, context.actor, year),
    layouts: (await loadChoices(tx, tools, today)).filter(isForPeople),
  }));
  const body = planPage({
    year,
    month: year === fiscalYear(today) ? dayParts(today).month : null,
    ...{ plan, layouts, stages, form, errors },
    mayChange: mayDo(context.actor, 'notices.plan'),
    mayPrint: mayDo(context.actor, 'notices.print'),
    mayApprove: mayDo(context.actor, 'notices.approve'),
    issuedOn: errors.length > 0 ? context.body.text('issuedOn') || formatIsoDay(today) : formatIsoDay(today),
    chosen: context.body.has('issuedOn') ? new Set(readCohorts(context)) : null,
    monthFrom: getDay(dayParts(today).year, dayParts(today).month, 1),
    isAsked: context.query.text('asked') === 'yes',
    csrfToken: context.csrfToken,
  });
  const page = context.page({ title: '年間計画', body, crumbs: noticeCrumbs, current: noticesPath });
  return errors.length === 0 ? page : answerWith(422, page);
}

const kinds: readonly PlanKind[] = ['forms', 'recommendation', 'reminder'];

/** Adds a line to the plan. */
export async function addToPlan(context: StaffContext, tools: NoticeTools): Promise<Answer> {
  const { body } = context;
  const today = todayInTokyo(context.clock);
  const narrowed = readNarrowingFields(body);
  const form: PlanForm = {
    ...emptyPlan,
    label: body.text('label'),
    layoutId: body.text('layoutId'),
    stage: body.text('stage'),
    months: body.list('months'),
    kind: body.text('kind'),
    sent: body,
  };
  const layouts = await inOffice(context, (tx) => loadChoices(tx, tools, today));
  const layout = layouts.find((one) => one.layoutId === form.layoutId && isForPeople(one));
  const stages = listStages(await tools.rulesOf(context));
  const key = layout === undefined ? undefined : readStage(layout, form.stage, stages);
  const months = form.months.map(Number).filter((month) => Number.isInteger(month) && month >= 1 && month <= 12);
  const kind = kinds.find((one) => one === form.kind) ?? 'forms';
  const errors: FormError[] = 'errors' in narrowed ? [...narrowed.errors] : [];
  if (form.label === '') errors.push({ field: 'label', message: '計画の名前を書いてください。' });
  if (layout === undefined) errors.push({ field: 'layoutId', message: '様式を選んでください。' });
  else if (key === undefined) errors.push({ field: 'stage', message: 'どの予防接種のものかを選んでください。' });
  if (months.length === 0) errors.push({ field: 'months', message: '送る月を一つ以上選んでください。' });
  if (layout === undefined || key === undefined || 'errors' in narrowed || errors.length > 0) {
    return showPlan(context, tools, form, errors);
  }
  const { label, layoutId } = form;
  const { narrowing } = narrowed;
  await addPlan(await noticeContext(context, tools), { ...key, label, layoutId, narrowing, months, kind }, today);
  return redirectTo(planPath(null));
}

const everyMonth = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] as const;

/** Adds a line for each chosen paper of one programme, all in the chosen months. */
export async function addManyToPlan(context: StaffContext, tools: NoticeTools): Promise<Answer> {
  const today = todayInTokyo(context.clock);
  const chosen = new Set(context.body.list('papers'));
  const month = Number(context.body.text('manyMonths'));
  const months = everyMonth.some((one) => one === month) ? [month] : everyMonth;
  const layouts = await inOffice(context, (tx) => loadChoices(tx, tools, today));
  const papers = layouts
    .filter((one) => chosen.has(one.layoutId) && isPlannable(one))
    .map(({ title, layoutId, programme, stage }) => ({ label: title, layoutId, programme, stage }));
  if (papers.length === 0) {
    return showPlan(context, tools, emptyPlan, [{ field: 'papers', message: '送る予診票を選んでください。' }]);
  }
  await addPlans(await noticeContext(context, tools), papers, months, today);
  return redirectTo(planPath(null));
}

/** Approves the chosen cohorts of the plan, all or none. */
export async function approveMany(context: StaffContext, tools: NoticeTools): Promise<Answer> {
  try {
    await approvePlanned(await noticeContext(context, tools), readCohorts(context));
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    return showPlan(context, tools, emptyPlan, [{ field: null, message: error.message }]);
  }
  return redirectTo(planPath(null));
}

/** Begins to print the chosen cohorts one after another; says which of them cannot be printed and why. */
export async function printMany(context: StaffContext, tools: NoticeTools): Promise<Answer> {
  const issuedOn = findTypedDay(context.body.text('issuedOn'));
  if (issuedOn === undefined) {
    return showPlan(context, tools, emptyPlan, [{ field: 'issuedOn', message: dayHelp('発行日') }]);
  }
  const notices = await noticeContext(context, tools);
  const errors: FormError[] = [];
  const cohortIds = readCohorts(context);
  for (const cohortId of cohortIds) {
    try {
      await startPrintJob(notices, { cohortId, issuedOn });
    } catch (error) {
      if (!(error instanceof Conflict || error instanceof UnreadableInput)) throw error;
      errors.push({ field: null, message: `抽出 ${cohortId}: ${error.message}` });
    }
  }
  const started = cohortIds.length - errors.length;
  if (errors.length > 0 && started > 0) {
    errors.push({ field: null, message: `ほかの${started}件は、印刷を始めました。` });
  }
  return errors.length === 0 ? redirectTo(noticesPath) : showPlan(context, tools, emptyPlan, errors);
}

function readCohorts({ body }: StaffContext): number[] {
  return [...new Set(body.list('cohorts').map(readNumber))];
}

/** Ends a line of the plan. */
export async function endOfPlan(context: StaffContext, tools: NoticeTools): Promise<Answer> {
  await endPlan(await noticeContext(context, tools), readNumber(context.body.text('noticePlanId')));
  return redirectTo(planPath(null));
}

/** Asks the worker for the cohorts that the plan wants now. */
export async function makePlan(context: StaffContext): Promise<Answer> {
  const { lgCode } = context;
  await inOffice(context, (tx) => enqueue(tx, planTask, { lgCode }, { jobKey: `${planTask}:${lgCode}` }));
  return redirectTo(planAskedPath);
}

/** Approves or declines the cohort of a planned month. */
export async function decideOnPlanned(context: StaffContext, tools: NoticeTools): Promise<Answer> {
  const cohortId = readNumber(context.params['cohortId']);
  const state = context.body.text('decision') === 'approved' ? 'approved' : 'declined';
  await decidePlanned(await noticeContext(context, tools), cohortId, state);
  return redirectTo(cohortPath(cohortId));
}
