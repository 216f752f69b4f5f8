import { types } from 'pg';

type Parser = (text: string) => unknown;

const oids = { int8: 20, date: 1082, int8Array: 1016, dateArray: 1182, textArray: 1009 } as const;
const readTextArray = types.getTypeParser(oids.textArray as number) as unknown as (text: string) => (string | null)[];

const parsers = new Map<number, Parser>([
  [oids.int8, parseSafeInteger],
  [oids.date, (text) => text],
  [oids.int8Array, (text) => readTextArray(text).map((item) => (item === null ? null : parseSafeInteger(item)))],
  [oids.dateArray, readTextArray],
]);

/**
 * How columns become JavaScript values: bigint a number (an id past 2^53 throws rather than lose a digit), a day the
 * text `YYYY-MM-DD`, an instant a Date; the rest as `pg` does it.
 */
export const typeParsers = {
  getTypeParser(oid: number, format?: 'text' | 'binary'): Parser {
    const own = format === 'binary' ? undefined : parsers.get(oid);
    return own ?? (types.getTypeParser(oid, format) as Parser);
  },
};

function parseSafeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError('a bigint of the database does not fit a safe integer');
  return value;
}
