import { asJob, NotPermitted } from '#common-base/access';
import { type LgCode, NotFound } from '#kernel';
import type { Clock } from '#platform/clock';
import { finishRun, type Job } from '#platform/jobs';
import { type Database, withMunicipality } from '#platform/postgres';
import type { RuleSet } from '#schedule';
import type { NoticeLibrary } from './library.ts';
import { printTask, runPrintJob } from './print-cohort.ts';
import { findJob } from './print-store.ts';

/** What the worker lends to the printing. */
export interface PrintTaskTools {
  readonly library: NoticeLibrary;
  readonly clock: Clock;
  /** The rules as the municipality has them, its own seasons included. */
  rulesOf(db: Database, lgCode: LgCode): Promise<RuleSet>;
}

/**
 * The worker's task `notices.print`: prints on behalf of whoever began the job, with the permissions which that
 * person has now. Somebody whose account was stopped meanwhile prints nothing more; the run then says failed and
 * waits for a person, since trying again would not help.
 */
export function createPrintTask(tools: PrintTaskTools): (job: Job) => Promise<void> {
  return async ({ db, lgCode, payload, log, signal }) => {
    const printJobId = Number(payload['printJobId']);
    const head = await withMunicipality(db, lgCode, (tx) => findJob(tx, printJobId, 'free'));
    if (head === undefined) throw new NotFound(`印刷 ${printJobId} はありません。`);
    try {
      const actor = await asJob(db, lgCode, { job: printTask, startedBy: head.staffId });
      const library = { ...tools.library, rules: await tools.rulesOf(db, lgCode) };
      await runPrintJob({ db, actor, clock: tools.clock, log, library, signal }, printJobId);
    } catch (error) {
      if (!(error instanceof NotPermitted)) throw error;
      const { runId } = head;
      if (runId === null) throw error;
      const end = { state: 'failed', message: '印刷を始めた職員に印刷の権限がなくなったため、止めました。' } as const;
      await withMunicipality(db, lgCode, (tx) => finishRun(tx, runId, end));
    }
  };
}
