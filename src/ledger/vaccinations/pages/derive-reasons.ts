import type { Day } from '#kernel';
import { formatWesternDay } from '#platform/pages';
import type { StageForecast } from '#schedule';

/** A dose of the same programme given before, from which the interval is told. */
export interface DoseBefore {
  readonly on: Day;
  readonly doseNumber: number | null;
}

/** One reason why a dose is right: a sentence for the timeline, a few words for the table. */
export interface Reason {
  readonly sentence: string;
  readonly short: string;
}

/**
 * Why a dose that broke no rule is right, in the order in which a nurse checks: inside the window, in the standard
 * window, distance from the dose before. The window's days are told only where it holds the day (a season passes on).
 */
export function deriveReasons(
  on: Day,
  stage: Omit<StageForecast, 'status'> | null,
  before: DoseBefore | null,
): readonly Reason[] {
  const reasons: Reason[] = [];
  const isNow = stage !== null && isWithin(on, stage.eligibleFrom, stage.eligibleTo);
  const span = isNow ? `（${spanText(stage.eligibleFrom, stage.eligibleTo)}）` : '';
  reasons.push({ sentence: `受けられる期間${span}の中です。`, short: '期間の中' });
  if (stage !== null && stage.standardFrom !== null && isWithin(on, stage.standardFrom, stage.standardTo)) {
    reasons.push({ sentence: '標準的な時期です。', short: '標準的な時期' });
  }
  if (before !== null) {
    const which = before.doseNumber === null ? '前の接種' : `${before.doseNumber}回目`;
    const days = `${on - before.on}日`;
    const sentence = `${which}（${formatWesternDay(before.on)}）から${days}あけています。`;
    reasons.push({ sentence, short: `${which}から${days}` });
  }
  return reasons;
}

/** `2024年7月10日～2031年11月9日`; an end that is not known stays empty. */
function spanText(from: Day | null, to: Day | null): string {
  return `${from === null ? '' : formatWesternDay(from)}～${to === null ? '' : formatWesternDay(to)}`;
}

function isWithin(on: Day, from: Day | null, to: Day | null): boolean {
  return from !== null && on >= from && (to === null || on <= to);
}
