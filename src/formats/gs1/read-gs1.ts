import { type Day, dayParts, daysInMonth, findDay } from '#kernel';

/** What the barcode on a package says; null where the barcode does not hold it. */
export interface Gs1Package {
  /** (01) GTIN, 14 digits with the right check digit. */
  readonly gtin: string | null;
  /** (17) Last day on which the contents may be used. */
  readonly expiresOn: Day | null;
  /** (10) Lot, up to 20 characters. */
  readonly lotNumber: string | null;
  /** Whether a serial number (21) or a count (30) may stand at the end of the lot, run into it by a lost separator. */
  readonly mayHoldMore: boolean;
}

/** Why a text is not the barcode of a package. */
export type Gs1Fault = 'notGs1' | 'gtinWrong' | 'expiryWrong' | 'lotWrong' | 'repeated' | 'separatorLost';

const separator = '\u001D';
/**
 * What scanners are set to type in its place, since no keyboard has it: its picture, a name in brackets, a character that
 * no data holds.
 */
const typedSeparators = /\u241D|<GS>|\{GS\}|\[GS\]|\^\]|[|~^#]/giu;
/** Lengths of the data behind identifiers that need no separator, by their first two digits (figure 7.8.5-2). */
const fixedLengths: Readonly<Record<string, number>> = {
  '00': 18,
  '01': 14,
  '02': 14,
  '03': 14,
  '11': 6,
  '12': 6,
  '13': 6,
  '14': 6,
  '15': 6,
  '16': 6,
  '17': 6,
  '18': 6,
  '19': 6,
  '20': 2,
};
/** Digits of an identifier by its first two digits, of those that stand on packages; two where none is named. */
const identifierLengths: Readonly<Record<string, number>> = { '24': 3, '25': 3, '40': 3, '42': 3, '71': 3 };
/** The characters that data may hold (GS1 AI encodable character set 82). */
const encodable = /^[!"%-?A-Z_a-z]{1,20}$/u;

/**
 * Reads a package's element string as scanners send it: with or without the symbology identifier (`]C1`, `]d2`, `]e0`,
 * `]Q3`), with GS or what is typed for it between elements, or with parentheses as it is printed below the bars. `today`
 * decides the century. A lot with the last day of use behind it, run into one, is no lot; whether a serial number or a count
 * stands behind one cannot be seen where no separator arrived at all, and is said.
 * @spec GS1 General Specifications 3 (identifiers), 7.8 (processing), 7.12 (century); 医療用医薬品への新バーコード表示要領
 */
export function readGs1(scanned: string, today: Day): Gs1Package | Gs1Fault {
  const bare = scanned.trim().replace(/^\](?:C1|d2|e0|Q3)/u, '');
  const text = bare.replaceAll(typedSeparators, separator);
  const elements = text.startsWith('(') ? readPrinted(text) : readElements(text);
  if (elements === undefined) return 'notGs1';
  const values = new Map(elements);
  if (values.size !== elements.length) return 'repeated';
  if (!['01', '10', '17'].some((identifier) => values.has(identifier))) return 'notGs1';
  const gtin = values.get('01') ?? null;
  if (gtin !== null && !isGtin(gtin)) return 'gtinWrong';
  const expiry = values.get('17');
  const expiresOn = expiry === undefined ? null : findExpiry(expiry, today);
  if (expiresOn === undefined) return 'expiryWrong';
  const lotNumber = values.get('10') ?? null;
  if (lotNumber !== null && !encodable.test(lotNumber)) return 'lotWrong';
  if (lotNumber !== null && expiry === undefined && endsInExpiry(lotNumber, today)) return 'separatorLost';
  const mayHoldMore = lotNumber !== null && !isParted(text) && endsInMore.test(lotNumber);
  return { gtin, expiresOn, lotNumber, mayHoldMore };
}

/** Whether something in the text says where elements end. */
function isParted(text: string): boolean {
  return text.startsWith('(') || text.includes(separator);
}

/** (21) with a serial number, or (30) with a count of up to eight digits, behind at least one character of a lot. */
const endsInMore = /^.+?(?:21.+|30\d{1,8})$/u;

/** No package is sold with more years ahead of it, nor kept with more behind it. */
const yearsOfUse = 10;

/** Whether the end of a lot reads as (17) with a day near today: the separator behind the lot did not arrive. */
function endsInExpiry(lotNumber: string, today: Day): boolean {
  const end = /^.+17(\d{6})$/u.exec(lotNumber)?.[1];
  const day = end === undefined ? undefined : findExpiry(end, today);
  return day !== undefined && Math.abs(dayParts(day).year - dayParts(today).year) <= yearsOfUse;
}

/** Whether a text is a GTIN of 14 digits whose last one checks the others (modulo 10 with weights 3 and 1). */
export function isGtin(text: string): boolean {
  if (!/^\d{14}$/u.test(text)) return false;
  const sum = [...text.slice(0, 13)].reduce((total, digit, i) => total + Number(digit) * (i % 2 === 0 ? 3 : 1), 0);
  return (10 - (sum % 10)) % 10 === Number(text[13]);
}

type Element = readonly [identifier: string, value: string];

function readPrinted(text: string): Element[] | undefined {
  const elements = [...text.matchAll(/\((\d{2,4})\)([^(]*)/gu)];
  if (elements.map(([whole]) => whole).join('') !== text) return undefined;
  return elements.map(([, identifier = '', value = '']) => [identifier, value.trim()]);
}

function readElements(text: string): Element[] | undefined {
  const elements: Element[] = [];
  let rest = text.startsWith(separator) ? text.slice(1) : text;
  while (rest !== '') {
    const head = rest.slice(0, 2);
    if (!/^\d\d$/u.test(head)) return undefined;
    const identifier = rest.slice(0, identifierLengths[head] ?? 2);
    const fixed = fixedLengths[head];
    const end = rest.indexOf(separator, identifier.length);
    const length = fixed ?? (end < 0 ? rest.length : end) - identifier.length;
    const value = rest.slice(identifier.length, identifier.length + length);
    if (value.length < length || value === '') return undefined;
    elements.push([identifier, value]);
    rest = rest.slice(identifier.length + length);
    if (rest.startsWith(separator)) rest = rest.slice(1);
  }
  return elements.length === 0 ? undefined : elements;
}

/** YYMMDD; day 00 is the last day of the month. Undefined where the calendar has no such day. */
function findExpiry(text: string, today: Day): Day | undefined {
  const match = /^(\d\d)(\d\d)(\d\d)$/u.exec(text);
  if (match === null) return undefined;
  const [yy = 0, month = 0, day = 0] = match.slice(1).map(Number);
  const year = fullYear(yy, dayParts(today).year);
  if (month < 1 || month > 12) return undefined;
  return findDay(year, month, day === 0 ? daysInMonth(year, month) : day);
}

/** Two digits mean a year from 49 years back to 50 years ahead. */
function fullYear(yy: number, thisYear: number): number {
  const century = thisYear - (thisYear % 100);
  const difference = yy - (thisYear % 100);
  if (difference >= 51) return century - 100 + yy;
  return difference <= -50 ? century + 100 + yy : century + yy;
}
