import { addDays, type Day, earlierDay, laterDay } from '#kernel';
import type { Choice, Opening } from './dose-option.ts';
import { lastDay, type Period } from './read-table.ts';
import type { ProductClass, Programme, Stage, Window } from './rule-set.ts';
import type { Series } from './series.ts';
import {
  concernsPerson,
  exceptionSpans,
  getSeasonFrom,
  meetsRequirements,
  noOccasion,
  type Occasion,
  pregnanciesOf,
  type Span,
} from './spans.ts';
import { dayFor, type Subject } from './subject.ts';
import { withItem } from './with-item.ts';

/**
 * All days on which the law lets the person have a stage with any of the products, joined where they touch, in
 * order; empty when no row speaks of the person. A window that was over before its row came into force stands as
 * it is when nothing else is there, so that it reads as closed.
 */
export function eligibleSpans(subject: Subject, series: Series, stage: Stage, choice: Choice): readonly Span[] {
  const { programme } = series;
  const openings = choice.openings[stage.place] ?? [];
  const occasions = programme.recurs === 'pregnancy' ? pregnanciesOf(subject, programme) : once;
  let spans = noSpans;
  for (const { window, days, born } of openings) {
    if (subject.bornOn < born.from || subject.bornOn > born.to) continue;
    if (!concernsPerson(subject, window) || !meetsRequirements(subject, series, window, subject.asOf)) continue;
    for (const occasion of occasions) spans = withSpans(spans, subject, window, occasion, days);
  }
  if (subject.facts.length > 0) spans = [...spans, ...listExceptions(subject, programme, stage, choice.classes)];
  if (spans.length > 0) return spans.length < 2 ? spans : joined(spans);
  const past = findPastSpan(subject, series, openings, occasions);
  return past === undefined ? noSpans : [past];
}

const once: readonly Occasion[] = [noOccasion];
const noSpans: readonly Span[] = [];

/** Adds the days of a window that lie in some of the periods; mostly one span is all there is, and no room is kept for more. */
function withSpans(
  before: readonly Span[],
  subject: Subject,
  window: Window,
  { dueOn, occasion }: Occasion,
  periods: readonly Period[],
): readonly Span[] {
  const opens = dayFor(subject, window.opens, dueOn);
  const closes = window.closes === null ? lastDay : dayFor(subject, window.closes, dueOn);
  let spans = before;
  for (const period of periods) {
    const from = laterDay(opens, period.from);
    const to = earlierDay(closes, period.to);
    if (from > to) continue;
    const span: Span = { from, to, occasion, dueOn, trace: window.trace, wasNeverOpen: false };
    spans = withItem(spans, span);
  }
  return spans;
}

function listExceptions(
  subject: Subject,
  programme: Programme,
  stage: Stage,
  classes: readonly ProductClass[],
): readonly Span[] {
  return exceptionSpans(subject, programme, stage.place).flatMap((span) =>
    classes.flatMap(({ inUse }) => {
      const from = laterDay(span.from, inUse.from);
      const to = earlierDay(span.to, inUse.to);
      return from <= to ? [{ ...span, from, to }] : [];
    }),
  );
}

/**
 * The span that a forecast speaks of: the one that holds `asOf`, else the next, else the last. For a seasonal
 * programme: the first season not over on `asOf` in which the person has a lawful day.
 */
export function pickSpan(programme: Programme, spans: readonly Span[], asOf: Day): Span | undefined {
  if (programme.recurs === 'season') return pickSeason(programme, spans, asOf);
  for (const span of spans) if (span.to >= asOf) return span;
  return spans.at(-1);
}

function pickSeason(programme: Programme, spans: readonly Span[], asOf: Day): Span | undefined {
  const span = spans.find((each) => each.to >= asOf) ?? spans.at(-1);
  if (span === undefined) return undefined;
  let on = laterDay(asOf, span.from);
  for (let tries = 0; tries < 3; tries += 1) {
    const season = getSeasonFrom(programme, on);
    const from = laterDay(season.from, span.from);
    const to = earlierDay(season.to, span.to);
    if (from <= to) return { from, to, occasion: season.from, dueOn: null, trace: span.trace, wasNeverOpen: false };
    on = addDays(season.to, 1);
  }
  return undefined;
}

/** The first window that a row still in force names, but that ended before the row began. */
function findPastSpan(
  subject: Subject,
  series: Series,
  openings: readonly Opening[],
  occasions: readonly Occasion[],
): Span | undefined {
  for (const { window } of openings) {
    const { opens, closes, inForce, trace } = window;
    if (closes === null || inForce.to < subject.asOf) continue;
    if (!concernsPerson(subject, window) || !meetsRequirements(subject, series, window, subject.asOf)) continue;
    for (const { dueOn, occasion } of occasions) {
      const to = dayFor(subject, closes, dueOn);
      if (to >= subject.asOf) continue;
      return { from: dayFor(subject, opens, dueOn), to, occasion, dueOn, trace, wasNeverOpen: true };
    }
  }
  return undefined;
}

function joined(spans: readonly Span[]): readonly Span[] {
  const result: Span[] = [];
  let last: Span | undefined;
  for (const span of inOrder(spans)) {
    if (last === undefined || span.from > last.to + 1 || span.occasion !== last.occasion) {
      last = span;
      result.push(span);
    } else if (span.to > last.to) {
      last = { ...last, to: span.to, dueOn: span.dueOn };
      result[result.length - 1] = last;
    }
  }
  return result;
}

/** Most rows stand in the order of their days. */
function inOrder(spans: readonly Span[]): readonly Span[] {
  for (let i = 1; i < spans.length; i += 1) {
    const before = spans[i - 1];
    const after = spans[i];
    if (before === undefined || after === undefined || compareSpans(before, after) <= 0) continue;
    return spans.toSorted(compareSpans);
  }
  return spans;
}

function compareSpans(a: Span, b: Span): number {
  return a.from - b.from || a.to - b.to;
}
