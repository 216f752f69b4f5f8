import { loadPersonsForJudging, type PersonOnRecord } from '#addressees/persons';
import { type Day, findIsoDay, formatIsoDay } from '#kernel';
import { type FormOnRecord, findForm } from '#ledger/forms';
import { type KnownNames, loadNames, nameOfTyped } from '#ledger/masters';
import { loadVaccineMap, mapVaccine } from '#ledger/products';
import type { Tx } from '#platform/postgres';
import { listVaccineCodes, type OfferedCode } from './list-vaccine-codes.ts';
import type { Bundle, KeyedValues } from './types.ts';

/** Whom a typed form means, and what our own printed form says where nobody typed it. */
export interface ResolvedForm {
  readonly values: KeyedValues;
  /**
   * The person, by the number of our own form, or by 宛名番号 and the birth date as second factor; null where the two
   * disagree or nobody is found. Never by a number alone.
   */
  readonly person: PersonOnRecord | null;
  readonly form: FormOnRecord | null;
  /** The codes that our own form can stand for; empty without one, and where the table has none for its programme. */
  readonly offered: readonly OfferedCode[];
  /** What the table calls the code that is there; null where there is none or the table does not know it. */
  readonly vaccineName: string | null;
}

/**
 * Fills what the barcode of our own form knows: person, programme and dose; what was typed stands before it. A doctor or
 * venue that was typed by its code of the masters gets its name.
 */
export async function resolveForm(
  tx: Tx,
  bundle: Pick<Bundle, 'institutionCode'>,
  values: KeyedValues,
  today: Day,
): Promise<ResolvedForm> {
  const form = values.formNumber === '' ? undefined : await findForm(tx, values.formNumber);
  const byForm = form === undefined ? undefined : await findPerson(tx, { personIds: [form.personId] });
  const byNumber =
    values.addresseeNumber === ''
      ? undefined
      : await findPerson(tx, { addresseeNumbers: paddedNumbers(values.addresseeNumber) });
  const bornOn = byNumber?.bornOn ?? null;
  const isSecondFactorRight = bornOn !== null && formatIsoDay(bornOn) === values.birthDate;
  const isSame = byForm === undefined || byNumber === undefined || byForm.personId === byNumber.personId;
  const person = isSame ? (byForm ?? (isSecondFactorRight ? byNumber : undefined)) : undefined;
  const on = findIsoDay(values.vaccinatedOn) ?? today;
  const map = await loadVaccineMap(tx);
  const offered = form === undefined ? [] : listVaccineCodes(map, form, on);
  const code = chosenCode(offered, values.vaccineCode);
  const vaccineCode = code?.vaccineCode ?? values.vaccineCode;
  return {
    form: form ?? null,
    person: person ?? null,
    offered,
    vaccineName: mapVaccine(map, vaccineCode, null, on)?.name ?? null,
    values: {
      ...values,
      ...namesOf(await loadNames(tx), bundle, values, on),
      addresseeNumber:
        values.addresseeNumber === ''
          ? (byForm?.addresseeNumber ?? '')
          : (byNumber?.addresseeNumber ?? values.addresseeNumber),
      vaccineCode,
      doseNumber: values.doseNumber === '' ? String(code?.doseNumber ?? '') : values.doseNumber,
    },
  };
}

/** The one code that the form leaves no doubt about, or the typed one among those that it offers. */
function chosenCode(offered: readonly OfferedCode[], typed: string): OfferedCode | undefined {
  if (typed === '') return offered.length === 1 ? offered[0] : undefined;
  return offered.find(({ vaccineCode }) => vaccineCode === typed);
}

function namesOf(
  known: KnownNames,
  { institutionCode }: Pick<Bundle, 'institutionCode'>,
  values: KeyedValues,
  on: Day,
): Pick<KeyedValues, 'administeringPhysician' | 'venueOther'> {
  const { administeringPhysician, venueOther } = values;
  return {
    administeringPhysician: nameOfTyped(known.physicians.get(institutionCode) ?? [], administeringPhysician, on),
    venueOther: nameOfTyped(known.venues, venueOther, on),
  };
}

async function findPerson(
  tx: Tx,
  selection: Parameters<typeof loadPersonsForJudging>[1],
): Promise<PersonOnRecord | undefined> {
  const people = await loadPersonsForJudging(tx, selection);
  return people.length === 1 ? people[0] : undefined;
}

/** A number as typed and with the leading zeros that numbers of up to 15 digits carry. */
function paddedNumbers(typed: string): string[] {
  return [...new Set(Array.from({ length: 15 }, (_, i) => typed.padStart(i + 1, '0')))];
}
