import type { Day } from '#kernel';
import type { VaccineCodeLine, VaccineMap } from './types.ts';

/** A dose in the words of the rules; `product` is null where none was given. */
export interface CodedDose {
  readonly programme: string;
  readonly stage: string;
  readonly product: string | null;
  /** Within the stage, from 1; null where it is not known. */
  readonly doseNumber: number | null;
}

/**
 * The sender's code and running dose number of a dose: what `mapVaccine` would read back. The line of the very product
 * and stage stands before one of the programme alone; undefined where the table has no code for the programme.
 */
export function findVaccineCode(
  map: VaccineMap,
  dose: CodedDose,
  on: Day,
): { readonly code: string; readonly doseNumber: number | null } | undefined {
  const lines = [...map.values()].flat().filter((line) => line.programme === dose.programme && isInForce(line, on));
  const fits = (line: VaccineCodeLine): number =>
    (line.stage === dose.stage ? 2 : 0) + (dose.product === null || line.product === dose.product ? 1 : 0);
  const [best] = lines.toSorted((a, b) => fits(b) - fits(a));
  if (best === undefined || (dose.product !== null && best.product !== dose.product)) return undefined;
  const doseNumber = dose.doseNumber === null || best.stage !== dose.stage ? null : dose.doseNumber + best.doseOffset;
  return { code: best.code, doseNumber };
}

function isInForce({ givenFrom, givenTo }: VaccineCodeLine, on: Day): boolean {
  return (givenFrom === null || givenFrom <= on) && (givenTo === null || on <= givenTo);
}
