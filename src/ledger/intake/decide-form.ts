import { type Finding, finding, type PersonId } from '#kernel';
import { type FormOnRecord, formatFormNumber } from '#ledger/forms';
import type { RowFact } from './types.ts';

/**
 * What the register of form numbers (発行番号簿) says against a row's form: replaced, cancelled, another person's or
 * another vaccination's are questions, since the dose happened. A number that the register does not know may come
 * from forms printed before it: a note. `linked` are the records linked with the row's: a form that was printed
 * for any of them is the person's own.
 */
export function decideForm(
  formNumber: string | null,
  form: FormOnRecord | undefined,
  personId: PersonId | null,
  fact: RowFact,
  linked: readonly PersonId[] = [],
): Finding[] {
  if (formNumber === null) return [];
  const field = 'formNumber';
  if (form === undefined) return [finding('formNumberUnknown', 'note', field)];
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
  return findings;
}
