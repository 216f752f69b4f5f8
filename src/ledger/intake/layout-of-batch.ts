import { type FormerLayout, findFormerLayout, loadLayout } from '#common-base/linkage';
import { UnreadableInput } from '#kernel';
import type { Tx } from '#platform/postgres';
import { layoutItems } from './row-items.ts';
import type { IntakeRow, LayoutOfBatch } from './types.ts';

/** Names and keys of columns: all that a check asks of a layout. */
export interface NamedColumns {
  readonly columns: readonly { readonly key: string; readonly name: string }[];
}

/** The layout by which the rows of a batch were read; undefined where neither it nor one of its name can be found. */
export function findLayoutOfBatch(tx: Tx, batch: LayoutOfBatch): Promise<FormerLayout | undefined> {
  return findFormerLayout(tx, { name: batch.layoutName, digest: batch.layoutDigest });
}

/**
 * What a new check of a batch, and its entering, ask of layouts. Today's layout of the name must be there and keep to the
 * rules of today, else UnreadableInput: what forbids it forbids that its rows enter. The columns are those by which the rows
 * were read, with today's beside them: findings speak to the sender in the sender's words, and no number is left unchecked.
 */
export async function loadColumnsToCheck(tx: Tx, batch: LayoutOfBatch): Promise<NamedColumns> {
  const today = await loadLayout(tx, batch.layoutName);
  const former = await findLayoutOfBatch(tx, batch);
  return { columns: [...today.columns, ...(former?.shape.columns ?? [])] };
}

/** Why nothing of a batch can be checked again or entered today: its layout cannot be read. Null where it can. */
export async function findLayoutFault(tx: Tx, { layoutName }: LayoutOfBatch): Promise<string | null> {
  try {
    await loadLayout(tx, layoutName);
    return null;
  } catch (error) {
    if (!(error instanceof UnreadableInput)) throw error;
    return error.message;
  }
}

const officeNames = new Map(layoutItems);

/** The columns of a row by its layout; where that is gone, the items of the row as the office calls them. */
export function columnsOfRow(former: FormerLayout | undefined, row: IntakeRow): NamedColumns['columns'] {
  if (former !== undefined) return former.shape.columns.filter(({ isSkipped }) => !isSkipped);
  return Object.keys(row.fields).flatMap((key) => {
    const name = officeNames.get(key);
    return name === undefined ? [] : [{ key, name }];
  });
}
