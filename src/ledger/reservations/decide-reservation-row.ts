import type { PersonOnRecord } from '#addressees/persons';
import { codeInSentence, type Decision, decide, type Finding, findIsoDay, finding, formatIsoDay } from '#kernel';
import type { MappedVaccine } from '#ledger/products';
import type { ReservationKind, ReservationTold } from './types.ts';

/** What a row of a list is held against. */
export interface ReservationKnowledge {
  readonly kind: ReservationKind;
  readonly findPerson: (addresseeNumber: string) => PersonOnRecord | undefined;
  readonly mapVaccine: (
    code: string,
    doseNumber: number | null,
    on: ReservationTold['onDay'],
  ) => MappedVaccine | undefined;
}

/**
 * Takes a row of a list of reservations or wishes: its person by 宛名番号 and birth date together, never by the number
 * alone; the vaccination as the municipality's table knows the code on the day.
 */
export function decideReservationRow(
  fields: Readonly<Record<string, string | null>>,
  readFindings: readonly Finding[],
  known: ReservationKnowledge,
): Decision<ReservationTold> {
  const findings: Finding[] = [...readFindings];
  const text = (key: string): string | null => (fields[key] === '' ? null : (fields[key] ?? null));
  const onDay = findIsoDay(text('onDay') ?? '');
  const number = text('number');
  const doseText = text('doseNumber');
  const doseNumber = doseText === null ? null : Number(doseText);
  const code = text('vaccineCode') ?? '';
  if (findings.some((each) => each.severity === 'refuse') || onDay === undefined || number === null) {
    return { answer: 'refused', findings };
  }
  const person = known.findPerson(text('addresseeNumber') ?? '');
  const bornOn = person?.bornOn ?? null;
  const isSame = bornOn !== null && formatIsoDay(bornOn) === text('birthDate');
  if (person === undefined || !isSame) findings.push(finding('reservationPersonUnknown', 'refuse', 'addresseeNumber'));
  const vaccine = known.mapVaccine(code, doseNumber, onDay);
  if (vaccine === undefined) {
    findings.push(finding('reservationVaccineUnknown', 'refuse', 'vaccineCode', { code: codeInSentence(code) }));
  }
  const atTime = readTime(text('atTime'));
  if (atTime === undefined) findings.push(finding('reservationTimeUnreadable', 'refuse', 'atTime'));
  if (person === undefined || vaccine === undefined || atTime === undefined || !isSame) {
    return { answer: 'refused', findings };
  }
  return decide(findings, {
    kind: known.kind,
    number,
    personId: person.personId,
    programme: vaccine.programme,
    stage: vaccine.stage,
    doseNumber,
    onDay,
    atTime,
    venue: text('venue'),
    priorityClass: text('priorityClass'),
    isCancelled: text('state') === 'cancelled',
  });
}

/** `930`, `9:30`, `0930` and `09:30` are the same; undefined for what is no time of the day. */
function readTime(text: string | null): string | null | undefined {
  if (text === null) return null;
  const match = /^(\d{1,2}):?(\d{2})$/u.exec(text);
  if (match === null || Number(match[1]) > 23 || Number(match[2]) > 59) return undefined;
  return `${(match[1] ?? '').padStart(2, '0')}:${match[2]}`;
}
