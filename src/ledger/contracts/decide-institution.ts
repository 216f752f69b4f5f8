import { type Day, type Finding, finding, formatIsoDay, isMedicalInstitutionCode } from '#kernel';
import type { Contract, Institutions } from './types.ts';

/**
 * What is doubtful about the institution that a record names on its day: none named, a misread ten-digit code,
 * unknown, not under contract on that day, or under one that is not for the programme. Codes of other lengths are the municipality's own and have no check
 * digit. Findings do not repeat the code: where columns have slipped, it is a telephone or an individual number.
 * @spec 医療機関コード 検証番号 (domain notes 4.5)
 */
export function decideInstitution(
  institutions: Institutions,
  code: string | null,
  on: Day,
  programme: { readonly programme: string; readonly name: string } | null = null,
): Finding[] {
  const field = 'institutionCode';
  if (code === null || code === '') return [finding('institutionMissing', 'question', field)];
  if (hasWrongCheckDigit(code)) return [finding('institutionCheckDigit', 'question', field)];
  const institution = institutions.get(code);
  if (institution === undefined) return [finding('institutionUnknown', 'question', field)];
  const ofDay = institution.contracts.filter(
    (period) => (period.from === null || period.from <= on) && (period.to === null || on <= period.to),
  );
  const isFor = ({ programmes }: Contract): boolean =>
    programmes === null || programme === null || programmes.includes(programme.programme);
  if (ofDay.some(isFor)) return [];
  const params = { name: institution.name, on: formatIsoDay(on) };
  if (ofDay.length === 0) return [finding('institutionNotContracted', 'question', field, params)];
  return [finding('institutionNotForProgramme', 'question', field, { ...params, programme: programme?.name ?? '' })];
}

/** Whether a code has the form of a national institution code but not its check digit. */
export function hasWrongCheckDigit(code: string): boolean {
  return /^\d{10}$/u.test(code) && !isMedicalInstitutionCode(code);
}
