import { type Day, dayParts, findCompactDay, findDay, findIsoDay } from './day.ts';
import { findJapaneseEraDay, japaneseEras } from './japanese-era.ts';

/**
 * A day as staff type it: 2026-04-15, 20260415, 2026/4/15, R8.4.15, 令和8年4月15日, and by digits alone in the present era
 * 080415 or 8.4.15. Undefined where it is none of these or no day of the calendar.
 */
export function findTypedDay(text: string): Day | undefined {
  const narrow = text.normalize('NFKC').replaceAll(/\s/gu, '');
  const western = /^(\d{4})[./年-](\d{1,2})[./月-](\d{1,2})日?$/u.exec(narrow);
  if (western !== null) return findDay(Number(western[1]), Number(western[2]), Number(western[3]));
  const ofPresentEra =
    /^(\d{1,2})[./-](\d{1,2})[./-](\d{1,2})$/u.exec(narrow) ?? /^(\d{2})(\d{2})(\d{2})$/u.exec(narrow);
  const [present] = japaneseEras;
  if (ofPresentEra !== null && present !== undefined) {
    const year = dayParts(present.firstOn).year + Number(ofPresentEra[1]) - 1;
    const day = findDay(year, Number(ofPresentEra[2]), Number(ofPresentEra[3]));
    return day !== undefined && day >= present.firstOn ? day : undefined;
  }
  return findIsoDay(narrow) ?? findCompactDay(narrow) ?? findJapaneseEraDay(narrow)?.day;
}
