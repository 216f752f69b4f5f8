import { findRecall } from '#clinic/check';
import type { ClinicMasters } from '#clinic/tickets';
import { foldLotNumber } from '#formats';
import type { Day } from '#kernel';
import type { Tx } from '#platform/postgres';
import { listRecordsOfLots } from './store.ts';
import type { ListedRecord } from './types.ts';

/** A dose of one's own institution whose lot was taken back, before or after it was given. */
export interface RecalledDose extends ListedRecord {
  readonly recalledOn: Day;
  readonly reason: string;
}

/** The institution's doses of lots that are recalled today: their people may have to be asked in. */
export async function listRecalledDoses(
  tx: Tx,
  institutionCode: string,
  masters: ClinicMasters,
  today: Day,
): Promise<RecalledDose[]> {
  const lots = masters.recalls
    .filter(({ recalledOn }) => recalledOn <= today)
    .map(({ product, lotNumber }) => ({ product, lotNumber: foldLotNumber(lotNumber) }));
  if (lots.length === 0) return [];
  const records = await listRecordsOfLots(tx, institutionCode, lots);
  return records.flatMap((record) => {
    const { product, lotNumber } = record;
    const recall = product === null ? undefined : findRecall(masters, { product, lotNumber }, today);
    return recall === undefined ? [] : [{ ...record, recalledOn: recall.recalledOn, reason: recall.reason }];
  });
}
