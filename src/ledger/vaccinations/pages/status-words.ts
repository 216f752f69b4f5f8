import { type Html, html, type TagWords, tagOf } from '#platform/pages';
import type { StageStatus, Verdict } from '#schedule';

const verdicts: Readonly<Record<Verdict, TagWords>> = {
  valid: { word: 'きまりどおり', tone: 'success', icon: 'check' },
  invalid: { word: '間違い接種', tone: 'error', icon: 'alert' },
  notRoutine: { word: '任意接種', tone: 'info', icon: 'info' },
  extra: { word: '余分な接種', tone: 'neutral', icon: 'dash' },
  unknown: { word: '判定できません', tone: 'neutral', icon: 'question' },
};

/** How a stage stands on the page: as the rules say, or forbidden to the person (禁忌) where the law alone would let it be given. */
export type StandingStatus = StageStatus | 'contraindicated';

const statuses: Readonly<Record<StandingStatus, TagWords>> = {
  due: { word: '受けられます', tone: 'info', icon: 'flag' },
  overdue: { word: '遅れています', tone: 'warning', icon: 'bell' },
  waiting: { word: '間隔を待つ', tone: 'neutral', icon: 'clock' },
  tooEarly: { word: 'これから', tone: 'neutral', icon: 'calendar' },
  completed: { word: '完了', tone: 'success', icon: 'check' },
  closed: { word: '期間が終了', tone: 'neutral', icon: 'cross' },
  notEligible: { word: '対象外', tone: 'neutral', icon: 'dash' },
  contraindicated: { word: '禁忌の記録あり', tone: 'warning', icon: 'alert' },
};

/** The word of a verdict. */
export function verdictWord(verdict: Verdict): string {
  return verdicts[verdict].word;
}

/** The verdict as a tag: drawing, word and colour. */
export function verdictTag(verdict: Verdict): Html {
  return tagOf(verdicts[verdict]);
}

/** The status of a stage as a tag. */
export function stageStatusTag(status: StandingStatus): Html {
  return tagOf(statuses[status]);
}

/** The mark of a dose around the origin; each verdict has its own shape, so that it is read without colour. */
export function doseMark(verdict: Verdict): Html {
  if (verdict === 'invalid') {
    return html`<path class="tl-mark" d="M0-11 11 0 0 11-11 0Z" /><path class="tl-sign" d="M0-4.5v5m0 3v.1" />`;
  }
  if (verdict === 'extra') return html`<path class="tl-mark" d="M0-9 9.5 7.5h-19Z" />`;
  if (verdict === 'unknown') return html`<rect class="tl-mark" x="-8" y="-8" width="16" height="16" rx="3" />`;
  return html`<circle class="tl-mark" r="8.5" />`;
}
