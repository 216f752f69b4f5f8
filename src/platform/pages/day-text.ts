import { ageAsSpoken, type Day, dayParts, formatIsoDay, formatJapaneseEra } from '#kernel';
import { type Html, html } from './html.ts';

/** `2026年11月21日`. */
export function formatWesternDay(day: Day): string {
  const { year, month, dayOfMonth } = dayParts(day);
  return `${year}年${month}月${dayOfMonth}日`;
}

/** `2026年11月21日（令和8年）`: the form of every day on a screen. */
export function formatDay(day: Day): string {
  return `${formatWesternDay(day)}（${eraYear(day)}）`;
}

/** A day on a screen, with its era softer; `isShort` leaves the era out where a column of days would become a wall. */
export function dayText(day: Day | null, options: { readonly isShort?: boolean } = {}): Html {
  if (day === null) return html`<span class="soft">不明</span>`;
  const era = options.isShort === true ? null : html`<span class="era">（${eraYear(day)}）</span>`;
  return html`<time class="day" datetime="${formatIsoDay(day)}">${formatWesternDay(day)}${era}</time>`;
}

/** A day as the field of a form carries it (YYYY-MM-DD); empty where there is none. */
export function dayValue(day: Day | null | undefined): string {
  return day === null || day === undefined ? '' : formatIsoDay(day);
}

/** Age as people say it: `2歳6か月`, under one year `6か月`, under one month `24日`. */
export function formatAge(bornOn: Day, on: Day): string {
  if (on < bornOn) return '出生前';
  const { years, months } = ageAsSpoken(bornOn, on);
  if (years === 0 && months === 0) return `生後${on - bornOn}日`;
  if (years === 0) return `${months}か月`;
  return `${years}歳${months}か月`;
}

/** Days as a distance people can picture: `今日`, `あと3日`, `12日前`, `あと2か月と5日` as days up to 60. */
export function formatDistance(from: Day, to: Day): string {
  const days = to - from;
  if (days === 0) return '今日';
  const { years, months } = days > 0 ? ageAsSpoken(from, to) : ageAsSpoken(to, from);
  const size =
    Math.abs(days) <= 60
      ? `${Math.abs(days)}日`
      : years === 0
        ? `${months}か月`
        : `${years}年${months === 0 ? '' : `${months}か月`}`;
  return days > 0 ? `あと${size}` : `${size}前`;
}

const instantParts = new Intl.DateTimeFormat('ja-JP', {
  timeZone: 'Asia/Tokyo',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

/** An instant in Japanese time: `2026年11月21日 14:05`, with seconds where a log needs them. */
export function formatInstant(at: Date, options: { readonly hasSeconds?: boolean } = {}): string {
  const parts = Object.fromEntries(instantParts.formatToParts(at).map((part) => [part.type, part.value]));
  const clock = `${parts['hour']}:${parts['minute']}${options.hasSeconds === true ? `:${parts['second']}` : ''}`;
  return `${parts['year']}年${parts['month']}月${parts['day']}日 ${clock}`;
}

/** An instant on a screen, in Japanese time. */
export function instantText(at: Date | null, options: { readonly hasSeconds?: boolean } = {}): Html | null {
  if (at === null) return null;
  return html`<time class="day" datetime="${at.toISOString()}">${formatInstant(at, options)}</time>`;
}

/** A number with its thousands: `20,005`. */
export function formatCount(count: number): string {
  return count.toLocaleString('ja-JP');
}

/** `令和8年` of a day. */
export function eraYear(day: Day): string {
  return formatJapaneseEra(day).replace(/年.*$/u, '年');
}
