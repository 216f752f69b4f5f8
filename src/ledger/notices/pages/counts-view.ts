import { figureRow, formatCount, type Html, html, meterBar, panel } from '#platform/pages';
import type { CohortCounts, ReasonCount } from '../types.ts';

/** Who is in and who is not, in figures and by reason: the funnel from everybody on record to those who are called. */
export function countsView(counts: CohortCounts): Html {
  const all = counts.included + counts.excluded;
  const lines = (isIncluded: boolean) =>
    counts.reasons
      .filter((reason) => reason.isIncluded === isIncluded && reason.people > 0)
      .map((reason) => reasonLine(reason, isIncluded ? counts.included : counts.excluded));
  return html`${figureRow(
    [
      { label: '対象者', value: counts.included, unit: '人', icon: 'check' },
      { label: '対象外', value: counts.excluded, unit: '人', icon: 'dash' },
      { label: '台帳の人', value: all, unit: '人', icon: 'people' },
    ],
    '人数',
  )}<div class="columns columns-half"
    >${panel({ title: '対象者の理由', icon: 'check' }, html`<ul class="share-list">${lines(true)}</ul>`)}${panel({ title: '対象外の理由', icon: 'dash' }, html`<ul class="share-list">${lines(false)}</ul>`)}</div
  >`;
}

/** A reason with its share as a bar. */
export function reasonLine(reason: ReasonCount, all: number): Html {
  const share = all === 0 ? 0 : reason.people / all;
  return html`<li><span>${reason.label}</span>${meterBar(share, `${reason.label} ${reason.people}人`)}<b class="figures">${formatCount(reason.people)}</b><span>人</span></li>`;
}
