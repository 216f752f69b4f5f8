import { asJob, NotPermitted, recordRefusal, watchPermissions } from '#common-base/access';
import { type LgCode, NotFound, type StaffId } from '#kernel';
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
 * The worker's task `notices.print`: prints on behalf of whoever began the job, or took it up again, with the permissions
 * which that person has now. Somebody who lost the permission, or the account, prints nothing more: at the next pages the
 * file being drawn is thrown away with its numbers, whole files before it stay, and the run says failed and waits for a
 * person who may, since trying again would not help.
 */
export function createPrintTask(tools: PrintTaskTools): (job: Job) => Promise<void> {
  return async ({ db, lgCode, payload, log, signal }) => {
    const printJobId = Number(payload['printJobId']);
    const head = await withMunicipality(db, lgCode, (tx) => findJob(tx, printJobId, 'free'));
    if (head === undefined) throw new NotFound(`印刷 ${printJobId} はありません。`);
    const resumedBy = payload['resumedBy'];
    const startedBy = typeof resumedBy === 'number' ? (resumedBy as StaffId) : head.staffId;
    // Until the member is known to be one who may work, a refusal is the system's own row.
    let by = await asJob(db, lgCode, { job: printTask, startedBy: null });
    try {
      by = await asJob(db, lgCode, { job: printTask, startedBy });
      const watch = watchPermissions(db, by, tools.clock);
      const library = { ...tools.library, rules: await tools.rulesOf(db, lgCode) };
      const { actor } = watch;
      await runPrintJob({ db, actor, clock: tools.clock, log, library, signal, watch }, printJobId);
    } catch (error) {
      if (!(error instanceof NotPermitted)) throw error;
      await recordRefusal(db, by, error, `${printTask} ${printJobId}`);
      const { runId } = head;
      if (runId === null) throw error;
      const end = { state: 'failed', message: '印刷を始めた職員に印刷の権限がなくなったため、止めました。' } as const;
      await withMunicipality(db, lgCode, (tx) => finishRun(tx, runId, end));
    }
  };
}
