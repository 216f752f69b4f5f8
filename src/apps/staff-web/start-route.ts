import { type Answer, addStaffRoute, mayDo, type StaffApp, type StaffContext } from '#common-base/access';
import { type FeedRun, listFeedRuns } from '#common-base/linkage';
import { type Day, dayParts, parseIsoDay } from '#kernel';
import { countAssigned } from '#ledger/intake';
import { type CoverageRow, coverageOfMonth } from '#ledger/reports';
import { todayInTokyo } from '#platform/clock';
import { listRuns, type Run } from '#platform/jobs';
import { formatCount } from '#platform/pages';
import { type Tx, withMunicipality } from '#platform/postgres';
import { listStages, type RuleSet, type StageName } from '#schedule';
import { feedKinds, feedLabel } from './import-routes.ts';
import { listWork } from './list-work.ts';
import {
  type Month,
  type MonthFigures,
  monthBeside,
  monthText,
  readMonth,
  rememberMonthFigures,
} from './month-figures.ts';
import { navigationFor } from './navigation.ts';
import { importRunPath, importsPath, runPath, startPath } from './pages/paths.ts';
import { type Alarm, type Coverage, type CoverageLine, type FeedState, startPage } from './pages/start-page.ts';

/** What the first page needs beside the database. */
export interface StartTools {
  rulesOf(context: StaffContext): Promise<RuleSet>;
}

const alarmDays = 7;
const monthsBack = 2;

/** The first page after signing in, by what the person may see. */
export function registerStartRoute(app: StaffApp, tools: StartTools): void {
  const figures = rememberMonthFigures(() => app.options.clock.now().getTime());
  const handler = (context: StaffContext) => showStart(app, context, { ...tools, figures });
  addStaffRoute(app, { method: 'GET', url: startPath, permission: 'start.view', handler });
}

async function showStart(
  app: StaffApp,
  context: StaffContext,
  tools: StartTools & { readonly figures: MonthFigures },
): Promise<Answer> {
  const { actor, session } = context;
  const today = todayInTokyo(context.clock);
  const rules = await tools.rulesOf(context);
  const since = new Date(context.clock.now().getTime() - alarmDays * 86_400_000);
  const known = await withMunicipality(context.db, context.lgCode, async (tx) => {
    const runs = mayDo(actor, 'jobs.view') ? await listRuns(tx, { limit: 50 }) : null;
    const feeds = mayDo(actor, 'intake.view') ? await lastFeeds(tx) : null;
    return {
      runs,
      feeds,
      workLists: await listWork(app, context, tx),
      assigned: mayDo(actor, 'intake.answer') ? await countAssigned(tx) : [],
      coverage: mayDo(actor, 'vaccinations.view') ? await loadCoverage(tx, context, rules, tools.figures) : null,
    };
  });
  const body = startPage({
    today,
    personName: actor.staffName,
    workLists: known.workLists,
    assigned: known.assigned.map(({ name, count }) => ({ name: name ?? '担当なし', count })),
    places: navigationFor(actor, startPath)
      .flatMap((group) => group.items)
      .filter((item) => item.href !== startPath),
    feeds: known.feeds === null ? null : known.feeds.map(feedState),
    alarms: [...runAlarms(known.runs ?? [], since), ...feedAlarms(known.feeds ?? [], since)],
    running: known.runs === null ? null : known.runs.filter((run) => run.state === 'running').map(runningWork),
    coverage: known.coverage,
    lastSignIn:
      session.previousSignInAt === null
        ? null
        : {
            at: session.previousSignInAt,
            from: session.previousSignInFrom ?? '不明',
            failures: session.failedSignInsSince,
          },
  });
  return context.page({ title: '今日の仕事', body, current: startPath });
}

interface LastFeed {
  readonly kind: string;
  readonly run: FeedRun | null;
}

async function lastFeeds(tx: Tx): Promise<LastFeed[]> {
  const feeds: LastFeed[] = [];
  for (const kind of feedKinds) feeds.push({ kind, run: (await listFeedRuns(tx, { kind, limit: 1 }))[0] ?? null });
  return feeds;
}

function feedState({ kind, run }: LastFeed): FeedState {
  const label = feedLabel(kind);
  if (run === null) return { label, lastAt: null, word: '未着', tone: 'neutral', detail: '', href: importsPath };
  const detail = run.result === null ? '' : `${formatCount(run.result.rows)}行`;
  return { label, lastAt: run.startedAt, ...feedLook(run), detail, href: importRunPath(run.runId) };
}

