import { parseIsoDay } from '#kernel';
import type { RecordWording } from '#ledger/vaccinations';
import {
  button,
  checkbox,
  dataList,
  dayText,
  emptyState,
  errorOf,
  errorSummary,
  type FormError,
  type Html,
  hiddenField,
  html,
  instantText,
  notice,
  panel,
  postForm,
  selectField,
  statusTag,
  table,
  textArea,
} from '#platform/pages';
import type { KnownMunicipality } from '../find-municipality.ts';
import type { ComparedAnswer, ComparedRecord } from '../take-over.ts';
import type { HistoryInquiry } from '../types.ts';
import { historyInquiryPath } from './paths.ts';
import { explainReason, stateTag } from './words.ts';

/** What the page of one inquiry shows. */
export interface InquiryView {
  readonly compared: ComparedAnswer;
  /** The person's own doses, as the person's page shows them. */
  readonly ownDoses: Html;
  readonly municipalities: readonly KnownMunicipality[];
  /** What 住基ネット answered as the former municipality; null where nobody asked. */
  readonly suggested: string | null;
  readonly words: RecordWording;
  readonly explain: (verdict: ComparedRecord['verdict']) => string;
  readonly mayRelease: boolean;
  readonly chosen: ReadonlySet<number>;
  readonly reason: string;
  readonly errors: readonly FormError[];
  readonly csrfToken: string;
}

/** One inquiry: what came back beside what the ledger holds, and what a person may do with it. */
export function inquiryPage(view: InquiryView): Html {
  const { inquiry } = view.compared;
  const { state } = inquiry;
  return html`${errorSummary(view.errors)}${stateNotice(inquiry)}${panel(
    { title: '照会の状況', icon: 'info' },
    statusList(view),
  )}${state === 'answered' && choosePanel(view)}${(state === 'takenOver' || state === 'closed') && view.compared.records.length > 0 && panel({ title: '届いた記録', icon: 'inbox', isFlush: true }, recordTable(view, false))}${view.ownDoses}${(state === 'unclear' || state === 'held') && municipalityPanel(view)}${view.mayRelease && inquiry.askedOf !== null && ['raised', 'held', 'failed'].includes(state) && releasePanel(view)}${isClosable(inquiry) && closePanel(view)}`;
}

function isClosable({ state }: HistoryInquiry): boolean {
  return !['asked', 'takenOver', 'closed'].includes(state);
}

function stateNotice({ state, because }: HistoryInquiry): Html | null {
  if (because !== null)
    return notice(state === 'failed' ? 'error' : 'warning', '照会が進んでいません', explainReason(because));
  if (state === 'held') {
    return notice(
      'error',
      '支援措置の対象者です。照会すると、この人がここにいることが転出元に伝わります',
      '係長が、伝わっても差し支えないことを確かめたときだけ承認してください。紙や電話での照会も検討してください。',
    );
  }
  if (state === 'empty')
    return notice('info', '転出元に接種の記録はありませんでした', '母子健康手帳などで確かめてください。');
  if (state === 'refused') {
    return notice(
      'warning',
      '転出元は情報を提供しませんでした',
      'わけは伝えられません。転出元に電話などで確かめてください。',
    );
  }
  return null;
}

function statusList({ compared, municipalities }: InquiryView): Html {
  const { inquiry } = compared;
  const found = municipalities.find(({ lgCode }) => lgCode === inquiry.askedOf);
  return dataList([
    ['状態', stateTag(inquiry.state)],
    ['転入した日', dayText(inquiry.movedInOn)],
    [
      '転出元',
      inquiry.askedOf === null
        ? '分かりません'
        : `${found?.prefecture ?? ''}${found?.name ?? ''}（${inquiry.askedOf}）`,
    ],
    ['起票', instantText(inquiry.raisedAt)],
    ['照会の承認', inquiry.releasedByName],
    ['照会した日時', instantText(inquiry.askedAt)],
    [
      '処理通番',
      inquiry.processingNumber === null ? null : html`<span class="mono">${inquiry.processingNumber}</span>`,
    ],
    ['回答の日時', instantText(inquiry.answeredAt)],
    ['終えた人', inquiry.closedByName],
    ['終えた日時', instantText(inquiry.closedAt)],
    ['説明', inquiry.note],
  ]);
}

function choosePanel(view: InquiryView): Html {
  const { inquiry, version } = view.compared;
  return postForm(
    {
      action: `${historyInquiryPath(inquiry.inquiryId)}/take-over`,
      csrfToken: view.csrfToken,
      label: '台帳への登録を申請する',
    },
    html`${hiddenField('version', String(version))}<div class="stack">${panel(
      { title: '転出元から届いた記録', icon: 'inbox', isFlush: true },
      recordTable(view, true),
    )}${panel(
      { title: '台帳への登録を申請する', icon: 'check' },
      html`<div class="stack">${textArea({
        name: 'reason',
        label: '確かめたこと',
        value: view.reason,
        error: errorOf(view.errors, 'reason'),
        hint: '例　氏名と生年月日が同じ人の記録であることを、母子健康手帳の写しで確かめた。個人番号は書かないでください',
        isRequired: true,
      })}${button('印を付けた記録の登録を申請する', { look: 'filled', icon: 'arrowRight' })}<p class="small soft">別の職員が同じ画面を見て承認すると、台帳に入ります。</p></div>`,
    )}</div>`,
  );
}

