import { findPersonIdByAddresseeNumber } from '#addressees/persons';
import {
  type Answer,
  addStaffRoute,
  answerWith,
  mayDo,
  type Permission,
  redirectTo,
  type StaffApp,
  type StaffContext,
} from '#common-base/access';
import { Conflict, findTypedDay, formatIsoDay, NotFound, type PersonId, UnreadableInput } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import { explainFinding } from '#platform/findings';
import { getRun, type Run } from '#platform/jobs';
import { dayHelp, type FormError } from '#platform/pages';
import { listStages } from '#schedule';
import { changeCohort, listCohortChanges } from './change-cohort.ts';
import { checkBeforePrinting } from './check-before-printing.ts';
import { cohortTask, noteConditions, notedNarrowing } from './cohort-tasks.ts';
import { getCohort, listCohorts } from './create-cohort.ts';
import { listCohortPeople } from './list-cohort-people.ts';
import { listPrintJobs } from './list-print-jobs.ts';
import type { CohortNarrowing } from './narrow-people.ts';
import { checkPage } from './pages/check-page.ts';
import { cohortPage } from './pages/cohort-page.ts';
import { cohortPeoplePage } from './pages/cohort-people-page.ts';
import { readNarrowingFields, sentNarrowing } from './pages/narrowing-fields.ts';
import { type CohortForm, cohortPreviewPage, noticeCrumbs, noticesPage } from './pages/notices-pages.ts';
import {
  campaignsPath,
  cohortPath,
  cohortPreviewPath,
  cohortsPath,
  institutionListPath,
  layoutsPath,
  noticesPath,
  planApprovePath,
  planEndPath,
  planMakePath,
  planManyPath,
  planPrintPath,
  printJobPath,
  returnsPath,
  sealsPath,
} from './pages/paths.ts';
import { findPlanned } from './plan-store.ts';
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
import {
  keepPosting,
  sendCampaignAgain,
  sendCompanion,
  sendInstitutionList,
  showCampaign,
  showCampaigns,
  showDispatch,
} from './routes-dispatch.ts';
import { keepSeal, showLayout, showLayouts, showSample, tryOrKeepLayout } from './routes-layouts.ts';
import { registerOutreachRoutes } from './routes-outreach.ts';
import { cancelForOne, printForOne, showPersonPrint } from './routes-person.ts';
import {
  addManyToPlan,
  addToPlan,
  approveMany,
  decideOnPlanned,
  endOfPlan,
  makePlan,
  printMany,
  showPlan,
} from './routes-plan.ts';
import {
  reprintSome,
  resumePrinting,
  sendPrintedFile,
  showPrintedPage,
  showPrintedPicture,
  showPrintJob,
  stopPrinting,
} from './routes-print.ts';
import { enterOneReturn, keepWish, showReturns, showWish } from './routes-wishes.ts';
import type { CohortConditions, CohortCounts } from './types.ts';

type Handler = (context: StaffContext, tools: NoticeTools) => Promise<Answer>;

