import type { ActionContext } from '#common-base/access';
import type { ActBy } from '#common-base/audit';
import { answerOf, type Decision, type Finding, UnreadableInput } from '#kernel';
import { RunStopped } from '#platform/jobs';
import { type Tx, withMunicipality } from '#platform/postgres';
import { addFeedRunRows, beginFeedRun, type FeedRunStart, failFeedRun, finishFeedRun } from './feed-runs.ts';
import { digestFeed } from './feed-source.ts';
import type { FeedRow, FeedSource, ImportResult, Layout } from './types.ts';

/** What an import counts; the time is added by `runFeed`. */
export type ImportFigures = Omit<ImportResult, 'seconds' | 'repeated'>;

/** What is taken in, and as whom. */
interface FeedKind {
  readonly kind: string;
  readonly layoutName: string;
  readonly role?: 'app' | 'vault';
  /** Makes of the file's digest what is stored, where a plain one would let its content be guessed. */
  readonly sealDigest?: (digest: string) => string;
}

type FeedWork = (tx: Tx, runId: number) => Promise<ImportFigures>;

const mostAttempts = 3;

/**
 * Runs one import in one transaction with its feed run. A file that was taken in before answers its first figures and
 * writes nothing; a failure leaves only the failed run for the alarm. Imports of one municipality follow each other.
 * One that met another writer crosswise (deadlock) was rolled back whole and begins again.
 */
export async function runFeed(
  context: ActionContext,
  source: FeedSource,
  feed: FeedKind,
  work: FeedWork,
): Promise<ImportResult> {
  const { db, actor } = context;
  const startedAt = performance.now();
  const { digest: plainDigest, bytes } = await digestFeed(source);
  const digest = feed.sealDigest?.(plainDigest) ?? plainDigest;
  const start = { kind: feed.kind, layoutName: feed.layoutName, fileName: source.name, digest, bytes };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await withMunicipality(db, actor.lgCode, (tx) => takeIn(tx, actor, start, startedAt, work), {
        role: feed.role ?? 'app',
      });
    } catch (error) {
      if (attempt < mostAttempts && isDeadlock(error)) {
        context.log?.warn({ kind: feed.kind, attempt }, 'the import met another writer crosswise and begins again');
        continue;
      }
      // Somebody stopped it: nothing was written and nothing is wrong with the file.
      if (!(error instanceof RunStopped)) await recordFailure(context, start, error);
      throw error;
    }
  }
}

async function takeIn(
  tx: Tx,
  actor: ActBy,
  start: FeedRunStart,
  startedAt: number,
  work: FeedWork,
): Promise<ImportResult> {
  await lockFeeds(tx);
  const begun = await beginFeedRun(tx, actor, start);
  if (begun.isRepeated) return begun.result;
  const figures = await work(tx, begun.runId);
  const result = { ...figures, seconds: (performance.now() - startedAt) / 1000 };
  await finishFeedRun(tx, begun.runId, result);
  return result;
}

/** Waits until no import of this municipality is under way, and lets none begin before this transaction ends. */
export async function lockFeeds(tx: Tx): Promise<void> {
  await tx.client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 20261122))', [`feeds/${tx.lgCode}`]);
}

async function recordFailure({ db, actor, log }: ActionContext, start: FeedRunStart, error: unknown): Promise<void> {
  const sentence =
    error instanceof UnreadableInput ? error.message : '処理が途中で止まりました。何も書き込まれていません。';
  await failFeedRun(db, actor.lgCode, actor, start, sentence).catch((alarmError: unknown) => {
    log?.error({ err: alarmError }, 'the failed run could not be recorded');
  });
}

/** PostgreSQL ended this transaction so that another could go on. */
export function isDeadlock(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '40P01';
}

/** Findings with the sender's column names in place of our field keys. */
export function nameFields(findings: readonly Finding[], layout: Layout): Finding[] {
  if (findings.length === 0) return [];
  const names = new Map(layout.columns.map((column) => [column.key, column.name]));
  return findings.map((each) => ({
    ...each,
    field: each.field === null ? null : (names.get(each.field) ?? each.field),
  }));
}

/** Lists those of some rows with findings of their own, which name the sender's columns already. */
export async function noteRows(tx: Tx, runId: number, rows: readonly FeedRow[]): Promise<void> {
  const noted = rows.filter((row) => row.findings.length > 0);
  await addFeedRunRows(
    tx,
    runId,
    noted.map(({ ordinal, line, findings }) => ({ ordinal, line, answer: answerOf(findings), findings })),
  );
}

/** Lists those of some rows that were not simply taken, with why, in the words of the sender's columns. */
export async function noteDecided(
  tx: Tx,
  runId: number,
  layout: Layout,
  decided: readonly { readonly row: FeedRow; readonly decision: Decision<unknown> }[],
): Promise<void> {
  const noted = decided.filter(({ decision }) => decision.findings.length > 0);
  await addFeedRunRows(
    tx,
    runId,
    noted.map(({ row: { ordinal, line }, decision: { answer, findings } }) => ({
      ordinal,
      line,
      answer,
      findings: nameFields(findings, layout),
    })),
  );
}