function feedLook(run: FeedRun): Pick<FeedState, 'word' | 'tone'> {
  if (run.state === 'running') return { word: '取込中', tone: 'info' };
  if (run.state === 'failed') return { word: '読めません', tone: 'error' };
  const rest = (run.result?.questioned ?? 0) + (run.result?.refused ?? 0);
  return rest > 0
    ? { word: `確かめる ${formatCount(rest)}行`, tone: 'warning' }
    : { word: '取込済み', tone: 'success' };
}

/** A feed whose last arrival could not be read, until a good one comes or a week has passed. */
function feedAlarms(feeds: readonly LastFeed[], since: Date): Alarm[] {
  return feeds.flatMap(({ kind, run }) =>
    run === null || run.state !== 'failed' || run.startedAt < since
      ? []
      : [
          {
            kind: 'error' as const,
            title: `${feedLabel(kind)}を読めませんでした（${run.fileName}）`,
            body: run.failure ?? '',
          },
        ],
  );
}

/** Work that broke off or failed within the week; a feed's own failure is told by its file. */
function runAlarms(runs: readonly Run[], since: Date): Alarm[] {
  return runs
    .filter((run) => run.startedAt >= since && !run.kind.startsWith('imports.'))
    .flatMap((run): Alarm[] => {
      if (run.state === 'failed')
        return [{ kind: 'error', title: `「${run.label}」が失敗しました`, body: run.message }];
      if (run.state !== 'interrupted') return [];
      const body = '機械が止まった可能性があります。「処理の状況」で確かめてください。';
      return [{ kind: 'warning', title: `「${run.label}」が途切れています`, body }];
    });
}

function runningWork(run: Run) {
  return { label: run.label, done: run.done, total: run.total, href: runPath(run.runId) };
}

async function loadCoverage(tx: Tx, context: StaffContext, rules: RuleSet, figures: MonthFigures): Promise<Coverage> {
  const count = (month: Month) => figures.of(tx.lgCode, month, () => coverageOfMonth(tx, month));
  const today = monthOf(todayInTokyo(context.clock));
  const asked = readMonth(context.query.text('month'));
  const { month: shown, rows } = await loadMonth(count, asked ?? today, asked === undefined ? monthsBack : 0);
  const isBefore = asked === undefined && monthText(shown) !== monthText(today);
  const lines = listStages(rules).flatMap((stage) => coverageLine(stage, rows, rules));
  const forecastOn = rows.find((row) => row.forecastOn !== null)?.forecastOn;
  const isThisMonth = monthText(shown) === monthText(today);
  return {
    remark: isBefore ? `${today.month}月分の記録はまだ届いていないので、${shown.month}月を表示しています。` : null,
    monthLabel: isThisMonth ? `${shown.month}月` : `${shown.year}年${shown.month}月`,
    lines,
    forecastOn: forecastOn ? parseIsoDay(forecastOn) : null,
    previousHref: monthHref(monthBeside(shown, -1)),
    nextHref: isThisMonth ? null : monthHref(monthBeside(shown, 1)),
  };
}

/**
 * The figures of a month. Records come in the month after the doses: until the first arrive, the newest of the months
 * before with any is what can be seen.
 */
async function loadMonth(
  count: (month: Month) => Promise<readonly CoverageRow[]>,
  month: Month,
  back: number,
): Promise<{ readonly month: Month; readonly rows: readonly CoverageRow[] }> {
  const rows = await count(month);
  if (back === 0 || rows.some((row) => row.given > 0)) return { month, rows };
  const before = await loadMonth(count, monthBeside(month, -1), back - 1);
  return before.rows.some((row) => row.given > 0) ? before : { month, rows };
}

function monthOf(day: Day): Month {
  const { year, month } = dayParts(day);
  return { year, month };
}

function monthHref(month: Month): string {
  return `${startPath}?month=${monthText(month)}`;
}

function coverageLine(stage: StageName, rows: readonly CoverageRow[], rules: RuleSet): CoverageLine[] {
  const row = rows.find((one) => one.programme === stage.programme && one.stage === stage.stage);
  if (row === undefined || (row.given === 0 && (row.due ?? 0) === 0)) return [];
  const isOnly = listStages(rules).filter((one) => one.programme === stage.programme).length === 1;
  const label = isOnly ? stage.programmeName : `${stage.programmeName} ${stage.stageName}`;
  return [{ label, given: row.given, waiting: row.due }];
}
