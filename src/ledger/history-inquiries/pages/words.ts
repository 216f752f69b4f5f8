import { type Html, statusTag, type Tone } from '#platform/pages';
import type { InquiryState } from '../types.ts';

/** The states in the words of the office, with what a person has to do. */
const stateWords: Readonly<Record<InquiryState, { readonly label: string; readonly tone: Tone }>> = {
  unclear: { label: '転出元を選ぶ', tone: 'warning' },
  held: { label: '支援措置（保留）', tone: 'error' },
  raised: { label: '承認を待つ', tone: 'warning' },
  released: { label: 'これから照会', tone: 'info' },
  asked: { label: '照会中', tone: 'info' },
  answered: { label: '回答あり', tone: 'warning' },
  empty: { label: '記録なし', tone: 'neutral' },
  refused: { label: '提供されない', tone: 'warning' },
  failed: { label: '照会できない', tone: 'error' },
  takenOver: { label: '台帳に登録した', tone: 'success' },
  closed: { label: '終わり', tone: 'neutral' },
};

/** Why something did not go on, in a sentence that says what to do. */
const reasonWords: Readonly<Record<string, string>> = {
  inquiryNeedsNumber: '個人番号の連携を待っています。届けば自動で照会します。',
  linkCodeFailed: '符号を取得できませんでした。個人番号の画面で符号の状態を確かめてください。',
  linkCodeMissing: '中間サーバーに符号がありません。個人番号の画面で符号を取得し直してください。',
  notPermitted: '照会許可用照合リストにない照会です。システム管理者に知らせてください。',
  municipalityUnknown: '中間サーバーがこの団体を知りません。転出元を確かめてください。',
  digestDiffers:
    '届いた内容が、相手の要約値と合いませんでした。内容は使わずに捨てました。システム管理者に知らせてください。',
  letterUnreadable: '届いた内容を読めませんでした。転出元に電話などで確かめてください。',
  letterGone: '届いた内容の保存期間が過ぎました。転出元に電話などで確かめてください。',
  answeredByAnother: '尋ねた相手と違う団体の回答でした。内容は使いません。システム管理者に知らせてください。',
  numberGone: '団体内統合宛名番号がなくなりました。番号連携を確かめてください。',
};

/** A state as a tag. */
export function stateTag(state: InquiryState): Html {
  return statusTag(stateWords[state].label, stateWords[state].tone);
}

/** The sentence for a word that says why. */
export function explainReason(because: string): string {
  return reasonWords[because] ?? '照会できませんでした。システム管理者に知らせてください。';
}
