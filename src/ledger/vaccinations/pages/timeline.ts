import type { Day } from '#kernel';
import {
  attributes,
  dayText,
  formatAge,
  formatDay,
  formatDistance,
  formatWesternDay,
  type Html,
  html,
} from '#platform/pages';
import type { Verdict } from '#schedule';
import { doseMark, type StandingStatus, stageStatusTag, verdictWord } from './status-words.ts';
import { spreadMarks, type TimelineScale } from './timeline-scale.ts';

/** One given dose on its lane. */
export interface TimelineDose {
  /** The id of its row in the table below, where the mark leads. */
  readonly rowId: string;
  readonly on: Day;
  readonly doseNumber: number | null;
  readonly verdict: Verdict;
  /** Why it is right or wrong, in sentences. */
  readonly reasons: readonly string[];
}

/** The next dose of a lane, as the rules forecast it. */
export interface TimelineNext {
  readonly doseNumber: number;
  readonly earliestOn: Day | null;
  readonly recommendedFrom: Day | null;
  readonly recommendedTo: Day | null;
  readonly latestOn: Day | null;
}

/** One stage of one programme: its windows, its doses, how it stands. */
export interface TimelineLane {
  readonly programme: string;
  readonly stage: string | null;
  readonly eligibleFrom: Day | null;
  readonly eligibleTo: Day | null;
  readonly standardFrom: Day | null;
  readonly standardTo: Day | null;
  readonly status: StandingStatus;
  readonly next: TimelineNext | null;
  readonly doses: readonly TimelineDose[];
}

/** A whole timeline of one person on one day. */
export interface Timeline {
  readonly bornOn: Day;
  readonly asOf: Day;
  readonly scale: TimelineScale;
  readonly lanes: readonly TimelineLane[];
}

/**
 * Every dose against the windows of the rules: one lane per stage, the age along the top. It is a table, so that it
 * is read aloud lane by lane; each dose is a link to its row below, where the reasons stand too.
 */
export function timelineTable(timeline: Timeline): Html {
  const lanes = timeline.lanes.map((lane, index) => {
    const isSame = index > 0 && timeline.lanes[index - 1]?.programme === lane.programme;
    return laneRow(timeline, lane, isSame);
  });
  return html`<div class="timeline-frame"
    ><table class="timeline"
      ><caption class="visually-hidden">接種と、きまりで受けられる期間</caption
      ><thead><tr
        ><th scope="col" class="timeline-name">予防接種</th
        ><th scope="col" class="timeline-plot">${axis(timeline)}</th
        ><th scope="col" class="timeline-status">いまの状態</th
      ></tr></thead
      ><tbody>${lanes}</tbody></table
    ></div>${legend}`;
}

function laneRow(timeline: Timeline, lane: TimelineLane, isSame: boolean): Html {
  const name = html`<span${attributes({ class: isSame ? 'timeline-again' : 'timeline-programme' })}>${lane.programme}</span
    >${lane.stage !== null && html` <span class="timeline-stage">${lane.stage}</span>`}`;
  return html`<tr class="${`timeline-row timeline-${lane.status}`}"
    ><th scope="row" class="timeline-name">${name}</th
    ><td class="timeline-plot">${lanePlot(timeline, lane)}</td
    ><td class="timeline-status"><div>${stageStatusTag(lane.status)}<span class="timeline-lines">${statusLines(timeline, lane)}</span></div></td
  ></tr>`;
}

/** Two short lines: which dose and how long, then the day. */
function statusLines(timeline: Timeline, lane: TimelineLane): Html | null {
  const { next, status } = lane;
  const day = (on: Day, word: string) => html`<span>${dayText(on, { isShort: true })}${word}</span>`;
  if (status === 'tooEarly' && lane.eligibleFrom !== null) return day(lane.eligibleFrom, 'から');
  if (next === null) return null;
  const which = `${next.doseNumber}回目`;
  if (status === 'waiting' && next.earliestOn !== null) return html`<b>${which}</b>${day(next.earliestOn, 'から')}`;
  if (next.latestOn === null) return html`<b>${which}</b>`;
  const left = formatDistance(timeline.asOf, next.latestOn);
  return html`<b>${which} <span class="soft">${left}</span></b>${day(next.latestOn, 'まで')}`;
}

