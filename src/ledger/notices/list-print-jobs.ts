import { mailingNameAndAddress } from '#addressees/persons';
import { type Actor, requirePermission } from '#common-base/access';
import { recordAct, recordPersonsTouched } from '#common-base/audit';
import { Conflict, NotFound } from '#kernel';
import { getFile, readFile } from '#platform/files';
import { listRuns, type Run } from '#platform/jobs';
import { type Tx, withMunicipality } from '#platform/postgres';
import { reasonCount, selectCohortLabels } from './cohort-store.ts';
import { isPrintedAt, placeOf } from './find-printed-place.ts';
import { type KeptSheets, sheetsByPage } from './kept-sheets.ts';
import type { NoticeContext } from './library.ts';
import {
  countExclusions,
  countOutcomes,
  findFileOwner,
  findJob,
  type PrintJobHead,
  printedPersonsSql,
  selectFiles,
  selectJobs,
  selectPageFindings,
  selectPagesOfPart,
} from './print-store.ts';
import { findKeptSheets } from './read-kept-sheets.ts';
import type { PrintJob, PrintJobState, PrintJobSummary } from './types.ts';

const pageFindingsMax = 200;

/** The newest print jobs, a hundred at most. */
export async function listPrintJobs(tx: Tx, actor: Actor): Promise<PrintJobSummary[]> {
  requirePermission(actor, 'notices.view');
  return summarize(tx, await selectJobs(tx, 100));
}

/** One print job with its files, who dropped out and why, and the pages to look at. */
export async function getPrintJob(tx: Tx, actor: Actor, printJobId: number): Promise<PrintJob> {
  requirePermission(actor, 'notices.view');
  const head = await findJob(tx, printJobId, 'free');
  const [summary] = head === undefined ? [] : await summarize(tx, [head]);
  if (summary === undefined) throw new NotFound(`印刷 ${printJobId} はありません。`);
  const exclusions = await countExclusions(tx, printJobId);
  return {
    ...summary,
    files: await selectFiles(tx, printJobId),
    exclusions: exclusions.map(({ reason, people }) => reasonCount(reason, people)),
    pageFindings: await selectPageFindings(tx, printJobId, pageFindingsMax),
  };
}

/**
 * A printed file for handing out; whose letters were opened by whom is recorded. Refused once somebody on its pages
 * is protected (支援措置) whose own address it must show, since it was printed before that.
 */
export async function readPrintFile(
  context: NoticeContext,
  fileId: number,
): Promise<{ readonly name: string; readonly mediaType: string; readonly content: Buffer }> {
  const { actor, db } = context;
  requirePermission(actor, 'notices.print');
  return withMunicipality(db, actor.lgCode, async (tx) => {
    const owner = await findFileOwner(tx, fileId);
    if (owner === undefined) throw new NotFound('このファイルは印刷されたものではありません。');
    const { name, mediaType } = await getFile(tx, fileId);
    const { printJobId, part } = owner;
    await refuseProtectedPages(tx, owner);
    const actId = await recordAct(tx, actor, { act: 'notices.fileOpened', details: { printJobId, part } });
    await recordPersonsTouched(tx, actId, printedPersonsSql, [tx.lgCode, printJobId, part]);
    return { name, mediaType, content: Buffer.concat(await Array.fromAsync(readFile(tx, fileId))) };
  });
}

const pagesNamed = 20;

/**
 * Refuses the pages of a file, or all of it, where one of them is of somebody who is protected by now and another place
 * than the registered 送付先 stands on it; says which pages to leave out. Who has read what is kept of the file lends it.
 */
export async function refuseProtectedPages(
  tx: Tx,
  asked: { readonly printJobId: number; readonly part: number; readonly from?: number; readonly to?: number },
  alreadyRead?: KeptSheets,
): Promise<void> {
  const { printJobId, part, from = 1, to = Infinity } = asked;
  const job = await findJob(tx, printJobId, 'free');
  if (job === undefined) return;
  const pages = await selectPagesOfPart(tx, printJobId, part);
  // What stands behind a form (翻訳シート) is the same person's until the next form.
  const inRange = pages.filter(({ page }, i) => page <= to && (pages[i + 1]?.page ?? Infinity) > from);
  const personIds = inRange.map(({ personId }) => personId);
  const mailings = await mailingNameAndAddress(tx, personIds, job.issuedOn);
  const ofProtected = inRange.filter(({ personId }) => mailings.get(personId)?.isProtected === true);
  if (ofProtected.length === 0) return;
  // A 送付先 may be newer than the page: what stands on the page counts.
  const kept = alreadyRead ?? (await findKeptSheets(tx, printJobId, part));
  const printed = kept === undefined ? undefined : sheetsByPage(kept);
  const hidden = ofProtected.filter(({ personId, page }) => {
    const values = printed?.get(page);
    const mailing = mailings.get(personId);
    if (values === undefined || mailing?.source !== 'mailingAddress' || mailing.address === null) return true;
    return !isPrintedAt(placeOf(values), { ...mailing, address: mailing.address });
  });
  if (hidden.length === 0) return;
  const named = hidden.slice(0, pagesNamed).map(({ page }) => page);
  const more = hidden.length > named.length ? `ほか${hidden.length - named.length}ページ` : '';
  throw new Conflict(
    `印刷のあとで支援措置の対象になった人か、その世帯の人のページ（${named.join('、')}${more}）に住所が載っているため、このファイルは開けません。ほかのページは「ページを見る」の刷り直しから、そのページを除いた範囲で印刷できます。すでに紙にしたものは、送る前に抜いてください。`,
  );
}

async function summarize(tx: Tx, jobs: readonly PrintJobHead[]): Promise<PrintJobSummary[]> {
  const counts = await countOutcomes(
    tx,
    jobs.map((job) => job.printJobId),
  );
  const runIds = jobs.flatMap((job) => job.runId ?? []);
  const runs = new Map((await listRuns(tx, { runIds })).map((run) => [run.runId, run]));
  const cohortIds = jobs.flatMap((job) => job.cohortId ?? []);
  const cohorts = await selectCohortLabels(tx, cohortIds);
  return jobs.map((job) => {
    const run = job.runId === null ? undefined : runs.get(job.runId);
    const cohort = job.cohortId === null ? undefined : cohorts.get(job.cohortId);
    const count = counts.get(job.printJobId);
    return {
      printJobId: job.printJobId,
      cohortId: job.cohortId,
      label: cohort?.label ?? '個別発行',
      layoutId: job.layoutId,
      layoutTitle: job.title,
      issuedOn: job.issuedOn,
      runId: job.runId,
      state: stateOf(job, run),
      peopleTotal: job.isPrepared ? job.peopleTotal : (cohort?.included ?? 0),
      pagesPrinted: count?.printed ?? 0,
      lettersPrinted: count?.letters ?? 0,
      peopleExcluded: count?.excluded ?? 0,
      pagesWithFindings: count?.found ?? 0,
      staffName: job.staffName,
      startedAt: job.recordedAt,
      finishedAt: run === undefined ? job.recordedAt : run.finishedAt,
    };
  });
}

function stateOf(job: PrintJobHead, run: Run | undefined): PrintJobState {
  if (run === undefined || run.state === 'done') return 'finished';
  return run.state === 'running' && !job.isPrepared ? 'waiting' : run.state;
}
