import { addDays, type Day, dayParts, earlierDay, fiscalYear, getDay, laterDay } from '#kernel';
import { holdAll } from './fact-condition.ts';
import { lastDay } from './read-table.ts';
import type { ExceptionRule, Programme, Season, Stage, Window } from './rule-set.ts';
import type { Series } from './series.ts';
import { dayFor, type Subject } from './subject.ts';
import type { TraceStep } from './types.ts';

/** Days on which a stage may lawfully be given, with the row that says so. Both ends inclusive. */
export interface Span {
  readonly from: Day;
  readonly to: Day;
  /** First day of the season, or first expected day of delivery of the pregnancy, where the programme recurs. */
  readonly occasion: Day | null;
  /** The expected day of delivery from which its days are counted; null outside pregnancies. */
  readonly dueOn: Day | null;
  readonly trace: TraceStep;
  /** Whether the window was over before its row came into force: nobody could ever use it. */
  readonly wasNeverOpen: boolean;
}

/** What a span belongs to where the programme recurs with each pregnancy; both null elsewhere. */
export interface Occasion {
  readonly occasion: Day | null;
  readonly dueOn: Day | null;
}

/** Of a programme that is no pregnancy's. */
export const noOccasion: Occasion = { occasion: null, dueOn: null };

/**
 * Every expected day of delivery with the pregnancy it belongs to, named by its first such day. A day told anew after
 * another examination is no second pregnancy: the programme's row says how far apart those of two pregnancies lie.
 */
export function pregnanciesOf({ dueOns }: Subject, { pregnancies }: Programme): readonly Occasion[] {
  let first: Day | null = null;
  return dueOns.map((dueOn) => {
    const rule = pregnancies.find(({ inForce }) => dueOn >= inForce.from && dueOn <= inForce.to);
    if (first === null || rule === undefined || dueOn - first >= rule.daysApart) first = dueOn;
    return { occasion: first, dueOn };
  });
}

/** Whether a window speaks of this person at all (birth dates, sex), whatever the day and the facts. */
export function concernsPerson(subject: Subject, window: Window): boolean {
  return (
    (window.sex === null || window.sex === subject.sex) &&
    subject.bornOn >= window.born.from &&
    subject.bornOn <= window.born.to
  );
}

/**
 * What a day belongs to if a window of a stage holds it for a product: its season, its pregnancy, or nothing that
 * recurs. Undefined where none does: then the dose is outside the law's window.
 */
export function findOccasion(
  subject: Subject,
  series: Series,
  stage: Stage,
  bit: number,
  on: Day,
): Occasion | undefined {
  const { programme } = series;
  const season: Occasion | undefined = programme.recurs === 'season' ? findSeason(programme, on) : noOccasion;
  if (season === undefined) return undefined;
  for (const window of stage.windows) {
    if ((window.products & bit) === 0 || on < window.inForce.from || on > window.inForce.to) continue;
    if (!concernsPerson(subject, window) || !meetsRequirements(subject, series, window, on)) continue;
    if (programme.recurs === 'pregnancy') {
      const pregnancy = findPregnancy(subject, programme, window, on);
      if (pregnancy !== undefined) return pregnancy;
    } else if (isWithin(subject, window, on, null)) {
      return season;
    }
  }
  return subject.facts.length === 0 ? undefined : findException(subject, programme, stage, on);
}

function findPregnancy(subject: Subject, programme: Programme, window: Window, on: Day): Occasion | undefined {
  return pregnanciesOf(subject, programme).find(({ dueOn }) => isWithin(subject, window, on, dueOn));
}

function findException(subject: Subject, programme: Programme, stage: Stage, on: Day): Occasion | undefined {
  return exceptionSpans(subject, programme, stage.place).find((span) => on >= span.from && on <= span.to);
}

/** The days of a window for a person, within the days on which its row is in force; may be empty (from > to). */
export function spanOf(subject: Subject, window: Window, { dueOn, occasion }: Occasion = noOccasion): Span {
  return {
    from: laterDay(dayFor(subject, window.opens, dueOn), window.inForce.from),
    to:
      window.closes === null ? window.inForce.to : earlierDay(dayFor(subject, window.closes, dueOn), window.inForce.to),
    occasion,
    dueOn,
    trace: window.trace,
    wasNeverOpen: false,
  };
}

/** Whether the conditions of a window are met by what is known on a day. */
export function meetsRequirements(subject: Subject, series: Series, window: Window, on: Day): boolean {
  if (window.requires.length === 0) return true;
  // Every other condition asks about a fact or about a dose given before.
  if (subject.facts.length === 0 && series.countedOn.length === 0) {
    return window.requires.every(({ kind }) => kind === 'noDose');
  }
  return holdAll(window.requires, { on, facts: subject.facts, countedOn: series.countedOn });
}

