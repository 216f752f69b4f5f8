import { type Day, reachesMonthsOn, reachesYearsOn } from '#kernel';
import { formatDistance, formatWesternDay } from '#platform/pages';
import type { StageForecast } from '#schedule';

/** What of a stage says when it is usually given. */
export type StandardTimes = Pick<StageForecast, 'standardFrom' | 'standardTo' | 'next'>;

const oldestYears = 100;

/**
 * When a dose is usually given, in words: the standard age (標準的な接種期間) with its days, and the standard interval
 * from the dose before. Nothing where the rules name neither; lawful it may be all the same.
 */
export function standardSentences(bornOn: Day, times: StandardTimes, asOf: Day): readonly string[] {
  const { standardFrom: from, standardTo: to, next } = times;
  const sentences: string[] = [];
  if (from !== null || to !== null) sentences.push(`標準は${windowWords(bornOn, from, to, asOf)}`);
  if (next !== null && next.recommendedFrom !== null) {
    const until = next.recommendedTo === null ? '' : `${formatWesternDay(next.recommendedTo)}まで`;
    sentences.push(`前の回からの標準の間隔では${formatWesternDay(next.recommendedFrom)}から${until}`);
  }
  return sentences;
}

/** Whether a dose that may be given is still before its usual time. */
export function isBeforeStandard(times: StandardTimes, asOf: Day): boolean {
  return times.standardFrom !== null && times.standardFrom > asOf;
}

/** `3歳から4歳まで（2029年3月9日から、あと2年3か月）`; days where no age is reached on them. */
function windowWords(bornOn: Day, from: Day | null, to: Day | null, asOf: Day): string {
  const first = from === null ? null : ageReachedOn(bornOn, from);
  const last = to === null ? null : ageReachedOn(bornOn, to);
  const opens = from === null ? '' : `${first ?? formatWesternDay(from)}から`;
  const closes = to === null ? '' : `${last ?? formatWesternDay(to)}まで`;
  const isNext = from !== null && from > asOf;
  const edge = isNext ? from : to;
  if (edge === null) return `${opens}${closes}`;
  const isNamed = (isNext ? first : last) !== null;
  const day = isNamed ? `${formatWesternDay(edge)}${isNext ? 'から' : edge < asOf ? 'に' : 'まで'}` : '';
  const far = edge < asOf ? '過ぎました' : `${isNamed ? '、' : ''}${formatDistance(asOf, edge)}`;
  return `${opens}${closes}（${day}${far}）`;
}

/** The age that is reached on exactly this day: 生後2か月, 1歳3か月, 9歳; null on any other day. */
function ageReachedOn(bornOn: Day, on: Day): string | null {
  for (let months = 1; months < 24; months += 1) {
    if (months !== 12 && reachesMonthsOn(bornOn, months) === on) {
      return months < 12 ? `生後${months}か月` : `1歳${months - 12}か月`;
    }
  }
  for (let years = 1; years <= oldestYears; years += 1) {
    if (reachesYearsOn(bornOn, years) === on) return `${years}歳`;
  }
  return null;
}
