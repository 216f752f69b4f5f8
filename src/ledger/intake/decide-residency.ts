import type { PersonOnRecord } from '#addressees/persons';
import { type Day, type Finding, finding, formatIsoDay } from '#kernel';
import type { RowFact } from './types.ts';

/** What a row's day contradicts in the register: birth, death, moving in or out, a cancelled registration. */
export function decideResidency(person: PersonOnRecord, fact: RowFact): Finding[] {
  const on = fact.vaccinatedOn;
  const field = 'vaccinatedOn';
  if (person.bornOn !== null && on < person.bornOn && !person.isBirthDateUncertain) {
    const params = { on: formatIsoDay(on), bornOn: formatIsoDay(person.bornOn) };
    return [finding('vaccinatedBeforeBirth', 'refuse', field, params)];
  }
  const findings: Finding[] = [];
  if (person.isCancelled) findings.push(finding('personCancelled', 'question', 'addresseeNumber'));
  if (person.diedOn !== null && person.diedOn < on) {
    findings.push(finding('personDiedBefore', 'question', field, { diedOn: formatIsoDay(person.diedOn) }));
    return findings;
  }
  // 住登外者 never were residents: the municipality keeps them for another reason.
  if (!person.isNonRegistered) findings.push(...decidePeriods(person, on));
  return findings;
}

/** Whether the day lies in a time as resident; the day of moving out itself still does. */
function decidePeriods(person: PersonOnRecord, on: Day): Finding[] {
  const periods = person.residencies;
  const isResident = periods.some(
    (period) =>
      (period.becameOn === null || period.becameOn <= on) && (period.ceasedOn === null || on <= period.ceasedOn),
  );
  if (isResident || periods.length === 0) return [];
  const left = periods.findLast((period) => period.ceasedOn !== null && period.ceasedOn < on)?.ceasedOn ?? null;
  if (left !== null) {
    return [finding('personMovedOutBefore', 'question', 'vaccinatedOn', { ceasedOn: formatIsoDay(left) })];
  }
  const arrived = periods.find((period) => period.becameOn !== null && on < period.becameOn)?.becameOn ?? null;
  if (arrived === null) return [];
  return [finding('personMovedInAfter', 'question', 'vaccinatedOn', { movedInOn: formatIsoDay(arrived) })];
}
