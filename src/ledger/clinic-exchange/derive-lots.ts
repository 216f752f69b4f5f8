import { foldLotNumber } from '#formats';
import { formatIsoDay } from '#kernel';
import type { loadLots } from '#ledger/masters';
import type { loadRecalledLots } from '#ledger/products';
import type { MastersMessage } from '#messages';

/**
 * What clinics are told of lots: when each expires, and which may not be used any more: those that the master of lots
 * says were recalled, and those of the settings' list beside them. A recall stands until it is taken out of both.
 */
export function deriveLots(
  known: Awaited<ReturnType<typeof loadLots>>,
  listed: Awaited<ReturnType<typeof loadRecalledLots>>,
): Pick<MastersMessage, 'lots' | 'recalls'> {
  const entries = [...known].flatMap(([product, lots]) =>
    [...lots].map(([lotNumber, { validTo, recall }]) => ({ product, lotNumber, validTo, recall })),
  );
  const lots = entries.flatMap(({ product, lotNumber, validTo }) =>
    validTo === null ? [] : [{ product, lotNumber, expiresOn: formatIsoDay(validTo) }],
  );
  const ofMaster = entries.flatMap(({ product, lotNumber, recall }) =>
    recall === null ? [] : [{ product, lotNumber, recalledOn: formatIsoDay(recall.on), reason: recall.reason }],
  );
  const ofList = listed.map((each) => ({
    ...each,
    lotNumber: foldLotNumber(each.lotNumber),
    recalledOn: formatIsoDay(each.recalledOn),
  }));
  const recalls = [...ofMaster, ...ofList];
  return { lots: lots.filter(isOnPackages), recalls: recalls.filter(isOnPackages) };
}

/** No package carries a longer number, and no clinic can type one: it would only make the whole message unreadable. */
function isOnPackages({ lotNumber }: { readonly lotNumber: string }): boolean {
  return lotNumber.length >= 1 && lotNumber.length <= 20;
}