function lanePlot(timeline: Timeline, lane: TimelineLane): Html {
  const { scale } = timeline;
  const today = percent(scale.at(timeline.asOf));
  const grid = scale.ticks.map((tick) => verticalLine(percent(tick.at), tick.isMajor ? 'tl-grid tl-major' : 'tl-grid'));
  return html`<svg class="timeline-svg" role="group" aria-label="${laneSummary(lane)}"
    >${grid}<svg y="50%" width="100%" height="1" overflow="visible"
      >${band(scale, lane.eligibleFrom, lane.eligibleTo, 'tl-legal')}${band(scale, lane.standardFrom, lane.standardTo, 'tl-standard')}${recommendedLine(scale, lane)}</svg
    >${verticalLine(today, 'tl-today')}<svg y="50%" width="100%" height="1" overflow="visible"
      >${nextMark(timeline, lane)}${doseLinks(timeline, lane)}</svg
  ></svg>`;
}

function verticalLine(x: string, look: string): Html {
  return html`<line class="${look}" x1="${x}" x2="${x}" y1="0" y2="100%" />`;
}

function band(scale: TimelineScale, from: Day | null, to: Day | null, look: string): Html | null {
  if (from === null || (to ?? scale.to) < scale.from || from > scale.to) return null;
  const left = scale.at(from);
  const width = Math.max(scale.at(to ?? scale.to) - left, 0.4);
  return html`<rect class="${look}" x="${percent(left)}" width="${percent(width)}" y="-11" height="22" rx="4" />`;
}

function recommendedLine(scale: TimelineScale, lane: TimelineLane): Html | null {
  const { next } = lane;
  if (next === null || next.recommendedFrom === null || next.recommendedFrom > scale.to) return null;
  const left = scale.at(next.recommendedFrom);
  const width = Math.max(scale.at(next.recommendedTo ?? next.recommendedFrom) - left, 0.6);
  return html`<rect class="tl-recommended" x="${percent(left)}" width="${percent(width)}" y="12" height="3" rx="1.5" />`;
}

function nextMark(timeline: Timeline, lane: TimelineLane): Html | null {
  const { next, status } = lane;
  if (next === null || (status !== 'due' && status !== 'overdue' && status !== 'waiting')) return null;
  const on = Math.max(timeline.asOf, next.earliestOn ?? timeline.asOf) as Day;
  if (on > timeline.scale.to) return null;
  const look = `tl-next tl-next-${status}`;
  return html`<svg class="${look}" x="${percent(timeline.scale.at(on))}" overflow="visible" width="1" height="1"
    ><path d="M0-9v-7m0 0h8l-2 2.5 2 2.5h-8" /><circle r="8.5" /><text y="4">${next.doseNumber}</text></svg
  >`;
}

function doseLinks(timeline: Timeline, lane: TimelineLane): readonly Html[] {
  const shifts = spreadMarks(lane.doses.map((dose) => timeline.scale.at(dose.on)));
  return lane.doses.map((dose, index) => doseLink(timeline, lane, dose, shifts[index] ?? 0));
}

function doseLink(timeline: Timeline, lane: TimelineLane, dose: TimelineDose, shift: number): Html {
  const label = doseSummary(timeline, lane, dose);
  const number = dose.doseNumber === null ? '' : String(dose.doseNumber);
  return html`<a class="${`tl-dose tl-${dose.verdict}`}" href="#${dose.rowId}" aria-label="${label}" data-tip="${dose.reasons.join('\n')}"
    ><svg x="${percent(timeline.scale.at(dose.on))}" overflow="visible" width="1" height="1"
      ><g transform="translate(${shift} 0)"><circle class="tl-touch" r="12" />${doseMark(dose.verdict)}<text y="4">${dose.verdict === 'unknown' ? '?' : dose.verdict === 'invalid' ? '' : number}</text></g></svg
    ></a
  >`;
}

function doseSummary(timeline: Timeline, lane: TimelineLane, dose: TimelineDose): string {
  const number = dose.doseNumber === null ? '' : ` ${dose.doseNumber}回目`;
  const age = formatAge(timeline.bornOn, dose.on);
  return `${lane.programme}${lane.stage === null ? '' : ` ${lane.stage}`}${number}、${formatDay(dose.on)} ${age}、${verdictWord(dose.verdict)}`;
}

