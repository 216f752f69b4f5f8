import { type Day, type Finding, finding, formatIsoDay, isMedicalInstitutionCode } from '#kernel';
import type { Institutions } from './types.ts';

/**
 * What is doubtful about the institution that a record names on its day: none named, a misread ten-digit code,
 * unknown, or not under contract on that day. Codes of other lengths are the municipality's own and have no check
 * digit. Findings do not repeat the code: where columns have slipped, it is a telephone or an individual number.
 * @spec 医療機関コード 検証番号 (domain notes 4.5)
 */
export function decideInstitution(institutions: Institutions, code: string | null, on: Day): Finding[] {
  const field = 'institutionCode';
  if (code === null || code === '') return [finding('institutionMissing', 'question', field)];
  if (hasWrongCheckDigit(code)) return [finding('institutionCheckDigit', 'question', field)];
  const institution = institutions.get(code);
  if (institution === undefined) return [finding('institutionUnknown', 'question', field)];
  const isUnderContract = institution.contracts.some(
    (period) => (period.from === null || period.from <= on) && (period.to === null || on <= period.to),
  );
  if (isUnderContract) return [];
  return [finding('institutionNotContracted', 'question', field, { name: institution.name, on: formatIsoDay(on) })];
}

/** Whether a code has the form of a national institution code but not its check digit. */
export function hasWrongCheckDigit(code: string): boolean {
  return /^\d{10}$/u.test(code) && !isMedicalInstitutionCode(code);
}
