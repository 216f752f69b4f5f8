import type { RecordItems } from './record-items.ts';

/** The maker of a dose in words: the name that the record tells, else that of its code, else the code; null where nothing is told. */
export function makerOf(items: RecordItems, nameOf: (code: string) => string | null | undefined): string | null {
  const code = items.manufacturerCode || null;
  return items.manufacturerName || (code === null ? null : (nameOf(code) ?? code));
}
