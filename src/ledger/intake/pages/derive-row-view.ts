import { matchReasonWords } from '#addressees/matching';
import type { PersonOnRecord } from '#addressees/persons';
import type { Institutions } from '#ledger/contracts';
import { mapVaccine, type VaccineMap } from '#ledger/products';
import { explainFinding, type FindingsTables } from '#platform/findings';
import type { RowCandidate } from '../list-batches.ts';
import { findingsTold } from '../tell-findings.ts';
import type { FormerAnswer, IntakeRow } from '../types.ts';
import type { RowChoice, RowPerson, RowView } from './types.ts';

/** What turns the codes of a row into words. */
export interface RowWording {
  readonly findings: FindingsTables;
  readonly institutions: Institutions;
  readonly vaccines: VaccineMap;
}

/** A row of the work list in words. */
export function deriveRowView(
  row: IntakeRow,
  person: PersonOnRecord | null,
  former: FormerAnswer | null,
  wording: RowWording,
): RowView {
  const { fields } = row;
  const code = fields['institutionCode'] ?? null;
  return {
    row,
    person: person === null ? null : rowPerson(person),
    sentKana: fields['kana'] ?? null,
    sentNumber: fields['addresseeNumber'] ?? null,
    vaccineName: vaccineName(row, wording.vaccines),
    doseNumber: fields['doseNumber'] ?? null,
    institutionName: code === null ? null : (wording.institutions.get(code)?.name ?? `医療機関コード ${code}`),
    isInstitutionKnown: code !== null && wording.institutions.has(code),
    findings: findingsTold(row.findings).map((finding) => explainFinding(wording.findings, finding)),
    former,
  };
}

/** What a row shows of a person. */
function rowPerson(person: PersonOnRecord): RowPerson {
  const { personId, addresseeNumber, name, kana, bornOn } = person;
  return { personId, addresseeNumber, name: name === '' ? kana : name, kana, bornOn };
}

/** The sender's name of the vaccine; the code itself where the settings do not know it. */
function vaccineName(row: IntakeRow, vaccines: VaccineMap): string | null {
  const code = row.fields['vaccineCode'] ?? null;
  if (code === null || code === '') return null;
  const dose = Number(row.fields['doseNumber'] ?? Number.NaN);
  const mapped =
    row.vaccinatedOn === null
      ? undefined
      : mapVaccine(vaccines, code, Number.isInteger(dose) ? dose : null, row.vaccinatedOn);
  return mapped?.name ?? vaccines.get(code)?.[0]?.name ?? `コード ${code}`;
}

const likeness: Readonly<Record<RowCandidate['reasons'][number], string>> = {
  ...matchReasonWords,
  chosenBefore: '前の受付で選んだ人',
  sameCoupon: '接種券番号が同じ',
};

/** A person whom a row may mean, with the reasons in words. */
export function rowCandidate(candidate: RowCandidate): RowChoice {
  return { ...rowPerson(candidate.person), likeness: candidate.reasons.map((reason) => likeness[reason]) };
}
