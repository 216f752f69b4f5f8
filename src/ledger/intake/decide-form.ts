import { type Finding, finding, formatIsoDay, type PersonId } from '#kernel';
import { type FormOnRecord, formatFormNumber } from '#ledger/forms';
import type { FormUse } from '#ledger/vaccinations';
import type { RowFact } from './types.ts';

/**
 * What the register of form numbers (発行番号簿) says against a row's form: replaced, cancelled, another person's or
 * another vaccination's are questions, since the dose happened. A number that the register does not know may come
 * from forms printed before it: a note. `linked` are the records linked with the row's: a form that was printed
 * for any of them is the person's own. `used`: what the ledger holds of the form already; a form serves one dose.
 */
export function decideForm(
  formNumber: string | null,
  form: FormOnRecord | undefined,
  personId: PersonId | null,
  fact: RowFact,
  linked: readonly PersonId[] = [],
  used: readonly FormUse[] = [],
): Finding[] {
  if (formNumber === null) return [];
  const field = 'formNumber';
  const again = decideUsed(used, personId, fact, linked);
  if (form === undefined) return [finding('formNumberUnknown', 'note', field), ...again];
  const number = formatFormNumber(form.formNumber);
  const findings: Finding[] = [];
  if (form.state === 'reissued') {
    const replacedBy = form.replacedBy === null ? '' : formatFormNumber(form.replacedBy);
    findings.push(finding('formReissued', 'question', field, { number, replacedBy }));
  }
  if (form.state === 'cancelled') findings.push(finding('formCancelled', 'question', field, { number }));
  if (personId !== null && form.personId !== personId && !linked.includes(form.personId)) {
    findings.push(finding('formOfOther', 'question', field, { number }));
  }
  if (form.programme !== fact.vaccine.programme) {
    findings.push(finding('formOfOtherVaccine', 'question', field, { number, name: fact.vaccine.name }));
  }
  return [...findings, ...again];
}

/** A dose that the ledger holds from the same form, of another person or another day: one of the two is claimed twice. */
function decideUsed(
  used: readonly FormUse[],
  personId: PersonId | null,
  { outcome, vaccinatedOn }: RowFact,
  linked: readonly PersonId[],
): Finding[] {
  if (outcome !== 'administered') return [];
  const isOwn = (use: FormUse): boolean => use.personId === personId || linked.includes(use.personId);
  const other = used.find(
    (use) => use.outcome === 'administered' && !(isOwn(use) && use.vaccinatedOn === vaccinatedOn),
  );
  if (other === undefined) return [];
  return [finding('formUsedBefore', 'question', 'formNumber', { on: formatIsoDay(other.vaccinatedOn) })];
}
