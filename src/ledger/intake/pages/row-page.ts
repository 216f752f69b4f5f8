import { personPath } from '#addressees/persons';
import { dosesPanel, type PersonLedgerView } from '#ledger/vaccinations';
import {
  button,
  buttonLink,
  dataList,
  emptyState,
  formatWesternDay,
  type Html,
  hiddenField,
  html,
  icon,
  instantText,
  noButtonByEnter,
  notice,
  pageHead,
  panel,
  postForm,
  radioGroup,
  table,
  textField,
} from '#platform/pages';
import type { BatchSummary } from '../types.ts';
import type { SentItem } from './derive-sent-items.ts';
import { answerHelp, answerTag, answerWord, decisionTag, eventWords, formerAnswerText } from './intake-words.ts';
import { type LayoutSince, layoutFaultNotice, layoutNote } from './layout-notes.ts';
import { type RowFilter, rowPath } from './paths.ts';
import { findingsCell, isOpen, isUnderWay } from './row-list.ts';
import type { RowChoice, RowEventView, RowView } from './types.ts';

/** One row with all that its sender wrote, the people it could mean, and the form to answer it. */
export interface RowPageView {
  readonly batch: BatchSummary;
  /** The filter of the list from which the row was opened. */
  readonly filter: RowFilter;
  readonly one: RowView;
  /** The telephone of the row's institution, as the master has it; null where it has none. */
  readonly phone: string | null;
  /** The sender's columns in order with what stands in them. */
  readonly sent: readonly SentItem[];
  /** How the layout by which the row is shown stands to today's; `gone`: there is none. */
  readonly layoutSince: LayoutSince;
  /** Why nothing of the batch can be checked again or entered today; null where it can. */
  readonly layoutFault: string | null;
  /** What the ledger holds of the row's person; null where nobody is known or it may not be seen. */
  readonly ledger: PersonLedgerView | null;
  /** The ordinal of the next row that waits for an answer; null where none does. */
  readonly nextOpen: number | null;
  /** What was done to the row, oldest first. */
  readonly events: readonly RowEventView[];
  readonly candidates: readonly RowChoice[];
  readonly mayAnswer: boolean;
  readonly csrfToken: string;
  readonly reason: string;
  readonly reasonError: string | null;
  /** Why what somebody just answered was not taken: the row became another meanwhile. Null otherwise. */
  readonly conflict: string | null;
  /** Reasons already given in the batch, offered for this one. */
  readonly reasons: readonly string[];
  /** The 宛名番号 of somebody looked for beside the candidates; null where nobody was. */
  readonly askedNumber: string | null;
}

/** The page of one row. */
export function rowPage(view: RowPageView): Html {
  const { one, ledger, nextOpen } = view;
  const next =
    nextOpen === null
      ? null
      : buttonLink(`次のまだ答えていない行（${nextOpen}行目）`, rowPath(view.batch.batchId, nextOpen, view.filter), {
          size: 'small',
          icon: 'arrowRight',
        });
  return html`${pageHead(
    html`${one.row.ordinal}行目 ${answerTag(one.row.answer)} ${one.row.decision !== null && decisionTag(one.row.decision)}`,
    {
      lead: html`${one.vaccineName} ${one.person !== null && html`　<a href="${personPath(one.person.personId)}">${one.person.name}</a>`}`,
      ...(next === null ? {} : { actions: next }),
    },
  )}${view.conflict !== null && notice('warning', 'あなたの答えは登録されていません', html`<p>${view.conflict}</p>${view.reason !== '' && html`<p class="small">書いた理由「${view.reason}」</p>`}`)}${isUnderWay(view.batch) && one.row.entryId === null && layoutFaultNotice(view.layoutFault)}<div class="columns columns-half"
    ><div class="stack">${panel({ title: '理由と、すること', icon: 'question' }, html`${findingsCell(one) ?? emptyState('おかしなところはありません', undefined, 'checkCircle')}${phoneLine(view)}`)}${view.mayAnswer && (isOpen(one) || one.row.decision !== null) && answerPanel(view)}</div
    ><div class="stack">${panel({ title: '届いた内容', icon: 'file' }, html`${layoutNote(view.layoutSince)}${dataList(view.sent.map((item) => [item.label, sentValue(item)] as const))}`)}${eventsPanel(view.events)}</div></div
  >${ledger !== null && dosesPanel(ledger)}`;
}

/** Whom to ring up about an open row. */
function phoneLine({ one, phone }: RowPageView): Html | null {
  if (!isOpen(one) || one.institutionName === null) return null;
  const number =
    phone === null ? html`<span class="soft">台帳にありません</span>` : html`<b class="nowrap">${phone}</b>`;
  return html`<p class="small">問い合わせ先　${one.institutionName}　電話 ${number}</p>`;
}