/** The pages of this room: cohorts, print jobs and their files, printing for one person. */
export function registerNoticeRoutes(app: StaffApp, tools: NoticeTools): void {
  const add = (method: 'GET' | 'POST', url: string, permission: Permission, handler: Handler) =>
    addStaffRoute(app, { method, url, permission, needsReason: true, handler: (context) => handler(context, tools) });
  add('GET', noticesPath, 'notices.view', showFirst);
  add('POST', cohortPreviewPath, 'notices.print', preview);
  add('POST', cohortsPath, 'notices.print', freeze);
  add('GET', '/notices/counted/:runId', 'notices.view', showCounted);
  add('GET', `${cohortsPath}/:cohortId`, 'notices.view', (context) => showCohort(context, tools));
  add('GET', `${cohortsPath}/:cohortId/people`, 'notices.view', showCohortPeople);
  add('POST', `${cohortsPath}/:cohortId/print`, 'notices.print', printCohort);
  add('GET', '/notices/prints/:printJobId', 'notices.view', showPrintJob);
  add('POST', '/notices/prints/:printJobId/stop', 'jobs.stop', stopPrinting);
  add('POST', '/notices/prints/:printJobId/resume', 'notices.print', resumePrinting);
  add('GET', '/notices/prints/:printJobId/files/:part', 'notices.print', sendPrintedFile);
  add('GET', layoutsPath, 'notices.view', (context) => showLayouts(context, tools));
  add('GET', `${layoutsPath}/:layoutId`, 'notices.view', showLayout);
  add('POST', `${layoutsPath}/:layoutId`, 'notices.layouts', tryOrKeepLayout);
  add('GET', `${layoutsPath}/:layoutId/sample`, 'notices.view', showSample);
  addStaffRoute(app, {
    method: 'POST',
    url: sealsPath,
    permission: 'notices.layouts',
    needsReason: true,
    takesFiles: true,
    handler: (context) => keepSeal(context, tools),
  });
  add('GET', '/notices/prints/:printJobId/files/:part/pages/:page', 'notices.print', showPrintedPage);
  add('GET', '/notices/prints/:printJobId/files/:part/pages/:page/picture', 'notices.print', showPrintedPicture);
  add('POST', '/notices/prints/:printJobId/files/:part/reprint', 'notices.print', reprintSome);
  add('GET', '/notices/prints/:printJobId/dispatch', 'notices.print', (context) => showDispatch(context, tools));
  add('POST', '/notices/prints/:printJobId/dispatch', 'forms.reissue', keepPosting);
  add('GET', '/notices/prints/:printJobId/dispatch/:kind', 'notices.print', sendCompanion);
  add('GET', institutionListPath, 'notices.view', sendInstitutionList);
  add('GET', '/notices/plan', 'notices.view', (context) => showPlan(context, tools));
  add('POST', '/notices/plan', 'notices.plan', addToPlan);
  add('POST', planManyPath, 'notices.plan', addManyToPlan);
  add('POST', planApprovePath, 'notices.approve', approveMany);
  add('POST', planPrintPath, 'notices.print', printMany);
  add('POST', planEndPath, 'notices.plan', endOfPlan);
  add('POST', planMakePath, 'notices.print', makePlan);
  add('POST', `${cohortsPath}/:cohortId/decision`, 'notices.approve', decideOnPlanned);
  add('GET', campaignsPath, 'notices.view', showCampaigns);
  add('GET', `${campaignsPath}/:printJobId`, 'notices.view', (context) => showCampaign(context));
  add('POST', `${campaignsPath}/:printJobId/again`, 'notices.print', sendCampaignAgain);
  add('GET', `${cohortsPath}/:cohortId/check`, 'notices.print', showCheck);
  registerOutreachRoutes(app, tools);
  add('GET', returnsPath, 'notices.view', (context) => showReturns(context, tools));
  add('POST', returnsPath, 'notices.print', enterOneReturn);
  add('POST', `${cohortsPath}/:cohortId/hand`, 'notices.print', changeByHand);
  add('GET', '/persons/:personId/notices', 'notices.print', (context) => showWish(context, tools));
  add('POST', '/persons/:personId/notices', 'notices.print', keepWish);
  add('GET', '/persons/:personId/print', 'notices.print', (context) => showPersonPrint(context, tools, []));
  add('POST', '/persons/:personId/print', 'notices.print', printForOne);
  add('POST', '/persons/:personId/forms/cancel', 'forms.reissue', cancelForOne);
}

async function showNotices(
  context: StaffContext,
  tools: NoticeTools,
  form: CohortForm,
  errors: readonly FormError[],
): Promise<Answer> {
  const { actor, csrfToken } = context;
  const stages = listStages(await tools.rulesOf(context));
  const view = await inOffice(context, async (tx) => ({
    layouts: (await loadChoices(tx, tools, todayInTokyo(context.clock))).filter(isForPeople),
    cohorts: await listCohorts(tx, actor),
    printJobs: await listPrintJobs(tx, actor),
  }));
  const body = noticesPage({ ...view, stages, form, errors, mayPrint: mayDo(actor, 'notices.print'), csrfToken });
  const page = context.page({ title: '通知と予診票', body, current: noticesPath });
  return errors.length === 0 ? page : answerWith(422, page);
}

async function preview(context: StaffContext, tools: NoticeTools): Promise<Answer> {
  const form = readForm(context);
  const read = await readConditions(context, tools, form);
  if ('errors' in read) return showNotices(context, tools, form, read.errors);
  return orderCohort(context, tools, form.label, read.conditions, cohortTask.count);
}

/** The form empty, or filled with the conditions of a run whose count did not please. */
async function showFirst(context: StaffContext, tools: NoticeTools): Promise<Answer> {
  const counted = context.query.text('counted');
  if (counted === '') return showNotices(context, tools, emptyForm(context), []);
  const { form } = readCounted(await inOffice(context, (tx) => getRun(tx, readNumber(counted))));
  return showNotices(context, tools, form, []);
}

/** Whom a cohort would call, as a run has counted it. */
async function showCounted(context: StaffContext, tools: NoticeTools): Promise<Answer> {
  const runId = readNumber(context.params['runId']);
  const { run, layouts } = await inOffice(context, async (tx) => ({
    run: await getRun(tx, runId),
    layouts: await loadChoices(tx, tools, todayInTokyo(context.clock)),
  }));
  const { form, narrowing, counts } = readCounted(run);
  const layoutTitle = layouts.find((layout) => layout.layoutId === form.layoutId)?.title ?? form.layoutId;
  const body = cohortPreviewPage({ form, narrowing, layoutTitle, counts, runId, csrfToken: context.csrfToken });
  return context.page({ title: '対象者の人数', body, crumbs: noticeCrumbs, current: noticesPath });
}

