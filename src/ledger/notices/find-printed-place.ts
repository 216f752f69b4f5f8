import type { FormOnRecord } from '#ledger/forms';
import type { Tx } from '#platform/postgres';
import { formatPostalCode } from './derive-form-values.ts';
import type { FormValues } from './layout-types.ts';
import { findPartOfForm } from './print-store.ts';
import { findKeptSheets } from './read-kept-sheets.ts';

/** A place as it stands on paper; the postcode in groups, an absent building as an empty text. */
export interface PrintedPlace {
  readonly postalCode: string;
  readonly address: string;
  readonly building: string | null;
}

/** The place in the window of a printed sheet. */
export function placeOf({ texts }: FormValues): PrintedPlace {
  const building = texts['recipientBuilding'] ?? '';
  return {
    postalCode: texts['recipientPostalCode'] ?? '',
    address: texts['recipientAddress'] ?? '',
    building: building === '' ? null : building,
  };
}

/** Whether a place is the one that was printed. */
export function isPrintedAt(
  printed: PrintedPlace,
  place: { readonly postalCode: string | null; readonly address: string; readonly building: string | null },
): boolean {
  return (
    printed.postalCode === formatPostalCode(place.postalCode) &&
    printed.address === place.address &&
    (printed.building ?? '') === (place.building ?? '')
  );
}

/** Where a printed form was sent, as kept with its file; undefined where nothing of it is kept. */
export async function findPrintedPlace(
  tx: Tx,
  { formNumber, printJobId }: Pick<FormOnRecord, 'formNumber' | 'printJobId'>,
): Promise<PrintedPlace | undefined> {
  if (printJobId === null) return undefined;
  const part = await findPartOfForm(tx, printJobId, formNumber);
  const kept = part === undefined ? undefined : await findKeptSheets(tx, printJobId, part);
  const sheet = kept?.sheets.find(({ texts }) => texts['formNumber'] === formNumber);
  return sheet === undefined ? undefined : placeOf(sheet);
}
