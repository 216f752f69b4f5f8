import type { TicketsMessage } from '#messages';
import type { Tx } from '#platform/postgres';

/**
 * Takes in forms and the people behind them as the office knows them now. Taking the same message again, or an older one
 * late, changes nothing. People without a form that can be used are not kept.
 */
export async function takeTickets(tx: Tx, message: TicketsMessage): Promise<void> {
  await tx.client.query(upsertPatients, [
    tx.lgCode,
    JSON.stringify(message.patients.map(patientRow)),
    message.sequence,
  ]);
  await tx.client.query(numberPatients, [tx.lgCode, message.patients.map(({ patientRef }) => patientRef)]);
  await tx.client.query(upsertTickets, [tx.lgCode, JSON.stringify(message.tickets.map(ticketRow)), message.sequence]);
  await tx.client.query('DELETE FROM tickets WHERE lg_code = $1 AND form_number = ANY($2) AND sequence < $3', [
    tx.lgCode,
    message.forgotten,
    message.sequence,
  ]);
  await tx.client.query(
    `DELETE FROM patients p WHERE p.lg_code = $1
        AND NOT EXISTS (SELECT FROM tickets t WHERE t.lg_code = p.lg_code AND t.patient_ref = p.patient_ref)`,
    [tx.lgCode],
  );
  await tx.client.query(
    `INSERT INTO taken_sequences AS known (lg_code, last_sequence) VALUES ($1, $2)
     ON CONFLICT (lg_code) DO UPDATE SET last_sequence = excluded.last_sequence
     WHERE known.last_sequence < excluded.last_sequence`,
    [tx.lgCode, message.sequence],
  );
}

/** The number of the last message that was taken; 0 before the first. */
export async function getLastSequence(tx: Tx): Promise<number> {
  const { rows } = await tx.client.query<{ last_sequence: number }>(
    'SELECT last_sequence FROM taken_sequences WHERE lg_code = $1',
    [tx.lgCode],
  );
  return rows[0]?.last_sequence ?? 0;
}

const upsertPatients = `
  INSERT INTO patients AS known (lg_code, patient_ref, name, born_on, sex, doses, facts, sequence)
  SELECT $1, p.patient_ref, p.name, p.born_on, p.sex, p.doses, p.facts, $3
    FROM jsonb_to_recordset($2::jsonb) AS p (patient_ref uuid, name text, born_on date, sex text, doses jsonb, facts jsonb)
   ORDER BY p.patient_ref
  ON CONFLICT (lg_code, patient_ref) DO UPDATE SET name = excluded.name, born_on = excluded.born_on,
    sex = excluded.sex, doses = excluded.doses, facts = excluded.facts, sequence = excluded.sequence, received_at = now()
  WHERE known.sequence < excluded.sequence`;

const numberPatients = `
  INSERT INTO patient_numbers (lg_code, patient_ref)
  SELECT $1, p.patient_ref FROM unnest($2::uuid[]) AS p (patient_ref)
   WHERE NOT EXISTS (SELECT FROM patient_numbers n WHERE n.lg_code = $1 AND n.patient_ref = p.patient_ref)
   ORDER BY p.patient_ref
  ON CONFLICT (lg_code, patient_ref) DO NOTHING`;

const upsertTickets = `
  INSERT INTO tickets AS known (lg_code, form_number, state, patient_ref, programme, stage, dose_number, valid_until,
         sequence)
  SELECT $1, t.form_number, t.state, t.patient_ref, t.programme, t.stage, t.dose_number, t.valid_until, $3
    FROM jsonb_to_recordset($2::jsonb) AS t (form_number text, state text, patient_ref uuid, programme text, stage text,
         dose_number integer, valid_until date)
   ORDER BY t.form_number
  ON CONFLICT (lg_code, form_number) DO UPDATE SET state = excluded.state, patient_ref = excluded.patient_ref,
    programme = excluded.programme, stage = excluded.stage, dose_number = excluded.dose_number,
    valid_until = excluded.valid_until, sequence = excluded.sequence, received_at = now()
  WHERE known.sequence < excluded.sequence`;

function patientRow(patient: TicketsMessage['patients'][number]) {
  return {
    patient_ref: patient.patientRef,
    name: patient.name,
    born_on: patient.bornOn,
    sex: patient.sex,
    doses: patient.doses,
    facts: patient.facts,
  };
}

function ticketRow(ticket: TicketsMessage['tickets'][number]) {
  return {
    form_number: ticket.formNumber,
    state: ticket.state,
    patient_ref: ticket.patientRef,
    programme: ticket.programme,
    stage: ticket.stage,
    dose_number: ticket.doseNumber,
    valid_until: ticket.validUntil,
  };
}
