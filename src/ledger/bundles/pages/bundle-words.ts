import { type Html, type TagWords, tagOf } from '#platform/pages';
import type { BundleState } from '../decide-bundle-state.ts';
import type { BundleEvent } from '../types.ts';

const states: Readonly<Record<BundleState, TagWords>> = {
  late: { word: '届いていません', tone: 'error', icon: 'alert' },
  expected: { word: '届くのを待つ', tone: 'neutral', icon: 'clock' },
  differs: { word: '枚数が合いません', tone: 'warning', icon: 'question' },
  toEnter: { word: '入力を待つ', tone: 'info', icon: 'keyboard' },
  entering: { word: '入力中', tone: 'info', icon: 'keyboard' },
  inReview: { word: '受付で確認中', tone: 'info', icon: 'inbox' },
  returned: { word: '差し戻し中', tone: 'warning', icon: 'arrowLeft' },
  done: { word: '台帳に登録', tone: 'success', icon: 'check' },
};

/** Where a bundle stands, as a tag. */
export function bundleStateTag(state: BundleState): Html {
  return tagOf(states[state]);
}

/** What became of a bundle, in words. */
export const eventWords: Readonly<Record<BundleEvent['kind'], string>> = {
  expected: '予定に入れた',
  claimed: '請求書の件数を登録',
  received: '受け取った',
  reminded: '督促した',
  handedOver: '受付へ回した',
  linked: '受付と結びつけた',
  explained: '差異を確かめた',
};
