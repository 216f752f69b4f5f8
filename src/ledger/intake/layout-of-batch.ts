import {
  type FormerLayout,
  findFormerLayout,
  type ItemCatalogue,
  type LayoutShape,
  loadLayout,
} from '#common-base/linkage';
import { CsvScanner, decodeText, maxLineBytes, TextFault } from '#formats';
import { UnreadableInput } from '#kernel';
import { readFile } from '#platform/files';
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

/**
 * The columns of a file in its order: by its header as the sender wrote it, else by the layout. Undefined where the file
 * cannot be read by the layout: today's may stand for one that was not kept.
 */
export async function findColumnNames(
  tx: Tx,
  fileId: number,
  layout: LayoutShape,
): Promise<readonly string[] | undefined> {
  const names = layout.columns.map((column) => column.name);
  if (!layout.hasHeader) return names;
  const scanner = new CsvScanner({ delimiter: layout.delimiter });
  const pieces = decodeText(readFile(tx, fileId), { encodings: layout.encodings, maxLineBytes });
  try {
    for await (const piece of pieces) {
      const [header] = scanner.push(piece);
      if (header !== undefined) return header.values;
    }
  } catch (error) {
    if (!(error instanceof TextFault)) throw error;
    return undefined;
  }
  return names;
}

/** A column of a row's file with what its sender wrote there; empty where that is not known. */
export interface SentColumn {
  readonly key: string;
  readonly name: string;
  readonly written: string;
}

/**
 * The columns of a row by its layout, `names` being those of its file; where the layout is gone, the items of the row as the
 * office calls them. Items that the municipality does not declare any more are left out either way.
 */
export function columnsOfRow(
  former: FormerLayout | undefined,
  row: Pick<IntakeRow, 'fields' | 'raw'>,
  names: readonly string[],
  { mayShowField }: ItemCatalogue,
): readonly SentColumn[] {
  // Where a row has more or fewer values than the file has columns nobody knows which is which.
  const values = row.raw.length === names.length ? row.raw : [];
  const writtenIn = new Map(names.map((name, i) => [name.trim(), (values[i] ?? '').trim()]));
  if (former !== undefined) {
    return former.shape.columns.flatMap(({ key, name, isSkipped }) =>
      isSkipped ? [] : [{ key, name, written: writtenIn.get(name) ?? '' }],
    );
  }
  return Object.keys(row.fields).flatMap((key) => {
    const name = officeNames.get(key);
    return name === undefined || !mayShowField(key) ? [] : [{ key, name, written: '' }];
  });
}
