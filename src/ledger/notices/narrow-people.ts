import type { PeopleFilter } from '#addressees/persons';
import { type Day, fiscalYear, getDay, type Sex } from '#kernel';
import type { RuleSet } from '#schedule';

/** Who is looked at beside the law: what is left out does not narrow. Kept with the cohort as it was asked. */
export interface CohortNarrowing {
  readonly bornFrom?: Day;
  readonly bornTo?: Day;
  /** School grades (学年) of the fiscal year of the day of judging: 1 小学1年 to 12 高校3年, 0 年長, -1 年中, -2 年少. */
  readonly grades?: readonly number[];
  readonly sex?: Sex;
  /** Beginnings of addresses (町名) as the register writes them. */
  readonly areas?: readonly string[];
  readonly isForeigner?: boolean;
  readonly isPublicAssistance?: boolean;
  readonly isDisabled?: boolean;
  /** The language in which the person wants to be told (ISO 639-1). */
  readonly language?: string;
  /** Where the dose stands; all three where it is left out. */
  readonly statuses?: readonly ('overdue' | 'due' | 'upcoming')[];
  readonly doseNumber?: number;
  /** The last legal day of the dose comes within so many months of the day of judging (再勧奨 before the end). */
  readonly monthsLeft?: number;
  /** Who is reminded (再勧奨): the standard time has passed, or the last legal day comes within so many months. */
  readonly reminderMonths?: number;
}

/** The grades that a choice offers, in the words of the office. */
export const gradeNames: ReadonlyMap<number, string> = new Map([
  ...([-2, -1, 0] as const).map((grade) => [grade, ['年少', '年中', '年長'][grade + 2] ?? ''] as const),
  ...Array.from({ length: 6 }, (_, i) => [i + 1, `小学${i + 1}年`] as const),
  ...Array.from({ length: 3 }, (_, i) => [i + 7, `中学${i + 1}年`] as const),
  ...Array.from({ length: 3 }, (_, i) => [i + 10, `高校${i + 1}年相当`] as const),
]);

/**
 * Who is born so as to be in a grade in the fiscal year of a day: from April 2 to the next April 1, since a child of
 * April 1 enters a year before a child of April 2.
 * @law 学校教育法第17条
 */
export function bornInGrade(grade: number, asOf: Day): { readonly from: Day; readonly to: Day } {
  const entryYear = fiscalYear(asOf) - (grade - 1);
  return { from: getDay(entryYear - 7, 4, 2), to: getDay(entryYear - 6, 4, 1) };
}

/** What the register is asked, so that the others need not be looked at. */
export function filterOf(narrowing: CohortNarrowing, asOf: Day): PeopleFilter {
  const { bornFrom, bornTo, grades, sex, areas, isForeigner, isPublicAssistance, isDisabled } = narrowing;
  const spans = grades?.map((grade) => {
    const { from, to } = bornInGrade(grade, asOf);
    return {
      from: bornFrom !== undefined && bornFrom > from ? bornFrom : from,
      to: bornTo !== undefined && bornTo < to ? bornTo : to,
    };
  });
  const span =
    bornFrom === undefined && bornTo === undefined ? undefined : [{ from: bornFrom ?? null, to: bornTo ?? null }];
  const places = areas?.map((area) => area.trim()).filter((area) => area !== '');
  return { bornWithin: spans ?? span, sex, areas: places, isForeigner, isPublicAssistance, isDisabled };
}

/**
 * The rules of one programme alone. A stage's forecast rests on its own programme's rows, on the products and on all
 * doses, so that it comes out the same as by all rules: a test holds this for every programme.
 */
export function narrowRules(rules: RuleSet, programme: string): RuleSet {
  return { ...rules, programmes: rules.programmes.filter((each) => each.programme === programme) };
}
