import type { FormerLayout } from '#common-base/linkage';
import { type Html, html, notice } from '#platform/pages';

/** How the layout by which rows are shown stands to the one that has its name today; `gone`: there is none. */
export type LayoutSince = FormerLayout['since'] | 'gone';

const notes: Readonly<Record<LayoutSince, string | null>> = {
  same: null,
  changed: '「ファイルの並び」は、このファイルを受け取ったあとで変わりました。受け取ったときの並びで示しています。',
  unknown: 'このファイルは、並びの内容を残すようになる前に受け取りました。今の並びで示しています。',
  gone: 'このファイルを受け取ったときの並びは残っていません。この事務での項目の呼び方で示しています。',
};

/** By which layout the contents of a row are shown, where that is not simply the one of today. */
export function layoutNote(since: LayoutSince): Html | null {
  const note = notes[since];
  return note === null ? null : html`<p class="small soft">${note}</p>`;
}

/** A batch whose layout cannot be read today: what still goes, what does not, and what to do. */
export function layoutFaultNotice(fault: string | null): Html | null {
  if (fault === null) return null;
  return notice(
    'warning',
    'この受付の並びは、今は使えません',
    html`<p>${fault}</p><p>行を見て答えること、差し戻すこと、送付元に返すことはできます。ほかの人に決め直すこと、確かめ直すこと、台帳に登録することは、並びが直ってからできます。</p>`,
  );
}