function eventsPanel(events: readonly RowEventView[]): Html | null {
  if (events.length === 0) return null;
  return panel(
    { title: 'この行の経過', icon: 'history', isFlush: true, class: 'may-break' },
    table<RowEventView>({
      caption: 'この行の経過',
      density: 'dense',
      rows: events,
      columns: [
        { label: 'いつ・だれ', cell: ({ event }) => html`${instantText(event.recordedAt)}<br>${event.staffName}` },
        { label: 'したこと', isRowHeader: true, cell: ({ event }) => eventWords[event.kind] },
        {
          label: '理由と、そのときの確認事項',
          cell: ({ event, titles }) =>
            html`${event.reason !== null && html`「${event.reason}」<br>`}<span class="small soft">${titles.length === 0 ? answerWord(event.answer) : titles.join('、')}</span>`,
        },
      ],
    }),
  );
}

function sentValue(item: SentItem): Html {
  if (item.unread !== null) return html`「${item.unread}」<span class="small soft">（値として読めていません）</span>`;
  if (item.value === null) return html`<span class="soft">空</span>`;
  if (item.onRegister === null) return html`${item.value}`;
  return html`<b>${item.value}</b><br><span class="register-differs">${icon('alert')}住民記録では ${item.onRegister}</span>`;
}

function answerPanel(view: RowPageView): Html {
  const { one, batch } = view;
  const action = rowPath(batch.batchId, one.row.ordinal, view.filter);
  const version = hiddenField('version', one.row.version);
  if (one.row.decision !== null) {
    return panel(
      { title: '答えをやり直す', icon: 'undo' },
      postForm(
        { action, csrfToken: view.csrfToken },
        html`${version}${button('答える前に戻す', { name: 'answer', value: 'reopen', icon: 'undo' })}`,
      ),
    );
  }
  const reason = textField({
    name: 'reason',
    label: '答えの理由',
    value: view.reason,
    error: view.reasonError,
    isRequired: true,
    hint: '例　医療機関に電話で確認。あとから見る人のために残ります',
    suggestions: view.reasons,
    isFocused: !isAboutPerson(view),
  });
  const form = postForm(
    { action, csrfToken: view.csrfToken, class: 'stack-tight' },
    html`${noButtonByEnter}${version}${reason}<div class="button-row"
      >${button('受け付ける', { look: 'filled', size: 'small', name: 'answer', value: 'accept', icon: 'check' })}${button('受け付けない', { size: 'small', name: 'answer', value: 'refuse', icon: 'cross' })}${button('差し戻す', { size: 'small', name: 'answer', value: 'sendBack', icon: 'arrowLeft' })}${formerAnswerText(one.former) !== null && button('前の受付と同じ答え', { size: 'small', name: 'answer', value: 'asBefore', icon: 'undo', needsNoFields: true })}</div
    >${answerHelp}`,
  );
  const answer = panel({ title: '答える', icon: 'check' }, form);
  return isAboutPerson(view) ? html`${candidatesPanel(view)}${answer}` : html`${answer}${candidatesPanel(view)}`;
}

/** Whose dose it is comes first where that is the question and nobody has chosen yet; there the keys begin, else at the reason. */
function isAboutPerson({ one, sent }: RowPageView): boolean {
  return one.person === null || (!one.row.isPersonChosen && sent.some((item) => item.onRegister !== null));
}

function candidatesPanel(view: RowPageView): Html {
  const { one, batch, candidates } = view;
  const isFocused = isAboutPerson(view);
  const choices = candidates.map((person) => ({
    value: String(person.personId),
    label: `${person.name}（${person.kana}）`,
    hint: `${person.bornOn === null ? '生年月日は不詳' : `${formatWesternDay(person.bornOn)}生`}　宛名番号 ${person.addresseeNumber}　${person.likeness.length === 0 ? '番号でさがした人' : person.likeness.join('・')}`,
  }));
  const action = rowPath(batch.batchId, one.row.ordinal, view.filter);
  const isFound = candidates.some((person) => samePadded(person.addresseeNumber, view.askedNumber ?? ''));
  const search = postForm(
    { action, csrfToken: view.csrfToken, class: 'stack-tight' },
    html`${textField({
      name: 'addresseeNumber',
      label: 'ほかの人を宛名番号でさがす',
      value: view.askedNumber ?? '',
      error: view.askedNumber === null || isFound ? null : 'この宛名番号の人は台帳にいません。番号を確かめてください。',
      isRequired: true,
      inputMode: 'numeric',
      width: 20,
      isFocused: isFocused && candidates.length === 0,
    })}${button('さがす', { name: 'answer', value: 'findPerson', icon: 'search' })}`,
  );
  if (candidates.length === 0) {
    return panel({ title: 'この行の人を決める', icon: 'person' }, html`<p>似ている人はいません。</p>${search}`);
  }
  const choose = html`<div class="stack">${postForm(
    { action, csrfToken: view.csrfToken, class: 'stack-tight' },
    html`${hiddenField('version', one.row.version)}${radioGroup({ name: 'personId', label: '似ている人', choices, value: one.person === null ? null : String(one.person.personId), hint: '決めると、その人の記録と合わせてもう一度確かめます', isFocused })}${button('この人に決める', { name: 'answer', value: 'otherPerson', icon: 'person' })}`,
  )}${search}</div>`;
  return panel({ title: 'この行の人を決める', icon: 'person' }, choose);
}

function samePadded(one: string, other: string): boolean {
  const bare = (text: string) => text.replace(/^0+/u, '');
  return bare(one) === bare(other);
}
