import { rulesVersionPath } from '#ledger/rules';
import {
  attributes,
  button,
  buttonLink,
  type Crumb,
  dataList,
  disclosure,
  type Figure,
  figureRow,
  formatCount,
  type Html,
  html,
  instantText,
  notice,
  pageHead,
  panel,
  postForm,
  unavailableButton,
} from '#platform/pages';
import type { BatchSummary } from '../types.ts';
import { type AssignmentView, assignmentPanel } from './assignment-panel.ts';
import { asOfText } from './batch-list-page.ts';
import { batchStateTag } from './intake-words.ts';
import { layoutFaultNotice } from './layout-notes.ts';
import { batchActionPath, batchPath, intakePath, type RowFilter, rowPath, sameAnswerPath } from './paths.ts';
import { isUnderWay, type RowListView, rowListPanel } from './row-list.ts';
import type { BatchView, UnansweredRow } from './types.ts';

/** The way back from a batch. */
export const intakeCrumbs: readonly Crumb[] = [{ label: '接種記録の受付', href: intakePath }];

/** What the signed-in person may do with a batch. */
export interface BatchRights {
  readonly mayAnswer: boolean;
  readonly mayCommit: boolean;
  readonly mayUndo: boolean;
}

/** One batch: how it came out, what is open and of which kind, its rows, what to do with the whole. */
export function batchPage(
  view: BatchView & {
    readonly ready: number;
    /** How many rows a person decided to send back. */
    readonly sentBack: number;
    /** How many rows a later check changed, that wait since. */
    readonly changed: number;
    /** What the sender's layout is called; null where it is gone. */
    readonly layoutTitle: string | null;
    /** Why nothing can be checked again or entered today; null where it can. */
    readonly layoutFault: string | null;
    /** A new check has just found every row as it was. */
    readonly isRecheckedSame: boolean;
    readonly csrfToken: string;
    rows: RowListView;
    filter: RowFilter;
    rights: BatchRights;
    assignment: AssignmentView;
    unanswered: readonly UnansweredRow[];
  },
): Html {
  const { batch } = view;
  return html`${pageHead(html`${batch.fileName} ${batchStateTag(batch)}`, {
    lead: html`受付番号 ${batch.batchId}　${batch.sender !== null && html`${batch.sender}から　`}${instantText(batch.receivedAt)}に${batch.receivedByName}が受け取り、${asOfText(batch)}。${view.layoutTitle !== null && html`並びは「${view.layoutTitle}」。`}${batch.rulesVersion !== null && html`<a href="${rulesVersionPath(batch.rulesVersion)}">判定に使ったきまり</a>`}`,
    actions: batchActions(view),
  })}${isUnderWay(batch) && layoutFaultNotice(view.layoutFault)}${unansweredNotice(batch, view.unanswered)}${changedNotice(batch, view.changed)}${view.isRecheckedSame && notice('success', '確かめ直しました', '判定が変わった行はありません。')}${closedNotice(batch)}${figureRow(figures(batch, view.sentBack, view.filter), '結果')}${questionKinds(view)}${assignmentPanel(batch, view.assignment, view.filter, view.rights.mayAnswer)}${rowListPanel(view.rows)}`;
}

function figures(batch: BatchSummary, sentBack: number, filter: RowFilter): readonly Figure[] {
  const of = (answer: RowFilter['answer']) => ({
    href: batchPath(batch.batchId, { answer }),
    isCurrent: filter.answer === answer && filter.code === null,
  });
  return [
    { label: 'すべての行', value: batch.rows, unit: '行', ...of(null) },
    { label: '受け付け', value: batch.accepted, unit: '行', icon: 'check', ...of('accepted') },
    { label: '要確認', value: batch.questioned, unit: '行', icon: 'question', ...of('questioned') },
    { label: 'まだ答えていない', value: batch.openQuestions, unit: '行', icon: 'bell', ...of('open') },
    { label: '受付できない', value: batch.refused, unit: '行', icon: 'crossCircle', ...of('refused') },
    ...(sentBack === 0
      ? []
      : [{ label: '差し戻すと決めた', value: sentBack, unit: '行', icon: 'arrowLeft' as const, ...of('sendBack') }]),
  ];
}

function batchActions(view: {
  readonly batch: BatchSummary;
  readonly ready: number;
  readonly rights: BatchRights;
  readonly sentBack: number;
  readonly layoutFault: string | null;
  readonly csrfToken: string;
}): Html {
  const { batch, rights, sentBack } = view;
  const csv = buttonLink('結果をCSVで', batchActionPath(batch.batchId, 'findings.csv'), {
    icon: 'download',
    download: true,
    size: 'small',
  });
  const returned =
    batch.refused + sentBack > 0 &&
    buttonLink('送付元に返す行をCSVで', batchActionPath(batch.batchId, 'returned.csv'), {
      icon: 'download',
      download: true,
      size: 'small',
    });
  return html`${csv}${returned}${recheckAction(view)}${undoAction(batch, rights)}${commitAction(view)}`;
}

