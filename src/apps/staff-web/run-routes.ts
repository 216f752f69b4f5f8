import { type Answer, addStaffRoute, mayDo, redirectTo, type StaffApp, type StaffContext } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { Conflict, NotFound } from '#kernel';
import { getRun, listRuns, type Run, requestStop } from '#platform/jobs';
import { withMunicipality } from '#platform/postgres';
import { importsPath, runPath, runsPath } from './pages/paths.ts';
import { runListPage, runPage, runProgress } from './pages/run-pages.ts';

/** Long work under way and done: how far, how it came out, and the way to stop it. */
export function registerRunRoutes(app: StaffApp): void {
  const view = { method: 'GET', permission: 'jobs.view' } as const;
  addStaffRoute(app, { ...view, url: runsPath, handler: showRuns });
  addStaffRoute(app, { ...view, url: `${runsPath}/:runId`, handler: showRun });
  addStaffRoute(app, { method: 'POST', url: `${runsPath}/:runId/stop`, permission: 'jobs.stop', handler: stop });
}

async function showRuns(context: StaffContext): Promise<Answer> {
  const runs = await withMunicipality(context.db, context.lgCode, (tx) => listRuns(tx, { limit: 100 }));
  return context.page({ title: '処理の状況', body: runListPage(runs), current: runsPath });
}

async function showRun(context: StaffContext): Promise<Answer> {
  const runId = readRunId(context);
  const run = await withMunicipality(context.db, context.lgCode, (tx) => getRun(tx, runId));
  if (context.fragment !== null) return runProgress(run);
  const body = runPage({
    run,
    next: nextOf(run),
    mayStop: mayDo(context.actor, 'jobs.stop'),
    csrfToken: context.csrfToken,
  });
  const crumbs = [{ label: '処理の状況', href: runsPath }];
  return context.page({ title: run.label, body, crumbs, current: runsPath });
}

async function stop(context: StaffContext): Promise<Answer> {
  const runId = readRunId(context);
  await withMunicipality(context.db, context.lgCode, async (tx) => {
    if (!(await requestStop(tx, runId))) throw new Conflict('この処理はもう終わっています。');
    await recordAct(tx, context.actor, { act: 'runs.stopRequested', details: { run: runId } });
  });
  return redirectTo(runPath(runId));
}

/** Where the work leads on, or back to where it was asked for: what it noted itself, for a person to look at. */
function nextOf(run: Run): { readonly label: string; readonly href: string } | null {
  const href = run.result?.['next'] ?? run.resumeFrom?.['back'];
  if (typeof href !== 'string') return null;
  if (run.result === null) return { label: 'もとの画面にもどる', href };
  return { label: nextLabels.find(([head]) => href.startsWith(head))?.[1] ?? '結果を見る', href };
}

const nextLabels = [
  [importsPath, '取込の記録を見る'],
  ['/intake', '受け付けた記録を確かめる'],
] as const;

function readRunId(context: StaffContext): number {
  const text = context.params['runId'] ?? '';
  if (!/^\d{1,15}$/u.test(text)) throw new NotFound('この処理はありません。');
  return Number(text);
}
