import { foldLotNumber } from '#formats';
import { type Day, type Finding, finding, formatIsoDay } from '#kernel';
import type { KnownLots } from './types.ts';

/**
 * What is doubtful about the lot of a given dose: unknown among the product's lots, given before it was shipped, after
 * its last day of use or after its recall. Where no lot of the product is known nothing is asked: the master is not kept.
 */
export function decideLot(lots: KnownLots, product: string, lotNumber: string | null, on: Day): Finding[] {
  const known = lots.get(product);
  if (known === undefined || lotNumber === null || lotNumber === '') return [];
  const field = 'lotNumber';
  const lot = known.get(foldLotNumber(lotNumber));
  if (lot === undefined) return [finding('lotUnknown', 'question', field, { lot: lotNumber })];
  if (lot.recall !== null && lot.recall.on <= on) {
    const params = {
      lot: lotNumber,
      on: formatIsoDay(on),
      from: formatIsoDay(lot.recall.on),
      reason: lot.recall.reason,
    };
    return [finding('recalledLotGiven', 'question', field, params)];
  }
  if (lot.validTo !== null && lot.validTo < on) {
    const params = { lot: lotNumber, on: formatIsoDay(on), expiresOn: formatIsoDay(lot.validTo) };
    return [finding('lotExpired', 'question', field, params, '予防接種実施規則第6条')];
  }
  if (lot.validFrom !== null && on < lot.validFrom) {
    const params = { lot: lotNumber, on: formatIsoDay(on), from: formatIsoDay(lot.validFrom) };
    return [finding('lotNotShipped', 'question', field, params)];
  }
  return [];
}
