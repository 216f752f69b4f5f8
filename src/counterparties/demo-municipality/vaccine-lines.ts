import type { Day } from '#kernel';

/** One line of the municipality's table of vaccine codes: what a code means for a dose number and a day. */
export interface VaccineLine {
  readonly code: string;
  readonly doseFrom: number;
  readonly doseTo: number;
  readonly givenFrom: Day | null;
  readonly givenTo: Day | null;
  readonly programme: string;
  readonly stage: string;
  readonly doseOffset: number;
  readonly product: string;
}

/** The dose of the law that a vendor's code and number stand for. */
export interface MeantDose {
  readonly programme: string;
  readonly stage: string;
  readonly product: string;
  /** Within the stage, from 1. */
  readonly doseNumber: number;
}

/** What the code means; undefined where the table has no line for this number and day. */
export function findMeantDose(
  lines: readonly VaccineLine[],
  code: string,
  doseNumber: number,
  on: Day,
): MeantDose | undefined {
  const line = lines.find(
    (each) =>
      each.code === code &&
      each.doseFrom <= doseNumber &&
      doseNumber <= each.doseTo &&
      (each.givenFrom === null || each.givenFrom <= on) &&
      (each.givenTo === null || on <= each.givenTo),
  );
  if (line === undefined) return undefined;
  const { programme, stage, product } = line;
  return { programme, stage, product, doseNumber: doseNumber - line.doseOffset };
}
