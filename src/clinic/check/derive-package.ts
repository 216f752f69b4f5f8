import type { ClinicMasters } from '#clinic/tickets';
import { type Gs1Fault, readGs1 } from '#formats';
import { type Day, type Finding, finding } from '#kernel';

/** What a scanned package fills in; null where the barcode does not say it. */
export interface ScannedPackage {
  readonly gtin: string | null;
  /** Product id, where the municipality's list knows the package. */
  readonly product: string | null;
  readonly manufacturerCode: string | null;
  readonly lotNumber: string | null;
  readonly expiresOn: Day | null;
}

/** Reads the barcode of a package and looks it up; a barcode that cannot be read is one finding. */
export function derivePackage(scanned: string, masters: ClinicMasters, today: Day): ScannedPackage | Finding {
  const read = readGs1(scanned, today);
  if (typeof read === 'string') return unreadable(read);
  const known = read.gtin === null ? undefined : masters.packages.get(read.gtin);
  return { ...read, product: known?.product ?? null, manufacturerCode: known?.manufacturerCode ?? null };
}

function unreadable(fault: Gs1Fault): Finding {
  if (fault === 'separatorLost') return finding('barcodeSeparatorLost', 'refuse', 'barcode');
  return finding(fault === 'notGs1' ? 'barcodeOfOtherKind' : 'barcodeUnreadable', 'refuse', 'barcode');
}
