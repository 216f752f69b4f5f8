import { luhnCheckDigit } from '#kernel';

/** The first eleven digits of the first form; numbers never begin with zero, which spreadsheets would drop. */
export const firstSerial = 10_000_000_001;
const lastSerial = 99_999_999_999;

/** The 12 digits of a form: eleven of the serial and a Luhn check digit, which finds every wrong single digit. */
export function formNumberOf(serial: number): string {
  if (!Number.isSafeInteger(serial) || serial < firstSerial || serial > lastSerial) {
    throw new RangeError(`not a serial of a form: ${serial}`);
  }
  return `${serial}${luhnCheckDigit(String(serial))}`;
}
