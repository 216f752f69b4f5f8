import { type PersonSummary, personLink } from '#addressees/persons';
import type { PersonId } from '#kernel';
import {
  button,
  buttonLink,
  emptyState,
  errorOf,
  errorSummary,
  type FormError,
  type Html,
  hiddenField,
  html,
  instantText,
  notice,
  pageHead,
  panel,
  postForm,
  statusTag,
  table,
  textArea,
  textField,
} from '#platform/pages';
import { listNotCompared } from '../resident-network/decide-confirmation.ts';
import type { Comparison, RegisterAnswer, RegisterConfirmation } from '../resident-network/types.ts';
import { registerConfirmationPath, registerDifferencesPath } from './paths.ts';

const numberWords: Readonly<Record<RegisterAnswer['number'], string>> = {
  valid: '正しい',
  changed: '変更されている',
  unknown: '該当なし',
  notAsked: '使わず4情報で照会',
};

const comparedItems = [
  ['氏名', 'name'],
  ['生年月日', 'birthDate'],
  ['性別', 'sex'],
  ['住所', 'address'],
] as const;

/** What 住基ネット last said of a person, on the person's page; never a number. */
export function registerConfirmationPanel(personId: PersonId, confirmations: readonly RegisterConfirmation[]): Html {
  const [last] = confirmations;
  const link = buttonLink('住基ネットで確かめる', registerConfirmationPath(personId), {
    size: 'small',
    icon: 'shield',
  });
  const body =
    last === undefined
      ? html`<p>まだ照会していません。</p>`
      : html`<p>${stateOf(last)}</p>${notComparedOf(last)}<p class="small">${instantText(last.answeredAt ?? last.approvedAt)}</p>`;
  return panel({ title: '住基ネットでの本人確認', icon: 'shield', aside: link }, body);
}

/** The page of one person: fixing that it is this one, and every answer so far. */
export function registerConfirmationPage(view: {
  readonly personId: PersonId;
  readonly confirmations: readonly RegisterConfirmation[];
  readonly isConnected: boolean;
  readonly hasNumber: boolean;
  readonly isAddressHidden: boolean;
  readonly municipalityName: (lgCode: string) => string;
  readonly reason: string;
  readonly errors: readonly FormError[];
  readonly csrfToken: string;
}): Html {
  return html`${errorSummary(view.errors)}${!view.isConnected && notice('info', '住基ネットにつながっていません', '運用者が「sesshu national connect」で接続すると、確定した照会が順に送られます。')}${view.isAddressHidden && notice('warning', '支援措置の対象です', '住所は照会に使いません。氏名・生年月日・性別だけをくらべます。')}${askPanel(view)}${panel(
    { title: 'これまでの照会', icon: 'history', isFlush: true },
    table<RegisterConfirmation>({
      caption: 'これまでの照会',
      density: 'dense',
      rows: view.confirmations,
      whenEmpty: emptyState('まだ照会していません'),
      columns: [
        {
          label: '回答の日時',
          isRowHeader: true,
          cell: (each) => (each.answeredAt === null ? '回答待ち' : instantText(each.answeredAt)),
        },
        { label: '結果', cell: (each) => html`${answerOf(each, view.municipalityName)}${notComparedOf(each)}` },
        {
          label: '対象者を定めた二人',
          cell: (each) => html`${each.askedByName}<br>${each.confirmedByName}`,
        },
        { label: '理由', cell: (each) => each.reason },
        { label: '違いの確認', cell: (each) => settledOf(each) },
      ],
    }),
  )}`;
}

function askPanel(view: Parameters<typeof registerConfirmationPage>[0]): Html {
  return panel(
    { title: '照会の対象者を定める', icon: 'person' },
    postForm(
      { action: registerConfirmationPath(view.personId), csrfToken: view.csrfToken, label: '照会の対象者を定める' },
      html`<div class="stack"><p>${view.hasNumber ? '上の人について、個人番号が本人のものか、氏名・生年月日・性別・住所が合っているかを、市町村CSに照会します。' : 'この人の個人番号は登録されていません。氏名・生年月日・性別（支援措置でなければ住所も）で、その人が一人だけいるかを市町村CSに照会します。'}別の職員が「この人で間違いない」ことを確かめると送られます。番号は画面に出ません。</p>${textArea(
        {
          name: 'reason',
          label: '照会の理由',
          value: view.reason,
          error: errorOf(view.errors, 'reason'),
          hint: '例　住登外者の登録のため。個人番号は書かないでください',
          isRequired: true,
        },
      )}${button('この人で照会を申請する', { look: 'filled', icon: 'arrowRight' })}</div>`,
    ),
  );
}

