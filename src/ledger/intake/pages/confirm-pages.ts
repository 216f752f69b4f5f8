import {
  button,
  buttonLink,
  dataList,
  formatCount,
  type Html,
  hiddenField,
  html,
  noButtonByEnter,
  notice,
  pageHead,
  panel,
  postForm,
  textField,
} from '#platform/pages';
import type { BatchSummary } from '../types.ts';
import { answerHelp } from './intake-words.ts';
import { batchActionPath, batchPath } from './paths.ts';
import type { QuestionGroup } from './types.ts';

/** What a page that asks once more needs. */
export interface ConfirmView {
  readonly batch: BatchSummary;
  readonly csrfToken: string;
  readonly reason: string;
  readonly reasonError: string | null;
}

/** Asks before the accepted rows of a batch enter the ledger: how many do, how many do not, and why. */
export function commitPage(view: ConfirmView & { readonly ready: number }): Html {
  const { batch, ready } = view;
  const open = batch.openQuestions;
  const kept = batch.rows - batch.committed - ready - open - batch.refused;
  return html`${pageHead('台帳に登録しますか', { lead: batch.fileName })}${view.reasonError !== null && notice('warning', '件数が変わりました', view.reasonError)}${open > 0 && notice('warning', `まだ答えていない行が${formatCount(open)}行あります`, 'この行は登録されません。答えたあとで、もう一度登録できます。')}${panel(
    { title: '登録する内容' },
    html`${dataList([
      ['登録する', html`<b>${formatCount(ready)}件</b>`],
      ['まだ答えていない', `${formatCount(open)}行（登録しません）`],
      ['受付できない', `${formatCount(batch.refused)}行（登録しません）`],
      ...(kept > 0 ? [['受け付けない・差し戻すと答えた', `${formatCount(kept)}行（登録しません）`] as const] : []),
      ...(batch.committed > 0 ? [['前に登録した', `${formatCount(batch.committed)}件`] as const] : []),
      ['すべての行', `${formatCount(batch.rows)}行`],
    ])}<p class="soft small">登録する直前に、届いてから人や台帳が変わった行をもう一度確かめます。答えが変わる行があれば、登録せずにお知らせします。</p>`,
  )}${postForm(
    { action: batchActionPath(batch.batchId, 'commit'), csrfToken: view.csrfToken },
    html`${hiddenField('ready', ready)}<div class="button-row">${button(`${formatCount(ready)}件を登録する`, { look: 'filled', icon: 'check', isDisabled: ready === 0 })}${buttonLink('もどる', batchPath(batch.batchId))}</div>`,
  )}`;
}

/** Asks for the reason before a committed batch is taken back whole. */
export function undoPage(view: ConfirmView): Html {
  const { batch } = view;
  return html`${pageHead('登録を取り消しますか', { lead: batch.fileName })}${notice('warning', html`登録した${formatCount(batch.committed)}件をすべて取り消します`, '記録は消えません。取り消した印と理由が残り、一人ひとりの接種の記録からは外れます。このファイルはもう一度送れるようになります。')}${reasonForm(view, 'undo', '取り消す', '例　送り元から差し替えのファイルが届くため')}`;
}

/** Asks for the reason before a whole file goes back to its sender. */
export function sendBackPage(view: ConfirmView): Html {
  return html`${pageHead('ファイルごと差し戻しますか', { lead: view.batch.fileName })}${notice('info', 'このファイルからは何も登録されません', '送り元に直してもらい、新しいファイルを受け取ってください。')}${reasonForm(view, 'send-back', '差し戻す', '例　10月分ではなく9月分が入っていた')}`;
}

function reasonForm(view: ConfirmView, action: 'undo' | 'send-back', label: string, example: string): Html {
  const { batch } = view;
  return panel(
    { title: '理由' },
    postForm(
      { action: batchActionPath(batch.batchId, action), csrfToken: view.csrfToken, class: 'stack-tight' },
      html`${hiddenField('version', batch.version)}${textField({ name: 'reason', label: '理由', value: view.reason, error: view.reasonError, hint: example, isRequired: true, width: 40 })}<div class="button-row">${button(label, { look: 'danger' })}${buttonLink('もどる', batchPath(batch.batchId))}</div>`,
    ),
  );
}

/** Asks for one answer and reason for every open row with exactly the same questions. */
export function sameAnswerPage(
  view: ConfirmView & { readonly group: QuestionGroup; readonly reasons: readonly string[] },
): Html {
  const { batch, group } = view;
  const lead = `この理由だけが付いている、まだ答えていない${formatCount(group.count)}行に同じ答えを付けます。ほかの理由も付いている行は変わりません。`;
  const fields = group.codes.map((code) => hiddenField('code', code));
  return html`${pageHead('同じ理由の行に、まとめて答える', { lead: batch.fileName })}${notice('info', group.titles.join('＋'), lead)}${panel(
    { title: '答え' },
    postForm(
      { action: batchActionPath(batch.batchId, 'same-answer'), csrfToken: view.csrfToken, class: 'stack-tight' },
      html`${noButtonByEnter}${fields}${textField({ name: 'reason', label: '答えの理由', value: view.reason, error: view.reasonError, isRequired: true, width: 40, hint: '例　医師会に確認済み。あとから見る人のために残ります', suggestions: view.reasons })}<div class="button-row"
        >${button(`${formatCount(group.count)}行を受け付ける`, { look: 'filled', name: 'answer', value: 'accept', icon: 'check' })}${button('受け付けない', { name: 'answer', value: 'refuse', icon: 'cross' })}${button('差し戻す', { name: 'answer', value: 'sendBack', icon: 'arrowLeft' })}${buttonLink('もどる', batchPath(batch.batchId), { look: 'plain' })}</div
      >${answerHelp}`,
    ),
  )}`;
}
