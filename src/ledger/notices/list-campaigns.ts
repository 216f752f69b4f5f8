import { type Actor, requirePermission } from '#common-base/access';
import type { Day, PersonId } from '#kernel';
import { loadFormsByNumber } from '#ledger/forms';
import { loadFirstDosesFrom } from '#ledger/vaccinations';
import type { Tx } from '#platform/postgres';
import { selectDispatches, selectListedPulls } from './dispatch-store.ts';
import { listPrintJobs } from './list-print-jobs.ts';
import { countMessages, countReturned, type MessageState, selectReturnedNumbers, selectTold } from './message-store.ts';
import { type PrintedPage, selectPrintedPages } from './print-store.ts';
import type { PrintJobSummary } from './types.ts';

/** What came of a printing that called people: letters, electronic notices, and who was vaccinated since. */
export interface Campaign {
  readonly job: PrintJobSummary;
  /** Letters that went: as the posting recorded them, else as they were printed. */
  readonly letters: number;
  /** The day of the posting; null where it is not recorded. */
  readonly postedOn: Day | null;
  readonly returned: number;
  readonly messages: Readonly<Record<MessageState, number>>;
}

/** A campaign with its effect week by week. */
export interface CampaignEffect extends Campaign {
  readonly reached: number;
  /** How many of the reached were vaccinated with the dose's stage within so many weeks: week 1 first. */
  readonly vaccinatedByWeek: readonly number[];
}

const weeksShown = 12;
const noMessages: Campaign['messages'] = { waiting: 0, sending: 0, sent: 0, failed: 0, cancelled: 0 };

/** The newest campaigns: what was printed or sent for a cohort. */
export async function listCampaigns(tx: Tx, actor: Actor): Promise<Campaign[]> {
  requirePermission(actor, 'notices.view');
  const jobs = (await listPrintJobs(tx, actor)).filter((job) => job.cohortId !== null);
  return campaignsOf(tx, jobs);
}

async function campaignsOf(tx: Tx, jobs: readonly PrintJobSummary[]): Promise<Campaign[]> {
  const ids = jobs.map((job) => job.printJobId);
  const returned = await countReturned(tx, ids);
  const dispatches = await selectDispatches(tx, ids);
  const counted = Map.groupBy(await countMessages(tx, ids), (one) => one.printJobId);
  return jobs.map((job) => {
    const messages = { ...noMessages };
    for (const { state, n } of counted.get(job.printJobId) ?? []) messages[state] += n;
    const dispatch = dispatches.get(job.printJobId);
    return {
      job,
      letters: dispatch?.letters ?? job.lettersPrinted,
      postedOn: dispatch?.postedOn ?? null,
      returned: returned.get(job.printJobId) ?? 0,
      messages,
    };
  });
}

/**
 * The effect of a campaign: of whom it reached (a letter that was neither pulled nor came back, a notice handed over), how many were
 * vaccinated with the stage within each week of twelve. It shows what followed, not what it caused.
 */
export async function getCampaign(tx: Tx, actor: Actor, printJobId: number): Promise<CampaignEffect | undefined> {
  requirePermission(actor, 'notices.view');
  const job = (await listPrintJobs(tx, actor)).find((one) => one.printJobId === printJobId);
  if (job === undefined) return undefined;
  const [campaign] = await campaignsOf(tx, [job]);
  if (campaign === undefined) return undefined;
  const pages = await selectPrintedPages(tx, printJobId);
  const told = await selectTold(tx, printJobId);
  const arrived = await listArrived(tx, printJobId, pages, campaign.postedOn !== null);
  const people = new Set<PersonId>([...arrived.map((page) => page.personId), ...told]);
  const from = campaign.postedOn ?? job.issuedOn;
  const key = pages[0];
  const stage = key === undefined ? undefined : { programme: key.programme, stage: key.stage };
  const doses =
    stage === undefined
      ? new Map<PersonId, Day>()
      : await loadFirstDosesFrom(tx, { personIds: [...people], ...stage, from });
  const days = [...doses.values()].map((on) => on - from);
  const vaccinatedByWeek = Array.from({ length: weeksShown }, (_, i) => days.filter((n) => n <= 7 * (i + 1)).length);
  return { ...campaign, reached: people.size, vaccinatedByWeek };
}

/**
 * The letters that reached their people: neither pulled nor brought back for good (the same envelope may go once more). A
 * number cancelled later for another reason had arrived. Where the posting is not recorded a cancelled one counts as pulled.
 */
async function listArrived(
  tx: Tx,
  printJobId: number,
  pages: readonly PrintedPage[],
  isPosted: boolean,
): Promise<readonly PrintedPage[]> {
  if (isPosted) {
    const listed = await selectListedPulls(tx, printJobId);
    const returned = await selectReturnedNumbers(tx, printJobId);
    return pages.filter(({ formNumber }) => listed.get(formNumber)?.isSent !== false && !returned.has(formNumber));
  }
  const numbers = pages.map((page) => page.formNumber);
  const forms = await loadFormsByNumber(tx, numbers);
  return pages.filter(({ formNumber }) => forms.get(formNumber)?.state !== 'cancelled');
}
