import { addDays, type Day, dayParts, earlierDay, getDay, laterDay, weekday } from '#kernel';
import type { Random } from './random.ts';
import type { DemoDose, DemoPerson, Season, Series, SeriesStep } from './types.ts';

const liveGapDays = 28;
const sunday = 7;
const bundlingDays = 21;

/**
 * Lets a person live: every series in turn, near its usual days, with delays and drop-outs, never outside the law;
 * then the winters. Doses lie before the person left or died and not after `until`.
 */
export function simulateDoses(
  person: DemoPerson,
  series: readonly Series[],
  seasons: readonly Season[],
  until: Day,
  random: Random,
): DemoDose[] {
  const end = person.ceasedResidentOn === null ? until : earlierDay(until, addDays(person.ceasedResidentOn, -1));
  const doses: DemoDose[] = [];
  for (const each of series) if (mayHave(person, each)) simulateSeries(person, each, end, doses, random);
  const habit = random.next();
  for (const season of seasons) simulateSeasons(person, season, end, doses, habit, random);
  return doses.sort((a, b) => a.on - b.on || (a.code < b.code ? -1 : 1));
}

/** Whether a series was made for people of this birth and sex. */
export function mayHave(person: DemoPerson, series: Series): boolean {
  if (series.sex !== null && person.sex !== series.sex) return false;
  if (series.bornFrom !== null && person.bornOn < series.bornFrom) return false;
  return series.bornTo === null || person.bornOn <= series.bornTo;
}

/** First lawful day of a step after the doses of its series that were given. */
export function earliestOn(person: DemoPerson, step: SeriesStep, given: readonly Day[]): Day {
  let day = step.begin(person.bornOn);
  const previous = given.at(-1);
  if (previous !== undefined && step.after !== null) day = laterDay(day, step.after(previous));
  const first = given[0];
  if (first !== undefined && step.afterFirst !== null) day = laterDay(day, step.afterFirst(first));
  return day;
}

function simulateSeries(person: DemoPerson, series: Series, until: Day, doses: DemoDose[], random: Random): void {
  const given: Day[] = [];
  for (const step of series.steps) {
    if (!random.chance(step.uptake)) return;
    const on = chooseDay(person, series, step, given, doses, random);
    if (on === undefined || on > until) return;
    given.push(on);
    doses.push({
      series: series.name,
      code: series.code,
      doseNumber: step.doseNumber,
      on,
      maker: series.maker,
      volumeMl: series.volumeMl,
      isLive: series.isLive,
      isElsewhere: on < person.becameResidentOn,
    });
  }
}

function chooseDay(
  person: DemoPerson,
  series: Series,
  step: SeriesStep,
  given: readonly Day[],
  doses: readonly DemoDose[],
  random: Random,
): Day | undefined {
  const end = step.end(person.bornOn);
  let from = earliestOn(person, step, given);
  if (step.usualBegin !== null) from = laterDay(from, step.usualBegin(person.bornOn));
  const previous = given.at(-1);
  if (previous !== undefined && step.usualAfter !== null) from = laterDay(from, step.usualAfter(previous));
  if (series.givenFrom !== null && given.length === 0) {
    if (from < addDays(series.givenFrom, -200)) return undefined; // grew up before the programme began
    from = laterDay(from, series.givenFrom);
  }
  let on = addDays(from, random.delayDays(step.spreadDays));
  const visit = findVisit(doses, from, addDays(on, bundlingDays));
  on = visit ?? (weekday(on) === sunday ? addDays(on, 1) : on);
  if (series.isLive) on = keepFromLive(on, doses);
  return on > end ? undefined : on;
}

/** The first visit of these days: what may be given together usually is. */
function findVisit(doses: readonly DemoDose[], from: Day, to: Day): Day | undefined {
  const visits = doses.map(({ on }) => on).filter((on) => from <= on && on <= to);
  return visits.length === 0 ? undefined : visits.reduce(earlierDay);
}

/** Moves a live vaccine behind every other live dose that is less than four weeks away, unless given together. */
function keepFromLive(on: Day, doses: readonly DemoDose[]): Day {
  const near = doses.find((dose) => dose.isLive && dose.on !== on && Math.abs(dose.on - on) < liveGapDays);
  return near === undefined ? on : keepFromLive(addDays(near.on, liveGapDays), doses);
}

function simulateSeasons(
  person: DemoPerson,
  season: Season,
  until: Day,
  doses: DemoDose[],
  habit: number,
  random: Random,
): void {
  const from = season.begin(person.bornOn);
  for (let year = season.firstSeason; year <= dayParts(until).year; year += 1) {
    const opens = getDay(year, ...season.opens);
    const closesYear = season.closes[0] < season.opens[0] ? year + 1 : year;
    const closes = getDay(closesYear, ...season.closes);
    // Most people come every winter or never: the habit weighs more than the single winter.
    if (habit * 0.8 + random.next() * 0.2 > season.uptake) continue;
    const day = addDays(laterDay(opens, from), random.delayDays(season.spreadDays));
    const on = weekday(day) === sunday ? addDays(day, 1) : day;
    if (on > closes || on > until || on < person.becameResidentOn) continue;
    doses.push({
      series: season.name,
      code: season.code,
      doseNumber: 1,
      on,
      maker: season.maker,
      volumeMl: season.volumeMl,
      isLive: false,
      isElsewhere: false,
    });
  }
}
