import { personPath } from '#addressees/persons';
import type { Colleague } from '#common-base/access';
import type { StaffId } from '#kernel';
import { sentenceOf } from '#platform/findings';
import {
  attributes,
  button,
  buttonLink,
  dayText,
  disclosure,
  emptyState,
  formatCount,
  formatWesternDay,
  type Html,
  hiddenField,
  html,
  icon,
  noButtonByEnter,
  panel,
  postForm,
  selectField,
  statusTag,
  table,
  textField,
} from '#platform/pages';
import type { BatchSummary } from '../types.ts';
import { answerHelp, answerTag, decisionTag, formerAnswerText, outcomeWords } from './intake-words.ts';
import { batchActionPath, batchPath, type RowFilter, rowPath } from './paths.ts';
import type { RowView } from './types.ts';

/** One page of a batch's rows. */
export interface RowListView {
  readonly batch: BatchSummary;
  readonly rows: readonly RowView[];
  readonly total: number;
  readonly filter: RowFilter;
  /** What of a name, number or row number was looked for; empty where nothing was. */
  readonly text: string;
  /** The ordinal after which the next page begins; null on the last. */
  readonly next: number | null;
  readonly mayAnswer: boolean;
  /** Who may be given rows, and the signed-in person's own number. */
  readonly staff: readonly Colleague[];
  readonly ownId: StaffId | null;
  readonly csrfToken: string;
  readonly reason: string;
  readonly reasonError: string | null;
  /** Reasons already given in the batch, offered for the next. */
  readonly reasons: readonly string[];
}

/** Whether a row still waits for a person's answer. */
export function isOpen(view: RowView): boolean {
  return view.row.answer === 'questioned' && view.row.decision === null;
}

/** Whether rows of a batch are still answered and checked again. */
export function isUnderWay({ state }: BatchSummary): boolean {
  return state === 'checked' || state === 'reviewed' || state === 'committed';
}

/** The rows with what was found in each, and the bar that answers those ticked; keys do the same. */
export function rowListPanel(view: RowListView): Html {
  const { batch, filter } = view;
  const canAnswer = view.mayAnswer && isUnderWay(batch) && view.rows.some(isOpen);
  const body = html`${rowTable(view, canAnswer)}${canAnswer && answerBar(view)}`;
  const list = canAnswer
    ? html`<answer-rows
        >${postForm({ action: batchActionPath(batch.batchId, 'answers'), csrfToken: view.csrfToken, id: 'answers', label: '行に答える' }, html`${noButtonByEnter}${filterFields(filter)}${body}`)}</answer-rows
      >`
    : body;
  return panel(
    {
      title: `行　${formatCount(view.total)}`,
      id: 'rows',
      icon: 'list',
      isFlush: true,
      aside: canAnswer ? keyHelp : null,
      foot: pageSteps(view),
      class: 'may-break',
    },
    html`${findForm(view)}${list}`,
  );
}

function findForm({ batch, text, csrfToken }: RowListView): Html {
  const all = text !== '' && buttonLink('すべての行', batchPath(batch.batchId), { size: 'small' });
  return postForm(
    { action: batchActionPath(batch.batchId, 'find'), csrfToken, class: 'row row-find', label: '行をさがす' },
    html`${textField({ name: 'text', label: 'カナ・宛名番号・行番号', value: text, size: 'small', width: 20 })}${button('行をさがす', { size: 'small', icon: 'search' })}${all}`,
  );
}