/** The season that holds a day; undefined outside every season. */
export function findSeason(programme: Programme, on: Day): Span | undefined {
  const last = fiscalYear(on);
  for (let year = last; year >= last - 1; year -= 1) {
    const season = seasonOf(programme, year);
    if (season !== undefined && on >= season.from && on <= season.to) return season;
  }
  return undefined;
}

/** The first season that ends on or after a day. */
export function getSeasonFrom(programme: Programme, on: Day): Span {
  const first = fiscalYear(on) - 1;
  for (let year = first; year < first + 4; year += 1) {
    const season = seasonOf(programme, year);
    if (season !== undefined && season.to >= on) return season;
  }
  const trace = { rule: 'seasons', basis: '' };
  return { from: lastDay, to: lastDay, occasion: lastDay, dueOn: null, trace, wasNeverOpen: false };
}

/**
 * Days that a municipality granted to a person who was long ill (長期療養特例), cut to the law's limits: the age
 * cap, and so many years from the last day of the reason, that day being the first.
 */
export function exceptionSpans(subject: Subject, programme: Programme, stage: number): readonly Span[] {
  if (subject.facts.length === 0 || programme.exceptions.length === 0) return [];
  const rules = programme.exceptions.filter((rule) => rule.stages.includes(stage));
  return subject.facts.flatMap((fact) => {
    if (fact.kind !== 'exceptionGranted' || fact.programme !== programme.programme) return [];
    return rules.flatMap((rule): Span[] => {
      const from = laterDay(fact.from, rule.inForce.from);
      const to = earlierDay(earlierDay(fact.to, rule.inForce.to), lastExceptionDay(subject, rule));
      return from > to ? [] : [{ from, to, ...noOccasion, trace: rule.trace, wasNeverOpen: false }];
    });
  });
}

/** The last day on which the law lets a municipality grant a stage to a person with a long illness. */
export function lastExceptionDay(subject: Subject, rule: ExceptionRule): Day {
  const cap = rule.cap === null ? lastDay : dayFor(subject, rule.cap);
  let lastIllOn: Day | null = null;
  for (const fact of subject.facts) {
    if (fact.kind !== 'longTermIllness') continue;
    if (fact.to === null) return cap;
    lastIllOn = lastIllOn === null ? fact.to : laterDay(lastIllOn, fact.to);
  }
  return lastIllOn === null ? cap : earlierDay(cap, addDays(sameDayYearsLater(lastIllOn, rule.years), -1));
}

function isWithin(subject: Subject, window: Window, on: Day, dueOn: Day | null): boolean {
  return (
    on >= dayFor(subject, window.opens, dueOn) &&
    (window.closes === null || on <= dayFor(subject, window.closes, dueOn))
  );
}

/** Seasons already worked out: the same for everybody. */
const seasons = new WeakMap<Programme, Map<number, Span | undefined>>();

function seasonOf(programme: Programme, year: number): Span | undefined {
  let byYear = seasons.get(programme);
  if (byYear === undefined) seasons.set(programme, (byYear = new Map<number, Span | undefined>()));
  const known = byYear.get(year);
  if (known !== undefined || byYear.has(year)) return known;
  const season = workOutSeason(programme, year);
  byYear.set(year, season);
  return season;
}

function workOutSeason(programme: Programme, year: number): Span | undefined {
  const rule = programme.seasons.find((each) => isInForce(each, year));
  if (rule === undefined) return undefined;
  const from = dayInFiscalYear(year, rule.opensMonth, rule.opensDay);
  const closes = dayInFiscalYear(year, rule.closesMonth, rule.closesDay);
  const to = closes >= from ? closes : dayInFiscalYear(year + 1, rule.closesMonth, rule.closesDay);
  return { from, to, occasion: from, dueOn: null, trace: rule.trace, wasNeverOpen: false };
}

function isInForce(season: Season, year: number): boolean {
  const from = dayInFiscalYear(year, season.opensMonth, season.opensDay);
  return from >= season.inForce.from && from <= season.inForce.to;
}

function dayInFiscalYear(year: number, month: number, dayOfMonth: number): Day {
  return getDay(month >= 4 ? year : year + 1, month, dayOfMonth);
}

/** The same day of a later year; the first of March for a leap day. */
export function sameDayYearsLater(day: Day, years: number): Day {
  const { year, month, dayOfMonth } = dayParts(day);
  const isLeapDay = month === 2 && dayOfMonth === 29;
  return isLeapDay ? getDay(year + years, 3, 1) : getDay(year + years, month, dayOfMonth);
}