function laneSummary(lane: TimelineLane): string {
  const window = (from: Day | null, to: Day | null) =>
    `${from === null ? '' : formatWesternDay(from)}～${to === null ? '' : formatWesternDay(to)}`;
  const parts = [`${lane.programme}${lane.stage === null ? '' : ` ${lane.stage}`}`];
  if (lane.eligibleFrom !== null) parts.push(`受けられる期間 ${window(lane.eligibleFrom, lane.eligibleTo)}`);
  if (lane.standardFrom !== null) parts.push(`標準的な時期 ${window(lane.standardFrom, lane.standardTo)}`);
  parts.push(lane.doses.length === 0 ? '接種の記録なし' : `接種の記録 ${lane.doses.length}件`);
  return parts.join('、');
}

function axis(timeline: Timeline): Html {
  const { scale } = timeline;
  const ticks = scale.ticks.map((tick) => {
    const anchor = tick.at < 3 ? 'start' : tick.at > 97 ? 'end' : 'middle';
    const tag = attributes({ x: percent(tick.at), 'text-anchor': anchor });
    const look = tick.isMajor ? 'tl-age tl-major' : 'tl-age';
    const month = tick.monthLabel && html`<text class="tl-month"${tag} y="52">${tick.monthLabel}</text>`;
    return html`<text class="${look}"${tag} y="38">${tick.label}</text>${month}`;
  });
  const today = scale.at(timeline.asOf);
  return html`<svg class="tl-axis" height="58" role="img" aria-label="年齢の目もり。今日は${formatAge(timeline.bornOn, timeline.asOf)}"
    >${ticks}${todayPill(today, formatAge(timeline.bornOn, timeline.asOf))}</svg
  >`;
}

function todayPill(at: number, age: string): Html {
  const width = 42 + age.length * 11;
  const shift = at < 8 ? 0 : at > 92 ? -width : -width / 2;
  return html`<svg class="tl-pill" x="${percent(at)}" y="0" overflow="visible" width="1" height="1"
    ><line x1="0" x2="0" y1="18" y2="60" /><rect x="${shift}" width="${width}" height="19" rx="9.5" /><text x="${shift + width / 2}" y="14">今日 ${age}</text></svg
  >`;
}

const legend = html`<ul class="timeline-legend" aria-label="図の見かた">
<li><svg class="tl-key" viewBox="-10 -10 20 20" aria-hidden="true"><g class="tl-valid">${doseMark('valid')}<text y="4">1</text></g></svg>きまりどおり</li>
<li><svg class="tl-key" viewBox="-10 -10 20 20" aria-hidden="true"><g class="tl-invalid">${doseMark('invalid')}</g></svg>間違い接種</li>
<li><svg class="tl-key" viewBox="-10 -10 20 20" aria-hidden="true"><g class="tl-notRoutine">${doseMark('notRoutine')}<text y="4">1</text></g></svg>任意接種</li>
<li><svg class="tl-key" viewBox="-10 -10 20 20" aria-hidden="true"><g class="tl-extra">${doseMark('extra')}</g></svg>余分な接種</li>
<li><svg class="tl-key" viewBox="-10 -10 20 20" aria-hidden="true"><g class="tl-next tl-next-due"><circle r="8" /><text y="4">2</text></g></svg>次の回</li>
<li><svg class="tl-key tl-key-wide" viewBox="0 0 34 20" aria-hidden="true"><rect class="tl-legal" x="1" y="3" width="32" height="14" rx="3" /></svg>法律で受けられる期間</li>
<li><svg class="tl-key tl-key-wide" viewBox="0 0 34 20" aria-hidden="true"><rect class="tl-standard" x="1" y="3" width="32" height="14" rx="3" /></svg>標準的な時期</li>
<li><svg class="tl-key tl-key-wide" viewBox="0 0 34 20" aria-hidden="true"><rect class="tl-recommended" x="1" y="8" width="32" height="3" rx="1.5" /></svg>次の回の標準的な間隔</li>
</ul>`;

function percent(at: number): string {
  return `${Math.round(at * 100) / 100}%`;
}
