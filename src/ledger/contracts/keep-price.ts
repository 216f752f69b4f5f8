import { type ActionContext, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { Conflict } from '#kernel';
import { withMunicipality } from '#platform/postgres';
import { insertPrice, lockPrice, selectPrices } from './price-store.ts';
import type { ContractPrice } from './types.ts';

/**
 * Writes a price, or a new version of one: `replaces` is the version that was looked at. A price is known by its code and
 * its first day; from a later day on another price is a row of its own.
 */
export async function keepPrice(
  context: ActionContext,
  asked: { readonly told: ContractPrice; readonly replaces: number | null },
): Promise<void> {
  const { actor } = context;
  requirePermission(actor, 'institutions.update');
  const { told, replaces } = asked;
  await withMunicipality(context.db, actor.lgCode, async (tx) => {
    await lockPrice(tx, told.priceCode);
    const known = (await selectPrices(tx)).find(
      (price) => price.priceCode === told.priceCode && price.validFrom === told.validFrom,
    );
    if ((known?.versionId ?? null) !== replaces) {
      throw new Conflict(
        replaces === null
          ? '同じコードと始まりの日の単価が、すでにあります。その単価を変えてください。'
          : 'この単価は、見ているあいだにほかの職員が変えました。今の内容を確かめてください。',
      );
    }
    const actId = await recordAct(tx, actor, { act: 'contracts.priceKept', details: { price: told.priceCode } });
    await insertPrice(tx, { actId, staffName: actor.staffName }, told);
  });
}
