import { mailingNameAndAddress } from '#addressees/persons';
import { NotPermitted, type PermissionWatch, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { getMunicipality } from '#common-base/municipalities';
import { Conflict, type Day, formatIsoDay, NotFound, type PersonId, UnreadableInput } from '#kernel';
import { enqueue, finishRun, getRun, reportRun, requestStop, resumeRun, startRun } from '#platform/jobs';
import { type Tx, withMunicipality } from '#platform/postgres';
import { findCohort, selectMembers } from './cohort-store.ts';
import { deliverTask } from './deliver-messages.ts';
import type { Destination } from './derive-form-values.ts';
import type { FormLayout } from './layout-types.ts';
import { getFormLayout, type NoticeContext } from './library.ts';
import { openPress, type Press } from './open-press.ts';
import { findPlanned } from './plan-store.ts';
import { byDestination, closePart, preparePart } from './print-part.ts';
import type { PrintSetting } from './print-setting.ts';
import { findJob, insertItems, insertJob, type PrintJobHead, selectFiles, selectItems } from './print-store.ts';

/** The worker's task that prints a job; its payload is `{lgCode, printJobId}`. */
export const printTask = 'notices.print';

const pagesPerFileDefault = 500;
/** The files of a transaction hold the register while they are printed: other printing waits for seconds only. */
const pagesPerFileMax = 1000;
const membersPerPage = 5000;

/** Begins to print a cohort: the worker does it, progress shows in the run. A layout with a fault stops here. */
export async function startPrintJob(
  context: NoticeContext,
  request: {
    readonly cohortId: number;
    readonly issuedOn: Day;
    readonly pagesPerFile?: number;
    readonly inputs?: Readonly<Record<string, string>>;
  },
): Promise<{ readonly printJobId: number; readonly runId: number }> {
  const { actor, db, library } = context;
  requirePermission(actor, 'notices.print');
  const pagesPerFile = request.pagesPerFile ?? pagesPerFileDefault;
  if (!Number.isInteger(pagesPerFile) || pagesPerFile < 1 || pagesPerFile > pagesPerFileMax) {
    throw new UnreadableInput(`1ファイルの枚数は1から${pagesPerFileMax}までの数で入力してください。`);
  }
  return withMunicipality(db, actor.lgCode, async (tx) => {
    const cohort = await findCohort(tx, request.cohortId);
    if (cohort === undefined) throw new NotFound(`抽出 ${request.cohortId} はありません。`);
    const planned = await findPlanned(tx, request.cohortId);
    if (planned !== undefined && planned.state !== 'approved') {
      throw new Conflict('この抽出は年間計画によるものです。係長が承認してから印刷してください。');
    }
    if (cohort.included === 0) throw new Conflict('この抽出には対象者がいません。条件を変えて抽出し直してください。');
    const layout = await getFormLayout(tx, library, cohort.layoutId, request.issuedOn);
    const inputs = readInputs(layout, request.inputs ?? {});
    const { staffId, staffName } = actor;
    const label = `${cohort.label}（${layout.title}）`;
    const runId = await startRun(tx, { kind: printTask, label, total: cohort.included, startedBy: staffId });
    const { cohortId, layoutId } = cohort;
    const { issuedOn } = request;
    const head = { cohortId, layoutId, title: layout.title, issuedOn, pagesPerFile, runId, inputs, staffId, staffName };
    const printJobId = await insertJob(tx, head);
    await recordAct(tx, actor, {
      act: 'notices.printStarted',
      details: { printJobId, cohortId, issuedOn: formatIsoDay(issuedOn), layout: layoutId },
    });
    await enqueue(tx, printTask, { lgCode: actor.lgCode, printJobId }, { jobKey: `${printTask}:${printJobId}` });
    return { printJobId, runId };
  });
}

/** What was typed for a printing, as the layout asks for it; refused where something it needs is missing. */
export function readInputs(
  layout: Pick<FormLayout, 'inputs'>,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const read = layout.inputs.map(({ name }) => [name, (given[name] ?? '').trim()] as const);
  const missing = layout.inputs.filter(({ name, isRequired }) => isRequired === true && !given[name]?.trim());
  if (missing.length > 0) {
    throw new UnreadableInput(`${missing.map(({ label }) => `「${label}」`).join('')}を入力してください。`);
  }
  return Object.fromEntries(read);
}

/** Asks a running print job to stop after the files it is writing; nothing printed is lost. */
export async function stopPrintJob(context: NoticeContext, printJobId: number): Promise<void> {
  requirePermission(context.actor, 'jobs.stop');
  await withMunicipality(context.db, context.actor.lgCode, async (tx) => {
    const { runId } = await getJob(tx, printJobId, 'free');
    if (runId === null || !(await requestStop(tx, runId))) throw new Conflict('この印刷は、すでに終わっています。');
    await recordAct(tx, context.actor, { act: 'notices.printStopRequested', details: { printJobId } });
  });
}

/** Takes a stopped or failed print job up again after its last whole file, from now on in the name of who does so. */
export async function resumePrintJob(context: NoticeContext, printJobId: number): Promise<void> {
  const { actor, db } = context;
  requirePermission(actor, 'notices.print');
  await withMunicipality(db, actor.lgCode, async (tx) => {
    const { runId } = await getJob(tx, printJobId, 'locked');
    if (runId === null) throw new NotFound(`印刷 ${printJobId} はありません。`);
    await resumeRun(tx, runId);
    await recordAct(tx, actor, { act: 'notices.printResumed', details: { printJobId } });
    const resumed = actor.staffId === null ? {} : { resumedBy: actor.staffId };
    const payload = { lgCode: actor.lgCode, printJobId, ...resumed };
    await enqueue(tx, printTask, payload, { jobKey: `${printTask}:${printJobId}` });
  });
}

/** What printing goes on with: who may stop it, and whether it is still allowed. */
type PressContext = NoticeContext & { readonly signal?: AbortSignal; readonly watch?: PermissionWatch };

/**
 * Prints what is left of a job, some files in one transaction after another. Run again after a crash it goes on after
 * the last whole file: no page is missing and none is printed twice.
 */
export async function runPrintJob(context: PressContext, printJobId: number): Promise<void> {
  const { actor, db, signal } = context;
  requirePermission(actor, 'notices.print');
  const job = await withMunicipality(db, actor.lgCode, (tx) => openJob(tx, printJobId));
  if (job === undefined) return;
  const { runId } = job;
  try {
    const prepared = job.isPrepared
      ? job
      : await withMunicipality(db, actor.lgCode, (tx) => prepareJob(tx, printJobId));
    const parts = Math.ceil(prepared.peopleTotal / prepared.pagesPerFile);
    const isStopped = await printParts(context, { ...prepared, runId }, parts);
    if (isStopped) return;
    await withMunicipality(db, actor.lgCode, (tx) =>
      finishRun(tx, runId, { state: 'done', message: '', result: { printJobId, files: parts } }),
    );
  } catch (error) {
    // A process that ends hands its job to the next one: the run goes on there and did not fail.
    if (signal?.aborted === true) throw error;
    await withMunicipality(db, actor.lgCode, (tx) => finishRun(tx, runId, failure(error))).catch(() => undefined);
    throw error;
  }
}

/** Prints every part that is not printed yet; whether somebody stopped it before its end. */
async function printParts(
  context: PressContext,
  job: PrintJobHead & { readonly runId: number },
  parts: number,
): Promise<boolean> {
  const { actor, db, signal, library } = context;
  const { runId, peopleTotal, pagesPerFile, printJobId } = job;
  const press = openPress(library, parts);
  try {
    for (let from = 1; from <= parts; from += press.filesAtOnce) {
      signal?.throwIfAborted();
      await context.watch?.check();
      const to = Math.min(from + press.filesAtOnce - 1, parts);
      const onPages = reportPages(context, runId, (from - 1) * pagesPerFile, peopleTotal);
      const range = { from, to };
      await withMunicipality(db, actor.lgCode, (tx) =>
        printNextParts(tx, { ...context, press, onPages }, printJobId, range),
      );
      const done = Math.min(to * pagesPerFile, peopleTotal);
      context.onProgress?.(done, peopleTotal);
      const message = `${to}／${parts} ファイル`;
      const { isStopRequested } = await reportRun(db, actor.lgCode, runId, { done, total: peopleTotal, message });
      if (isStopRequested && to < parts) {
        await withMunicipality(db, actor.lgCode, (tx) => finishRun(tx, runId, { state: 'stopped', message }));
        return true;
      }
    }
    return false;
  } finally {
    await press.close();
  }
}

/** How a run ends by an error: whose permission is gone is told, everything else stands in the log alone. */
function failure(error: unknown): Parameters<typeof finishRun>[2] {
  return error instanceof NotPermitted ? { state: 'failed', message: error.message } : { state: 'failed' };
}

/** The job if there is something to do; a failed run is taken up again, a stopped one waits for a person. */
async function openJob(tx: Tx, printJobId: number): Promise<(PrintJobHead & { readonly runId: number }) | undefined> {
  const job = await getJob(tx, printJobId, 'locked');
  if (job.runId === null) return undefined;
  const { state } = await getRun(tx, job.runId);
  if (state === 'done' || state === 'stopped') return undefined;
  if (state === 'failed') await resumeRun(tx, job.runId);
  return { ...job, runId: job.runId };
}

async function getJob(tx: Tx, printJobId: number, lock: 'locked' | 'free'): Promise<PrintJobHead> {
  const job = await findJob(tx, printJobId, lock);
  if (job === undefined) throw new NotFound(`印刷 ${printJobId} はありません。`);
  return job;
}

/** Fixes who is printed in which order: by postcode, as the post wants it. */
async function prepareJob(tx: Tx, printJobId: number): Promise<PrintJobHead> {
  const job = await getJob(tx, printJobId, 'locked');
  if (job.isPrepared || job.cohortId === null) return job;
  const people: { personId: PersonId; destination: Destination | null }[] = [];
  for (let after: PersonId | null = null; ; ) {
    const page = { isIncluded: true, after, limit: membersPerPage } as const;
    const members = await selectMembers(tx, job.cohortId, page);
    const personIds = members.map((member) => member.personId);
    const mailings = await mailingNameAndAddress(tx, personIds, job.issuedOn);
    for (const personId of personIds) {
      const mailing = mailings.get(personId);
      const address = mailing?.address ?? null;
      people.push({
        personId,
        destination: mailing === undefined || address === null ? null : { ...mailing, address },
      });
    }
    after = members.at(-1)?.personId ?? null;
    if (members.length < membersPerPage) break;
  }
  const ordered = people.toSorted(byDestination).map(({ personId }) => personId);
  await insertItems(tx, job, ordered);
  return { ...job, isPrepared: true, peopleTotal: ordered.length };
}

type ReportPages = (pages: number) => Promise<void>;

/**
 * Shows the pages of the file under way about once a second, and asks whether printing is still allowed; a wish to stop is
 * heard between files only.
 */
function reportPages(
  context: NoticeContext & { readonly watch?: PermissionWatch },
  runId: number,
  before: number,
  total: number,
): ReportPages {
  const { db, actor, clock } = context;
  let reportedAt = clock.now().getTime();
  return async (pages) => {
    const now = clock.now().getTime();
    if (now - reportedAt < 1000) return;
    reportedAt = now;
    await context.watch?.check();
    await reportRun(db, actor.lgCode, runId, { done: before + pages, total });
  };
}

/**
 * Decides some parts one after another, each while those before it are drawn, and closes them when their pages stand. All
 * in the caller's transaction: if one of them fails, none of them was printed.
 */
async function printNextParts(
  tx: Tx,
  context: NoticeContext & { readonly press: Press; readonly onPages: ReportPages },
  printJobId: number,
  range: { readonly from: number; readonly to: number },
): Promise<void> {
  const { library, actor, press, onPages } = context;
  const job = await getJob(tx, printJobId, 'locked');
  const printed = new Set((await selectFiles(tx, printJobId)).map(({ part }) => part));
  const cohort = job.cohortId === null ? undefined : await findCohort(tx, job.cohortId);
  const layout = await getFormLayout(tx, library, job.layoutId, job.issuedOn);
  const { inputs } = job;
  const { name: municipalityName } = await getMunicipality(tx);
  const frame = { library, actor, layout, inputs, municipalityName, job, remark: null };
  const dueBy = cohort?.dueBy ?? job.issuedOn;
  const setting: PrintSetting = { ...frame, key: cohort ?? layout, dueBy, issueReason: 'cohort' };
  let pages = 0;
  const drawings = [];
  for (let part = range.from; part <= range.to; part += 1) {
    if (printed.has(part)) continue;
    const prepared = await preparePart(tx, setting, part, await selectItems(tx, job, part));
    const drawing = press.draw(prepared.kept, onPages);
    // Looked at below; what fails while the next part is decided must not end the process.
    drawing.catch(() => undefined);
    drawings.push({ prepared, drawing });
    await onPages(pages);
  }
  for (const { prepared, drawing } of drawings) {
    await closePart(tx, prepared, await drawing);
    pages += prepared.sheets.length;
    await onPages(pages);
  }
  const { lgCode } = actor;
  if (layout.document === 'letter') await enqueue(tx, deliverTask, { lgCode }, { jobKey: `${deliverTask}:${lgCode}` });
}
