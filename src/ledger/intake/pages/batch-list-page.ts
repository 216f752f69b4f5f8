import { strikeNumbersBox } from '#common-base/linkage';
import type { BatchId } from '#kernel';
import {
  button,
  buttonLink,
  type Choice,
  dayField,
  dayText,
  emptyState,
  errorOf,
  errorSummary,
  type FormError,
  fileField,
  formatCount,
  type Html,
  html,
  icon,
  instantText,
  notice,
  pageHead,
  panel,
  postForm,
  selectField,
  table,
  textField,
} from '#platform/pages';
import { type AskedBatches, stateChoices } from '../batch-filter.ts';
import type { BrokenLayout } from '../list-record-layouts.ts';
import type { BatchSummary } from '../types.ts';
import { batchStateTag } from './intake-words.ts';
import { batchListPath, batchPath, intakePath } from './paths.ts';

/** What the page of all batches shows. */
export interface BatchListView {
  readonly batches: readonly BatchSummary[];
  /** Which of all are shown. */
  readonly asked: AskedBatches;
  readonly isFirst: boolean;
  /** The last batch of this page where older ones follow. */
  readonly next: BatchId | null;
  /** How many open rows the signed-in person has, by batch. */
  readonly own: ReadonlyMap<BatchId, number>;
  readonly mayReceive: boolean;
  readonly csrfToken: string;
  readonly errors: readonly FormError[];
  readonly asOfText: string;
  /** The sender as typed, where the form is asked again. */
  readonly sender: string;
  /** Whether numbers in words are to be struck out, where the form is asked again. */
  readonly strikes: boolean;
  readonly layouts: readonly Choice[];
  /** Layouts that cannot be used as they stand. */
  readonly broken: readonly BrokenLayout[];
  readonly layoutName: string;
}

/** All files that came in, newest first, and the form to send one. */
export function batchListPage(view: BatchListView): Html {
  return html`${pageHead('接種記録の受付', {
    lead: '医師会や入力業者から届いたファイルを送ると、1行ずつ確かめます。台帳に登録するのは、結果を見てからです。',
  })}${errorSummary(view.errors)}${brokenNotice(view.broken)}${view.mayReceive ? uploadPanel(view) : notice('info', 'この画面では、届いたファイルを見るだけです', 'ファイルを送るには「受付（ファイルの取込）」の権限が要ります。担当の職員か係長に頼んでください。')}${panel(
    { title: '届いたファイル', icon: 'inbox', isFlush: true, foot: pageSteps(view) },
    html`${findForm(view)}${table<BatchSummary>({
      caption: '届いたファイル',
      density: 'dense',
      rows: view.batches,
      whenEmpty: emptyList(view),
      columns: [
        {
          label: 'ファイル',
          isRowHeader: true,
          cell: (batch) =>
            html`<a href="${batchPath(batch.batchId, batch.openQuestions > 0 ? { answer: 'open' } : {})}">${batch.fileName}</a><br><span class="small soft">受付番号 ${batch.batchId}${batch.sender !== null && html`　${batch.sender}`}</span>`,
        },
        {
          label: '受け取り',
          isNoWrap: true,
          cell: (batch) =>
            html`${instantText(batch.receivedAt)}<br><span class="small soft">${batch.receivedByName}</span>`,
        },
        { label: '行', isNumber: true, cell: (batch) => formatCount(batch.rows) },
        { label: '受け付け', isNumber: true, cell: (batch) => formatCount(batch.accepted) },
        { label: '要確認（残り）', isNumber: true, cell: (batch) => openCell(batch, view.own.get(batch.batchId) ?? 0) },
        { label: '受付できない', isNumber: true, cell: (batch) => formatCount(batch.refused) },
        { label: 'ようす', isNoWrap: true, cell: (batch) => stateCell(batch) },
      ],
    })}`,
  )}`;
}

/** Looks for files of any year. */
function findForm({ asked, errors, csrfToken }: BatchListView): Html {
  const { state, text } = asked.filter;
  const all = isAsked(asked) && buttonLink('すべてのファイル', intakePath, { size: 'small' });
  return postForm(
    { action: `${intakePath}/find`, csrfToken, class: 'row row-find', label: 'ファイルをさがす' },
    html`${textField({ name: 'text', label: 'ファイル名・送り元・受付番号', value: text, size: 'small', width: 20 })}${textField({ name: 'month', label: '受け取った月', value: asked.monthText, error: errorOf(errors, 'month'), size: 'small', width: 10, placeholder: '2026-10、R8.10' })}${selectField({ name: 'state', label: 'ようす', choices: stateChoices, value: state ?? '', size: 'small' })}${button('ファイルをさがす', { size: 'small', icon: 'search' })}${all}`,
  );
}

