import { getPerson, identityBanner, personCrumbs, personNotices, personPath, readPersonId } from '#addressees/persons';
import {
  type Answer,
  addStaffRoute,
  answerWith,
  mayDo,
  type Permission,
  redirectTo,
  type StaffApp,
  type StaffContext,
  sendFile,
} from '#common-base/access';
import { type Day, findIsoDay, findJapaneseEraDay, formatIsoDay, NotFound, type PersonId } from '#kernel';
import { cancelForm, listFormsOfPerson } from '#ledger/forms';
import { todayInTokyo } from '#platform/clock';
import { explainFinding, type FindingsTables } from '#platform/findings';
import { getRun } from '#platform/jobs';
import { type FormError, type Html, html, progress } from '#platform/pages';
import { type Tx, withMunicipality } from '#platform/postgres';
import { nameOfProgramme, nameOfStage, type RuleSet } from '#schedule';
import { createCohort, getCohort, listCohorts, previewCohort } from './create-cohort.ts';
import { drawSample } from './draw-sample.ts';
import { listFormLayouts, type NoticeContext, type NoticeLibrary } from './library.ts';
import { listCohortPeople } from './list-cohort-people.ts';
import { listFittingLayouts } from './list-fitting-layouts.ts';
import { getPrintJob, listPrintJobs, readPrintFile } from './list-print-jobs.ts';
import { cohortPeoplePage } from './pages/cohort-people-page.ts';
import {
  type CohortForm,
  cohortPage,
  cohortPreviewPage,
  type LayoutChoice,
  noticeCrumbs,
  noticesPage,
  printJobPage,
} from './pages/notices-pages.ts';
import {
  cohortPath,
  cohortPreviewPath,
  cohortsPath,
  noticesPath,
  personPrintPath,
  printJobPath,
} from './pages/paths.ts';
import { type IssuedForm, personPrintPage, printedPage } from './pages/person-print.ts';
import { resumePrintJob, startPrintJob, stopPrintJob } from './print-cohort.ts';
import { printForPerson } from './print-for-person.ts';
import type { CohortConditions, PrintJob } from './types.ts';

/** What the application lends to the routes of this room. */
export interface NoticeTools {
  readonly findings: FindingsTables;
  readonly library: NoticeLibrary;
  rulesOf(context: StaffContext): Promise<RuleSet>;
}

type Handler = (context: StaffContext, tools: NoticeTools) => Promise<Answer>;

/** The pages of this room: cohorts, print jobs and their files, printing for one person. */
export function registerNoticeRoutes(app: StaffApp, tools: NoticeTools): void {
  const add = (method: 'GET' | 'POST', url: string, permission: Permission, handler: Handler) =>
    addStaffRoute(app, { method, url, permission, needsReason: true, handler: (context) => handler(context, tools) });
  add('GET', noticesPath, 'notices.view', (context) => showNotices(context, tools, emptyForm(context), []));
  add('POST', cohortPreviewPath, 'notices.print', preview);
  add('POST', cohortsPath, 'notices.print', freeze);
  add('GET', `${cohortsPath}/:cohortId`, 'notices.view', showCohort);
  add('GET', `${cohortsPath}/:cohortId/people`, 'notices.view', showCohortPeople);
  add('POST', `${cohortsPath}/:cohortId/print`, 'notices.print', print);
  add('GET', '/notices/prints/:printJobId', 'notices.view', showPrintJob);
  add('POST', '/notices/prints/:printJobId/stop', 'jobs.stop', stop);
  add('POST', '/notices/prints/:printJobId/resume', 'notices.print', resume);
  add('GET', '/notices/prints/:printJobId/files/:part', 'notices.print', sendPart);
  add('GET', '/notices/forms/:layoutId/sample', 'notices.view', showSample);
  add('GET', '/persons/:personId/print', 'notices.print', (context) => showPersonPrint(context, tools, []));
  add('POST', '/persons/:personId/print', 'notices.print', printForOne);
  add('POST', '/persons/:personId/forms/cancel', 'forms.reissue', cancelForOne);
}

/** The forms of a person with the names of their programmes, newest first. */
export async function loadIssuedForms(tx: Tx, rules: RuleSet, personId: PersonId): Promise<IssuedForm[]> {
  const forms = await listFormsOfPerson(tx, personId);
  return forms.map((form) => ({
    form,
    title: `${nameOfProgramme(rules, form.programme)} ${nameOfStage(rules, form.programme, form.stage)}`,
  }));
}

