import { createHash } from 'node:crypto';
import { listLinkedRecords, loadPersonsForJudging } from '#addressees/persons';
import type { Day, PersonId } from '#kernel';
import { loadFormsOfPeople } from '#ledger/forms';
import { listContraindicated, listGivenDoses, loadFacts, loadHistories } from '#ledger/vaccinations';
import { ledgerClinicVersion, type PatientItem, type TicketItem, type TicketsMessage } from '#messages';
import type { Tx } from '#platform/postgres';
import { deriveTickets } from './derive-tickets.ts';
import { loadLastRecords } from './inbox-store.ts';
import { doubtTaken, ensurePatientRefs, listWaiting, loadTaken, takeSequence } from './store.ts';

/** The next difference between what should be there and what is, ready to be sent. */
export interface Renewal {
  /** Null where everybody looked at is there as should be. */
  readonly message: TicketsMessage | null;
  readonly personIds: readonly PersonId[];
  readonly readAt: Date;
  readonly taken: readonly { readonly formNumber: string; readonly personId: PersonId; readonly digest: string }[];
  readonly forgotten: readonly string[];
}

const peoplePerMessage = 300;

/** Looks at the next people who changed; undefined when nobody waits. */
export async function findRenewal(tx: Tx, today: Day): Promise<Renewal | undefined> {
  const { personIds, readAt } = await listWaiting(tx, peoplePerMessage);
  if (personIds.length === 0) return undefined;
  const taken = await loadTaken(tx, personIds);
  const patients: PatientItem[] = [];
  const tickets: TicketItem[] = [];
  const kept: { formNumber: string; personId: PersonId; digest: string }[] = [];
  const forgotten: string[] = [];
  for (const { personId, wanted } of await loadWanted(tx, personIds, today)) {
    const changed = wanted.tickets
      .map((ticket) => ({ ticket, digest: digestOf(ticket, wanted.patient) }))
      .filter(({ ticket, digest }) => taken.get(ticket.formNumber) !== digest);
    tickets.push(...changed.map(({ ticket }) => ticket));
    kept.push(...changed.map(({ ticket, digest }) => ({ formNumber: ticket.formNumber, personId, digest })));
    if (wanted.patient !== null && changed.some(({ ticket }) => ticket.patientRef !== null))
      patients.push(wanted.patient);
    forgotten.push(...wanted.forgotten.filter((formNumber) => taken.has(formNumber)));
  }
  const around = { personIds, readAt, taken: kept, forgotten };
  if (tickets.length === 0 && forgotten.length === 0) return { ...around, message: null };
  const sequence = await takeSequence(tx);
  await doubtTaken(tx, kept);
  const { lgCode } = tx;
  const message = {
    kind: 'tickets',
    version: ledgerClinicVersion,
    lgCode,
    sequence,
    patients,
    tickets,
    forgotten,
  } as const;
  return { ...around, message };
}

async function loadWanted(tx: Tx, personIds: readonly PersonId[], today: Day) {
  const forms = Map.groupBy(await loadFormsOfPeople(tx, personIds), (form) => form.personId);
  const holders = personIds.filter((personId) => forms.has(personId));
  const people = await loadPersonsForJudging(tx, { personIds: holders });
  const linked = await listLinkedRecords(tx, holders);
  const histories = await loadHistories(tx, holders, linked);
  const facts = await loadFacts(tx, holders, linked);
  const records = await loadLastRecords(tx, holders);
  const refs = await ensurePatientRefs(tx, holders);
  return people.map((person) => {
    const { personId } = person;
    const given = listGivenDoses(histories.get(personId) ?? []);
    const doses = given.map(({ product, on, kind }) => ({ product, on, kind }));
    const wanted = deriveTickets({
      person,
      patientRef: refs.get(personId) ?? '',
      forms: forms.get(personId) ?? [],
      doses,
      facts: facts.get(personId)?.schedule ?? [],
      contraindicated: listContraindicated(facts.get(personId)?.contraindications ?? [], today),
      records: records.get(personId) ?? [],
      today,
    });
    return { personId, wanted };
  });
}

function digestOf(ticket: TicketItem, patient: PatientItem | null): string {
  const content = JSON.stringify([ticket, ticket.patientRef === null ? null : patient]);
  return createHash('sha256').update(content).digest('hex');
}
