import { personPath } from '#addressees/persons';
import { formatFormNumber } from '#ledger/forms';
import {
  buttonLink,
  emptyState,
  figureRow,
  formatCount,
  type Html,
  html,
  notice,
  pageHead,
  panel,
  table,
} from '#platform/pages';
import { labelOfReason } from '../notice-reasons.ts';
import type { DispatchedLetter } from '../pull-from-dispatch.ts';
import type { PrintJob } from '../types.ts';
import { companionPath } from './paths.ts';

/** A printed bundle before it is posted: what to pull from it, and the papers that go with it. */
export function dispatchPage(view: { job: PrintJob; letters: readonly DispatchedLetter[] }): Html {
  const { job, letters } = view;
  const pulled = letters.filter((letter) => letter.pulledFor !== null);
  const links = html`<div class="button-row">${buttonLink('引抜きリスト', companionPath(job.printJobId, 'pulls'), { icon: 'file', look: 'filled' })}${buttonLink('発送一覧', companionPath(job.printJobId, 'dispatch'), { icon: 'file' })}${buttonLink('宛名ラベル', companionPath(job.printJobId, 'labels'), { icon: 'file' })}${buttonLink('封筒', companionPath(job.printJobId, 'envelopes'), { icon: 'file' })}</div>`;
  const none = job.lettersPrinted > letters.length;
  return html`${pageHead('発送の前の確かめ', { lead: html`${job.label}　${job.layoutTitle}。いまの台帳と住民情報で、印刷した全員をもう一度確かめました。` })}${figureRow(
    [
      { label: '印刷した', value: job.lettersPrinted, unit: '通', icon: 'print' },
      { label: '抜く', value: pulled.length, unit: '通', icon: 'alert' },
      { label: '送れる', value: letters.length - pulled.length, unit: '通', icon: 'check' },
    ],
    '発送',
  )}${none && notice('warning', '控えのないページがあります', '控えを残す前に印刷したページは、ここで確かめられません。')}${links}${panel(
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
  )}`;
}
