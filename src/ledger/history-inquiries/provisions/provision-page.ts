import { type PersonSummary, personPath } from '#addressees/persons';
import type { PersonId } from '#kernel';
import { wordOfReference } from '#messages';
import {
  button,
  emptyState,
  errorSummary,
  type FormError,
  type Html,
  hiddenField,
  html,
  instantText,
  pageHead,
  panel,
  postForm,
  selectField,
  statusTag,
  table,
  textField,
} from '#platform/pages';
import type { ToldState } from './answer-provision.ts';
import type { HistoryProvision } from './provision-store.ts';

/** 他の自治体からの照会. */
export const historyProvisionsPath = '/history-provisions';

/** What other municipalities ask, and the answers so far. */
export function provisionsPage(view: {
  readonly waiting: readonly HistoryProvision[];
  readonly done: readonly HistoryProvision[];
  readonly people: ReadonlyMap<PersonId, PersonSummary>;
  /** What would be told now, by the reference of the question. */
  readonly told: ReadonlyMap<string, ToldState>;
  readonly municipalityName: (lgCode: string) => string;
  readonly errors: readonly FormError[];
  readonly csrfToken: string;
}): Html {
  return html`${pageHead('他の自治体からの照会', {
    lead: '当市から転出した人について、転出先の市区町村が中間サーバーを通して尋ねてきたものです。接種の記録を確かめて回答を申請すると、別の職員の承認の後に送られます。',
  })}${errorSummary(view.errors)}${panel(
    { title: '回答を待つ照会', icon: 'inbox', isFlush: true },
    table<HistoryProvision>({
      caption: '回答を待つ照会',
      density: 'dense',
      rows: view.waiting,
      whenEmpty: emptyState('回答を待つ照会はありません', undefined, 'checkCircle'),
      columns: [
        { label: '受け取った日時', isRowHeader: true, cell: ({ askedAt }) => instantText(askedAt) },
        { label: '照会元', cell: ({ askedBy }) => view.municipalityName(askedBy) },
        { label: '人', isNoWrap: true, cell: (each) => personOf(each, view.people) },
        {
          label: '処理通番',
          cell: ({ processingNumber }) => html`<span class="mono small">${processingNumber}</span>`,
        },
        { label: '渡せる記録', cell: ({ relayRef }) => toldCell(view.told.get(relayRef)) },
        { label: '回答', cell: (each) => answerForm(each, view.told.get(each.relayRef), view.csrfToken) },
      ],
    }),
  )}${panel(
    { title: '答えたもの', icon: 'history', isFlush: true },
    table<HistoryProvision>({
      caption: '答えたもの',
      density: 'dense',
      rows: view.done,
      whenEmpty: emptyState('まだありません'),
      columns: [
        {
          label: '承認の日時',
          isRowHeader: true,
          cell: ({ approvedAt }) => approvedAt !== null && instantText(approvedAt),
        },
        { label: '照会元', cell: ({ askedBy }) => view.municipalityName(askedBy) },
        { label: '人', isNoWrap: true, cell: (each) => personOf(each, view.people) },
        {
          label: '処理通番',
          cell: ({ processingNumber }) => html`<span class="mono small">${processingNumber}</span>`,
        },
        { label: '回答', cell: ({ outcome }) => outcomeTag(outcome) },
        { label: '答えた人', cell: ({ answeredByName }) => answeredByName },
      ],
    }),
  )}`;
}

function personOf({ personId }: HistoryProvision, people: ReadonlyMap<PersonId, PersonSummary>): Html | string {
  const person = personId === null ? undefined : people.get(personId);
  if (person === undefined) return '該当する人がいません';
  return html`<a class="person-link" href="${personPath(person.personId)}">${person.name === '' ? person.kana : person.name}</a>${person.isAddressHidden && html` ${statusTag('支援措置', 'error')}`}`;
}

function toldCell(told: ToldState | undefined): Html {
  const newest = told?.newest ?? null;
  return html`${told?.doses ?? 0}件${newest !== null && html`<br><span class="small soft">${instantText(newest.at)} ${newest.by}</span>`}`;
}

function answerForm(
  { relayRef, personId, isReadable, askedBy }: HistoryProvision,
  told: ToldState | undefined,
  csrfToken: string,
): Html {
  const word = wordOfReference(relayRef);
  const all = [
    { value: 'provided', label: '接種の記録を提供する' },
    { value: 'noRecord', label: '該当する記録がない' },
    { value: 'refused', label: '提供しない' },
  ];
  const choices = !isReadable ? all.slice(2) : personId === null ? all.slice(1) : all;
  return postForm(
    { action: historyProvisionsPath, csrfToken, label: `${askedBy} への回答を申請する` },
    html`<div class="stack-tight">${hiddenField('provision', word)}${hiddenField('ledgerVersion', String(told?.ledgerVersion ?? ''))}${selectField(
      {
        name: 'outcome',
        id: `outcome-${word}`,
        label: '回答',
        size: 'small',
        choices,
      },
    )}${textField({
      name: 'reason',
      id: `reason-${word}`,
      label: '確かめたこと',
      size: 'small',
      width: 20,
      maxLength: 200,
      isRequired: true,
    })}${button('回答を申請する', { size: 'small' })}</div>`,
  );
}

function outcomeTag(outcome: HistoryProvision['outcome']): Html | null {
  if (outcome === null) return null;
  const words = { provided: '提供した', noRecord: '該当なし', refused: '提供しない' } as const;
  return statusTag(words[outcome], outcome === 'provided' ? 'success' : 'neutral');
}
