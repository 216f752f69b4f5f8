import { parseCsvTable } from '#formats';
import { type Day, findIsoDay } from '#kernel';

/** A package of a vaccine: which product its GS1 code (GTIN) stands for. */
export interface VaccinePackage {
  readonly gtin: string;
  readonly product: string;
  readonly manufacturerCode: string | null;
}

/** A lot taken back by its maker: not to be used from that day on (回収). */
export interface RecalledLot {
  readonly product: string;
  readonly lotNumber: string;
  readonly recalledOn: Day;
  readonly reason: string;
}

/** Reads `vaccine-packages.csv` (gtin, product, manufacturer_code); throws with the line of the fault. */
export function parsePackages(text: string): readonly VaccinePackage[] {
  return parseCsvTable(text).map(({ line, values }) => {
    const gtin = values['gtin'] ?? '';
    const product = values['product'] ?? '';
    if (!/^\d{14}$/u.test(gtin) || product === '')
      throw new Error(`line ${line}: a value is missing or none of its kind`);
    const manufacturerCode = values['manufacturer_code'] ?? '';
    return { gtin, product, manufacturerCode: manufacturerCode === '' ? null : manufacturerCode };
  });
}

/** Reads `recalled-lots.csv` (product, lot_number, recalled_on, reason); throws with the line of the fault. */
export function parseRecalledLots(text: string): readonly RecalledLot[] {
  return parseCsvTable(text).map(({ line, values }) => {
    const product = values['product'] ?? '';
    const lotNumber = values['lot_number'] ?? '';
    const recalledOn = findIsoDay(values['recalled_on'] ?? '');
    if (product === '' || lotNumber === '' || recalledOn === undefined)
      throw new Error(`line ${line}: a value is missing or none of its kind`);
    return { product, lotNumber, recalledOn, reason: values['reason'] ?? '' };
  });
}