/** A count as it was asked and what it found. */
interface Counted {
  readonly form: CohortForm;
  readonly narrowing: CohortNarrowing;
  readonly counts: CohortCounts;
}

function readCounted({ kind, result }: Run): Counted {
  if (kind !== cohortTask.count || result === null) throw new NotFound('この抽出や印刷はありません。');
  const text = (name: string) => String(result[name]);
  const counts = {
    included: Number(result['included']),
    excluded: Number(result['excluded']),
    reasons: JSON.parse(text('reasons')) as CohortCounts['reasons'],
  };
  const narrowing = notedNarrowing(result);
  const form: CohortForm = {
    ...{ label: text('label'), layoutId: text('layoutId'), asOf: text('asOf'), dueBy: text('dueBy') },
    stage: `${text('programme')}/${text('stage')}`,
    sent: sentNarrowing(narrowing),
  };
  return { form, narrowing, counts };
}

/** Judging the whole population is the worker's. */
async function orderCohort(
  context: StaffContext,
  tools: NoticeTools,
  label: string,
  conditions: CohortConditions,
  task: (typeof cohortTask)[keyof typeof cohortTask],
): Promise<Answer> {
  const days = { asOf: formatIsoDay(conditions.asOf), dueBy: formatIsoDay(conditions.dueBy) };
  const params = noteConditions(label, conditions, days);
  const title = `${task === cohortTask.count ? '対象者の人数' : '対象者の抽出'}（${label}）`;
  const answer = await tools.orderWork(context, { task, label: title, params, back: noticesPath });
  return answer ?? redirectTo(noticesPath);
}

async function freeze(context: StaffContext, tools: NoticeTools): Promise<Answer> {
  const form = readForm(context);
  const read = await readConditions(context, tools, form);
  if ('errors' in read) return showNotices(context, tools, form, read.errors);
  return orderCohort(context, tools, form.label, read.conditions, cohortTask.create);
}

async function showCohort(
  context: StaffContext,
  tools: NoticeTools,
  errors: readonly FormError[] = [],
): Promise<Answer> {
  const cohortId = readNumber(context.params['cohortId']);
  const today = todayInTokyo(context.clock);
  const { cohort, planned, changes, layouts } = await inOffice(context, async (tx) => ({
    cohort: await getCohort(tx, context.actor, cohortId),
    planned: await findPlanned(tx, cohortId),
    changes: mayDo(context.actor, 'persons.view') ? await listCohortChanges(tx, context.actor, cohortId, today) : [],
    layouts: await loadChoices(tx, tools, todayInTokyo(context.clock)),
  }));
  const body = cohortPage({
    cohort,
    layout: layouts.find((layout) => layout.layoutId === cohort.layoutId),
    planned,
    mayApprove: mayDo(context.actor, 'notices.approve'),
    changes,
    errors,
    typed: (name) => context.body.text(name),
    issuedOn: formatIsoDay(todayInTokyo(context.clock)),
    mayPrint: mayDo(context.actor, 'notices.print'),
    csrfToken: context.csrfToken,
  });
  const page = context.page({ title: cohort.label, body, crumbs: noticeCrumbs, current: noticesPath });
  return errors.length === 0 ? page : answerWith(422, page);
}

/** Adds the person of a number to the cohort or takes that person out. */
async function changeByHand(context: StaffContext, tools: NoticeTools): Promise<Answer> {
  const cohortId = readNumber(context.params['cohortId']);
  const { body } = context;
  const [number, reason] = [body.text('addresseeNumber').normalize('NFKC'), body.text('handReason')];
  const errors: FormError[] = [];
  const personId = await inOffice(context, (tx) => findPersonIdByAddresseeNumber(tx, number));
  if (personId === undefined) errors.push({ field: 'addresseeNumber', message: 'その宛名番号の人はいません。' });
  if (reason === '') errors.push({ field: 'handReason', message: '足す、または外す理由を書いてください。' });
  if (personId === undefined || errors.length > 0) return showCohort(context, tools, errors);
  const change = body.text('change') === 'removed' ? 'removed' : 'added';
  await changeCohort(await noticeContext(context, tools), { cohortId, personId, change, reason });
  return redirectTo(cohortPath(cohortId));
}

