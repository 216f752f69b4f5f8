import { matchPoints } from './decide-match.ts';
import type { MatchReason } from './types.ts';

/** The reasons of a candidate in the words of the office. */
export const matchReasonWords: Readonly<Record<MatchReason, string>> = {
  sameIndividualNumber: '個人番号が同じ',
  sameNumber: '宛名番号が同じ',
  sameKana: 'カナが同じ',
  sameBirthDate: '生年月日が同じ',
  similarKana: 'カナが似ている',
  sameAddress: '住所が同じ',
  sameGivenKana: '名のカナが同じ',
  similarNumber: '宛名番号が1か所違い',
  birthDateMixedUp: '生年月日が1か所違い',
  samePhone: '電話番号が同じ',
  sameName: '漢字が同じ',
  sameSex: '性別が同じ',
};

/** Each reason with its points: `カナが同じ 40点`. Their sum is the score. */
export function explainScore(reasons: readonly MatchReason[]): readonly string[] {
  return reasons.map((reason) => `${matchReasonWords[reason]} ${matchPoints[reason]}点`);
}
