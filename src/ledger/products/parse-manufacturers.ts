import { parseCsvTable } from '#formats';

/** Reads the table of maker codes (code, name) into names by code. */
export function parseManufacturers(text: string): ReadonlyMap<string, string> {
  return new Map(parseCsvTable(text).map(({ values }) => [values['code'] ?? '', values['name'] ?? '']));
}
