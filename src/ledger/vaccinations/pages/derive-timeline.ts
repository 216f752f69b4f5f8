import { addDays, ageAsSpoken, type Day } from '#kernel';
import type { Timeline, TimelineDose, TimelineLane } from './timeline.ts';
import { timelineScale } from './timeline-scale.ts';
import { type DoseView, doseRowId, type PersonLedgerView, type StageView } from './types.ts';

/** The timeline of a person, and the stages that are not drawn because they lie far away. */
export interface DrawnTimeline {
  readonly timeline: Timeline;
  /** Windows that open more than two years from now. */
  readonly later: readonly StageView[];
  /** Windows that closed more than five years ago without a dose. */
  readonly past: readonly StageView[];
}

const yearDays = 365;

/** Chooses the lanes worth drawing and the span of the axis; null where the birth date is not known. */
export function deriveTimeline(view: PersonLedgerView): DrawnTimeline | null {
  const { bornOn, asOf } = view;
  if (bornOn === null) return null;
  const given = view.doses.filter((dose) => dose.verdict !== null);
  const hasDose = (stage: StageView) => given.some((dose) => isOf(dose, stage));
  const relevant = view.stages.filter((stage) => stage.status !== 'notEligible' || hasDose(stage));
  const later = relevant.filter(
    (stage) => !hasDose(stage) && stage.status === 'tooEarly' && (stage.eligibleFrom ?? asOf) > asOf + 2 * yearDays,
  );
  const past = relevant.filter(
    (stage) => !hasDose(stage) && stage.status === 'closed' && (stage.eligibleTo ?? asOf) < asOf - 5 * yearDays,
  );
  const drawn = relevant.filter((stage) => !later.includes(stage) && !past.includes(stage));
  const lanes = [...drawn.map((stage) => laneOf(stage, given)), ...otherLanes(given, drawn)];
  const span = spanOf(bornOn, asOf, lanes);
  return { timeline: { bornOn, asOf, scale: timelineScale(bornOn, span.from, span.to), lanes }, later, past };
}

function isOf(dose: DoseView, stage: StageView): boolean {
  return dose.programme === stage.programme && dose.stage === stage.stage;
}

function laneOf(stage: StageView, given: readonly DoseView[]): TimelineLane {
  return {
    programme: stage.names.programmeName,
    stage: stage.names.stageName,
    eligibleFrom: stage.eligibleFrom,
    eligibleTo: stage.eligibleTo,
    standardFrom: stage.standardFrom,
    standardTo: stage.standardTo,
    status: stage.status,
    next: stage.next,
    doses: marksOf(given.filter((dose) => isOf(dose, stage))),
  };
}

/** Doses outside every programme (おたふくかぜ and the like) get a lane by product. */
function otherLanes(given: readonly DoseView[], drawn: readonly StageView[]): readonly TimelineLane[] {
  const rest = given.filter((dose) => !drawn.some((stage) => isOf(dose, stage)));
  const byName = Map.groupBy(rest, (dose) => dose.names?.programmeName ?? dose.productName ?? '種類がわからない接種');
  return [...byName].map(([programme, doses]) => ({
    programme,
    stage: null,
    eligibleFrom: null,
    eligibleTo: null,
    standardFrom: null,
    standardTo: null,
    status: 'notEligible',
    next: null,
    doses: marksOf(doses),
  }));
}

function marksOf(doses: readonly DoseView[]): readonly TimelineDose[] {
  return doses
    .map((dose) => ({
      rowId: doseRowId(dose.entry.entryId),
      on: dose.on,
      doseNumber: dose.doseNumber,
      verdict: dose.verdict ?? 'unknown',
      reasons: dose.reasons,
    }))
    .sort((a, b) => a.on - b.on);
}

/** Children are drawn from birth; grown people from their first mark, at most ten years of windows back. */
function spanOf(bornOn: Day, asOf: Day, lanes: readonly TimelineLane[]): { readonly from: Day; readonly to: Day } {
  const isChild = ageAsSpoken(bornOn, asOf).years < 20;
  const starts = lanes.flatMap((lane) => [
    ...lane.doses.map((dose) => dose.on),
    Math.max(lane.eligibleFrom ?? asOf, asOf - 10 * yearDays),
  ]);
  const ends = lanes.flatMap((lane) => [
    ...lane.doses.map((dose) => dose.on),
    lane.status === 'tooEarly'
      ? (lane.eligibleFrom ?? asOf) + yearDays
      : Math.min(lane.eligibleTo ?? asOf, asOf + 8 * yearDays),
    lane.next?.recommendedTo ?? asOf,
  ]);
  const first = Math.min(asOf - 3 * yearDays, ...starts);
  const last = Math.max(asOf + (isChild ? 90 : 270), ...ends);
  const pad = Math.round((last - first) * 0.015) + 5;
  return {
    from: isChild ? bornOn : addDays(Math.max(first, bornOn + pad) as Day, -pad),
    to: addDays(last as Day, pad),
  };
}
