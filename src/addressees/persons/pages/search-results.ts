import { emptyState, type Html, html, icon, panel, table } from '#platform/pages';
import type { PersonSummary } from '../types.ts';
import { personLink } from './person-columns.ts';
import { birthDateText, protectionTag, residenceTag, sexWord } from './person-words.ts';

/** What a search gave. `understoodAs` tells in words what was looked for; `problem` why nothing could be. */
export interface SearchResults {
  readonly people: readonly PersonSummary[];
  readonly hasMore: boolean;
  readonly understoodAs: readonly string[];
  readonly problem: string | null;
}

/** The people found, one row each; the first link is reached from the box with the arrow key. */
export function searchResults(results: SearchResults): Html {
  if (results.problem !== null) return panel({ title: '結果' }, emptyState(results.problem, undefined, 'question'));
  const asked =
    results.understoodAs.length > 0 &&
    html`<span class="soft small">${results.understoodAs.join('・')}でさがしました</span>`;
  const count = results.hasMore ? `${results.people.length}人より多く見つかりました` : `${results.people.length}人`;
  return panel(
    {
      title: `結果　${count}`,
      id: 'found',
      isFlush: true,
      aside: asked,
      foot: results.hasMore ? narrowDown(results.people.length) : null,
    },
    table<PersonSummary>({
      caption: '見つかった人',
      density: 'dense',
      rows: results.people,
      class: 'people-table',
      columns: [
        { label: '氏名', isRowHeader: true, isNoWrap: true, cell: (person) => personLink(person.personId, person) },
        {
          label: '生年月日',
          cell: (person) =>
            html`${birthDateText(person.bornOn, person.birthDatePrecision)}${person.ageYears !== null && person.state !== 'dead' && html` <span class="nowrap">${person.ageYears}歳</span>`}`,
        },
        { label: '性別', cell: (person) => sexWord(person.sex) },
        { label: '住所', cell: (person) => addressCell(person) },
        {
          label: '宛名番号',
          isNoWrap: true,
          cell: (person) => html`<span class="mono">${person.addresseeNumber}</span>`,
        },
        { label: '状態', isNoWrap: true, cell: (person) => stateCell(person) },
      ],
      whenEmpty: emptyState(
        '見つかりませんでした',
        html`<p>カナの前の方だけ、または生年月日だけで、もう一度さがしてみてください。転入したばかりの人は、住民記録の取込がまだかもしれません。</p>`,
        'search',
      ),
    }),
  );
}

/** Most people live here; only what is otherwise shall catch the eye. */
function stateCell(person: PersonSummary): Html {
  const isRead = person.principalId !== null && person.principalId !== person.personId;
  if (isRead) return html`${residenceTag(person.state)} <span class="soft small">代表の記録あり</span>`;
  return person.state === 'resident' ? html`<span class="soft small">住民</span>` : residenceTag(person.state);
}

function addressCell(person: PersonSummary): Html | string {
  if (person.isProtected) return html`${protectionTag} <span class="soft small">住所は表示しません</span>`;
  if (person.isAddressHidden) return html`<span class="soft small">表示しません（世帯に支援措置の対象者）</span>`;
  return person.address ?? html`<span class="soft">登録がありません</span>`;
}

function narrowDown(shown: number): Html {
  return html`<p class="row small">${icon('info')}<span>はじめの${shown}人を表示しています。生年月日や住所を足すと絞り込めます。</span></p>`;
}