/** After an import of people, institutions or masters, what waits is looked at again. */
function recheckAction({
  batch,
  rights,
  layoutFault,
  csrfToken,
}: {
  batch: BatchSummary;
  rights: BatchRights;
  layoutFault: string | null;
  csrfToken: string;
}): Html | null {
  if (!isUnderWay(batch) || !rights.mayAnswer || batch.committed >= batch.rows || layoutFault !== null) return null;
  return postForm(
    { action: batchActionPath(batch.batchId, 'recheck'), csrfToken, label: '確かめ直し' },
    button('今の台帳で確かめ直す', { icon: 'history', size: 'small' }),
  );
}

/** Rows that say something else than when they were looked at. */
function changedNotice(batch: BatchSummary, changed: number): Html | null {
  if (changed === 0) return null;
  const href = batchPath(batch.batchId, { answer: 'changed' });
  return notice(
    'warning',
    `判定が変わった行が${formatCount(changed)}行あります`,
    html`確かめたあとで、住民情報、台帳、マスタまたはきまりが変わりました。前の答えは行の経過に残っています。<a href="${href}">判定が変わった行だけを見る</a>`,
  );
}

/** Rows answered after the rest was entered can be entered too. */
function commitAction({
  batch,
  ready,
  rights,
  layoutFault,
}: {
  batch: BatchSummary;
  ready: number;
  rights: BatchRights;
  layoutFault: string | null;
}): Html | null {
  const isMore = batch.state === 'committed' && ready > 0;
  if (batch.state !== 'checked' && batch.state !== 'reviewed' && !isMore) return null;
  if (!rights.mayCommit)
    return unavailableButton('台帳に登録する', '登録は係長などの権限が要ります', { look: 'filled', size: 'small' });
  if (layoutFault !== null)
    return unavailableButton('台帳に登録する', '並びが今は使えません', { look: 'filled', size: 'small' });
  const label = isMore ? `残りの${formatCount(ready)}行を登録する` : '台帳に登録する';
  return buttonLink(label, batchActionPath(batch.batchId, 'commit'), { look: 'filled', icon: 'check', size: 'small' });
}

function undoAction(batch: BatchSummary, rights: BatchRights): Html | null {
  if (batch.state === 'committed' && rights.mayUndo) {
    return buttonLink('登録を取り消す', batchActionPath(batch.batchId, 'undo'), {
      look: 'danger',
      icon: 'undo',
      size: 'small',
    });
  }
  if ((batch.state === 'checked' || batch.state === 'reviewed') && rights.mayAnswer) {
    return buttonLink('ファイルごと差し戻す', batchActionPath(batch.batchId, 'send-back'), {
      icon: 'arrowLeft',
      size: 'small',
    });
  }
  return null;
}

/** Of several rows answered at once, those that could not be; the others have their answer. */
function unansweredNotice(batch: BatchSummary, rows: readonly UnansweredRow[]): Html | null {
  if (rows.length === 0) return null;
  const items = rows.map(
    ({ ordinal, why }) => html`<li><a href="${rowPath(batch.batchId, ordinal)}">${ordinal}行目</a>　${why}</li>`,
  );
  return notice(
    'warning',
    `答えを付けられなかった行が${formatCount(rows.length)}行あります`,
    html`<ul>${items}</ul><p>いっしょに選んだほかの行には、答えが付いています。</p>`,
  );
}

function closedNotice(batch: BatchSummary): Html | null {
  if (batch.state === 'committed') {
    const rest =
      batch.openQuestions > 0 &&
      `まだ答えていない${formatCount(batch.openQuestions)}行は登録されていません。答えたあと、もう一度登録できます。`;
    return notice(
      'success',
      html`${formatCount(batch.committed)}件を台帳に登録しました`,
      html`${instantText(batch.committedAt)}、${batch.committedByName}。${rest}`,
    );
  }
  if (batch.state !== 'undone' && batch.state !== 'sentBack') return null;
  const title =
    batch.state === 'undone' ? 'このファイルの登録は取り消されています' : 'このファイルは送り元に差し戻しました';
  const details = dataList([
    ['理由', batch.closeReason],
    ['いつ・だれ', html`${instantText(batch.closedAt)} ${batch.closedByName}`],
  ]);
  return notice('info', title, details);
}

function questionKinds(view: BatchView & { filter: RowFilter; rights: BatchRights }): Html | null {
  const { batch, questions, filter } = view;
  if (questions.length === 0) return null;
  const items = questions.map((question) => {
    const tag = attributes({
      href: batchPath(batch.batchId, { answer: 'open', code: question.code }),
      'aria-current': filter.code === question.code ? 'true' : null,
    });
    return html`<li><a ${tag}><span>${question.title}</span><span class="count">${formatCount(question.count)}</span></a></li>`;
  });
  const together = view.rights.mayAnswer && view.groups.some((group) => group.count > 1) && togetherList(view);
  return panel(
    { title: '理由から選ぶ', icon: 'list' },
    html`<ul class="question-kinds">${items}</ul>${together && html`<div class="question-together">${together}</div>`}`,
  );
}

function togetherList(view: BatchView): Html {
  const lines = view.groups
    .filter((group) => group.count > 1)
    .map((group) => {
      const href = sameAnswerPath(view.batch.batchId, group.codes);
      return html`<li><a href="${href}">${group.titles.join('＋')}</a> <span class="soft">${formatCount(group.count)}行</span></li>`;
    });
  return disclosure('同じ理由の行に、まとめて答える', html`<ul class="together-list">${lines}</ul>`);
}
