import type { BatchId } from '#kernel';
import type { Tx } from '#platform/postgres';
import { ownNumberFields } from './decide-shared-numbers.ts';
import type { NamedColumns } from './layout-of-batch.ts';

/** Whether files of a layout name the paper of a row at all: most do not, and are not asked for it. */
export function tellsPaper({ columns }: NamedColumns): boolean {
  return columns.some(({ key }) => ownNumberFields.some((field) => field === key));
}

/** A row with the numbers of its paper. */
interface PaperRow {
  readonly ordinal: number;
  readonly fields: Readonly<Record<string, string | null>>;
}

/** The numbers of paper of those rows of a batch that nobody refused. */
export async function selectPaperNumbers(tx: Tx, batchId: BatchId): Promise<PaperRow[]> {
  const { rows } = await tx.client.query<{ ordinal: number; form: string | null; coupon: string | null }>(
    `SELECT ordinal, fields->>'formNumber' AS form, fields->>'couponNumber' AS coupon FROM intake_rows
     WHERE lg_code = $1 AND batch_id = $2 AND (decision IS NULL OR decision = 'accept')
       AND coalesce(fields->>'formNumber', fields->>'couponNumber', '') <> '' ORDER BY ordinal`,
    [tx.lgCode, batchId],
  );
  return rows.map(({ ordinal, form, coupon }) => ({ ordinal, fields: { formNumber: form, couponNumber: coupon } }));
}
