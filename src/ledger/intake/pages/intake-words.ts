import type { Answer } from '#kernel';
import type { Outcome } from '#ledger/vaccinations';
import { type Html, html, icon, instantText, statusTag, type TagWords, tagOf } from '#platform/pages';
import type { BatchState, FormerAnswer, RowDecision, RowEvent } from '../types.ts';
import { batchPath } from './paths.ts';

const answers: Readonly<Record<Answer, TagWords>> = {
  accepted: { word: '受け付け', tone: 'success', icon: 'check' },
  questioned: { word: '要確認', tone: 'warning', icon: 'question' },
  refused: { word: '受付できない', tone: 'error', icon: 'crossCircle' },
};

const states: Readonly<Record<BatchState, TagWords>> = {
  received: { word: '確かめています', tone: 'info', icon: 'clock' },
  checked: { word: '要確認あり', tone: 'warning', icon: 'question' },
  reviewed: { word: '登録できます', tone: 'info', icon: 'flag' },
  committed: { word: '台帳に登録済み', tone: 'success', icon: 'check' },
  undone: { word: '取り消し済み', tone: 'neutral', icon: 'undo' },
  sentBack: { word: '差し戻し', tone: 'neutral', icon: 'arrowLeft' },
};

const decisions: Readonly<Record<RowDecision, TagWords>> = {
  accept: { word: '確認して受け付け', tone: 'success', icon: 'checkCircle' },
  refuse: { word: '確認して受け付けない', tone: 'error', icon: 'crossCircle' },
  sendBack: { word: '差し戻し', tone: 'neutral', icon: 'arrowLeft' },
};

/** What came of the visit (実施区分). */
export const outcomeWords: Readonly<Record<Outcome, string>> = {
  administered: '実施',
  screeningOnly: '予診のみ',
  notConsented: '未同意',
};

/** What the check answered for a row. */
export function answerTag(answer: Answer): Html {
  return tagOf(answers[answer]);
}

/** What the check answered for a row, in a word. */
export function answerWord(answer: Answer): string {
  return answers[answer].word;
}

/** What was done to a row. */
export const eventWords: Readonly<Record<RowEvent['kind'], string>> = {
  accept: '受け付けると答えた',
  refuse: '受け付けないと答えた',
  sendBack: '差し戻すと答えた',
  reopen: '答えを取り消した',
  otherPerson: '人を決めた',
  rechecked: '判定が変わった（前の答えは取り消し）',
};

/** How far a batch is; what is entered while rows still wait for an answer is only a part of it. */
export function batchStateTag(batch: { readonly state: BatchState; readonly openQuestions: number }): Html {
  if (batch.state === 'committed' && batch.openQuestions > 0) {
    return statusTag('一部を登録済み・要確認あり', 'warning', 'question');
  }
  return tagOf(states[batch.state]);
}

/** What a person decided about a row. */
export function decisionTag(decision: RowDecision): Html {
  return tagOf(decisions[decision]);
}

/** What each answer to a question does, in the order of its buttons. */
const answerMeanings: readonly (readonly [string, string])[] = [
  ['受け付ける', '確かめたうえで台帳に登録します'],
  ['受け付けない', '台帳に入れず、ここで終わりにします（二重に届いた行など）'],
  [
    '差し戻す',
    '台帳に入れず、送り元に直してもらう行として残します（「送付元に返す行をCSVで」で渡せます。答えの理由は連絡として送り元に渡ります）。直った行は新しいファイルで届きます',
  ],
];

/** The answers and what they do: two of them keep the dose out of the ledger and differ in what follows. */
export const answerHelp: Html = html`<dl class="answer-help">${answerMeanings.map(
  ([answer, meaning]) => html`<div><dt>${answer}</dt><dd>${meaning}</dd></div>`,
)}</dl>`;

/** What was answered before to the same form; null where nothing was that could be given again. */
export function formerAnswerText(former: FormerAnswer | null): Html | null {
  if (former === null || former.decision === null) return null;
  const { batchId, decision, reason, decidedByName, decidedAt } = former;
  return html`<p class="former-answer">${icon('undo')}<span>前の受付（<a href="${batchPath(batchId)}">受付番号 ${batchId}</a>）では <b>${decisions[decision].word}</b>「${reason}」<span class="soft small">${decidedByName} ${decidedAt !== null && instantText(decidedAt)}</span></span></p>`;
}
