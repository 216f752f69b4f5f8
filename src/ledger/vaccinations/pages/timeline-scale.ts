import { ageAsSpoken, type Day, dayParts, daysInMonth, getDay } from '#kernel';

/** One mark of the axis: an age in words, the calendar month below it, and where it stands (0 to 100). */
export interface TimelineTick {
  readonly on: Day;
  readonly at: number;
  readonly label: string;
  /** Null where it would run into its neighbour. */
  readonly monthLabel: string | null;
  /** Kept on a narrow window too. */
  readonly isMajor: boolean;
}

/** Turns days into places on a line of 100 units; years in which little happens take less room. */
export interface TimelineScale {
  readonly from: Day;
  readonly to: Day;
  /** The place of a day, 0 to 100, cut at the ends. */
  at(day: Day): number;
  readonly ticks: readonly TimelineTick[];
}

/** Room that a year of life takes, from the age on; the first year, in which most doses fall, takes most. */
const roomPerYear: readonly (readonly [fromYears: number, room: number])[] = [
  [0, 5],
  [1, 2.2],
  [2, 1.3],
  [3, 0.6],
  [8, 0.34],
  [20, 0.12],
  [55, 0.3],
];

const tickMonths = [0, 2, 4, 6, 8, 10, 12, 18, 24, 36, 48, 60, 72, 84, 96, 108, 120, 132, 144, 156, 168, 180, 192, 204];

/** A scale from birth (or a later first day) to the last day that must be seen; `gap` is the least room of a label. */
export function timelineScale(bornOn: Day, from: Day, to: Day, gap = 6.5): TimelineScale {
  const start = roomAt(bornOn, from);
  const whole = Math.max(roomAt(bornOn, to) - start, 1e-6);
  const at = (day: Day) => Math.max(0, Math.min(100, ((roomAt(bornOn, day) - start) / whole) * 100));
  const candidates = candidatesBetween(bornOn, from, to, at);
  const major = new Set(spaced(candidates, gap * 2.6));
  const withMonth = new Set(
    spaced(
      candidates.filter((tick) => tick.months % 12 === 0),
      gap * 1.7,
    ),
  );
  const ticks = spaced(candidates, gap)
    .sort((a, b) => a.on - b.on)
    .map((tick) => ({
      on: tick.on,
      at: tick.at,
      label: ageLabel(tick.months),
      monthLabel: withMonth.has(tick) ? monthLabel(tick.on) : null,
      isMajor: major.has(tick),
    }));
  return { from, to, at, ticks };
}

/** The day on which a person is n months old as people say it (same day of the month, its last day where missing). */
function monthsAfterBirth(bornOn: Day, months: number): Day {
  const born = dayParts(bornOn);
  const index = born.year * 12 + born.month - 1 + months;
  const year = Math.floor(index / 12);
  const month = (index % 12) + 1;
  return getDay(year, month, Math.min(born.dayOfMonth, daysInMonth(year, month)));
}

function roomAt(bornOn: Day, day: Day): number {
  const years = (day - bornOn) / 365.2425;
  let room = 0;
  for (const [index, [fromYears, perYear]] of roomPerYear.entries()) {
    const toYears = roomPerYear[index + 1]?.[0] ?? Number.POSITIVE_INFINITY;
    if (index === 0 && years < 0) return years * perYear;
    if (years <= fromYears) break;
    room += (Math.min(years, toYears) - fromYears) * perYear;
  }
  return room;
}

interface Candidate {
  readonly on: Day;
  readonly at: number;
  readonly months: number;
}

/** Every age that may be marked, the most telling first. */
function candidatesBetween(bornOn: Day, from: Day, to: Day, at: (day: Day) => number): readonly Candidate[] {
  const last = ageAsSpoken(bornOn, to).years;
  const months = [...tickMonths];
  for (let years = 18; years <= last; years += 1) months.push(years * 12);
  return months
    .map((count) => ({ on: monthsAfterBirth(bornOn, count), months: count }))
    .filter((tick) => tick.on >= from && tick.on <= to)
    .map((tick) => ({ ...tick, at: at(tick.on) }))
    .sort((a, b) => weightOf(b.months) - weightOf(a.months) || a.on - b.on);
}

function ageLabel(count: number): string {
  if (count === 0) return '出生';
  const years = Math.floor(count / 12);
  if (years === 0) return `${count}か月`;
  return count % 12 === 0 ? `${years}歳` : `${years}歳${count % 12}か月`;
}

function monthLabel(on: Day): string {
  const { year, month } = dayParts(on);
  return `${year}年${month}月`;
}

/** Round ages are kept before others when there is too little room. */
function weightOf(months: number): number {
  if (months === 0) return 9;
  if (months === 12) return 8;
  const years = months / 12;
  if (years % 10 === 0) return 7;
  if (years % 5 === 0) return 6;
  if (months === 6 || months === 24 || months === 36) return 5;
  if (years % 2 === 0) return 4;
  return Number.isInteger(years) ? 3 : 2;
}

function spaced(candidates: readonly Candidate[], gap: number): Candidate[] {
  const kept: Candidate[] = [];
  for (const tick of candidates) {
    if (kept.every((other) => Math.abs(other.at - tick.at) >= gap)) kept.push(tick);
  }
  return kept;
}

/** Pixels of 100 units on a desk's window, and the room a mark needs to be read beside its neighbour. */
const drawnWidth = 580;
const markWidth = 16;

/**
 * How far each mark of a lane is moved aside, in pixels, so that doses of the same weeks do not hide each other. The
 * places come in order (0 to 100); a crowd spreads around its own middle, and crowds that meet become one.
 */
export function spreadMarks(places: readonly number[]): readonly number[] {
  const wanted = places.map((place) => (place / 100) * drawnWidth);
  const crowds: { sum: number; count: number }[] = [];
  wanted.forEach((place, index) => {
    // Without its own room, each mark only has to stand no further left than the one before.
    let crowd = { sum: place - index * markWidth, count: 1 };
    for (let last = crowds.at(-1); last !== undefined && meanOf(last) > meanOf(crowd); last = crowds.at(-1)) {
      crowds.pop();
      crowd = { sum: last.sum + crowd.sum, count: last.count + crowd.count };
    }
    crowds.push(crowd);
  });
  const starts = crowds.flatMap((crowd) => Array<number>(crowd.count).fill(meanOf(crowd)));
  return wanted.map((place, index) => Math.round((starts[index] ?? 0) + index * markWidth - place));
}

function meanOf(crowd: { readonly sum: number; readonly count: number }): number {
  return crowd.sum / crowd.count;
}
