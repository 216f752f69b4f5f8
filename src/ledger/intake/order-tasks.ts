import { type ActionContext, createOrderTask, type OrderedTask } from '#common-base/access';
import { withoutNumbersInWords } from '#common-base/linkage';
import { type BatchId, Conflict, type LgCode, parseIsoDay } from '#kernel';
import type { Clock } from '#platform/clock';
import type { RunNote, TaskList } from '#platform/jobs';
import { withMunicipality } from '#platform/postgres';
import type { RuleSet } from '#schedule';
import { commitBatch, RowsChanged } from './commit-batch.ts';
import { usualLayoutName } from './list-record-layouts.ts';
import { batchPath } from './pages/paths.ts';
import { findBatch } from './read-rows.ts';
import { receiveBatch } from './receive-batch.ts';
import { recheckBatch } from './recheck-batch.ts';
import type { BatchState } from './types.ts';
import { undoBatch } from './undo-batch.ts';

/** The long work of this room, which pages ask the worker for. */
export const intakeTask = {
  receive: 'intake.receive',
  recheck: 'intake.recheck',
  commit: 'intake.commit',
  undo: 'intake.undo',
} as const;

/** What the worker lends to these tasks. */
export interface IntakeTaskTools {
  readonly clock: Clock;
  readonly rulesOf: (lgCode: LgCode) => Promise<RuleSet>;
}

/** Taking in a file, checking it again, entering a batch into the ledger, taking a batch back: each one transaction. */
export function createIntakeTasks({ clock, rulesOf }: IntakeTaskTools): TaskList {
  return {
    [intakeTask.receive]: createOrderTask(clock, async ({ action, params, source, handle }) => {
      if (source === null) throw new Error('a reception without a file');
      const sender = textOf(params, 'sender');
      const layoutName = textOf(params, 'layout');
      const words =
        params['strikes'] === true
          ? await withoutNumbersInWords(action, source, layoutName || usualLayoutName)
          : { source, rows: 0 };
      const received = await receiveBatch(action, words.source, {
        rules: await rulesOf(action.actor.lgCode),
        asOf: parseIsoDay(textOf(params, 'asOf')),
        ...(sender === '' ? {} : { sender }),
        ...(layoutName === '' ? {} : { layoutName }),
        run: handle,
      });
      const { batchId, rows, accepted, questioned, refused, seconds, repeated = false } = received;
      const result = { rows, accepted, questioned, refused, seconds, repeated };
      return { next: batchPath(batchId), ...result, ...(words.rows > 0 && { struckRows: words.rows }) };
    }),
    [intakeTask.commit]: createOrderTask(clock, async (task) => {
      const rules = await rulesOf(task.action.actor.lgCode);
      await task.handle.report({ message: '台帳に登録しています' });
      return onceOnly(task, 'committed', (batchId) => commitUnlessChanged(task.action, batchId, rules));
    }),
    [intakeTask.recheck]: createOrderTask(clock, async ({ action, params, handle }) => {
      const batchId = Number(params['batch']) as BatchId;
      await handle.report({ message: '今の台帳で確かめ直しています' });
      const { changed } = await recheckBatch(action, batchId, { rules: await rulesOf(action.actor.lgCode) });
      const next = changed > 0 ? batchPath(batchId, { answer: 'changed' }) : `${batchPath(batchId)}?rechecked=same`;
      return { next, changed };
    }),
    [intakeTask.undo]: createOrderTask(clock, async (task) => {
      await task.handle.report({ message: '台帳への登録を取り消しています' });
      return onceOnly(task, 'undone', async (batchId) => {
        const { retracted } = await undoBatch(task.action, batchId, textOf(task.params, 'reason'));
        return { next: batchPath(batchId), retracted };
      });
    }),
  };
}

/** Where rows changed under their review, the run leads to them: that is no failure of the work. */
async function commitUnlessChanged(action: ActionContext, batchId: BatchId, rules: RuleSet): Promise<RunNote> {
  try {
    const { committed } = await commitBatch(action, batchId, { rules });
    return { next: batchPath(batchId), committed };
  } catch (error) {
    if (!(error instanceof RowsChanged)) throw error;
    return { next: batchPath(batchId, { answer: 'changed' }), changed: error.changed, postponed: true };
  }
}

/** Tried again after a crash, the work may be done already: the batch then is in the state to which it leads. */
async function onceOnly(
  { action, params, attempt }: OrderedTask,
  state: BatchState,
  work: (batchId: BatchId) => Promise<RunNote>,
): Promise<RunNote> {
  const batchId = Number(params['batch']) as BatchId;
  try {
    return await work(batchId);
  } catch (error) {
    if (attempt === 1 || !(error instanceof Conflict)) throw error;
    const batch = await withMunicipality(action.db, action.actor.lgCode, (tx) => findBatch(tx, batchId));
    if (batch?.state !== state) throw error;
    return { next: batchPath(batchId) };
  }
}

function textOf(params: RunNote, name: string): string {
  const value = params[name];
  return typeof value === 'string' ? value : '';
}