function recordTable(view: InquiryView, isChoosing: boolean): Html {
  const { words } = view;
  return table<ComparedRecord>({
    caption: '転出元から届いた記録',
    density: 'dense',
    rows: view.compared.records,
    whenEmpty: emptyState('届いた記録はありません'),
    columns: [
      {
        label: isChoosing ? '登録する' : '登録',
        cell: (record) => (isChoosing ? choiceOf(record, view) : takenTag(record)),
      },
      {
        label: '接種日',
        isRowHeader: true,
        isNoWrap: true,
        cell: ({ dose }) => dayText(parseIsoDay(dose.vaccinatedOn), { isShort: true }),
      },
      {
        label: '予防接種',
        cell: ({ dose }) =>
          `${words.stage(dose.programme, dose.stage)}${dose.doseNumber === null ? '' : `　${dose.doseNumber}回目`}`,
      },
      { label: '製品', cell: ({ dose }) => (dose.product === null ? '' : words.product(dose.product)) },
      { label: 'ロット', cell: ({ dose }) => html`<span class="mono">${dose.lotNumber}</span>` },
      { label: '医療機関', cell: ({ dose }) => dose.institutionName },
      { label: '台帳とくらべると', cell: (record) => verdictOf(record, view) },
    ],
  });
}

function choiceOf({ ordinal, verdict, dose }: ComparedRecord, view: InquiryView): Html | string {
  if (verdict.kind !== 'new') return '';
  const label = html`<span class="visually-hidden">${dose.vaccinatedOn} の${view.words.stage(dose.programme, dose.stage)}を登録する</span>`;
  return checkbox({ name: 'ordinals', value: String(ordinal), label, isChecked: view.chosen.has(ordinal) });
}

function takenTag({ entryId }: ComparedRecord): Html {
  return entryId === null ? statusTag('登録しない', 'neutral') : statusTag('登録した', 'success');
}

function verdictOf(record: ComparedRecord, view: InquiryView): Html {
  const { verdict } = record;
  if (record.entryId !== null) return statusTag('台帳にある', 'success');
  if (verdict.kind === 'new') return statusTag('台帳にない', 'info');
  if (verdict.kind === 'known') return statusTag('同じ記録が台帳にある', 'neutral');
  return html`${statusTag('あり得ない', 'error')}<p class="small">${view.explain(verdict)}</p>`;
}

function municipalityPanel(view: InquiryView): Html {
  const { inquiryId, askedOf } = view.compared.inquiry;
  const choices = view.municipalities.map(({ lgCode, prefecture, name }) => ({
    value: lgCode,
    label: `${prefecture}${name}`,
  }));
  return panel(
    { title: '転出元を選ぶ', icon: 'search' },
    postForm(
      { action: `${historyInquiryPath(inquiryId)}/municipality`, csrfToken: view.csrfToken, label: '転出元を選ぶ' },
      html`<div class="stack">${selectField({
        name: 'askedOf',
        label: '転出元の市区町村',
        value: askedOf ?? view.suggested ?? '',
        error: errorOf(view.errors, 'askedOf'),
        hint:
          view.suggested === null
            ? '転入前の住所や、住基ネットの照会の回答で確かめてください'
            : '住基ネットの照会の回答の市区町村を選んであります。確かめてから進めてください',
        choices: [{ value: '', label: '選んでください' }, ...choices],
        isRequired: true,
      })}${button('この市区町村にする', { look: 'outlined' })}</div>`,
    ),
  );
}

function releasePanel(view: InquiryView): Html {
  const { inquiryId, state } = view.compared.inquiry;
  const isHeld = state === 'held';
  const label = state === 'failed' ? 'もう一度照会する' : '照会を承認する';
  return panel(
    { title: label, icon: 'check' },
    postForm(
      { action: `${historyInquiryPath(inquiryId)}/release`, csrfToken: view.csrfToken, label },
      html`<div class="stack">${textArea({
        name: 'note',
        label: isHeld ? '照会してよいと判断したわけ' : '説明',
        error: errorOf(view.errors, 'note'),
        hint: isHeld ? '例　本人に説明し、転出元に加害者がいないことを確かめた' : 'なければ空のままで',
        isRequired: isHeld,
      })}${button(label, { look: isHeld ? 'danger' : 'filled', icon: 'check' })}</div>`,
    ),
  );
}

function closePanel(view: InquiryView): Html {
  const { inquiryId } = view.compared.inquiry;
  return panel(
    { title: '台帳に入れずに終える', icon: 'crossCircle' },
    postForm(
      { action: `${historyInquiryPath(inquiryId)}/close`, csrfToken: view.csrfToken, label: '台帳に入れずに終える' },
      html`<div class="stack">${textArea({
        name: 'closeNote',
        label: '終えるわけ',
        error: errorOf(view.errors, 'closeNote'),
        hint: '例　届いた記録はすべて母子健康手帳の写しで登録済み',
        isRequired: true,
      })}${button('終える', { look: 'outlined' })}</div>`,
    ),
  );
}
