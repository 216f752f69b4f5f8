import type { Day } from '#kernel';
import { dayText, emptyState, formatDistance, type Html, html, panel, statusTag } from '#platform/pages';
import { isBeforeStandard, standardSentences } from './standard-words.ts';
import { stageStatusTag } from './status-words.ts';
import type { PersonLedgerView, StageView } from './types.ts';

/** What may stand beside a stage that can be given: a button of another room (printing), or nothing. */
export type StageAction = (stage: StageView) => Html | null;

/** What may be given now, what is late, what comes next: the most urgent first, what is not yet usual after it. */
export function duePanel(view: PersonLedgerView, action: StageAction = () => null): Html {
  const { asOf } = view;
  const due = view.stages
    .filter((stage) => stage.next !== null && ['due', 'overdue', 'waiting', 'contraindicated'].includes(stage.status))
    .sort((a, b) => urgency(a, asOf) - urgency(b, asOf) || lastDay(a) - lastDay(b));
  const now = due.filter(({ status }) => status === 'due' || status === 'overdue').length;
  const aside = now > 0 && statusTag(`受けられる ${now}`, 'info', 'flag');
  const body =
    due.length === 0
      ? emptyState(
          'いま受けられる定期接種はありません',
          html`<p>次に対象になる時期は、下の図にあります。</p>`,
          'checkCircle',
        )
      : html`<ul class="due-list">${due.map((stage) => dueLine(stage, view, stage.status === 'contraindicated' ? null : action(stage)))}</ul>`;
  return panel({ title: '次に受けるもの', icon: 'flag', isFlush: true, aside }, body);
}

function dueLine(stage: StageView, { bornOn, asOf }: PersonLedgerView, action: Html | null): Html {
  const early = stage.status === 'due' && isBeforeStandard(stage, asOf) && statusTag('標準の時期より前', 'neutral');
  const standard = bornOn === null ? [] : standardSentences(bornOn, stage, asOf);
  return html`<li
    ><p><b>${stageTitle(stage)} <span class="nowrap">${stage.next?.doseNumber}回目</span></b></p>${action}<p class="due-days">${stageStatusTag(stage.status)}${early}<span>${nextDays(stage, asOf)}</span></p
    >${standard.map((sentence) => html`<p class="due-standard">${sentence}</p>`)}</li>`;
}

function urgency(stage: StageView, asOf: Day): number {
  if (stage.status === 'overdue') return 0;
  if (stage.status === 'waiting') return 3;
  if (stage.status === 'contraindicated') return 4;
  return isBeforeStandard(stage, asOf) ? 2 : 1;
}

function lastDay(stage: StageView): number {
  return stage.next?.latestOn ?? stage.next?.earliestOn ?? Number.MAX_SAFE_INTEGER;
}

function nextDays(stage: StageView, asOf: Day): Html | null {
  const { next } = stage;
  if (next === null) return null;
  if (next.earliestOn > asOf) {
    return html`${dayText(next.earliestOn)}から <span class="soft nowrap">${formatDistance(asOf, next.earliestOn)}</span>`;
  }
  if (next.latestOn === null) return html`今日から`;
  return html`${dayText(next.latestOn)}まで <span class="soft nowrap">${formatDistance(asOf, next.latestOn)}</span>`;
}

/** The name of a programme with its stage. */
export function stageTitle(stage: StageView): string {
  return stage.names.stageName === null
    ? stage.names.programmeName
    : `${stage.names.programmeName} ${stage.names.stageName}`;
}