function isAsked({ filter, monthText }: AskedBatches): boolean {
  return filter.state !== null || monthText !== '' || filter.text !== '';
}

function emptyList({ asked, mayReceive }: BatchListView): Html {
  if (isAsked(asked)) {
    const help = 'ファイル名は一部だけでもさがせます。月や「ようす」を空にすると広がります。';
    return emptyState('この条件に合うファイルはありません', html`<p>${help}</p>`, 'search');
  }
  return emptyState(
    'まだ届いたファイルはありません',
    html`<p>${mayReceive ? '上の欄からファイルを選んで送ってください。' : 'ファイルを受け取る係の職員が送ると、ここに並びます。'}</p>`,
  );
}

function brokenNotice(broken: readonly BrokenLayout[]): Html | null {
  if (broken.length === 0) return null;
  const items = broken.map(({ name, why }) => html`<li><b class="mono">${name}</b>　${why}</li>`);
  const todo =
    '「ファイルの並び」の画面で直すと、また選べるようになります。ほかの並びのファイルは、いつものとおり受け付けられます。';
  return notice('warning', '使えない並びがあります', html`<ul>${items}</ul><p>${todo}</p>`);
}

function pageSteps({ asked, isFirst, next }: BatchListView): Html | null {
  if (isFirst && next === null) return null;
  if (asked.filter.text !== '') {
    return html`<p class="small soft">新しいものから表示しています。まだほかにもあります。月や「ようす」も選ぶと絞れます。</p>`;
  }
  const newest =
    !isFirst && buttonLink('新しいファイル', batchListPath(asked.filter), { size: 'small', icon: 'arrowLeft' });
  const older =
    next !== null &&
    buttonLink('前に届いたファイル', batchListPath(asked.filter, next), { size: 'small', icon: 'arrowRight' });
  return html`<nav class="button-row" aria-label="ページ">${newest}${older}</nav>`;
}

function openCell(batch: BatchSummary, own: number): Html {
  const open =
    batch.openQuestions === 0 ? html`<span class="soft">0</span>` : html`<b>${formatCount(batch.openQuestions)}</b>`;
  return html`${formatCount(batch.questioned)} <span class="soft">（</span>${open}<span class="soft">）</span>${own > 0 && html`<br><a class="small" href="${batchPath(batch.batchId, { answer: 'open', assigned: 'mine' })}">自分の担当 ${formatCount(own)}</a>`}`;
}

function stateCell(batch: BatchSummary): Html {
  const done = batch.state === 'committed' && batch.committed > 0;
  return html`${batchStateTag(batch)}${done && html`<br><span class="small soft">${formatCount(batch.committed)}件</span>`}`;
}

function uploadPanel(view: BatchListView): Html {
  const body = html`<div class="form-grid upload-grid"
    >${textField({ name: 'sender', label: '送り元', value: view.sender, hint: '例　青葉医師会', size: 'small' })}${view.layouts.length > 1 && selectField({ name: 'layout', label: 'ファイルの並び', choices: view.layouts, value: view.layoutName, error: errorOf(view.errors, 'layout'), size: 'small' })}${dayField({ name: 'asOf', label: '確かめる時点', value: view.asOfText, error: errorOf(view.errors, 'asOf'), size: 'small', hint: 'ふつうは今日のまま' })}${strikeNumbersBox(view.strikes)}${fileField({ name: 'file', label: 'ファイル', hint: 'CSV（UTF-8 または シフトJIS）。2GBまで', isRequired: true, accept: '.csv,.txt,text/csv', error: errorOf(view.errors, 'file') })}</div
    ><div class="button-row">${button('送って確かめる', { look: 'filled', icon: 'upload' })}<span class="small soft">${icon('info')} 同じファイルをもう一度送っても、二重にはなりません。</span></div>`;
  return panel(
    { title: 'ファイルを送る', icon: 'upload' },
    postForm({ action: intakePath, csrfToken: view.csrfToken, takesFiles: true, class: 'stack-tight' }, body),
  );
}

/** The day of judging of a batch, for its page. */
export function asOfText(batch: BatchSummary): Html {
  return html`${dayText(batch.asOf)}の時点で確かめました`;
}
