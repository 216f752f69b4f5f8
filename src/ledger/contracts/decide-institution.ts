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
  const { contracts } = institution;
  if (isContractedFor(contracts, on, programme?.programme ?? null)) return [];
  const params = { name: institution.name, on: formatIsoDay(on) };
  if (!isContractedFor(contracts, on, null)) return [finding('institutionNotContracted', 'question', field, params)];
  return [finding('institutionNotForProgramme', 'question', field, { ...params, programme: programme?.name ?? '' })];
}

/** Whether one of the contracts holds on a day, for a programme where one is named; a contract without any is for all. */
export function isContractedFor(contracts: readonly Contract[], on: Day, programme: string | null): boolean {
  return contracts.some(
    ({ from, to, programmes }) =>
      (from === null || from <= on) &&
      (to === null || on <= to) &&
      (programme === null || programmes === null || programmes.includes(programme)),
  );
}

/** Whether a code has the form of a national institution code but not its check digit. */
export function hasWrongCheckDigit(code: string): boolean {
  return /^\d{10}$/u.test(code) && !isMedicalInstitutionCode(code);
}
