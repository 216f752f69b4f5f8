import {
  type AnnotationKind,
  decideResidentRow,
  findAnnotationKind,
  findBirthDateRange,
  type ResidentRow,
} from '#addressees/persons';
import { type Day, type Decision, dayParts, decide, type Finding, findIsoDay, finding, formatIsoDay } from '#kernel';

/** What the form of a 住登外者 says, as typed. */
export type DraftForm = Readonly<Record<(typeof draftFields)[number], string>>;

/** The fields of the form. */
export const draftFields = [
  'kana',
  'name',
  'birthDate',
  'sex',
  'postalCode',
  'address',
  'building',
  'phone',
  'commonName',
  'foreignName',
  'foreignKana',
  'nationality',
  'isForeigner',
  'isProtected',
  'category',
  'grounds',
  'validFrom',
  'validTo',
] as const;

/** A 住登外者 as read from the form, without a number: it is given when another person has approved. */
export interface Draft {
  /** The number in it is a placeholder. */
  readonly row: ResidentRow;
  readonly category: AnnotationKind;
  /** 登録の根拠: which paper says so. */
  readonly grounds: string;
  readonly validFrom: Day;
  readonly validTo: Day | null;
}

const placeholder = '0';
const longestGrounds = 200;

/**
 * Reads the form of a 住登外者 (AD-03): names, birth date whole or in part, place, why the person is kept (区分), on which
 * paper it rests and for how long. Needs no individual number. Refused with all faults at once.
 */
export function decideDraft(form: DraftForm, asOf: Day): Decision<Draft> {
  const findings: Finding[] = [];
  const birthText = readBirth(form.birthDate, findings);
  const decision = decideResidentRow(fieldsOf(form, birthText), asOf);
  findings.push(...decision.findings.filter((each) => each.severity === 'refuse'));
  const category = findAnnotationKind(form.category);
  if (category?.isCategory !== true) findings.push(finding('draftCategoryMissing', 'refuse', 'category'));
  const grounds = form.grounds.trim().slice(0, longestGrounds);
  if (grounds === '') findings.push(finding('draftGroundsMissing', 'refuse', 'grounds'));
  // Twelve digits in a row can only be an individual number, which has its own guarded page.
  if (/\d{12}/u.test(grounds.normalize('NFKC').replaceAll(/[\s-]/gu, ''))) {
    findings.push(finding('draftNumberWritten', 'refuse', 'grounds'));
  }
  const postalCode = digitsOf(form.postalCode);
  if (postalCode !== '' && !/^\d{7}$/u.test(postalCode)) {
    findings.push(finding('draftPostalCodeUnreadable', 'refuse', 'postalCode'));
  }
  const validFrom = findIsoDay(form.validFrom);
  if (validFrom === undefined) findings.push(finding('draftValidFromMissing', 'refuse', 'validFrom'));
  const validTo = form.validTo === '' ? null : findIsoDay(form.validTo);
  if (validTo === undefined || (validTo !== null && validFrom !== undefined && validTo < validFrom)) {
    findings.push(finding('draftValidToWrong', 'refuse', 'validTo'));
  }
  if (decision.answer === 'refused' || category === undefined || findings.length > 0) {
    return { answer: 'refused', findings: findings.length > 0 ? findings : decision.findings };
  }
  const row: ResidentRow = { ...decision.value, postalCode: postalCode === '' ? null : postalCode };
  return decide([], { row, category: category.kind, grounds, validFrom: validFrom ?? asOf, validTo: validTo ?? null });
}

function fieldsOf(form: DraftForm, birthText: string | null): Record<string, string | null> {
  const text = (value: string): string | null => (value.trim() === '' ? null : value.trim());
  return {
    addresseeNumber: placeholder,
    kana: text(form.kana),
    name: text(form.name),
    birthDate: birthText,
    sex: form.sex,
    address: text(form.address),
    building: text(form.building),
    phone: text(form.phone),
    commonName: text(form.commonName),
    foreignName: text(form.foreignName),
    foreignKana: text(form.foreignKana),
    nationality: text(form.nationality),
    isNonRegistered: '1',
    isForeigner: form.isForeigner === 'yes' ? '1' : '0',
    isProtected: form.isProtected === 'yes' ? '1' : '0',
  };
}

/** What was typed as the register writes it: `YYYY-MM-DD`, `YYYY-MM` or `YYYY`; null where nothing is known. */
function readBirth(typed: string, findings: Finding[]): string | null {
  if (typed.trim() === '' || typed.trim() === '不詳') return null;
  const range = findBirthDateRange(typed);
  if (range === undefined) {
    findings.push(finding('birthDateUnreadable', 'refuse', 'birthDate'));
    return null;
  }
  const iso = formatIsoDay(range.from);
  if (range.from === range.to) return iso;
  const [from, to] = [dayParts(range.from), dayParts(range.to)];
  return from.month === to.month ? iso.slice(0, 7) : iso.slice(0, 4);
}

function digitsOf(text: string): string {
  return text.normalize('NFKC').replaceAll(/[\s\-‐‑‒–—―−ー〒]/gu, '');
}