async function showNotices(
  context: StaffContext,
  tools: NoticeTools,
  form: CohortForm,
  errors: readonly FormError[],
): Promise<Answer> {
  const { actor, csrfToken } = context;
  const view = await inOffice(context, async (tx) => ({
    layouts: await loadChoices(tx, tools),
    cohorts: await listCohorts(tx, actor),
    printJobs: await listPrintJobs(tx, actor),
  }));
  const body = noticesPage({ ...view, form, errors, mayPrint: mayDo(actor, 'notices.print'), csrfToken });
  const page = context.page({ title: '通知と予診票', body, current: noticesPath });
  return errors.length === 0 ? page : answerWith(422, page);
}

async function showSample(context: StaffContext, tools: NoticeTools): Promise<Answer> {
  const layoutId = context.params['layoutId'] ?? '';
  const chunks = await drawSample(await noticeContext(context, tools), layoutId);
  return sendFile({ name: `見本_${layoutId}.pdf`, mediaType: 'application/pdf', chunks, isInline: true });
}

async function preview(context: StaffContext, tools: NoticeTools): Promise<Answer> {
  const form = readForm(context);
  const read = await readConditions(context, tools, form);
  if ('errors' in read) return showNotices(context, tools, form, read.errors);
  const counts = await previewCohort(await noticeContext(context, tools), read.conditions);
  const body = cohortPreviewPage({ form, layoutTitle: read.layoutTitle, counts, csrfToken: context.csrfToken });
  return context.page({ title: '対象者の人数', body, crumbs: noticeCrumbs, current: noticesPath });
}

async function freeze(context: StaffContext, tools: NoticeTools): Promise<Answer> {
  const form = readForm(context);
  const read = await readConditions(context, tools, form);
  if ('errors' in read) return showNotices(context, tools, form, read.errors);
  const request = { label: form.label, conditions: read.conditions };
  const { cohortId } = await createCohort(await noticeContext(context, tools), request);
  return redirectTo(cohortPath(cohortId));
}

