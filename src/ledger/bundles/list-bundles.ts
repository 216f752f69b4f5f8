import { type Actor, requirePermission } from '#common-base/access';
import { NotFound } from '#kernel';
import { countRowsByInstitution } from '#ledger/intake';
import type { Tx } from '#platform/postgres';
import { countKeyed, findBundle, selectBundles } from './store.ts';
import type { Bundle, CountedBundle } from './types.ts';

/** The bundles of a month with their counts: expected, received, entered, in the ledger (受領管理). */
export async function listBundles(tx: Tx, actor: Actor, claimMonth: string): Promise<CountedBundle[]> {
  requirePermission(actor, 'bundles.view');
  return await withCounts(tx, await selectBundles(tx, claimMonth));
}

/** One bundle with its counts; throws NotFound. */
export async function getBundle(tx: Tx, actor: Actor, bundleId: number): Promise<CountedBundle> {
  requirePermission(actor, 'bundles.view');
  const bundle = await findBundle(tx, bundleId);
  const [counted] = bundle === undefined ? [] : await withCounts(tx, [bundle]);
  if (counted === undefined) throw new NotFound('この束はありません。一覧から選び直してください。');
  return counted;
}

async function withCounts(tx: Tx, bundles: readonly Bundle[]): Promise<CountedBundle[]> {
  const keyed = await countKeyed(
    tx,
    bundles.map((bundle) => bundle.bundleId),
  );
  const batchIds = [...new Set(bundles.flatMap((bundle) => bundle.batchId ?? []))];
  const rows = batchIds.length === 0 ? [] : await countRowsByInstitution(tx, batchIds);
  return bundles.map((bundle) => {
    const typed = keyed.get(bundle.bundleId);
    const ofBatch = rows.find(
      (row) => row.batchId === bundle.batchId && row.institutionCode === bundle.institutionCode,
    );
    return {
      ...bundle,
      keyed: typed?.keyed ?? 0,
      entered: bundle.batchId === null ? (typed?.keyed ?? 0) : (ofBatch?.rows ?? 0),
      committed: ofBatch?.committed ?? 0,
      settled: ofBatch?.settled ?? 0,
      returned: ofBatch?.returned ?? 0,
      enteredDoses: bundle.batchId === null ? null : (ofBatch?.doses ?? 0),
      enteredScreenings: bundle.batchId === null ? null : (ofBatch?.screenings ?? 0),
      lastRemindedAt: typed?.lastRemindedAt ?? null,
    };
  });
}