function stateOf({ state, answer, isDifference, settledAt }: RegisterConfirmation): Html {
  if (state === 'approved') return statusTag('回答待ち', 'info');
  if (state === 'failed') return statusTag('照会できない', 'error');
  if (!isDifference) {
    const isWhole = answer !== null && listNotCompared(answer).length === 0;
    return isWhole ? statusTag('一致', 'success') : statusTag('くらべた項目は一致', 'info');
  }
  return settledAt === null ? statusTag('違いあり', 'error') : statusTag('違いを確認済み', 'neutral');
}

function answerOf(each: RegisterConfirmation, municipalityName: (lgCode: string) => string): Html {
  const { answer, state } = each;
  if (state === 'failed')
    return html`${stateOf(each)}<p class="small">個人番号と生年月日がどちらも分からず、だれのことか定められませんでした。</p>`;
  if (answer === null) return stateOf(each);
  const from = answer.previousMunicipality;
  return html`${stateOf(each)}<p class="small">個人番号 ${numberWords[answer.number]}。${comparedItems.map(([label, key]) => `${label} ${comparisonWord(answer[key])}。`)}${from !== null && `転出元 ${municipalityName(from)}。`}</p>`;
}

/** What 一致 does not speak of. */
function notComparedOf({ answer }: RegisterConfirmation): Html | null {
  const items = answer === null ? [] : listNotCompared(answer);
  if (items.length === 0) return null;
  const words = [['個人番号', 'individualNumber'] as const, ...comparedItems].filter(([, key]) => items.includes(key));
  return html`<p class="small">くらべていない項目: ${words.map(([label]) => label).join('・')}</p>`;
}

function comparisonWord(comparison: Comparison): string {
  return { agrees: '一致', differs: '違う', notCompared: 'くらべていない' }[comparison];
}

function settledOf({ settledAt, settledByName, note }: RegisterConfirmation): Html | string {
  return settledAt === null ? '' : html`${instantText(settledAt)} ${settledByName}<br>${note}`;
}

/** The work list: what differs, and how it was settled. */
export function registerDifferencesPage(view: {
  readonly differences: readonly RegisterConfirmation[];
  readonly people: ReadonlyMap<PersonId, PersonSummary>;
  readonly municipalityName: (lgCode: string) => string;
  readonly next: number | null;
  readonly errors: readonly FormError[];
  readonly csrfToken: string;
}): Html {
  const foot =
    view.next !== null &&
    buttonLink('次のページ', `${registerDifferencesPath}?after=${view.next}`, { size: 'small', icon: 'arrowRight' });
  return html`${pageHead('住基ネットとの違い', {
    lead: '住基ネットでの本人確認で、個人番号や4情報が宛名の記録と違った人です。住民課や本人に確かめ、どうしたかを書いてください。宛名の記録は、住民情報の連携か訂正の手続きで直ります。',
  })}${errorSummary(view.errors)}${panel(
    { title: '確かめる違い', icon: 'alert', isFlush: true, foot },
    table<RegisterConfirmation>({
      caption: '確かめる違い',
      density: 'dense',
      rows: view.differences,
      whenEmpty: emptyState('確かめる違いはありません', undefined, 'checkCircle'),
      columns: [
        {
          label: '人',
          isRowHeader: true,
          cell: ({ personId }) => personLink(personId, view.people.get(personId)),
        },
        { label: '回答の日時', cell: ({ answeredAt }) => answeredAt !== null && instantText(answeredAt) },
        { label: '違い', cell: (each) => answerOf(each, view.municipalityName) },
        {
          label: '確かめた結果',
          cell: ({ confirmationId, personId }) =>
            postForm(
              {
                action: registerDifferencesPath,
                csrfToken: view.csrfToken,
                label: `${view.people.get(personId)?.name ?? ''}の違いを確かめた結果`,
              },
              html`<div class="row">${hiddenField('confirmationId', String(confirmationId))}${textField({
                name: 'note',
                id: `note-${confirmationId}`,
                label: '結果',
                size: 'small',
                width: 20,
                maxLength: 400,
                isRequired: true,
              })}${button('済み', { size: 'small' })}</div>`,
            ),
        },
      ],
    }),
  )}`;
}
