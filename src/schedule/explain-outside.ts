import { type Day, type Finding, finding, formatIsoDay } from '#kernel';
import type { Stage, Window } from './rule-set.ts';
import type { Series } from './series.ts';
import {
  concernsPerson,
  getSeasonFrom,
  lastExceptionDay,
  meetsRequirements,
  noOccasion,
  pregnanciesOf,
  type Span,
  spanOf,
} from './spans.ts';
import type { Subject } from './subject.ts';

/** Why a day lies outside the legal window of a stage, with the nearest right day. */
export function explainOutside(subject: Subject, series: Series, stage: Stage, bit: number, on: Day): Finding[] {
  const ofProduct = stage.windows.filter((window) => (window.products & bit) !== 0);
  const windows = ofProduct.length > 0 ? ofProduct : stage.windows;
  const concerning = windows.filter((window) => concernsPerson(subject, window));
  if (concerning.length === 0) return [explainPerson(subject, windows)];
  const nearest = nearestSpan(subject, series, concerning, on);
  if (nearest === undefined) return [finding('requirementMissing', 'question', null, {}, basisOf(concerning))];
  const { span, isMet } = nearest;
  if (on >= span.from && on <= span.to) {
    if (!isMet) return [finding('requirementMissing', 'question', null, {}, span.trace.basis)];
    const season = getSeasonFrom(series.programme, on);
    const params = { from: formatIsoDay(season.from), to: formatIsoDay(season.to) };
    return [finding('outsideSeason', 'question', null, params, season.trace.basis)];
  }
  if (on < span.from) {
    const params = { from: formatIsoDay(span.from), days: span.from - on };
    return [finding('beforeWindow', 'question', null, params, span.trace.basis)];
  }
  const params = { to: formatIsoDay(span.to), days: on - span.to };
  return [
    finding('afterWindow', 'question', null, params, span.trace.basis),
    ...explainException(subject, series, stage, on),
  ];
}

function explainPerson(subject: Subject, windows: readonly Window[]): Finding {
  const ofCohort = windows.filter((window) => subject.bornOn >= window.born.from && subject.bornOn <= window.born.to);
  return ofCohort.length > 0
    ? finding('wrongSex', 'question', null, {}, basisOf(ofCohort))
    : finding('wrongCohort', 'question', null, {}, basisOf(windows));
}

/** A person who was long ill may have been granted the stage: says until when the law would let it. */
function explainException(subject: Subject, series: Series, stage: Stage, on: Day): Finding[] {
  if (!subject.facts.some((fact) => fact.kind === 'longTermIllness')) return [];
  const rule = series.programme.exceptions.find(
    ({ stages, inForce }) => stages.includes(stage.place) && on >= inForce.from && on <= inForce.to,
  );
  if (rule === undefined) return [];
  const until = lastExceptionDay(subject, rule);
  if (on > until) return [];
  return [finding('exceptionNotGranted', 'note', null, { until: formatIsoDay(until) }, rule.trace.basis)];
}

/** The span nearest to a day: those whose conditions are met first, then by distance. */
function nearestSpan(
  subject: Subject,
  series: Series,
  windows: readonly Window[],
  on: Day,
): { span: Span; isMet: boolean } | undefined {
  const { programme } = series;
  const occasions = programme.recurs === 'pregnancy' ? pregnanciesOf(subject, programme) : [noOccasion];
  const candidates = windows.flatMap((window) =>
    occasions.map((occasion) => ({
      span: spanOf(subject, window, occasion),
      isMet: meetsRequirements(subject, series, window, on),
    })),
  );
  return (
    candidates
      .filter(({ span }) => span.from <= span.to)
      .toSorted((a, b) => distance(a.span, on) - distance(b.span, on) || Number(b.isMet) - Number(a.isMet))
      .find(({ isMet, span }) => isMet || distance(span, on) === 0) ?? candidates.at(0)
  );
}

function distance(span: Span, on: Day): number {
  return on < span.from ? span.from - on : Math.max(0, on - span.to);
}

function basisOf(windows: readonly Window[]): string | null {
  return windows[0]?.trace.basis ?? null;
}
