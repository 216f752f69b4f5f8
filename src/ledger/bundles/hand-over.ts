import { type ActionContext, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { loadLayout } from '#common-base/linkage';
import { type BatchId, Conflict, NotFound, UnreadableInput } from '#kernel';
import { receiveBatch } from '#ledger/intake';
import { todayInTokyo } from '#platform/clock';
import type { RunHandle } from '#platform/jobs';
import { type Tx, withMunicipality } from '#platform/postgres';
import type { RuleSet } from '#schedule';
import { feedOfForms, keyedLayoutName } from './feed-of-forms.ts';
import { listComparedForms } from './key-form.ts';
import { resolveForm } from './resolve-form.ts';
import { findBundle, insertEvent, updateBundle } from './store.ts';

/** The bundle that was looked at, and who shows the work while it goes on. */
export interface HandOverRequest {
  readonly bundleId: number;
  readonly version: number;
  readonly rules: RuleSet;
  readonly run?: RunHandle;
}

/** Throws what stands against handing a bundle over, before a worker is asked for it. */
export async function checkHandOver(
  context: ActionContext,
  asked: Pick<HandOverRequest, 'bundleId' | 'version'>,
): Promise<void> {
  requirePermission(context.actor, 'bundles.key');
  requirePermission(context.actor, 'intake.receive');
  await withMunicipality(context.db, context.actor.lgCode, (tx) => loadTyped(tx, asked));
}

/**
 * Hands the typed forms of a bundle to intake as a change set like every file: nothing enters the ledger before its
 * questions are answered. While two typings differ, or the count is not that of the paper, nothing is handed over.
 */
export async function handOverBundle(context: ActionContext, asked: HandOverRequest): Promise<{ batchId: BatchId }> {
  const { actor } = context;
  requirePermission(actor, 'bundles.key');
  requirePermission(actor, 'intake.receive');
  const today = todayInTokyo(context.clock);
  const { source, count } = await withMunicipality(context.db, actor.lgCode, async (tx) => {
    const { bundle, compared } = await loadTyped(tx, asked);
    const forms = [];
    for (const form of compared) {
      if (form.holds === null) continue;
      const { values, person } = await resolveForm(tx, bundle, form.holds, today);
      forms.push({ ordinal: form.ordinal, values, person });
    }
    return { source: feedOfForms(await loadLayout(tx, keyedLayoutName), bundle, forms), count: forms.length };
  });
  const options = { rules: asked.rules, asOf: today, layoutName: keyedLayoutName, sender: '画面での入力' };
  const { batchId } = await receiveBatch(
    context,
    source,
    asked.run === undefined ? options : { ...options, run: asked.run },
  );
  await withMunicipality(context.db, actor.lgCode, async (tx) => {
    const bundle = await getBundleToHandOver(tx, asked);
    const actId = await recordAct(tx, actor, {
      act: 'bundles.handedOver',
      details: { bundle: bundle.bundleId, batch: batchId },
    });
    await updateBundle(tx, { ...bundle, batchId });
    const event = { kind: 'handedOver', count, note: null } as const;
    await insertEvent(tx, { actId, staffName: actor.staffName }, bundle.bundleId, event);
  });
  return { batchId };
}

/** The bundle with what was typed twice and agrees, every form of it. */
async function loadTyped(tx: Tx, asked: Pick<HandOverRequest, 'bundleId' | 'version'>) {
  const bundle = await getBundleToHandOver(tx, asked);
  const compared = await listComparedForms(tx, bundle);
  const open = compared.filter((form) => form.holds === null);
  if (open.length > 0) {
    throw new UnreadableInput(`${open.length}枚は、二人の入力がそろっていないか違っています。突き合わせてください。`);
  }
  if (compared.length === 0) throw new UnreadableInput('入力した予診票がありません。');
  if (bundle.receivedCount !== null && bundle.receivedCount !== compared.length) {
    throw new UnreadableInput(
      `受け取った枚数は ${bundle.receivedCount}、入力した枚数は ${compared.length} です。数え直すか、入力を補ってください。`,
    );
  }
  return { bundle, compared };
}

async function getBundleToHandOver(
  tx: Tx,
  asked: Pick<HandOverRequest, 'bundleId' | 'version'>,
): Promise<NonNullable<Awaited<ReturnType<typeof findBundle>>>> {
  const bundle = await findBundle(tx, asked.bundleId, { forChange: true });
  if (bundle === undefined) throw new NotFound('この束はありません。一覧から選び直してください。');
  if (bundle.version !== asked.version || bundle.batchId !== null) {
    throw new Conflict('この束は、見ているあいだにほかの職員が変えました。今の内容を確かめてください。');
  }
  return bundle;
}
