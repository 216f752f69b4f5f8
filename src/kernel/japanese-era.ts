import { type Day, dayParts, findDay, getDay } from './day.ts';

/** An era (元号): first day, name, its one-letter and one-character short forms. */
export interface JapaneseEra {
  readonly name: string;
  readonly letter: string;
  readonly short: string;
  readonly firstOn: Day;
}

/** The eras since the Gregorian calendar came into force in Japan, newest first. */
export const japaneseEras: readonly JapaneseEra[] = [
  { name: '令和', letter: 'R', short: '令', firstOn: getDay(2019, 5, 1) },
  { name: '平成', letter: 'H', short: '平', firstOn: getDay(1989, 1, 8) },
  { name: '昭和', letter: 'S', short: '昭', firstOn: getDay(1926, 12, 25) },
  { name: '大正', letter: 'T', short: '大', firstOn: getDay(1912, 7, 30) },
  { name: '明治', letter: 'M', short: '明', firstOn: getDay(1868, 1, 25) },
];

/** A day read from the Japanese calendar; `isPastEraEnd` marks forms such as 平成32年 that old data hold. */
export interface JapaneseEraDay {
  readonly day: Day;
  readonly isPastEraEnd: boolean;
}

/** `令和8年11月21日`; the first year of an era prints 元年. Days before Meiji print in western form. */
export function formatJapaneseEra(day: Day): string {
  const { year, month, dayOfMonth } = dayParts(day);
  const era = japaneseEras.find((candidate) => day >= candidate.firstOn);
  if (era === undefined) return `${year}年${month}月${dayOfMonth}日`;
  const eraYear = year - dayParts(era.firstOn).year + 1;
  return `${era.name}${eraYear === 1 ? '元' : eraYear}年${month}月${dayOfMonth}日`;
}

/**
 * GYYMMDD, the seven digits of 予診票 and older systems (元号コード 1 明治 to 5 令和), written out with the era's name:
 * 5060210 as 令和06.02.10. Undefined for anything else.
 */
export function spellEraCode(text: string): string | undefined {
  const match = /^([1-5])(\d{2})(\d{2})(\d{2})$/u.exec(text);
  const era = match === null ? undefined : japaneseEras[japaneseEras.length - Number(match[1])];
  return match === null || era === undefined ? undefined : `${era.name}${match[2]}.${match[3]}.${match[4]}`;
}

/**
 * Reads R8.11.21, 令8.11.21, 令和8年11月21日, 令和元年5月1日, S29-8-25, 昭290825 and full-width forms.
 * A year past the end of its era is read on and marked; a day before its era or that does not exist is undefined.
 */
export function findJapaneseEraDay(text: string): JapaneseEraDay | undefined {
  const narrow = text.normalize('NFKC').replaceAll(/\s/gu, '').toUpperCase();
  const era = japaneseEras.find(
    (candidate) =>
      narrow.startsWith(candidate.name) || narrow.startsWith(candidate.short) || narrow.startsWith(candidate.letter),
  );
  if (era === undefined) return undefined;
  const rest = narrow.slice(narrow.startsWith(era.name) ? era.name.length : 1).replace(/^元/u, '1');
  const match =
    /^(\d{1,2})(?:年|[./-])(\d{1,2})(?:月|[./-])(\d{1,2})日?$/u.exec(rest) ?? /^(\d{2})(\d{2})(\d{2})$/u.exec(rest);
  if (match === null) return undefined;
  const eraYear = Number(match[1]);
  const day = findDay(dayParts(era.firstOn).year + eraYear - 1, Number(match[2]), Number(match[3]));
  if (eraYear === 0 || day === undefined || day < era.firstOn) return undefined;
  const next = japaneseEras[japaneseEras.indexOf(era) - 1];
  return { day, isPastEraEnd: next !== undefined && day >= next.firstOn };
}
