import {
  addDays,
  type Day,
  dayParts,
  findDay,
  findIsoDay,
  fiscalYear,
  fiscalYearEndOn,
  fiscalYearStartOn,
  reachesMonthsOn,
  reachesYearsOn,
  schoolEntryOn,
} from '#kernel';

/** What a day of a rule is counted from. */
type Origin = 'birth' | 'months' | 'years' | 'days' | 'fiscalYearStart' | 'fiscalYearEnd' | 'school' | 'due' | 'fixed';

/**
 * A day in the law's own words, to be worked out for a person: `m(2)` 生後2月に至った日, `y(65)` 65歳に達した日,
 * `d(42)` 出生6週0日後, `fy(12)s` / `fy(16)e` first / last day of the fiscal year of the day that age is reached,
 * `school` 小学校就学の始期, `due` 出産予定日, `birth`, or a fixed day; then `+1`, `-22` days or `-1y` a year earlier.
 */
export interface DayExpression {
  readonly text: string;
  readonly origin: Origin;
  readonly amount: number;
  readonly offsetDays: number;
  readonly offsetYears: number;
  /** Its place in a person's table of days already worked out. */
  readonly slot: number;
}

/** Hands out one expression per text, so that a person's day is worked out once however many rows name it. */
export class DayExpressions {
  private readonly byText = new Map<string, DayExpression>();

  /** How many different expressions the rules hold. */
  get size(): number {
    return this.byText.size;
  }

  /** The expression of a text; undefined when the text is no day of a rule. */
  find(text: string): DayExpression | undefined {
    const known = this.byText.get(text);
    if (known !== undefined) return known;
    const parsed = parse(text, this.byText.size);
    if (parsed !== undefined) this.byText.set(text, parsed);
    return parsed;
  }
}

/** Works an expression out for a birth date; `dueOn` is the expected day of delivery where `due` is named. */
export function evaluateDay(expression: DayExpression, bornOn: Day, dueOn: Day | null): Day {
  const base = originDay(expression, bornOn, dueOn);
  const moved = expression.offsetYears === 0 ? base : yearsLater(base, expression.offsetYears);
  return addDays(moved, expression.offsetDays);
}

function originDay({ origin, amount, text }: DayExpression, bornOn: Day, dueOn: Day | null): Day {
  switch (origin) {
    case 'birth':
      return bornOn;
    case 'months':
      return reachesMonthsOn(bornOn, amount);
    case 'years':
      return reachesYearsOn(bornOn, amount);
    case 'days':
      return addDays(bornOn, amount);
    case 'fiscalYearStart':
      return fiscalYearStartOn(fiscalYear(reachesYearsOn(bornOn, amount)));
    case 'fiscalYearEnd':
      return fiscalYearEndOn(fiscalYear(reachesYearsOn(bornOn, amount)));
    case 'school':
      return schoolEntryOn(bornOn);
    case 'fixed':
      return amount as Day;
    case 'due':
      if (dueOn === null) throw new RangeError(`${text} was asked for outside a pregnancy`);
      return dueOn;
  }
}

/** Between how many days after birth a day lies, whoever it is worked out for; generous by some days. */
export interface DistanceFromBirth {
  readonly least: number;
  readonly most: number;
}

const yearDays = 365.2425;
/** Leap days, ends of months and the day before the birthday move a day by no more than this. */
const margin = 5;

/** How far from birth a day may lie; undefined where it is not counted from birth. */
export function distanceFromBirth(expression: DayExpression): DistanceFromBirth | undefined {
  const origin = originDistance(expression);
  if (origin === undefined) return undefined;
  const moved = expression.offsetYears * yearDays + expression.offsetDays;
  return { least: Math.floor(origin.least + moved) - margin, most: Math.ceil(origin.most + moved) + margin };
}

function originDistance({ origin, amount }: DayExpression): DistanceFromBirth | undefined {
  const at = (days: number, before = 0, after = 0): DistanceFromBirth => ({ least: days - before, most: days + after });
  switch (origin) {
    case 'birth':
      return at(0);
    case 'days':
      return at(amount);
    case 'months':
      return at((amount * yearDays) / 12);
    case 'years':
      return at(amount * yearDays);
    case 'fiscalYearStart':
      return at(amount * yearDays, yearDays);
    case 'fiscalYearEnd':
      return at(amount * yearDays, 0, yearDays);
    case 'school':
      return at(6 * yearDays, 0, yearDays);
    default:
      return undefined;
  }
}

/** The same-numbered day in another year; the last of February where there is no 29th. */
function yearsLater(day: Day, years: number): Day {
  const { year, month, dayOfMonth } = dayParts(day);
  return findDay(year + years, month, dayOfMonth) ?? addDays(evenDay(year + years), -1);
}

function evenDay(year: number): Day {
  return findDay(year, 3, 1) ?? (0 as Day);
}

const calls: Readonly<Record<string, Origin>> = { m: 'months', y: 'years', d: 'days' };

function parse(text: string, slot: number): DayExpression | undefined {
  const match =
    /^(birth|school|due|\d{4}-\d{2}-\d{2}|[myd]\(\d{1,4}\)|fy\(\d{1,3}\)[se])([+-]\d{1,4}y)?([+-]\d{1,4})?$/u.exec(
      text,
    );
  if (match === null) return undefined;
  const head = match[1] ?? '';
  const offsetYears = match[2] === undefined ? 0 : Number(match[2].slice(0, -1));
  const offsetDays = match[3] === undefined ? 0 : Number(match[3]);
  const build = (origin: Origin, amount: number): DayExpression => ({
    text,
    origin,
    amount,
    offsetDays,
    offsetYears,
    slot,
  });
  if (head === 'birth' || head === 'school' || head === 'due') return build(head, 0);
  const amount = Number(/\((\d+)\)/u.exec(head)?.[1]);
  if (head.startsWith('fy')) return build(head.endsWith('s') ? 'fiscalYearStart' : 'fiscalYearEnd', amount);
  const origin = calls[head[0] ?? ''];
  if (origin !== undefined) return build(origin, amount);
  const fixed = findIsoDay(head);
  return fixed === undefined ? undefined : build('fixed', fixed);
}