function rowTable(view: RowListView, canAnswer: boolean): Html {
  return table<RowView>({
    caption: '行と、確かめた結果',
    density: 'dense',
    class: 'intake-rows',
    rows: view.rows,
    rowAttributes: (one) => ({
      id: `row-${one.row.ordinal}`,
      'data-ordinal': one.row.ordinal,
      'data-open': isOpen(one) ? 'yes' : null,
    }),
    whenEmpty: emptyState(
      'この条件に合う行はありません',
      html`<p><a href="${batchPath(view.batch.batchId)}">すべての行を見る</a></p>`,
      'checkCircle',
    ),
    columns: [
      {
        label: '行',
        isNoWrap: true,
        cell: (one) =>
          html`${canAnswer && isOpen(one) && rowBox(one)}<a class="row-number" href="${rowPath(view.batch.batchId, one.row.ordinal, view.filter)}" aria-label="${one.row.ordinal}行目をくわしく見る">${one.row.ordinal}</a>`,
      },
      { label: '人', isRowHeader: true, cell: (one) => personCell(one) },
      { label: '接種', cell: (one) => doseCell(one) },
      {
        label: '答え',
        isNoWrap: true,
        cell: (one) =>
          html`${answerTag(one.row.answer)}${one.row.decision !== null && html`<br>${decisionTag(one.row.decision)}`}${one.row.changedAt !== null && one.row.decision === null && html`<br>${changedTag}`}${isOpen(one) && one.row.assignedToName !== null && html`<br><span class="small">担当 ${one.row.assignedToName}</span>`}`,
      },
      { label: '理由と、すること', cell: (one) => findingsCell(one) },
    ],
  });
}

function rowBox(one: RowView): Html {
  const tag = attributes({
    type: 'checkbox',
    name: 'row',
    value: `${one.row.ordinal}:${one.row.version}`,
    'aria-label': `${one.row.ordinal}行目を選ぶ`,
  });
  return html`<input class="row-box" ${tag}>`;
}

function personCell(one: RowView): Html {
  const sent = html`<span class="person-kana">${one.sentKana ?? 'カナなし'}${one.sentNumber !== null && html` <span class="mono">${one.sentNumber}</span>`}</span>`;
  if (one.person === null) return html`<span class="soft">台帳の人が決まっていません</span>${sent}`;
  const born =
    one.person.bornOn !== null && html`<span class="small soft nowrap">${formatWesternDay(one.person.bornOn)}生</span>`;
  return html`<a href="${personPath(one.person.personId)}">${one.person.name}</a> ${born}${sent}`;
}

function doseCell(one: RowView): Html {
  const { row } = one;
  const day = row.vaccinatedOn === null ? null : dayText(row.vaccinatedOn, { isShort: true });
  const outcome =
    row.outcome !== null &&
    row.outcome !== 'administered' &&
    html` <span class="nowrap">（${outcomeWords[row.outcome]}）</span>`;
  return html`<b>${one.vaccineName ?? '種類がわかりません'}</b>${one.doseNumber !== null && html` <span class="nowrap">${one.doseNumber}回</span>`}${outcome}<br><span class="small">${day}　<span class="soft">${one.institutionName}</span></span>`;
}

/**
 * What was found, the gravest first; notes of an accepted row are told softly. What cannot be read names its column,
 * which the sender must put right; a question speaks of more than one.
 */
export function findingsCell(one: RowView): Html | null {
  const order = { refuse: 0, question: 1, note: 2 };
  const sorted = [...one.findings].sort((a, b) => order[a.severity] - order[b.severity]);
  const items = sorted.map((finding) => {
    const isNote = finding.severity === 'note';
    const todo =
      finding.whatToDo !== '' &&
      !isNote &&
      one.row.decision === null &&
      html`<span class="finding-todo">${icon('arrowRight')}${finding.whatToDo}</span>`;
    return html`<li><span${attributes({ class: isNote ? 'soft small' : null })}>${finding.severity === 'refuse' ? sentenceOf(finding) : finding.message}</span>${todo}</li>`;
  });
  const decided =
    one.row.decision !== null && html`<p class="small soft">${one.row.decidedByName}「${one.row.decisionReason}」</p>`;
  const former = isOpen(one) && formerAnswerText(one.former);
  return items.length === 0 && decided === false
    ? null
    : html`<ul class="finding-list">${items}</ul>${decided}${former}`;
}

