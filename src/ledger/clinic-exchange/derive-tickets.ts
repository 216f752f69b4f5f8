import { isHereOn, type PersonOnRecord } from '#addressees/persons';
import { addDays, type Day, formatIsoDay } from '#kernel';
import type { FormOnRecord } from '#ledger/forms';
import type { PatientItem, TicketItem } from '#messages';
import type { Fact, GivenDose } from '#schedule';
import type { ArrivedRecord } from './types.ts';

/** Everything that decides what the clinics' system should hold of one person. */
export interface TicketCase {
  readonly person: PersonOnRecord;
  readonly patientRef: string;
  readonly forms: readonly FormOnRecord[];
  /** Doses of the ledger. */
  readonly doses: readonly GivenDose[];
  readonly facts: readonly Fact[];
  /** The programmes that are forbidden to the person on the day (禁忌). */
  readonly contraindicated: ReadonlySet<string>;
  /** The last revision of every record that clinics made for the person. */
  readonly records: readonly ArrivedRecord[];
  readonly today: Day;
}

/** What the clinics' system should hold: the person only while a form can be used. */
export interface WantedTickets {
  readonly patient: PatientItem | null;
  readonly tickets: readonly TicketItem[];
  /** Forms that nobody will bring any more. */
  readonly forgotten: readonly string[];
}

/** Days for which a clinic is still told why a form cannot be used. */
const rememberDays = 180;

/** What should be there of one person on a day. */
export function deriveTickets(input: TicketCase): WantedTickets {
  const forms = input.forms.filter(({ document }) => document !== 'letter');
  const told = forms.filter((form) => isStillBrought(form, input.today));
  const states = told.map((form) => ({ form, state: stateOf(form, input) }));
  const isNeeded = states.some(({ state }) => state === 'usable');
  const patient = isNeeded ? patientOf(input) : null;
  const tickets = states.map(({ form, state }): TicketItem => {
    return {
      formNumber: form.formNumber,
      state,
      patientRef: state === 'usable' ? input.patientRef : null,
      programme: form.programme,
      stage: form.stage,
      doseNumber: form.doseNumber,
      validUntil: form.validUntil === null ? null : formatIsoDay(form.validUntil),
    };
  });
  const forgotten = forms.filter((form) => !told.includes(form)).map(({ formNumber }) => formNumber);
  return { patient, tickets, forgotten };
}

function isStillBrought(form: FormOnRecord, today: Day): boolean {
  const over = form.changedOn ?? form.validUntil;
  return over === null || today <= addDays(over, rememberDays);
}

function stateOf(form: FormOnRecord, { person, contraindicated, records, today }: TicketCase): TicketItem['state'] {
  if (form.state !== 'issued') return form.state;
  // On the day of the record the clinic may still correct it, and for that it needs the form.
  const used = records.find(({ content }) => content.formNumber === form.formNumber && content.kind === 'record');
  if (used !== undefined && used.vaccinatedOn < today) return 'used';
  // The clinic is told that the form cannot be used, and to ask the office: why is nobody's business there.
  if (contraindicated.has(form.programme)) return 'stopped';
  return mayBeCalled(person, today) ? 'usable' : 'stopped';
}

/** Somebody who lives here on the day and whose birth date is known: without it nobody can be recognised or judged. */
function mayBeCalled(person: PersonOnRecord, today: Day): boolean {
  if (person.bornOn === null || person.isBirthDateUncertain) return false;
  return isHereOn(person, today);
}

function patientOf({ person, patientRef, doses, facts, records }: TicketCase): PatientItem | null {
  if (person.bornOn === null) return null;
  const known = new Set(doses.map((dose) => `${dose.product} ${dose.on}`));
  // What clinics recorded counts for the next clinic before the office has taken it into the ledger.
  const recorded = records.flatMap(({ content, vaccinatedOn }): GivenDose[] => {
    if (content.kind !== 'record' || content.product === null) return [];
    if (known.has(`${content.product} ${vaccinatedOn}`)) return [];
    return [{ product: content.product, on: vaccinatedOn, kind: 'routine' }];
  });
  return {
    patientRef,
    name: person.name,
    bornOn: formatIsoDay(person.bornOn),
    sex: person.sex,
    doses: [...doses, ...recorded]
      .toSorted((a, b) => a.on - b.on || (a.product < b.product ? -1 : 1))
      .map(({ product, on, kind }) => ({ product, on: formatIsoDay(on), kind })),
    facts: facts.map(factItem),
  };
}

function factItem(fact: Fact): PatientItem['facts'][number] {
  const entries = Object.entries(fact).map(([key, value]: [string, unknown]) => [
    key,
    typeof value === 'number' ? formatIsoDay(value as Day) : value,
  ]);
  return Object.fromEntries(entries) as PatientItem['facts'][number];
}