async function showCohort(context: StaffContext, tools: NoticeTools): Promise<Answer> {
  const cohortId = readNumber(context.params['cohortId']);
  const { cohort, layouts } = await inOffice(context, async (tx) => ({
    cohort: await getCohort(tx, context.actor, cohortId),
    layouts: await loadChoices(tx, tools),
  }));
  const body = cohortPage({
    cohort,
    layoutTitle: titleOf(layouts, cohort.layoutId),
    issuedOn: formatIsoDay(todayInTokyo(context.clock)),
    mayPrint: mayDo(context.actor, 'notices.print'),
    csrfToken: context.csrfToken,
  });
  return context.page({ title: cohort.label, body, crumbs: noticeCrumbs, current: noticesPath });
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

async function print(context: StaffContext, tools: NoticeTools): Promise<Answer> {
  const cohortId = readNumber(context.params['cohortId']);
  const issuedOn = readDay(context.body.text('issuedOn')) ?? todayInTokyo(context.clock);
  const { printJobId } = await startPrintJob(await noticeContext(context, tools), { cohortId, issuedOn });
  return redirectTo(printJobPath(printJobId));
}

async function showPrintJob(context: StaffContext, tools: NoticeTools): Promise<Answer> {
  const printJobId = readNumber(context.params['printJobId']);
  const { job, following } = await inOffice(context, async (tx) => {
    const found = await getPrintJob(tx, context.actor, printJobId);
    return { job: found, following: await progressOf(tx, found) };
  });
  if (context.fragment !== null) return following ?? html`<p data-finished="yes">終わりました</p>`;
  const body = printJobPage({
    job,
    explain: (one) => one.findings.map((finding) => explainFinding(tools.findings, finding).message),
    progress: following === null ? null : followed(printJobId, following),
    mayPrint: mayDo(context.actor, 'notices.print'),
    csrfToken: context.csrfToken,
  });
  const back = job.cohortId === null ? [] : [{ label: job.label, href: cohortPath(job.cohortId) }];
  return context.page({ title: job.label, body, crumbs: [...noticeCrumbs, ...back], current: noticesPath });
}

async function progressOf(tx: Tx, job: PrintJob): Promise<Html | null> {
  if ((job.state !== 'running' && job.state !== 'waiting') || job.runId === null) return null;
  const run = await getRun(tx, job.runId);
  const label = job.state === 'waiting' ? '順番を待っています' : '印刷しています';
  return progress({ label, done: run.done, total: run.total, unit: 'ページ' });
}

function followed(printJobId: number, following: Html): Html {
  const path = printJobPath(printJobId);
  return html`<progress-poll src="${path}"><div data-role="progress">${following}</div><p data-role="look-again"><a href="${path}">いまの進みぐあいを見る</a></p></progress-poll>`;
}

async function stop(context: StaffContext, tools: NoticeTools): Promise<Answer> {
  const printJobId = readNumber(context.params['printJobId']);
  await stopPrintJob(await noticeContext(context, tools), printJobId);
  return redirectTo(printJobPath(printJobId));
}

async function resume(context: StaffContext, tools: NoticeTools): Promise<Answer> {
  const printJobId = readNumber(context.params['printJobId']);
  await resumePrintJob(await noticeContext(context, tools), printJobId);
  return redirectTo(printJobPath(printJobId));
}

async function sendPart(context: StaffContext, tools: NoticeTools): Promise<Answer> {
  const printJobId = readNumber(context.params['printJobId']);
  const part = readNumber(context.params['part']);
  const job = await inOffice(context, (tx) => getPrintJob(tx, context.actor, printJobId));
  const fileId = job.files.find((file) => file.part === part)?.fileId ?? null;
  if (fileId === null) throw new NotFound('このファイルはまだできていないか、残っていません。');
  const { name, mediaType, content } = await readPrintFile(await noticeContext(context, tools), fileId);
  return sendFile({ name, mediaType, chunks: content, isInline: job.cohortId === null });
}

async function showPersonPrint(
  context: StaffContext,
  tools: NoticeTools,
  errors: readonly FormError[],
): Promise<Answer> {
  const personId = readPersonId(context.params['personId']);
  const rules = await tools.rulesOf(context);
  const today = todayInTokyo(context.clock);
  const { person, forms, layouts } = await inOffice(context, async (tx) => ({
    person: await getPerson(tx, context.actor, personId, today),
    forms: await loadIssuedForms(tx, rules, personId),
    layouts: await listFittingLayouts(tx, rules, personId, today, printable(await loadChoices(tx, tools))),
  }));
  const sent = errors.length > 0 ? context.body : context.query;
  const issuedOn = sent.text('issuedOn');
  const body = personPrintPage({
    personId,
    layouts: layouts.fitting,
    otherLayouts: layouts.others.map(({ layout, why }) => ({ title: layout.title, why })),
    forms,
    layoutId: sent.text('layoutId'),
    reason: sent.text('reason'),
    who: html`${identityBanner(person, today)}${personNotices(person)}`,
    issuedOn: issuedOn === '' ? formatIsoDay(today) : issuedOn,
    errors,
    mayCancel: mayDo(context.actor, 'forms.reissue'),
    csrfToken: context.csrfToken,
    backHref: personPath(personId),
  });
  const page = context.page({
    title: '予診票を印刷する',
    body,
    crumbs: [...personCrumbs, { label: person.name, href: personPath(personId) }],
    current: personCrumbs[0]?.href ?? '',
  });
  return errors.length === 0 ? page : answerWith(422, page);
}

async function printForOne(context: StaffContext, tools: NoticeTools): Promise<Answer> {
  const personId = readPersonId(context.params['personId']);
  const layoutId = context.body.text('layoutId');
  const reason = context.body.text('reason');
  const issuedOn = readDay(context.body.text('issuedOn'));
  const errors: FormError[] = [];
  if (layoutId === '') errors.push({ field: 'layoutId', message: '予診票を選んでください。' });
  if (reason === '') errors.push({ field: 'reason', message: '発行の理由を書いてください。' });
  if (issuedOn === undefined) errors.push({ field: 'issuedOn', message: dayHelp });
  if (issuedOn === undefined || errors.length > 0) return showPersonPrint(context, tools, errors);
  const request = { personId, layoutId, issuedOn, reason };
  const printed = await printForPerson(await noticeContext(context, tools), request);
  const sentences = printed.findings.map((finding) => explainFinding(tools.findings, finding).message);
  const body = printedPage({ printed, sentences, backHref: personPath(personId) });
  return context.page({ title: '予診票ができました', body, crumbs: personCrumbs, width: 'narrow' });
}

async function cancelForOne(context: StaffContext, tools: NoticeTools): Promise<Answer> {
  const personId = readPersonId(context.params['personId']);
  const formNumber = context.body.text('formNumber');
  const reason = context.body.text('cancelReason');
  const errors: FormError[] = [];
  if (formNumber === '') errors.push({ field: 'formNumber', message: '取り消す予診票を選んでください。' });
  if (reason === '') errors.push({ field: 'cancelReason', message: '取り消す理由を書いてください。' });
  if (errors.length > 0) return showPersonPrint(context, tools, errors);
  await cancelForm(await noticeContext(context, tools), { personId, formNumber, reason });
  return redirectTo(personPrintPath(personId));
}

const dayHelp = '日を 2026-11-15 や R8.11.15 のように書いてください。';

function inOffice<T>(context: StaffContext, work: (tx: Tx) => Promise<T>): Promise<T> {
  return withMunicipality(context.db, context.lgCode, work);
}

async function noticeContext(context: StaffContext, tools: NoticeTools): Promise<NoticeContext> {
  const { db, actor, clock, log } = context;
  return { db, actor, clock, log, library: { ...tools.library, rules: await tools.rulesOf(context) } };
}

async function loadChoices(tx: Tx, tools: NoticeTools): Promise<readonly LayoutChoice[]> {
  const layouts = await listFormLayouts(tx, tools.library);
  return layouts.map(({ layoutId, title, programme, stage, findings }) => ({
    ...{ layoutId, title, programme, stage },
    faults: findings.map((one) => explainFinding(tools.findings, one).message),
  }));
}

/** Those without a fault. */
function printable(layouts: readonly LayoutChoice[]): readonly LayoutChoice[] {
  return layouts.filter((layout) => layout.faults.length === 0);
}

function titleOf(layouts: readonly LayoutChoice[], layoutId: string): string {
  return layouts.find((layout) => layout.layoutId === layoutId)?.title ?? layoutId;
}

function emptyForm(context: StaffContext): CohortForm {
  const today = formatIsoDay(todayInTokyo(context.clock));
  return { label: '', layoutId: '', asOf: today, dueBy: today };
}

function readForm(context: StaffContext): CohortForm {
  const { body } = context;
  return {
    label: body.text('label'),
    layoutId: body.text('layoutId'),
    asOf: body.text('asOf'),
    dueBy: body.text('dueBy'),
  };
}

/** The conditions that a form means, or what is wrong with it. */
async function readConditions(
  context: StaffContext,
  tools: NoticeTools,
  form: CohortForm,
): Promise<{ conditions: CohortConditions; layoutTitle: string } | { errors: readonly FormError[] }> {
  const layouts = await inOffice(context, (tx) => loadChoices(tx, tools));
  const layout = layouts.find((one) => one.layoutId === form.layoutId);
  const asOf = readDay(form.asOf);
  const dueBy = readDay(form.dueBy);
  const errors: FormError[] = [];
  if (layout === undefined) errors.push({ field: 'layoutId', message: '印刷するものを選んでください。' });
  if (form.label === '') errors.push({ field: 'label', message: '抽出の名前を書いてください。' });
  if (asOf === undefined) errors.push({ field: 'asOf', message: dayHelp });
  if (dueBy === undefined) errors.push({ field: 'dueBy', message: dayHelp });
  if (asOf !== undefined && dueBy !== undefined && dueBy < asOf) {
    errors.push({ field: 'dueBy', message: '判定する日と同じか、それより後の日にしてください。' });
  }
  if (layout === undefined || asOf === undefined || dueBy === undefined || errors.length > 0) return { errors };
  const { programme, stage, layoutId, title } = layout;
  return { conditions: { programme, stage, layoutId, asOf, dueBy }, layoutTitle: title };
}

function readDay(text: string): Day | undefined {
  return findIsoDay(text) ?? findJapaneseEraDay(text)?.day;
}

function readNumber(text: string | undefined): number {
  if (text === undefined || !/^\d{1,15}$/u.test(text)) throw new NotFound('この抽出や印刷はありません。');
  return Number(text);
}
