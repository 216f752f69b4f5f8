import { type Answer, mayDo, redirectTo, type StaffContext, sendFile } from '#common-base/access';
import { NotFound } from '#kernel';
import { explainFinding } from '#platform/findings';
import { getRun } from '#platform/jobs';
import { type Html, html, progress } from '#platform/pages';
import type { Tx } from '#platform/postgres';
import { getPrintJob, readPrintFile } from './list-print-jobs.ts';
import { noticeCrumbs, printJobPage } from './pages/notices-pages.ts';
import { cohortPath, noticesPath, printJobPath } from './pages/paths.ts';
import { printedSheetPage } from './pages/printed-page.ts';
import { resumePrintJob, stopPrintJob } from './print-cohort.ts';
import { drawPrintedPage, reprintPages } from './print-pages.ts';
import { inOffice, type NoticeTools, noticeContext, readNumber } from './route-parts.ts';
import type { PrintJob } from './types.ts';

/** A print job: how far it is, its files, what was found. */
export async function showPrintJob(context: StaffContext, tools: NoticeTools): Promise<Answer> {
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

/** Stops a job at its next page; what is printed stays. */
export async function stopPrinting(context: StaffContext, tools: NoticeTools): Promise<Answer> {
  const printJobId = readNumber(context.params['printJobId']);
  await stopPrintJob(await noticeContext(context, tools), printJobId);
  return redirectTo(printJobPath(printJobId));
}

/** Goes on with a stopped job. */
export async function resumePrinting(context: StaffContext, tools: NoticeTools): Promise<Answer> {
  const printJobId = readNumber(context.params['printJobId']);
  await resumePrintJob(await noticeContext(context, tools), printJobId);
  return redirectTo(printJobPath(printJobId));
}

/** Hands out one printed file. */
export async function sendPrintedFile(context: StaffContext, tools: NoticeTools): Promise<Answer> {
  const printJobId = readNumber(context.params['printJobId']);
  const part = readNumber(context.params['part']);
  const job = await inOffice(context, (tx) => getPrintJob(tx, context.actor, printJobId));
  const fileId = job.files.find((file) => file.part === part)?.fileId ?? null;
  if (fileId === null) throw new NotFound('このファイルはまだできていないか、残っていません。');
  const { name, mediaType, content } = await readPrintFile(await noticeContext(context, tools), fileId);
  return sendFile({ name, mediaType, chunks: content, isInline: job.cohortId === null });
}

/** One page of a printed file, with the form to print some again. */
export async function showPrintedPage(context: StaffContext): Promise<Answer> {
  const [printJobId, part, page] = ['printJobId', 'part', 'page'].map((name) => readNumber(context.params[name]));
  const job = await inOffice(context, (tx) => getPrintJob(tx, context.actor, printJobId ?? 0));
  const file = job.files.find((each) => each.part === part);
  if (file === undefined || page === undefined || page < 1 || page > file.pages) {
    throw new NotFound('このページはありません。');
  }
  const body = printedSheetPage({ job, file, page, csrfToken: context.csrfToken });
  const back = { label: job.label, href: printJobPath(job.printJobId) };
  return context.page({ title: `${page}ページ`, body, crumbs: [...noticeCrumbs, back], current: noticesPath });
}

/** The page as a picture. */
export async function showPrintedPicture(context: StaffContext, tools: NoticeTools): Promise<Answer> {
  const [printJobId = 0, part = 0, page = 0] = ['printJobId', 'part', 'page'].map((name) =>
    readNumber(context.params[name]),
  );
  const svg = await drawPrintedPage(await noticeContext(context, tools), { printJobId, part, page });
  return sendFile({ name: 'page.svg', mediaType: 'image/svg+xml', chunks: Buffer.from(svg), isInline: true });
}

/** Prints some pages of a file again, as they were. */
export async function reprintSome(context: StaffContext, tools: NoticeTools): Promise<Answer> {
  const printJobId = readNumber(context.params['printJobId']);
  const part = readNumber(context.params['part']);
  const [from = 0, to = 0] = ['from', 'to'].map((name) => Number(context.body.text(name).normalize('NFKC')));
  const { name, pdf } = await reprintPages(await noticeContext(context, tools), { printJobId, part, from, to });
  return sendFile({ name, mediaType: 'application/pdf', chunks: pdf });
}