/** Orders the printing of a cohort; what cannot be printed so is told on the cohort's page, with what was typed. */
async function printCohort(context: StaffContext, tools: NoticeTools): Promise<Answer> {
  const { body } = context;
  const cohortId = readNumber(context.params['cohortId']);
  const issuedOn = findTypedDay(body.text('issuedOn'));
  if (issuedOn === undefined) return showCohort(context, tools, [{ field: 'issuedOn', message: dayHelp('発行日') }]);
  const inputs = Object.fromEntries(
    body.names().flatMap((name) => (name.startsWith('input-') ? [[name.slice(6), body.text(name)]] : [])),
  );
  const size = body.text('pagesPerFile').normalize('NFKC');
  const pages = size === '' ? {} : { pagesPerFile: Number(size) };
  try {
    const request = { cohortId, issuedOn, inputs, ...pages };
    const { printJobId } = await startPrintJob(await noticeContext(context, tools), request);
    return redirectTo(printJobPath(printJobId));
  } catch (error) {
    if (!(error instanceof Conflict || error instanceof UnreadableInput)) throw error;
    return showCohort(context, tools, [{ field: null, message: error.message }]);
  }
}

/** Whose letter would not come out or not arrive, before anything is printed. */
async function showCheck(context: StaffContext, tools: NoticeTools): Promise<Answer> {
  const cohortId = readNumber(context.params['cohortId']);
  const cohort = await inOffice(context, (tx) => getCohort(tx, context.actor, cohortId));
  const on = todayInTokyo(context.clock);
  const found = await checkBeforePrinting(await noticeContext(context, tools), cohortId, on);
  const body = checkPage({ cohort, ...found, explain: (one) => explainFinding(tools.findings, one) });
  const crumbs = [...noticeCrumbs, { label: cohort.label, href: cohortPath(cohortId) }];
  return context.page({ title: '印刷の前の確かめ', body, crumbs, current: noticesPath });
}

const peoplePerPage = 100;

async function showCohortPeople(context: StaffContext): Promise<Answer> {
  const cohortId = readNumber(context.params['cohortId']);
  const isIncluded = context.query.text('which') !== 'out';
  const after = context.query.text('after');
  const { cohort, page } = await inOffice(context, async (tx) => ({
    cohort: await getCohort(tx, context.actor, cohortId),
    page: await listCohortPeople(tx, context.actor, cohortId, {
      isIncluded,
      after: after === '' ? null : (readNumber(after) as PersonId),
      limit: peoplePerPage,
      asOf: todayInTokyo(context.clock),
    }),
  }));
  const body = cohortPeoplePage({ cohort, isIncluded, page });
  const crumbs = [...noticeCrumbs, { label: cohort.label, href: cohortPath(cohortId) }];
  return context.page({ title: cohort.label, body, crumbs, current: noticesPath });
}

function emptyForm(context: StaffContext): CohortForm {
  const today = formatIsoDay(todayInTokyo(context.clock));
  return { label: '', layoutId: '', stage: '', asOf: today, dueBy: today };
}

function readForm(context: StaffContext): CohortForm {
  const { body } = context;
  return {
    label: body.text('label'),
    layoutId: body.text('layoutId'),
    stage: body.text('stage'),
    asOf: body.text('asOf'),
    dueBy: body.text('dueBy'),
    sent: body,
  };
}

/** The conditions that a form means, or what is wrong with it. */
async function readConditions(
  context: StaffContext,
  tools: NoticeTools,
  form: CohortForm,
): Promise<{ conditions: CohortConditions } | { errors: readonly FormError[] }> {
  const layouts = await inOffice(context, (tx) => loadChoices(tx, tools, todayInTokyo(context.clock)));
  const layout = layouts.find((one) => one.layoutId === form.layoutId);
  const asOf = findTypedDay(form.asOf);
  const dueBy = findTypedDay(form.dueBy);
  const key =
    layout === undefined ? undefined : readStage(layout, form.stage, listStages(await tools.rulesOf(context)));
  const narrowed = readNarrowingFields(context.body);
  const errors: FormError[] = 'errors' in narrowed ? [...narrowed.errors] : [];
  if (layout === undefined) errors.push({ field: 'layoutId', message: '印刷するものを選んでください。' });
  if (layout !== undefined && key === undefined) {
    errors.push({ field: 'stage', message: 'どの予防接種のものかを選んでください。' });
  }
  if (form.label === '') errors.push({ field: 'label', message: '抽出の名前を書いてください。' });
  if (asOf === undefined) errors.push({ field: 'asOf', message: dayHelp('判定する日') });
  if (dueBy === undefined) errors.push({ field: 'dueBy', message: dayHelp('いつまでの分') });
  if (asOf !== undefined && dueBy !== undefined && dueBy < asOf) {
    errors.push({ field: 'dueBy', message: '判定する日と同じか、それより後の日にしてください。' });
  }
  if (layout === undefined || key === undefined || asOf === undefined || dueBy === undefined) return { errors };
  if ('errors' in narrowed || errors.length > 0) return { errors };
  return { conditions: { ...key, layoutId: layout.layoutId, asOf, dueBy, narrowing: narrowed.narrowing } };
}
