import { figureRow, formatCount, type Html, html, meterBar, panel } from '#platform/pages';
import { funnelSteps } from '../notice-reasons.ts';
import type { CohortCounts, ReasonCount } from '../types.ts';

/** Who is in and who is not: the figures, the funnel from everybody on record to those who are called, the reasons. */
export function countsView(counts: CohortCounts): Html {
  const all = counts.included + counts.excluded;
  const why = counts.reasons
    .filter((reason) => reason.isIncluded && reason.people > 0)
    .map((reason) => reasonLine(reason, counts.included));
  return html`${figureRow(
    [
      { label: '対象者', value: counts.included, unit: '人', icon: 'check' },
      { label: '対象外', value: counts.excluded, unit: '人', icon: 'dash' },
      { label: '台帳の人', value: all, unit: '人', icon: 'people' },
    ],
    '人数',
  )}<div class="columns columns-half"
    >${panel({ title: '台帳の人から対象者まで', icon: 'chart' }, funnel(counts, all))}${panel({ title: '対象者の理由', icon: 'check' }, html`<ul class="share-list">${why}</ul>`)}</div
  >`;
}

/** What is left after each step, as a bar, and under it who was left out there and why. */
function funnel(counts: CohortCounts, all: number): Html {
  let left = all;
  const steps = funnelSteps.map(({ label, out }) => {
    const gone = counts.reasons.filter(
      (reason) => !reason.isIncluded && reason.people > 0 && out.some((code) => code === reason.reason),
    );
    left -= gone.reduce((sum, reason) => sum + reason.people, 0);
    return stepLine(label, left, all, gone);
  });
  return html`<ol class="funnel">${stepLine('台帳の人', all, all, [])}${steps}</ol><p class="small soft">年齢で対象にならない人は、接種が終わっているかどうかを調べずに、年齢だけで数えています。</p>`;
}

function stepLine(label: string, people: number, all: number, gone: readonly ReasonCount[]): Html {
  const share = all === 0 ? 0 : people / all;
  const out =
    gone.length > 0 &&
    html`<ul class="small soft">${gone.map((reason) => html`<li>${reason.label} <span class="figures">−${formatCount(reason.people)}</span>人</li>`)}</ul>`;
  return html`<li>${out}<p class="funnel-step"><span>${label}</span>${meterBar(share, `${label} ${people}人`)}<b class="figures">${formatCount(people)}</b><span>人</span></p></li>`;
}

/** A reason with its share as a bar. */
export function reasonLine(reason: ReasonCount, all: number): Html {
  const share = all === 0 ? 0 : reason.people / all;
  return html`<li><span>${reason.label}</span>${meterBar(share, `${reason.label} ${reason.people}人`)}<b class="figures">${formatCount(reason.people)}</b><span>人</span></li>`;
}
