import { personPath } from '#addressees/persons';
import { formatFormNumber } from '#ledger/forms';
import {
  button,
  buttonLink,
  checkboxGroup,
  dayField,
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
} from '#platform/pages';
import type { Dispatch } from '../dispatch-store.ts';
import type { DispatchedLetter } from '../pull-from-dispatch.ts';
import type { PrintJob } from '../types.ts';
import { companionPath, dispatchPath } from './paths.ts';

/**
 * A printed bundle before it is posted: what to pull from it, and the papers that go with it. After the posting: what was
 * pulled then, and apart from it what has changed since.
 */
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
  const pulled = letters.filter((letter) => letter.pullReason !== null);
  const changed = letters.filter((letter) => letter.changeSince !== null);
  const isPosted = dispatch !== undefined;
  const links = html`<div class="button-row">${buttonLink('引抜きリスト', companionPath(job.printJobId, 'pulls'), { icon: 'file', look: 'filled' })}${buttonLink('発送一覧', companionPath(job.printJobId, 'dispatch'), { icon: 'file' })}${buttonLink('宛名ラベル', companionPath(job.printJobId, 'labels'), { icon: 'file' })}${buttonLink('封筒', companionPath(job.printJobId, 'envelopes'), { icon: 'file' })}</div>`;
  const lead = isPosted
    ? html`${job.label}　${job.layoutTitle}。抜いた封書と送った封書は、発送を記録したときのまま変わりません。`
    : html`${job.label}　${job.layoutTitle}。いまの台帳と住民情報で、印刷した全員をもう一度確かめました。`;
  return html`${errorSummary(errors)}${pageHead(isPosted ? '発送の記録' : '発送の前の確かめ', { lead })}${figureRow(
    [
      { label: '印刷した', value: job.lettersPrinted, unit: '通', icon: 'print' },
      { label: isPosted ? '抜いた' : '抜く', value: pulled.length, unit: '通', icon: 'alert' },
      { label: isPosted ? '送った' : '送れる', value: letters.length - pulled.length, unit: '通', icon: 'check' },
    ],
    '発送',
  )}${dispatch !== undefined && postedNotice(dispatch)}${letters.some(({ values }) => values === null) && notice('warning', '控えのないページがあります', '控えを残す前に印刷したページは、あて名と、宛先が変わったかどうかを確かめられません。ラベルと封筒にも出ません。住所が変わった人がいないか、紙で確かめてください。')}${links}${panel(
    { title: isPosted ? '抜いた封書' : '抜く封書', icon: 'alert', isFlush: true },
    lettersTable(
      isPosted ? '抜いた封書' : '抜く封書',
      pulled,
      ({ pullReason }) => pullReason,
      isPosted ? 'そのまま全部を送りました。' : 'このまま送れます。',
    ),
  )}${isPosted && changedPanel(changed)}${!isPosted && view.mayRecord && job.state === 'finished' && postingForm(view, pulled)}`;
}

function postedNotice({ postedOn, letters, pulled, recordedAt, staffName }: Dispatch): Html {
  return notice(
    'success',
    html`${dayText(postedOn)}に${formatCount(letters)}通を発送しました`,
    html`<p>${formatCount(pulled)}通を引き抜き、その発行番号を無効にしました。${instantText(recordedAt)}に${staffName}が記録しました。</p>`,
  );
}

/** What has changed about letters that went: the list of what was pulled stays as it was. */
function changedPanel(changed: readonly DispatchedLetter[]): Html {
  return panel(
    {
      title: '発送のあとに分かったこと',
      icon: 'info',
      isFlush: true,
      foot: html`<p class="small soft">送った封書について、いまの台帳と住民情報が言うことです。抜いた封書の一覧には加わりません。</p>`,
    },
    lettersTable(
      '発送のあとに分かったこと',
      changed,
      ({ changeSince }) => changeSince,
      '送った封書の宛先に変わりはありません。',
    ),
  );
}

function lettersTable(
  caption: string,
  rows: readonly DispatchedLetter[],
  reasonOf: (letter: DispatchedLetter) => string | null,
  whenEmpty: string,
): Html {
  return table<DispatchedLetter>({
    caption,
    density: 'dense',
    rows,
    whenEmpty: emptyState(`${caption}はありません`, html`<p>${whenEmpty}</p>`, 'check'),
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
      { label: 'あて名', cell: (letter) => html`<a href="${personPath(letter.personId)}">${nameOn(letter)}</a>` },
      { label: '理由', cell: (letter) => reasonOf(letter) ?? '' },
    ],
  });
}

function nameOn({ values }: DispatchedLetter): string {
  return values?.texts['recipientName'] ?? '（控えなし）';
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
        >${dayField({ name: 'postedOn', label: '発送日', value: view.postedOn, size: 'small', isRequired: true, error: errorOf(view.errors, 'postedOn') })}${button(pulled.length === 0 ? '発送を記録する' : `${count}通を抜いて発送を記録する`, { look: 'filled', icon: 'check' })}</div
      >`,
    )}`,
  );
}

/** What went before the reason to pull it was known: its people hold the paper, so that its number stays valid. */
function sentAnywayFields(pulled: readonly DispatchedLetter[], values: readonly string[]): Html {
  const choices = pulled.map((letter) => ({
    value: letter.formNumber,
    label: `${formatCount(letter.number)}番　${formatFormNumber(letter.formNumber)}　${nameOn(letter)}`,
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
