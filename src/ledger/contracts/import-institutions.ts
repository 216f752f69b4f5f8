import { type ActionContext, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import {
  addFeedRunRows,
  beginFeedRun,
  digestFeed,
  type FeedRunStart,
  type FeedSource,
  failFeedRun,
  finishFeedRun,
  type ImportResult,
  loadLayout,
  readFeed,
} from '#common-base/linkage';
import { UnreadableInput } from '#kernel';
import { type Tx, withMunicipality } from '#platform/postgres';
import { decideInstitutionRow } from './decide-institution-row.ts';
import { insertStates, loadStateTexts, stateKey } from './store.ts';

/**
 * Takes in a feed of contracted institutions: what is new or changed is recorded beside what was known. An
 * institution that is absent from the feed keeps its contract: the feed says nothing of it.
 */
export async function importInstitutions(
  context: ActionContext,
  source: FeedSource,
  options: { readonly layoutName?: string } = {},
): Promise<ImportResult> {
  requirePermission(context.actor, 'institutions.import');
  const { actor, db } = context;
  const { digest, bytes } = await digestFeed(source);
  const layoutName = options.layoutName ?? 'institutions';
  const start: FeedRunStart = { kind: 'institutions', layoutName, fileName: source.name, digest, bytes };
  try {
    return await withMunicipality(db, actor.lgCode, (tx) => importInto(tx, context, source, start));
  } catch (error) {
    if (error instanceof UnreadableInput) await failFeedRun(db, actor.lgCode, actor, start, error.message);
    throw error;
  }
}

async function importInto(
  tx: Tx,
  context: ActionContext,
  source: FeedSource,
  start: FeedRunStart,
): Promise<ImportResult> {
  const startedAt = performance.now();
  const layout = await loadLayout(tx, start.layoutName);
  const run = await beginFeedRun(tx, context.actor, start);
  if (run.isRepeated) return run.result;
  const actId = await recordAct(tx, context.actor, { act: 'contracts.imported', details: { run: run.runId } });
  const known = await loadStateTexts(tx);
  const figures = { rows: 0, accepted: 0, questioned: 0, refused: 0, unmappedCharacters: 0 };
  for await (const rows of readFeed(source, layout, { lgCode: tx.lgCode })) {
    const decided = rows.map((row) => ({ row, decision: decideInstitutionRow(row.fields, row.findings) }));
    const changed = decided.flatMap(({ decision }) => {
      if (decision.answer === 'refused') return [];
      const { value: state, findings } = decision;
      return known.get(stateKey(state)) === JSON.stringify(state) ? [] : [{ state, findings }];
    });
    for (const { row, decision } of decided) {
      figures.rows += 1;
      figures[decision.answer] += 1;
      figures.unmappedCharacters += row.unmappedCharacters;
    }
    if (changed.length > 0) await insertStates(tx, changed, run.runId, actId);
    const noted = decided.filter(({ decision }) => decision.findings.length > 0);
    await addFeedRunRows(
      tx,
      run.runId,
      noted.map(({ row, decision }) => ({
        ordinal: row.ordinal,
        line: row.line,
        answer: decision.answer,
        findings: decision.findings,
      })),
    );
    context.onProgress?.(figures.rows, null);
  }
  const seconds = Math.round(performance.now() - startedAt) / 1000;
  const result = { ...figures, seconds };
  await finishFeedRun(tx, run.runId, result);
  return result;
}
