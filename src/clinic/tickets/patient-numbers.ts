import { readFormNumber } from '#formats';
import type { PersonId } from '#kernel';
import { findReference, wordOfReference } from '#messages';
import type { Tx } from '#platform/postgres';

/** The numbers by which the log of this system knows people, by the references that the office gave them. */
export async function findPatientNumbers(
  tx: Tx,
  patientRefs: readonly string[],
): Promise<ReadonlyMap<string, PersonId>> {
  const { rows } = await tx.client.query<{ patient_ref: string; person_id: PersonId }>({
    name: 'clinic-patient-numbers',
    text: 'SELECT patient_ref, person_id FROM patient_numbers WHERE lg_code = $1 AND patient_ref = ANY ($2::uuid[])',
    values: [tx.lgCode, patientRefs],
  });
  return new Map(rows.map((row) => [row.patient_ref, row.person_id]));
}

/** The people of some references as an act names them. */
export async function listNumbersOf(tx: Tx, patientRefs: readonly string[]): Promise<PersonId[]> {
  return [...(await findPatientNumbers(tx, patientRefs)).values()];
}

/** Whom an auditor means by the number of a form, or by the word that the log writes for a reference. */
export async function findPersonsOfLog(tx: Tx, text: string): Promise<PersonId[]> {
  const { rows } = await tx.client.query<{ person_id: PersonId }>(
    `SELECT person_id FROM patient_numbers n WHERE n.lg_code = $1 AND n.patient_ref IN (
       SELECT patient_ref FROM tickets WHERE lg_code = $1 AND form_number = $2
       UNION SELECT patient_ref FROM ticket_uses WHERE lg_code = $1 AND form_number = $2
       UNION SELECT $3::uuid)`,
    [tx.lgCode, readFormNumber(text) ?? '', findReference(text.trim()) ?? null],
  );
  return rows.map((row) => row.person_id);
}

/** The words by which an auditor reads the people of an act, and by which the office knows them. */
export async function describePatients(tx: Tx, personIds: readonly PersonId[]): Promise<ReadonlyMap<PersonId, string>> {
  const { rows } = await tx.client.query<{ patient_ref: string; person_id: PersonId }>(
    'SELECT patient_ref, person_id FROM patient_numbers WHERE lg_code = $1 AND person_id = ANY ($2::bigint[])',
    [tx.lgCode, personIds],
  );
  return new Map(rows.map((row) => [row.person_id, wordOfReference(row.patient_ref)]));
}
