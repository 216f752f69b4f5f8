import { type ActionContext, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { type FeedSource, type ImportResult, loadLayout, noteDecided, readFeed, runFeed } from '#common-base/linkage';
import { foldLotNumber } from '#formats';
import { codeInSentence, type Decision, finding } from '#kernel';
import type { Tx } from '#platform/postgres';
import { listProductNames, type RuleSet } from '#schedule';
import { decideMasterRow } from './decide-master-row.ts';
import { insertMaster, loadLots, loadMasterTexts, masterIdentity, masterText } from './store.ts';
import type { MasterTold } from './types.ts';

const layoutName = 'masters';

/**
 * Takes in a file of makers, lots, physicians and venues, in one transaction. An entry known otherwise gets a new version,
 * as on the screen; one that is absent stays as it was, and what is told again as it stands is not written again. A recall
 * is not undone by a row that says nothing of it: an older list of the same lots would.
 */
export async function importMasters(
  context: ActionContext,
  source: FeedSource,
  options: { readonly rules: RuleSet },
): Promise<ImportResult> {
  requirePermission(context.actor, 'masters.update');
  const findProduct = productFinder(options.rules);
  return runFeed(context, source, { kind: layoutName, layoutName }, async (tx, runId) => {
    const layout = await loadLayout(tx, layoutName);
    const act = { act: 'masters.imported', details: { run: runId } };
    const frame = { actId: await recordAct(tx, context.actor, act), staffName: context.actor.staffName };
    const known = await loadMasterTexts(tx);
    const recalled = await loadRecalled(tx);
    const figures = { rows: 0, accepted: 0, questioned: 0, refused: 0, unmappedCharacters: 0 };
    for await (const rows of readFeed(source, layout, { lgCode: tx.lgCode })) {
      const decided = rows.map((row) => {
        const decision = decideMasterRow(row.fields, row.findings, findProduct);
        return { row, decision: keepRecall(decision, recalled) };
      });
      const told = decided.flatMap(({ decision }) => (decision.answer === 'refused' ? [] : [decision.value]));
      for (const one of told) {
        if (known.get(masterIdentity(one)) === masterText(one)) continue;
        await insertMaster(tx, frame, one);
        known.set(masterIdentity(one), masterText(one));
      }
      await noteDecided(tx, runId, layout, decided);
      figures.rows += rows.length;
      figures.accepted += told.length;
      figures.refused += rows.length - told.length;
      for (const row of rows) figures.unmappedCharacters += row.unmappedCharacters;
      context.onProgress?.(figures.rows, null);
    }
    return figures;
  });
}

const lotKey = (product: string, lot: string): string => JSON.stringify([product, foldLotNumber(lot)]);

/** The lots that are recalled, in whatever spelling. */
async function loadRecalled(tx: Tx): Promise<Set<string>> {
  const recalled = new Set<string>();
  for (const [product, lots] of await loadLots(tx)) {
    for (const [lot, { recall }] of lots) if (recall !== null) recalled.add(lotKey(product, lot));
  }
  return recalled;
}

function keepRecall(decision: Decision<MasterTold>, recalled: Set<string>): Decision<MasterTold> {
  if (decision.answer === 'refused' || decision.value.kind !== 'lot') return decision;
  const { owner, code, recall } = decision.value;
  if (recall !== null) recalled.add(lotKey(owner, code));
  else if (recalled.has(lotKey(owner, code))) {
    const lifted = finding('masterRecallLifted', 'refuse', 'recalledOn', { lot: codeInSentence(code) });
    return { answer: 'refused', findings: [...decision.findings, lifted] };
  }
  return decision;
}

/** The product of rules/ by its code or by the name that stands on the screens. */
function productFinder(rules: RuleSet): (nameOrCode: string) => string | undefined {
  const products = listProductNames(rules);
  const byName = new Map(products.map(({ product, name }) => [name.normalize('NFKC'), product]));
  const codes = new Set(products.map(({ product }) => product));
  return (nameOrCode) => (codes.has(nameOrCode) ? nameOrCode : byName.get(nameOrCode));
}
