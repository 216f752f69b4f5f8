import {
  dayParts,
  findCompactDay,
  findDay,
  findIsoDay,
  findJapaneseEraDay,
  formatIsoDay,
  japaneseEras,
  spellEraCode,
} from '#kernel';
import type { DayForm } from './types.ts';

/** A day as read: `YYYY-MM-DD` (or its known part), and whether an era was counted on past its end (平成32年). */
export interface ReadDay {
  readonly text: string;
  readonly isPastEraEnd: boolean;
}

/** Reads a whole day in the first form that fits; undefined when none does or no such day exists. */
export function readDay(value: string, forms: readonly DayForm[]): ReadDay | undefined {
  for (const form of forms) {
    const day = readForm(value, form);
    if (day !== undefined) return day;
  }
  return undefined;
}

/**
 * Reads a birth date of which the month or the day may be unknown, as `YYYY-MM-DD`, `YYYY-MM` or `YYYY`. Unknown
 * parts are written as 00 or 99, or left out in the Japanese calendar (昭和25年不詳, S25.07).
 */
export function readPartialDay(value: string, forms: readonly DayForm[]): ReadDay | undefined {
  const whole = readDay(value, forms);
  if (whole !== undefined) return whole;
  for (const form of forms) {
    const parts = partsOf(value, form);
    if (parts === undefined) continue;
    const partial = formatPartial(parts);
    if (partial !== undefined) return { text: partial, isPastEraEnd: parts.isPastEraEnd };
  }
  return undefined;
}

interface WrittenParts {
  readonly year: number;
  readonly month: number;
  readonly dayOfMonth: number;
  readonly isPastEraEnd: boolean;
}

function readForm(value: string, form: DayForm): ReadDay | undefined {
  if (form === 'wareki' || form === 'eraDigits') {
    const read = findJapaneseEraDay(form === 'wareki' ? value : (spellEraCode(value) ?? ''));
    return read && { text: formatIsoDay(read.day), isPastEraEnd: read.isPastEraEnd };
  }
  const day = form === 'compact' ? findCompactDay(value) : form === 'iso' ? findIsoDay(value) : findSlashDay(value);
  return day === undefined ? undefined : { text: formatIsoDay(day), isPastEraEnd: false };
}

function findSlashDay(value: string): ReturnType<typeof findDay> {
  const match = /^(\d{4})\/(\d{1,2})\/(\d{1,2})$/u.exec(value);
  return match === null ? undefined : findDay(Number(match[1]), Number(match[2]), Number(match[3]));
}

function partsOf(value: string, form: DayForm): WrittenParts | undefined {
  if (form === 'wareki' || form === 'eraDigits') {
    return eraParts(form === 'wareki' ? value : (spellEraCode(value) ?? ''));
  }
  const pattern =
    form === 'compact'
      ? /^(\d{4})(\d{2})?(\d{2})?$/u
      : form === 'iso'
        ? /^(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?$/u
        : /^(\d{4})(?:\/(\d{1,2}))?(?:\/(\d{1,2}))?$/u;
  const match = pattern.exec(value);
  if (match === null) return undefined;
  return { year: Number(match[1]), ...monthAndDay(match[2], match[3]), isPastEraEnd: false };
}

function eraParts(value: string): WrittenParts | undefined {
  const narrow = value
    .normalize('NFKC')
    .replaceAll(/\s|不詳|頃|日/gu, '')
    .toUpperCase();
  const match =
    /^(明治|大正|昭和|平成|令和|[MTSHR明大昭平令])(元|\d{1,2})(?:年|[./-]|$)(\d{1,2})?(?:月|[./-]|$)?(\d{1,2})?$/u.exec(
      narrow,
    );
  const era = japaneseEras.find(({ name, letter, short }) => [name, letter, short].includes(match?.[1] ?? ''));
  if (match === null || era === undefined) return undefined;
  const eraYear = match[2] === '元' ? 1 : Number(match[2]);
  if (eraYear === 0) return undefined;
  const year = dayParts(era.firstOn).year + eraYear - 1;
  const next = japaneseEras[japaneseEras.indexOf(era) - 1];
  const isPastEraEnd = next !== undefined && year > dayParts(next.firstOn).year;
  return { year, ...monthAndDay(match[3], match[4]), isPastEraEnd };
}

function monthAndDay(month: string | undefined, dayOfMonth: string | undefined): { month: number; dayOfMonth: number } {
  return { month: knownPart(month), dayOfMonth: knownPart(dayOfMonth) };
}

/** 0 stands for unknown; old systems also write 99. */
function knownPart(digits: string | undefined): number {
  const value = Number(digits ?? 0);
  return value === 99 ? 0 : value;
}

function formatPartial({ year, month, dayOfMonth }: WrittenParts): string | undefined {
  if (year < 1868 || year > 2200 || month > 12) return undefined;
  const yearText = String(year).padStart(4, '0');
  if (month === 0) return dayOfMonth === 0 ? yearText : undefined;
  const monthText = `${yearText}-${String(month).padStart(2, '0')}`;
  if (dayOfMonth === 0) return monthText;
  const day = findDay(year, month, dayOfMonth);
  return day === undefined ? undefined : formatIsoDay(day);
}
