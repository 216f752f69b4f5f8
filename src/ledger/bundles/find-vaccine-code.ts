import type { Day } from '#kernel';
import type { VaccineMap } from '#ledger/products';

/**
 * The code and 回数 that a form of ours stands for on a day: its programme, stage and dose number turned back into the
 * municipality's own code. Undefined where several codes could be meant (two products of one programme): then it is
 * typed.
 */
export function findVaccineCode(
  map: VaccineMap,
  form: { readonly programme: string; readonly stage: string; readonly doseNumber: number | null },
  on: Day,
): { readonly vaccineCode: string; readonly doseNumber: number | null } | undefined {
  const lines = [...map.values()].flat().filter((line) => {
    const isOfDay = (line.givenFrom === null || line.givenFrom <= on) && (line.givenTo === null || on <= line.givenTo);
    return isOfDay && line.programme === form.programme && line.stage === form.stage;
  });
  const codes = new Set(lines.map((line) => line.code));
  const [line] = lines;
  if (codes.size !== 1 || line === undefined) return undefined;
  return { vaccineCode: line.code, doseNumber: form.doseNumber === null ? null : form.doseNumber + line.doseOffset };
}
