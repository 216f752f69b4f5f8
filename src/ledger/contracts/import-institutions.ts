import { type ActionContext, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { type FeedSource, type ImportResult, loadLayout, noteDecided, readFeed, runFeed } from '#common-base/linkage';
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
  const layoutName = options.layoutName ?? 'institutions';
  return runFeed(context, source, { kind: 'institutions', layoutName }, async (tx, runId) => {
    const layout = await loadLayout(tx, layoutName);
    const actId = await recordAct(tx, context.actor, { act: 'contracts.imported', details: { run: runId } });
    const known = await loadStateTexts(tx);
    const figures = { rows: 0, accepted: 0, questioned: 0, refused: 0, unmappedCharacters: 0 };
    for await (const rows of readFeed(source, layout, { lgCode: tx.lgCode })) {
      const decided = rows.map((row) => ({ row, decision: decideInstitutionRow(row.fields, row.findings) }));
      for (const { row, decision } of decided) {
        figures.rows += 1;
        figures[decision.answer] += 1;
        figures.unmappedCharacters += row.unmappedCharacters;
      }
      const changed = decided.flatMap(({ decision }) => {
        if (decision.answer === 'refused') return [];
        const { value: state, findings } = decision;
        return known.get(stateKey(state)) === JSON.stringify(state) ? [] : [{ state, findings }];
      });
      if (changed.length > 0) await insertStates(tx, { runId, actId, staffName: context.actor.staffName }, changed);
      await noteDecided(tx, runId, layout, decided);
      context.onProgress?.(figures.rows, null);
    }
    return figures;
  });
}
