import type { Effect } from '../count-changes.ts';
import { ageGroups } from '../count-changes.ts';
import type { Change } from '../types.ts';

/** What a trial may do to people, in the words of the office. */
export const effectWords: Readonly<Record<Effect, string>> = {
  due: '受けられるようになる',
  overdue: '遅れになる',
  closed: '終わりになる',
  wrong: '間違い接種になる',
  noLongerDue: '受けられなくなる',
  noLongerWrong: '間違いでなくなる',
};

const standings: Readonly<Record<string, string>> = {
  notEligible: '対象でない',
  completed: '済み',
  closed: '終わり',
  tooEarly: 'まだ早い',
  waiting: '間隔待ち',
  overdue: '遅れ',
  due: '受けられる',
  absent: 'きまりなし',
  unknown: '判定できない',
  notRoutine: '任意',
  extra: '余分',
  invalid: '間違い',
  valid: '正しい',
};

/** A standing of a stage or a dose in a word. */
function standingWords(standing: string): string {
  return standings[standing] ?? standing;
}

/** A change as `受けられる → 終わり`. */
export function changeWords({ before, after }: Pick<Change, 'before' | 'after'>): string {
  return `${standingWords(before)} → ${standingWords(after)}`;
}

/** An age group by its youngest age: `3～4歳`, `100歳以上`. */
export function ageGroupWords(ageFrom: number): string {
  const next = ageGroups.find((from) => from > ageFrom);
  if (next === undefined) return `${ageFrom}歳以上`;
  return next === ageFrom + 1 ? `${ageFrom}歳` : `${ageFrom}～${next - 1}歳`;
}
