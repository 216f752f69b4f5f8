import { type PersonSummary, personLink } from '#addressees/persons';
import type { PersonId } from '#kernel';
import {
  button,
  buttonLink,
  dayText,
  emptyState,
  errorSummary,
  type FormError,
  formatCount,
  type Html,
  hiddenField,
  html,
  notice,
  pageHead,
  panel,
  postForm,
  table,
} from '#platform/pages';
import type { KnownMunicipality } from '../find-municipality.ts';
import type { HistoryInquiry, InquiryState } from '../types.ts';
import { historyInquiriesPath, historyInquiryPath } from './paths.ts';
import { explainReason, stateTag } from './words.ts';

/** Groups of states as the list shows them: what people have to do, what goes on by itself, what is over. */
export const listGroups = {
  work: { label: '確かめる', states: ['answered', 'unclear', 'held', 'raised', 'refused', 'failed'] },
  waiting: { label: '照会中', states: ['released', 'asked'] },
  empty: { label: '記録なし', states: ['empty'] },
  done: { label: '終わったもの', states: ['takenOver', 'closed'] },
} as const satisfies Readonly<Record<string, { readonly label: string; readonly states: readonly InquiryState[] }>>;

export type ListGroup = keyof typeof listGroups;

/** What the list shows. */
export interface InquiryListView {
  readonly group: ListGroup;
  readonly counts: ReadonlyMap<InquiryState, number>;
  readonly inquiries: readonly HistoryInquiry[];
  readonly people: ReadonlyMap<PersonId, PersonSummary>;
  readonly municipalities: readonly KnownMunicipality[];
  readonly next: number | null;
  readonly mayRelease: boolean;
  readonly errors: readonly FormError[];
  readonly csrfToken: string;
}

function countOf(states: readonly InquiryState[], counts: ReadonlyMap<InquiryState, number>): number {
  return states.reduce((sum, state) => sum + (counts.get(state) ?? 0), 0);
}

/** How many inquiries wait for a person. */
export function countWork(counts: ReadonlyMap<InquiryState, number>): number {
  return countOf(listGroups.work.states, counts);
}

/** 転入者の接種歴照会: who moved in, what was asked, what came back. */
export function inquiryListPage(view: InquiryListView): Html {
  const groups = Object.entries(listGroups) as [ListGroup, (typeof listGroups)[ListGroup]][];
  const choices = groups.map(([group, { label, states }]) => {
    const count = countOf(states, view.counts);
    const look = group === view.group ? 'filled' : 'outlined';
    return buttonLink(`${label}　${formatCount(count)}`, `${historyInquiriesPath}?group=${group}`, {
      size: 'small',
      look,
    });
  });
  const foot =
    view.next !== null &&
    buttonLink('次のページ', `${historyInquiriesPath}?group=${view.group}&after=${view.next}`, {
      size: 'small',
      icon: 'arrowRight',
    });
  return html`${pageHead('転入者の接種歴照会', {
    lead: '転入した人の接種の記録を、転出元の市区町村に中間サーバーを通して尋ねます。届いた記録は、二人で確かめてから台帳に入れます。',
  })}${errorSummary(view.errors)}<nav class="row" aria-label="照会の状態">${choices}</nav>${panel(
    { title: listGroups[view.group].label, icon: 'inbox', isFlush: true, foot },
    inquiryTable(view),
  )}`;
}

function inquiryTable(view: InquiryListView): Html {
  const names = new Map(view.municipalities.map((each) => [each.lgCode, `${each.prefecture}${each.name}`]));
  return table<HistoryInquiry>({
    caption: listGroups[view.group].label,
    density: 'dense',
    rows: view.inquiries,
    whenEmpty: emptyState('いまはありません', undefined, 'checkCircle'),
    columns: [
      {
        label: '人',
        isRowHeader: true,
        cell: ({ personId }) => personLink(personId, view.people.get(personId)),
      },
      { label: '転入した日', isNoWrap: true, cell: ({ movedInOn }) => dayText(movedInOn, { isShort: true }) },
      {
        label: '転出元',
        cell: ({ askedOf }) => (askedOf === null ? '分かりません' : (names.get(askedOf) ?? `団体コード ${askedOf}`)),
      },
      {
        label: '状態',
        cell: ({ state, because }) =>
          html`${stateTag(state)}${because !== null && html`<p class="small">${explainReason(because)}</p>`}`,
      },
      { label: 'すること', cell: (inquiry) => actionOf(inquiry, view) },
    ],
  });
}

function actionOf(inquiry: HistoryInquiry, view: InquiryListView): Html {
  const { inquiryId, state } = inquiry;
  const name = view.people.get(inquiry.personId)?.name ?? '';
  const label = state === 'answered' ? '接種歴とくらべる' : '開く';
  const open = buttonLink(
    html`${label}<span class="visually-hidden">（${name}）</span>`,
    historyInquiryPath(inquiryId),
    { size: 'small' },
  );
  if (state !== 'raised' || !view.mayRelease) return open;
  return html`<div class="row">${open}${postForm(
    { action: `${historyInquiryPath(inquiryId)}/release`, csrfToken: view.csrfToken, label: `${name}の照会を承認する` },
    html`${hiddenField('back', 'list')}${button('照会を承認する', { size: 'small', look: 'filled' })}`,
  )}</div>`;
}

/** Before the judgement on the person's page: what the former municipality knows is not in it yet. */
export function historyInquiriesNotice(inquiries: readonly HistoryInquiry[], mayCompare: boolean): Html | null {
  const open = [...listGroups.work.states, ...listGroups.waiting.states];
  const pending = inquiries.filter(({ state }) => open.some((one) => one === state));
  const first = pending.find(({ state }) => state === 'answered') ?? pending[0];
  if (first === undefined) return null;
  const isAnswered = first.state === 'answered';
  const label = isAnswered ? '接種歴とくらべる' : '照会の状況を見る';
  const link = mayCompare && html` <a href="${historyInquiryPath(first.inquiryId)}">${label}</a>`;
  return isAnswered
    ? notice(
        'warning',
        '転出元から届いた接種の記録が、まだ台帳に入っていません',
        html`<p>下の判定は、届いた記録をふくみません。${link}</p>`,
      )
    : notice(
        'warning',
        '転入する前の接種の記録が、まだ届いていません',
        html`<p>下の判定は、転入する前の接種をふくみません。母子健康手帳などで確かめてください。${link}</p>`,
      );
}

/** The panel on the person's page: what was asked of the former municipality; nothing where nobody was asked. */
export function historyInquiriesPanel(inquiries: readonly HistoryInquiry[]): Html | null {
  if (inquiries.length === 0) return null;
  return panel(
    { title: '転出元への照会', icon: 'inbox', isFlush: true },
    table<HistoryInquiry>({
      caption: '転出元への照会',
      density: 'dense',
      rows: inquiries,
      columns: [
        {
          label: '転入した日',
          isRowHeader: true,
          isNoWrap: true,
          cell: ({ movedInOn, inquiryId }) =>
            html`<a href="${historyInquiryPath(inquiryId)}">${dayText(movedInOn, { isShort: true })}</a>`,
        },
        { label: '状態', cell: ({ state }) => stateTag(state) },
      ],
    }),
  );
}
