import { type Day, dayParts, findCompactDay, findDay, findIsoDay } from './day.ts';
import { findJapaneseEraDay, japaneseEras } from './japanese-era.ts';

/**
 * From this year of the present era on, a year of two digits may as well be 2019, 2026, 平成26 or 昭和26: it is no day unless
 * the era is named. In 2037, when 令和19 begins, whoever types it names the era too.
 */
const firstAmbiguousYear = 19;

/**
 * A day as staff type it: 2026-04-15, 20260415, 2026/4/15, R8.4.15, 令和8年4月15日, and by digits alone in the first 18 years
 * of the present era 080415 or 8.4.15. Undefined where it is none of these or no day of the calendar.
 */
export function findTypedDay(text: string): Day | undefined {
  const narrow = text.normalize('NFKC').replaceAll(/\s/gu, '');
  const western = /^(\d{4})[./年-](\d{1,2})[./月-](\d{1,2})日?$/u.exec(narrow);
  if (western !== null) return findDay(Number(western[1]), Number(western[2]), Number(western[3]));
  const ofPresentEra =
    /^(\d{1,2})[./-](\d{1,2})[./-](\d{1,2})$/u.exec(narrow) ?? /^(\d{2})(\d{2})(\d{2})$/u.exec(narrow);
  const [present] = japaneseEras;
  if (ofPresentEra !== null && present !== undefined) {
    if (Number(ofPresentEra[1]) >= firstAmbiguousYear) return undefined;
    const year = dayParts(present.firstOn).year + Number(ofPresentEra[1]) - 1;
    const day = findDay(year, Number(ofPresentEra[2]), Number(ofPresentEra[3]));
    return day !== undefined && day >= present.firstOn ? day : undefined;
  }
  return findIsoDay(narrow) ?? findCompactDay(narrow) ?? findJapaneseEraDay(narrow)?.day;
}

/** The same for what has happened (接種日, 発症日, 交付日): undefined also for a day after today. */
export function findTypedPastDay(text: string, today: Day): Day | undefined {
  const day = findTypedDay(text);
  return day === undefined || day > today ? undefined : day;
}