function answerBar(view: RowListView): Html {
  const canAnswerAsBefore = view.rows.some((one) => isOpen(one) && formerAnswerText(one.former) !== null);
  return html`<div class="answer-bar"
    ><p class="answer-count" data-role="count"><label class="choice"><input type="checkbox" data-role="all"><span>このページの行をすべて選ぶ</span></label></p
    >${textField({ name: 'reason', label: '答えの理由', value: view.reason, error: view.reasonError, isRequired: true, size: 'small', width: 20, hint: '例　電話で確認', suggestions: view.reasons })}<div class="button-row"
      >${button('受け付ける', { look: 'filled', size: 'small', name: 'answer', value: 'accept', icon: 'check', shortcut: 'a' })}${button('受け付けない', { size: 'small', name: 'answer', value: 'refuse', icon: 'cross', shortcut: 'r' })}${button('差し戻す', { size: 'small', name: 'answer', value: 'sendBack', icon: 'arrowLeft', shortcut: 's' })}${canAnswerAsBefore && button('前の受付と同じ答え', { size: 'small', name: 'answer', value: 'asBefore', icon: 'undo', shortcut: 'p', needsNoFields: true })}</div
    >${assignBar(view)}</div>`;
}

/** Gives the rows that are ticked to somebody, oneself first. */
function assignBar(view: RowListView): Html {
  const colleagues = view.staff.toSorted((a, b) => Number(b.staffId === view.ownId) - Number(a.staffId === view.ownId));
  const choices = [
    ...colleagues.map(({ staffId, name }) => ({
      value: String(staffId),
      label: staffId === view.ownId ? `${name}（自分）` : name,
    })),
    { value: 'none', label: '担当なしに戻す' },
  ];
  const fields = html`<div class="row">${selectField({ name: 'assignTo', label: '担当', choices, size: 'small' })}${button('選んだ行の担当にする', { size: 'small', name: 'answer', value: 'assign', icon: 'person', needsNoFields: true })}</div>`;
  return disclosure('選んだ行の担当を決める', fields);
}

function filterFields(filter: RowFilter): Html {
  return html`${filter.answer !== null && hiddenField('filterAnswer', filter.answer)}${filter.code !== null && hiddenField('filterCode', filter.code)}${filter.assigned !== null && hiddenField('filterAssigned', filter.assigned)}${filter.after !== null && hiddenField('filterAfter', filter.after)}`;
}

function pageSteps(view: RowListView): Html | null {
  if (view.next === null && view.filter.after === null && view.total <= view.rows.length) return null;
  const first =
    view.filter.after !== null &&
    buttonLink('はじめのページ', batchPath(view.batch.batchId, { ...view.filter, after: null }), { size: 'small' });
  const next =
    view.next !== null &&
    buttonLink('次のページ', batchPath(view.batch.batchId, { ...view.filter, after: view.next }), {
      size: 'small',
      icon: 'arrowRight',
    });
  return html`<nav class="row-spread" aria-label="ページ"><span class="small soft">${formatCount(view.total)}行のうち${view.rows.length}行を表示</span><span class="button-row">${first}${next}</span></nav>`;
}

/** The row says something else than when it was looked at. */
const changedTag = statusTag('判定が変わった', 'info', 'history');

const keyHelp = disclosure(
  html`${icon('keyboard')}答え方とキー`,
  html`<ul class="key-help"
    ><li><kbd>↓</kbd><kbd>J</kbd>次の行</li><li><kbd>↑</kbd><kbd>K</kbd>前の行</li><li><kbd>X</kbd>選ぶ・外す</li><li><kbd>A</kbd>受け付ける</li><li><kbd>R</kbd>受け付けない</li><li><kbd>S</kbd>差し戻す</li><li><kbd>Enter</kbd>くわしく</li><li><kbd>E</kbd>理由を書く</li><li><kbd>P</kbd>前の受付と同じ答え（あるとき）</li></ul
  >${answerHelp}`,
);
