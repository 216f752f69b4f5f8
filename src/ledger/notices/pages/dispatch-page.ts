import { personPath } from '#addressees/persons';
import { formatFormNumber } from '#ledger/forms';
import {
  button,
  buttonLink,
  checkboxGroup,
  dayText,
  disclosure,
  emptyState,
  errorOf,
  errorSummary,
  type FormError,
  figureRow,
  formatCount,
  type Html,
  hiddenField,
  html,
  instantText,
  notice,
  pageHead,
  panel,
  postForm,
  table,
  textField,
} from '#platform/pages';
import type { Dispatch } from '../dispatch-store.ts';
import { labelOfReason } from '../notice-reasons.ts';
import type { DispatchedLetter } from '../pull-from-dispatch.ts';
import type { PrintJob } from '../types.ts';
import { companionPath, dispatchPath } from './paths.ts';

/** A printed bundle before it is posted: what to pull from it, and the papers that go with it. */
export function dispatchPage(view: {
  job: PrintJob;
  letters: readonly DispatchedLetter[];
  dispatch: Dispatch | undefined;
  postedOn: string;
  /** Numbers of letters that went although they are to be pulled by now. */
  sentAnyway: readonly string[];
  errors: readonly FormError[];
  mayRecord: boolean;
  csrfToken: string;
}): Html {
  const { job, letters, dispatch, errors } = view;
  const pulled = letters.filter((letter) => letter.pulledFor !== null);
  const links = html`<div class="button-row">${buttonLink('引抜きリスト', companionPath(job.printJobId, 'pulls'), { icon: 'file', look: 'filled' })}${buttonLink('発送一覧', companionPath(job.printJobId, 'dispatch'), { icon: 'file' })}${buttonLink('宛名ラベル', companionPath(job.printJobId, 'labels'), { icon: 'file' })}${buttonLink('封筒', companionPath(job.printJobId, 'envelopes'), { icon: 'file' })}</div>`;
  const none = job.lettersPrinted > letters.length;
  return html`${errorSummary(errors)}${pageHead('発送の前の確かめ', { lead: html`${job.label}　${job.layoutTitle}。いまの台帳と住民情報で、印刷した全員をもう一度確かめました。` })}${figureRow(
    [
      { label: '印刷した', value: job.lettersPrinted, unit: '通', icon: 'print' },
      { label: '抜く', value: pulled.length, unit: '通', icon: 'alert' },
      { label: '送れる', value: letters.length - pulled.length, unit: '通', icon: 'check' },
    ],
    '発送',
  )}${dispatch !== undefined && notice('success', html`${dayText(dispatch.postedOn)}に${formatCount(dispatch.letters)}通を発送しました`, html`<p>${formatCount(dispatch.pulled)}通を引き抜き、その発行番号を無効にしました。${instantText(dispatch.recordedAt)}に${dispatch.staffName}が記録しました。</p>`)}${none && notice('warning', '控えのないページがあります', '控えを残す前に印刷したページは、ここで確かめられません。')}${links}${panel(
    { title: '抜く封書', icon: 'alert', isFlush: true },
    table<DispatchedLetter>({
      caption: '抜く封書',
      density: 'dense',
      rows: pulled,
      whenEmpty: emptyState('抜く封書はありません', html`<p>このまま送れます。</p>`, 'check'),
      columns: [
        { label: '番号', isNumber: true, cell: (letter) => formatCount(letter.number) },
        { label: 'ファイル', isNumber: true, cell: (letter) => `${letter.part}冊目` },
        { label: 'ページ', isNumber: true, cell: (letter) => formatCount(letter.page) },
        {
          label: '発行番号',
          isNoWrap: true,
          isRowHeader: true,
          cell: (letter) => html`<span class="mono">${formatFormNumber(letter.formNumber)}</span>`,
        },
        {
          label: 'あて名',
          cell: (letter) => html`<a href="${personPath(letter.personId)}">${letter.values.texts['recipientName']}</a>`,
        },
        { label: '抜く理由', cell: (letter) => (letter.pulledFor === null ? '' : labelOfReason(letter.pulledFor)) },
      ],
    }),
  )}${dispatch === undefined && view.mayRecord && job.state === 'finished' && postingForm(view, pulled)}`;
}

/** The form that records the posting; it carries how many letters were to be pulled when it was shown. */
function postingForm(
  view: {
    job: PrintJob;
    postedOn: string;
    sentAnyway: readonly string[];
    errors: readonly FormError[];
    csrfToken: string;
  },
  pulled: readonly DispatchedLetter[],
): Html {
  const count = formatCount(pulled.length);
  const what =
    pulled.length === 0
      ? '全部を送ったら、発送日を記録します。'
      : `上の${count}通を抜いたら、発送日を記録します。抜いた封書の発行番号は無効になり、送れるようになった人は次の抽出に入ります。`;
  return panel(
    { title: '発送を記録する', icon: 'check' },
    html`<p>${what}</p>${postForm(
      { action: dispatchPath(view.job.printJobId), csrfToken: view.csrfToken, class: 'stack' },
      html`${hiddenField('pulledSeen', String(pulled.length))}${pulled.length > 0 && sentAnywayFields(pulled, view.sentAnyway)}<div class="row"
        >${textField({ name: 'postedOn', label: '発送日', value: view.postedOn, width: 10, size: 'small', isRequired: true, error: errorOf(view.errors, 'postedOn') })}${button(pulled.length === 0 ? '発送を記録する' : `${count}通を抜いて発送を記録する`, { look: 'filled', icon: 'check' })}</div
      >`,
    )}`,
  );
}

/** What went before the reason to pull it was known: its people hold the paper, so that its number stays valid. */
function sentAnywayFields(pulled: readonly DispatchedLetter[], values: readonly string[]): Html {
  const choices = pulled.map(({ formNumber, number, values: { texts } }) => ({
    value: formNumber,
    label: `${formatCount(number)}番　${formatFormNumber(formNumber)}　${texts['recipientName'] ?? ''}`,
  }));
  return disclosure(
    '上の封書のうち、抜かずに送ったものがあるとき',
    checkboxGroup({
      name: 'sentAnyway',
      label: '抜かずに送った封書',
      choices,
      values,
      hint: '発送したあとで「抜く封書」に加わったものです。本人が持っているので、発行番号は有効のままにします。',
    }),
    values.length > 0,
  );
}
