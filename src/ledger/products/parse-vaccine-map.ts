import { parseCsvTable } from '#formats';
import { type Day, findIsoDay } from '#kernel';
import type { VaccineCodeLine, VaccineMap } from './types.ts';

/**
 * Reads the table of vaccine codes (code, dose_from, dose_to, given_from, given_to, programme, stage, product,
 * dose_offset, name). Throws with the line of the first mistake: settings are read once, before any row is judged.
 */
export function parseVaccineMap(text: string): VaccineMap {
  const lines = parseCsvTable(text).map(({ line, values }) => readLine(line, values));
  return Map.groupBy(lines, (each) => each.code);
}

function readLine(line: number, values: Readonly<Record<string, string>>): VaccineCodeLine {
  const text = (column: string): string => {
    const value = values[column];
    if (value === undefined || value === '') throw new Error(`line ${line}: ${column} is empty`);
    return value;
  };
  return {
    code: text('code'),
    doseFrom: readCount(line, 'dose_from', values),
    doseTo: readCount(line, 'dose_to', values),
    givenFrom: readDay(line, 'given_from', values),
    givenTo: readDay(line, 'given_to', values),
    programme: text('programme'),
    stage: text('stage'),
    product: text('product'),
    doseOffset: readCount(line, 'dose_offset', values) ?? 0,
    name: text('name'),
  };
}

function readCount(line: number, column: string, values: Readonly<Record<string, string>>): number | null {
  const value = values[column] ?? '';
  if (value === '') return null;
  if (!/^\d{1,2}$/u.test(value)) throw new Error(`line ${line}: ${column} is no number: ${value}`);
  return Number(value);
}

function readDay(line: number, column: string, values: Readonly<Record<string, string>>): Day | null {
  const value = values[column] ?? '';
  if (value === '') return null;
  const day = findIsoDay(value);
  if (day === undefined) throw new Error(`line ${line}: ${column} is no day as YYYY-MM-DD: ${value}`);
  return day;
}
