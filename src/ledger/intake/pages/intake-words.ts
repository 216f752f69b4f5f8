import type { Answer } from '#kernel';
import type { Outcome } from '#ledger/vaccinations';
import { type Html, type IconName, statusTag, type Tone } from '#platform/pages';
import type { BatchState, RowDecision } from '../types.ts';

const answers: Readonly<Record<Answer, { word: string; tone: Tone; icon: IconName }>> = {
  accepted: { word: '受け付け', tone: 'success', icon: 'check' },
  questioned: { word: '要確認', tone: 'warning', icon: 'question' },
  refused: { word: '受付できない', tone: 'error', icon: 'crossCircle' },
};

const states: Readonly<Record<BatchState, { word: string; tone: Tone; icon: IconName }>> = {
  received: { word: '確かめています', tone: 'info', icon: 'clock' },
  checked: { word: '要確認あり', tone: 'warning', icon: 'question' },
  reviewed: { word: '登録できます', tone: 'info', icon: 'flag' },
  committed: { word: '台帳に登録済み', tone: 'success', icon: 'check' },
  undone: { word: '取り消し済み', tone: 'neutral', icon: 'undo' },
  sentBack: { word: '差し戻し', tone: 'neutral', icon: 'arrowLeft' },
};

const decisions: Readonly<Record<RowDecision, { word: string; tone: Tone; icon: IconName }>> = {
  accept: { word: '確認して受け付け', tone: 'success', icon: 'checkCircle' },
  refuse: { word: '確認して受け付けない', tone: 'error', icon: 'crossCircle' },
  sendBack: { word: '差し戻し', tone: 'neutral', icon: 'arrowLeft' },
};

const outcomes: Readonly<Record<Outcome, string>> = {
  administered: '実施',
  screeningOnly: '予診のみ',
  notConsented: '未同意',
};

/** What the check answered for a row. */
export function answerTag(answer: Answer): Html {
  const { word, tone, icon } = answers[answer];
  return statusTag(word, tone, icon);
}

/** How far a batch is. */
export function batchStateTag(state: BatchState): Html {
  const { word, tone, icon } = states[state];
  return statusTag(word, tone, icon);
}

/** What a person decided about a row. */
export function decisionTag(decision: RowDecision): Html {
  const { word, tone, icon } = decisions[decision];
  return statusTag(word, tone, icon);
}

/** 実施, 予診のみ or 未同意. */
export function outcomeWord(outcome: Outcome): string {
  return outcomes[outcome];
}
