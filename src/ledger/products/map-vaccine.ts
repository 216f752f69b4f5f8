import type { Day } from '#kernel';
import type { MappedVaccine, VaccineCodeLine, VaccineMap } from './types.ts';

/**
 * Finds what a sender's code means for a dose number and a day; undefined when the table does not know the code.
 * A day or number outside the table is marked, never refused here: the dose happened.
 */
export function mapVaccine(
  map: VaccineMap,
  code: string,
  doseNumber: number | null,
  on: Day,
): MappedVaccine | undefined {
  const lines = map.get(code);
  if (lines === undefined || lines.length === 0) return undefined;
  const ofDay = lines.filter((line) => daysOutside(line, on) === 0);
  const inForce = ofDay.length > 0 ? ofDay : nearestLines(lines, on);
  const ofDose = inForce.filter((line) => doseNumber !== null && holdsDose(line, doseNumber));
  const line = ofDose[0] ?? (doseNumber === null ? inForce[0] : inForce.at(-1));
  if (line === undefined) return undefined;
  const isInSeries = doseNumber === null || ofDose.length > 0;
  const isStageKnown = isInSeries && (doseNumber !== null || inForce.every((other) => other.stage === line.stage));
  return {
    programme: line.programme,
    stage: isStageKnown ? line.stage : null,
    product: line.product,
    doseNumber: isInSeries && doseNumber !== null ? doseNumber - line.doseOffset : null,
    name: line.name,
    isInSeries,
    isInForce: ofDay.length > 0,
  };
}

function holdsDose(line: VaccineCodeLine, doseNumber: number): boolean {
  return doseNumber >= (line.doseFrom ?? 1) && doseNumber <= (line.doseTo ?? Number.POSITIVE_INFINITY);
}

function nearestLines(lines: readonly VaccineCodeLine[], on: Day): readonly VaccineCodeLine[] {
  const least = Math.min(...lines.map((line) => daysOutside(line, on)));
  return lines.filter((line) => daysOutside(line, on) === least);
}

function daysOutside(line: VaccineCodeLine, on: Day): number {
  if (line.givenFrom !== null && on < line.givenFrom) return line.givenFrom - on;
  if (line.givenTo !== null && on > line.givenTo) return on - line.givenTo;
  return 0;
}
