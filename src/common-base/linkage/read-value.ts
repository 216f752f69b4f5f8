import { codeInSentence, type Finding, findCompactDay, finding, formatIsoDay, getDay, type LgCode } from '#kernel';
import { readDay, readPartialDay } from './read-day.ts';
import type { DayColumn, LayoutColumn, PartialDayColumn, TextColumn } from './types.ts';

/** Reads one trimmed, non-empty value of a column; adds to the findings what is wrong with it. */
export type ValueReader = (value: string, findings: Finding[]) => string | null;

const firstTextDay = getDay(1868, 1, 1);
const lastTextDay = getDay(2100, 1, 1);

/** The reader of a column, prepared once per file. `lgCode` is the municipality that the file must belong to. */
export function prepareReader(column: LayoutColumn, lgCode: LgCode | null): ValueReader {
  switch (column.type) {
    case 'text':
      return (value, findings) => readText(column, value, findings);
    case 'digits':
      return (value, findings) => readDigits(column.name, column.minLength, column.maxLength, value, findings);
    case 'day':
    case 'partialDay':
      return prepareDayReader(column);
    case 'code':
      return (value, findings) => {
        const mapped = column.codes.get(value) ?? (column.keepsUnknown ? value : undefined);
        if (mapped === undefined)
          findings.push(finding('feedCodeUnknown', 'refuse', column.name, { value: codeInSentence(value) }));
        return mapped ?? null;
      };
    case 'decimal':
      return (value, findings) => readDecimal(column.name, column.impliedDecimals, value, findings);
    case 'integer':
      return (value, findings) => readMatching(/^\d{1,9}$/u, 'feedNumberUnreadable', column.name, value, findings);
    case 'flag':
      return (value, findings) => readMatching(/^[01]$/u, 'feedFlagUnreadable', column.name, value, findings);
    case 'lgCode':
      return (value, findings) => {
        if (lgCode !== null && value !== lgCode) {
          findings.push(finding('feedOtherMunicipality', 'refuse', column.name, { value: codeInSentence(value) }));
        }
        return value;
      };
    default:
      return () => null;
  }
}

function readText(column: TextColumn, value: string, findings: Finding[]): string {
  const max = column.maxLength;
  if (max !== null && value.length > max && countVisible(value) > max) {
    findings.push(finding('feedValueTooLong', 'refuse', column.name, { max }));
  }
  return value;
}

function readDigits(
  name: string,
  min: number | null,
  max: number | null,
  value: string,
  findings: Finding[],
): string | null {
  for (let i = 0; i < value.length; i += 1) {
    const code = value.charCodeAt(i);
    if (code < 48 || code > 57) {
      findings.push(finding('feedValueNotDigits', 'refuse', name));
      return null;
    }
  }
  if (max !== null && value.length > max) findings.push(finding('feedValueTooLong', 'refuse', name, { max }));
  if (min !== null && value.length < min) findings.push(finding('feedValueTooShort', 'refuse', name, { min }));
  return value;
}

/** YYYYMMDD, by far the most common form, is read without the list of forms; its text is made once per day. */
function prepareDayReader(column: DayColumn | PartialDayColumn): ValueReader {
  const texts: (string | undefined)[] = Array.from({ length: lastTextDay - firstTextDay });
  const isCompact = column.forms[0] === 'compact';
  const read = column.type === 'day' ? readDay : readPartialDay;
  return (value, findings) => {
    const day = isCompact ? findCompactDay(value) : undefined;
    if (day !== undefined && day >= firstTextDay && day < lastTextDay) {
      return (texts[day - firstTextDay] ??= formatIsoDay(day));
    }
    const other = read(value, column.forms);
    if (other === undefined) {
      findings.push(finding('feedDayImpossible', 'refuse', column.name));
      return null;
    }
    if (other.isPastEraEnd) findings.push(finding('feedEraPastEnd', 'note', column.name));
    return other.text;
  };
}

function readDecimal(name: string, impliedDecimals: number, value: string, findings: Finding[]): string | null {
  const pattern = impliedDecimals === 0 ? /^\d{1,9}(?:\.\d{1,6})?$/u : /^\d{1,9}$/u;
  const plain = readMatching(pattern, 'feedNumberUnreadable', name, value, findings);
  if (plain === null || impliedDecimals === 0) return plain;
  const padded = plain.padStart(impliedDecimals + 1, '0');
  return `${padded.slice(0, -impliedDecimals)}.${padded.slice(-impliedDecimals)}`;
}

function readMatching(pattern: RegExp, code: string, name: string, value: string, findings: Finding[]): string | null {
  if (pattern.test(value)) return value;
  findings.push(finding(code, 'refuse', name));
  return null;
}

/** Characters as a reader counts them: an ideograph with its variation selector is one. */
function countVisible(value: string): number {
  return [...value.replaceAll(/[\u{FE00}-\u{FE0F}\u{E0100}-\u{E01EF}]/gu, '')].length;
}
