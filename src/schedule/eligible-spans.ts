import { addDays, type Day, earlierDay, laterDay } from '#kernel';
import type { ProductClass, Programme, Stage, Window } from './rule-set.ts';
import type { Series } from './series.ts';
import { concernsPerson, exceptionSpans, getSeasonFrom, meetsRequirements, type Span, spanOf } from './spans.ts';
import { dayFor, type Subject } from './subject.ts';

const onceOnly: readonly null[] = [null];

/**
 * All days on which the law lets the person have a stage with any of the products, joined where they touch, in
 * order; empty when no row speaks of the person. A window that was over before its row came into force stands as
 * it is when nothing else is there, so that it reads as closed.
 */
export function eligibleSpans(
  subject: Subject,
  series: Series,
  stage: Stage,
  classes: readonly ProductClass[],
): readonly Span[] {
  const spans: Span[] = [];
  let past: Span | undefined;
  const occasions = series.programme.recurs === 'pregnancy' ? subject.dueOns : onceOnly;
  for (const window of stage.windows) {
    if (!concernsPerson(subject, window) || !meetsRequirements(subject, series, window, subject.asOf)) continue;
    for (const dueOn of occasions) {
      const span = spanOf(subject, window, dueOn);
      for (const { bits, inUse } of classes) {
        if ((bits & window.products) === 0) continue;
        const from = laterDay(span.from, inUse.from);
        const to = earlierDay(span.to, inUse.to);
        if (from <= to) spans.push(from === span.from && to === span.to ? span : { ...span, from, to });
        else past ??= findPastSpan(subject, window, dueOn);
      }
    }
  }
  for (const span of exceptionSpans(subject, series.programme, stage.place)) {
    for (const { inUse } of classes) {
      const from = laterDay(span.from, inUse.from);
      const to = earlierDay(span.to, inUse.to);
      if (from <= to) spans.push({ ...span, from, to });
    }
  }
  if (spans.length === 0 && past !== undefined) spans.push(past);
  return spans.length < 2 ? spans : joined(spans);
}

/**
 * The span that a forecast speaks of: the one that holds `asOf`, else the next, else the last. For a seasonal
 * programme: the first season not over on `asOf` in which the person has a lawful day.
 */
export function pickSpan(programme: Programme, spans: readonly Span[], asOf: Day): Span | undefined {
  if (programme.recurs === 'season') return pickSeason(programme, spans, asOf);
  return spans.find((span) => span.to >= asOf) ?? spans.at(-1);
}

function pickSeason(programme: Programme, spans: readonly Span[], asOf: Day): Span | undefined {
  const span = spans.find((each) => each.to >= asOf) ?? spans.at(-1);
  if (span === undefined) return undefined;
  let on = laterDay(asOf, span.from);
  for (let tries = 0; tries < 3; tries += 1) {
    const season = getSeasonFrom(programme, on);
    const from = laterDay(season.from, span.from);
    const to = earlierDay(season.to, span.to);
    if (from <= to) return { from, to, occasion: season.from, trace: span.trace };
    on = addDays(season.to, 1);
  }
  return undefined;
}

/** A window that a row still in force names, but that ended before the row began. */
function findPastSpan(subject: Subject, window: Window, dueOn: Day | null): Span | undefined {
  if (window.closes === null || window.inForce.to < subject.asOf) return undefined;
  const from = dayFor(subject, window.opens, dueOn);
  const to = dayFor(subject, window.closes, dueOn);
  return to < subject.asOf ? { from, to, occasion: dueOn, trace: window.trace, wasNeverOpen: true } : undefined;
}

function joined(spans: readonly Span[]): readonly Span[] {
  const result: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.from - b.from || a.to - b.to)) {
    const last = result.at(-1);
    if (last === undefined || span.from > last.to + 1 || span.occasion !== last.occasion) result.push(span);
    else if (span.to > last.to) result[result.length - 1] = { ...last, to: span.to };
  }
  return result;
}
