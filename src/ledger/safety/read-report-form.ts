import { type Day, findIsoDay, findTypedDay } from '#kernel';
import type { FormFields } from '#platform/http';
import { dayHelp, dayValue, type FormError } from '#platform/pages';
import { isEarlier, type ToldInstant } from './decide-reaction.ts';
import { findSheetFault, minuteOf, type Sheet, type SheetItem, sheetItems } from './report-sheet.ts';
import { type ReportTold, reportKinds, type SafetyReport } from './types.ts';

/** What stands in the form of a report, as text. */
export interface ReportForm {
  readonly category: string;
  readonly occurredOn: string;
  readonly description: string;
  readonly outcome: string;
  readonly reportedBy: string;
  readonly reportedOn: string;
  readonly measures: string;
  readonly sheet: Sheet;
  readonly submittedOn: string;
  readonly submittedTo: string;
  readonly isWithdrawn: boolean;
  readonly reason: string;
}

/** The form of a report as it stands. */
export function formOfReport(report: SafetyReport | null): ReportForm {
  return {
    category: report?.category ?? '',
    occurredOn: dayValue(report?.occurredOn),
    description: report?.description ?? '',
    outcome: report?.outcome ?? '',
    reportedBy: report?.reportedBy ?? '',
    reportedOn: dayValue(report?.reportedOn),
    measures: report?.measures ?? '',
    sheet: report?.sheet ?? {},
    submittedOn: dayValue(report?.submittedOn),
    submittedTo: report?.submittedTo ?? '',
    isWithdrawn: report?.isWithdrawn ?? false,
    reason: '',
  };
}

/** What a form sent, each text no longer than its column. */
export function readReportForm(body: FormFields): ReportForm {
  const text = (name: string, length: number) => body.text(name).slice(0, length);
  return {
    category: text('category', 40),
    occurredOn: text('occurredOn', 40),
    description: text('description', 4000),
    outcome: text('outcome', 40),
    reportedBy: text('reportedBy', 100),
    reportedOn: text('reportedOn', 40),
    measures: text('measures', 2000),
    sheet: readSheet(body),
    submittedOn: text('submittedOn', 40),
    submittedTo: text('submittedTo', 100),
    isWithdrawn: body.has('isWithdrawn'),
    reason: text('reason', 200),
  };
}

/** The dose that a report is about, as far as its form is held against it. */
export interface ReportedDose extends Pick<ReportTold, 'kind' | 'personId' | 'entryId'> {
  readonly vaccinatedOn: Day | null;
  /** What may be chosen, by key. */
  readonly categories: Readonly<Record<string, string>>;
}

/** A report from its form, or what the clerk has to mend. */
export function readTold(
  dose: ReportedDose,
  form: ReportForm,
  today: Day,
): { readonly told: ReportTold | null; readonly errors: FormError[] } {
  const { kind, personId, entryId, categories } = dose;
  const words = reportKinds[kind];
  const errors: FormError[] = [];
  const day = (field: 'occurredOn' | 'reportedOn' | 'submittedOn', isNeeded: boolean): Day | null => {
    const found = form[field] === '' ? null : findTypedDay(form[field]);
    const isLater = found !== null && found !== undefined && found > today;
    if (found === undefined || isLater || (isNeeded && found === null)) {
      errors.push({ field, message: dayHelp('今日までの日') });
    }
    return found ?? null;
  };
  const occurredOn = day('occurredOn', true);
  const reportedOn = day('reportedOn', true);
  const submittedOn = day('submittedOn', false);
  const ask = (field: keyof ReportForm, isMissing: boolean, message: string) => {
    if (isMissing) errors.push({ field, message });
  };
  ask('category', !Object.hasOwn(categories, form.category), `${words.category}を選んでください。`);
  ask('outcome', !Object.hasOwn(words.outcomes, form.outcome), `${words.outcome}を選んでください。`);
  ask('description', form.description === '', `${words.description}を書いてください。`);
  ask('reportedBy', form.reportedBy === '', '報告者を書いてください。');
  const sheet = kind === 'adverseReaction' ? form.sheet : {};
  errors.push(...listSheetErrors(sheet, today));
  if (kind === 'adverseReaction' && occurredOn !== null) {
    ask('occurredOn', isBeforeDose(dose.vaccinatedOn, occurredOn, sheet), beforeDose);
  }
  if (occurredOn === null || reportedOn === null) return { told: null, errors };
  const { category, outcome, description, reportedBy, isWithdrawn } = form;
  const texts = { category, outcome, description, reportedBy, isWithdrawn };
  const measures = form.measures || null;
  const submittedTo = form.submittedTo || null;
  const days = { occurredOn, reportedOn, submittedOn };
  return { told: { kind, personId, entryId, ...texts, ...days, measures, submittedTo, sheet }, errors };
}

/** When the dose of a report was given and the symptom came, as far as the report tells it. */
export function instantsOf(
  vaccinatedOn: Day,
  report: Pick<ReportTold, 'occurredOn' | 'sheet'>,
): { readonly given: ToldInstant; readonly occurred: ToldInstant } {
  const minute = (key: string): number | null => {
    const text = report.sheet[key];
    return typeof text === 'string' ? minuteOf(text) : null;
  };
  return {
    given: { on: vaccinatedOn, minute: minute('vaccinatedTime') },
    occurred: { on: report.occurredOn, minute: minute('occurredTime') },
  };
}

const beforeDose = '症状が出たときが、接種より前です。症状の日時か、接種の記録の日を確かめてください。';

function isBeforeDose(vaccinatedOn: Day | null, occurredOn: Day, sheet: Sheet): boolean {
  if (vaccinatedOn === null) return false;
  const { given, occurred } = instantsOf(vaccinatedOn, { occurredOn, sheet });
  return isEarlier(occurred, given);
}

function readSheet(body: FormFields): Sheet {
  const told = sheetItems.flatMap((item): [string, string | readonly string[]][] => {
    const value = readItem(item, body);
    return value.length === 0 ? [] : [[item.key, value]];
  });
  return Object.fromEntries(told);
}

function readItem(item: SheetItem, body: FormFields): string | readonly string[] {
  if (item.kind === 'choices') return [...new Set(body.list(item.key))].slice(0, 20);
  if (item.kind === 'day') return body.day(item.key).slice(0, 40);
  if (item.kind === 'time' || item.kind === 'grams') return body.text(item.key).normalize('NFKC').slice(0, 20);
  return body.text(item.key).slice(0, item.kind === 'long' ? 2000 : 200);
}

function listSheetErrors(sheet: Sheet, today: Day): FormError[] {
  const errors = sheetItems.flatMap((item): FormError[] => {
    const value = sheet[item.key];
    const fault = value === undefined ? null : findSheetFault(item, value);
    if (fault !== null) return [{ field: item.key, message: fault }];
    const day = item.kind === 'day' && typeof value === 'string' ? findIsoDay(value) : undefined;
    return day !== undefined && day > today ? [{ field: item.key, message: '今日までの日を書いてください。' }] : [];
  });
  const { admittedOn, dischargedOn } = sheet;
  if (typeof admittedOn === 'string' && typeof dischargedOn === 'string' && dischargedOn < admittedOn) {
    errors.push({ field: 'dischargedOn', message: '退院日が入院日より前です。' });
  }
  return errors;
}
