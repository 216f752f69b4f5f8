import { setTimeout } from 'node:timers/promises';
import { type OrderWork, redirectTo, type StaffContext, type WorkOrder } from '#common-base/access';
import { getRun, isUnderWay, orderRun, type Run } from '#platform/jobs';
import { withMunicipality } from '#platform/postgres';
import { type KeptFile, keepFirstFile } from './keep-upload.ts';
import { runPath } from './pages/paths.ts';

/** So long a request waits for small work, so that it feels done at once. */
const patienceMs = 2500;
const lookEveryMs = 60;

/**
 * Asks the worker for long work. Small work is done before the answer: then the answer leads on, or for a file to the
 * figures of its run; longer work is followed on the run's page.
 */
export const orderWork: OrderWork = async (context, order) => {
  const file = order.takesFile === true ? await keepFirstFile(context, false) : null;
  if (file === undefined) return undefined;
  const run = await awaitEnd(context, await ask(context, order, file));
  const next = run.state === 'done' && order.takesFile !== true ? run.result?.['next'] : undefined;
  return redirectTo(typeof next === 'string' ? next : runPath(run.runId));
};

async function ask(context: StaffContext, order: WorkOrder, file: KeptFile | null): Promise<number> {
  const { db, lgCode, actor } = context;
  const { task, label, params = {}, back } = order;
  try {
    return await withMunicipality(db, lgCode, (tx) =>
      orderRun(tx, {
        ...{ task, params, back, startedBy: actor.staffId, reason: actor.reason, askedFrom: actor.from },
        label: file === null ? label : `${label} ${file.source.name}`,
        file: file === null ? null : { name: file.source.name, chunks: file.source.open() },
      }),
    );
  } finally {
    await file?.discard();
  }
}

async function awaitEnd(context: StaffContext, runId: number): Promise<Run> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const run = await withMunicipality(context.db, context.lgCode, (tx) => getRun(tx, runId));
    if (!isUnderWay(run) || performance.now() >= until) return run;
    await setTimeout(lookEveryMs);
  }
}
