import type { Day } from '#kernel';
import type { VaccineMap } from '#ledger/products';

/** A code of the municipality's table that a form of ours may stand for, with the 回数 that the sender would write. */
export interface OfferedCode {
  readonly vaccineCode: string;
  readonly name: string;
  readonly doseNumber: number | null;
}

/**
 * The codes that a form of ours can stand for on a day: its programme, stage and dose number turned back into the
 * municipality's own codes. Several where the programme has several products (生 or 組換え): only the sticker on the paper
 * says which was given. None where the table has no code for it.
 */
export function listVaccineCodes(
  map: VaccineMap,
  form: { readonly programme: string; readonly stage: string; readonly doseNumber: number | null },
  on: Day,
): readonly OfferedCode[] {
  const lines = [...map.values()].flat().filter((line) => {
    const isOfDay = (line.givenFrom === null || line.givenFrom <= on) && (line.givenTo === null || on <= line.givenTo);
    return isOfDay && line.programme === form.programme && line.stage === form.stage;
  });
  const offered = lines.map(({ code, name, doseOffset }) => ({
    vaccineCode: code,
    name,
    doseNumber: form.doseNumber === null ? null : form.doseNumber + doseOffset,
  }));
  return offered.filter((each, i) => offered.findIndex(({ vaccineCode }) => vaccineCode === each.vaccineCode) === i);
}
