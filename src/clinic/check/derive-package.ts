import type { ClinicMasters } from '#clinic/tickets';
import { foldLotNumber, type Gs1Fault, readGs1 } from '#formats';
import { type Day, type Finding, finding } from '#kernel';

/** What a scanned package fills in; null where the barcode does not say it. */
export interface ScannedPackage {
  readonly gtin: string | null;
  /** Product id, where the municipality's list knows the package. */
  readonly product: string | null;
  readonly manufacturerCode: string | null;
  readonly lotNumber: string | null;
  /** Why the barcode's lot was not taken; null where there is nothing to doubt. */
  readonly lotDoubt: Finding | null;
  readonly expiresOn: Day | null;
}

/**
 * Reads the barcode of a package and looks it up; a barcode that cannot be read is one finding. A lot into which a serial
 * number may have run is taken only where the office's list has it as it stands: else a recall would miss it.
 */
export function derivePackage(scanned: string, masters: ClinicMasters, today: Day): ScannedPackage | Finding {
  const read = readGs1(scanned, today);
  if (typeof read === 'string') return unreadable(read);
  const { gtin, expiresOn, lotNumber, mayHoldMore } = read;
  const known = gtin === null ? undefined : masters.packages.get(gtin);
  const product = known?.product ?? null;
  const isDoubted = mayHoldMore && !isKnownLot(masters, product, lotNumber ?? '');
  return {
    ...{ gtin, expiresOn, product, manufacturerCode: known?.manufacturerCode ?? null },
    lotNumber: isDoubted ? null : lotNumber,
    lotDoubt: isDoubted ? finding('barcodeLotUnsure', 'refuse', 'barcode', { lot: lotNumber ?? '' }) : null,
  };
}

function isKnownLot({ lots }: ClinicMasters, product: string | null, lotNumber: string): boolean {
  return product !== null && lots.get(product)?.has(foldLotNumber(lotNumber)) === true;
}

function unreadable(fault: Gs1Fault): Finding {
  if (fault === 'separatorLost') return finding('barcodeSeparatorLost', 'refuse', 'barcode');
  return finding(fault === 'notGs1' ? 'barcodeOfOtherKind' : 'barcodeUnreadable', 'refuse', 'barcode');
}
