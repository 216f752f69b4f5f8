import { isoOrNull } from '#clinic/tickets';
import { type Day, type Finding, formatIsoDay, parseIsoDay, type StaffId } from '#kernel';
import { jsonParameter, type Tx } from '#platform/postgres';
import type { ListedRecord, Outcome, RecordRevision } from './types.ts';

interface RecordRow {
  readonly record_id: string;
  readonly revision: number;
  readonly kind: 'record' | 'withdrawal';
  readonly form_number: string;
  readonly patient_ref: string;
  readonly institution_code: string;
  readonly outcome: Outcome;
  readonly vaccinated_on: string;
  readonly programme: string;
  readonly stage: string;
  readonly dose_number: number | null;
  readonly product: string | null;
  readonly lot_number: string | null;
  readonly expires_on: string | null;
  readonly manufacturer_code: string | null;
  readonly dose_volume_ml: string | null;
  readonly physician: string | null;
  readonly body_temperature: string | null;
  readonly reason: string | null;
  readonly findings: readonly Finding[];
  readonly is_against_advice: boolean;
  readonly staff_name: string;
  readonly recorded_at: Date;
}

const columns = `r.record_id, r.revision, r.kind, r.form_number, r.patient_ref, r.institution_code, r.outcome,
  r.vaccinated_on, r.programme, r.stage, r.dose_number, r.product, r.lot_number, r.expires_on, r.manufacturer_code,
  r.dose_volume_ml::text AS dose_volume_ml, r.physician, r.body_temperature::text AS body_temperature, r.reason,
  r.findings, r.is_against_advice, r.staff_name, r.recorded_at`;

/** The last revision of a record of one institution; with `isLocking` nobody changes it until the transaction ends. */
export async function findRecord(
  tx: Tx,
  recordId: string,
  institutionCode: string,
): Promise<RecordRevision | undefined> {
  const { rows } = await tx.client.query<RecordRow>({
    name: 'clinic-find-record',
    text: `SELECT ${columns} FROM clinic_records r WHERE r.lg_code = $1 AND r.record_id = $2 AND r.institution_code = $3
            ORDER BY r.revision DESC LIMIT 1`,
    values: [tx.lgCode, recordId, institutionCode],
  });
  return rows[0] === undefined ? undefined : revisionOf(rows[0]);
}

/** Locks the form's use, so that two corrections of one record never have the same revision. */
export async function lockUse(tx: Tx, recordId: string): Promise<boolean> {
  const { rowCount } = await tx.client.query(
    'SELECT 1 FROM ticket_uses WHERE lg_code = $1 AND record_id = $2 FOR UPDATE',
    [tx.lgCode, recordId],
  );
  return rowCount === 1;
}

/** The columns of a revision as the statements that append it are given them. */
const givenColumns = {
  record_id: 'uuid',
  revision: 'integer',
  kind: 'text',
  form_number: 'text',
  patient_ref: 'uuid',
  institution_code: 'text',
  outcome: 'text',
  vaccinated_on: 'date',
  programme: 'text',
  stage: 'text',
  dose_number: 'integer',
  product: 'text',
  lot_number: 'text',
  expires_on: 'date',
  manufacturer_code: 'text',
  dose_volume_ml: 'numeric',
  physician: 'text',
  body_temperature: 'numeric',
  reason: 'text',
  findings: 'jsonb',
  is_against_advice: 'boolean',
  staff_id: 'bigint',
  staff_name: 'text',
  recorded_at: 'timestamptz',
} as const;
const givenNames = Object.keys(givenColumns).join(', ');
const givenTypes = Object.entries(givenColumns).map((each) => each.join(' '));
const appended = `WITH given AS MATERIALIZED (SELECT * FROM jsonb_to_recordset($2::jsonb) AS g (${givenTypes.join(', ')})),
  appended AS (INSERT INTO clinic_records (lg_code, ${givenNames}) SELECT $1, ${givenNames} FROM given), waiting AS (
    INSERT INTO undelivered_records (lg_code, record_id, revision, recorded_at)
    SELECT $1, record_id, revision, recorded_at FROM given)`;

/** A revision with who makes it. */
export interface NewRevision {
  readonly record: RecordRevision;
  readonly staffId: StaffId;
}

/** Appends first revisions with their forms' uses and the outbox, in one statement. */
export async function insertRecords(tx: Tx, records: readonly NewRevision[]): Promise<void> {
  await tx.client.query({
    name: 'clinic-insert-records',
    text: `${appended}
      INSERT INTO ticket_uses (lg_code, form_number, record_id, revision, patient_ref, product, vaccinated_on)
      SELECT $1, form_number, record_id, revision, patient_ref, product, vaccinated_on FROM given`,
    values: [tx.lgCode, jsonParameter(records.map(givenOf))],
  });
}

/** Appends a further revision: the form's use follows a correction and ends with a withdrawal. */
export async function insertRevision(tx: Tx, revision: NewRevision): Promise<void> {
  const { record } = revision;
  if (record.kind === 'withdrawal') {
    await tx.client.query('DELETE FROM ticket_uses WHERE lg_code = $1 AND record_id = $2', [
      tx.lgCode,
      record.recordId,
    ]);
  }
  await tx.client.query(
    `${appended}
     UPDATE ticket_uses u SET revision = g.revision, product = g.product, vaccinated_on = g.vaccinated_on
       FROM given g WHERE u.lg_code = $1 AND u.record_id = g.record_id`,
    [tx.lgCode, jsonParameter([givenOf(revision)])],
  );
}

/** The physician whom somebody named last on a day; undefined before the first record of the day. */
export async function findLastPhysician(
  tx: Tx,
  { institutionCode, staffId }: { readonly institutionCode: string; readonly staffId: StaffId },
  on: Day,
): Promise<string | undefined> {
  const { rows } = await tx.client.query<{ physician: string | null }>(
    `SELECT physician FROM clinic_records WHERE lg_code = $1 AND institution_code = $2 AND vaccinated_on = $3
        AND staff_id = $4 AND kind = 'record' ORDER BY recorded_at DESC LIMIT 1`,
    [tx.lgCode, institutionCode, formatIsoDay(on), staffId],
  );
  return rows[0]?.physician ?? undefined;
}

/** The institution's records of a day, newest first; withdrawn ones too. */
export async function listRecordsOfDay(tx: Tx, institutionCode: string, on: Day): Promise<ListedRecord[]> {
  const { rows } = await tx.client.query<RecordRow & { name: string | null; is_delivered: boolean }>(
    `SELECT * FROM (
       SELECT DISTINCT ON (r.record_id) ${columns}, p.name,
         NOT EXISTS (SELECT FROM undelivered_records u WHERE u.lg_code = r.lg_code AND u.record_id = r.record_id) AS is_delivered
       FROM clinic_records r LEFT JOIN patients p ON p.lg_code = r.lg_code AND p.patient_ref = r.patient_ref
       WHERE r.lg_code = $1 AND r.institution_code = $2 AND r.vaccinated_on = $3
       ORDER BY r.record_id, r.revision DESC) latest
     ORDER BY recorded_at DESC LIMIT 500`,
    [tx.lgCode, institutionCode, formatIsoDay(on)],
  );
  return rows.map((row) => ({ ...revisionOf(row), name: row.name, isDelivered: row.is_delivered }));
}

/**
 * The institution's records of any day whose lot is among those taken back, newest first: the last revision of each, the
 * withdrawn left out. Lots are given folded.
 */
export async function listRecordsOfLots(
  tx: Tx,
  institutionCode: string,
  lots: readonly { readonly product: string; readonly lotNumber: string }[],
): Promise<ListedRecord[]> {
  const { rows } = await tx.client.query<RecordRow & { name: string | null }>(
    `SELECT * FROM (
       SELECT DISTINCT ON (r.record_id) ${columns}, p.name
       FROM clinic_records r LEFT JOIN patients p ON p.lg_code = r.lg_code AND p.patient_ref = r.patient_ref
       WHERE r.lg_code = $1 AND r.institution_code = $2 AND r.record_id IN (
         SELECT given.record_id FROM jsonb_to_recordset($3::jsonb) AS l (product text, "lotNumber" text)
           JOIN clinic_records given ON given.lg_code = $1 AND given.institution_code = $2 AND given.product = l.product
            AND upper(translate(given.lot_number, '- ', '')) = l."lotNumber")
       ORDER BY r.record_id, r.revision DESC) latest
     WHERE kind = 'record' AND (product, upper(translate(lot_number, '- ', ''))) IN (
       SELECT l.product, l."lotNumber" FROM jsonb_to_recordset($3::jsonb) AS l (product text, "lotNumber" text))
     ORDER BY recorded_at DESC LIMIT 500`,
    [tx.lgCode, institutionCode, JSON.stringify(lots)],
  );
  return rows.map((row) => ({ ...revisionOf(row), name: row.name, isDelivered: true }));
}

/** The oldest revisions that the office has not taken, and how many wait in all. */
export async function selectUndelivered(
  tx: Tx,
  limit: number,
): Promise<{ records: RecordRevision[]; waiting: number }> {
  const { rows } = await tx.client.query<RecordRow>(
    `SELECT ${columns} FROM undelivered_records u JOIN clinic_records r ON r.lg_code = u.lg_code
        AND r.record_id = u.record_id AND r.revision = u.revision
      WHERE u.lg_code = $1 ORDER BY u.recorded_at, u.record_id, u.revision LIMIT $2`,
    [tx.lgCode, limit],
  );
  const counted = await tx.client.query<{ count: number }>(
    'SELECT count(*) AS count FROM undelivered_records WHERE lg_code = $1',
    [tx.lgCode],
  );
  return { records: rows.map(revisionOf), waiting: counted.rows[0]?.count ?? 0 };
}

/** Takes out of the outbox what the office has. */
export async function deleteUndelivered(
  tx: Tx,
  taken: readonly { readonly recordId: string; readonly revision: number }[],
): Promise<void> {
  await tx.client.query(
    `DELETE FROM undelivered_records u
      USING jsonb_to_recordset($2::jsonb) AS t ("recordId" uuid, revision integer)
      WHERE u.lg_code = $1 AND u.record_id = t."recordId" AND u.revision = t.revision`,
    [tx.lgCode, JSON.stringify(taken)],
  );
}

function givenOf({ record, staffId }: NewRevision): Record<keyof typeof givenColumns, unknown> {
  return {
    record_id: record.recordId,
    revision: record.revision,
    kind: record.kind,
    form_number: record.formNumber,
    patient_ref: record.patientRef,
    institution_code: record.institutionCode,
    outcome: record.outcome,
    vaccinated_on: formatIsoDay(record.vaccinatedOn),
    programme: record.programme,
    stage: record.stage,
    dose_number: record.doseNumber,
    product: record.product,
    lot_number: record.lotNumber,
    expires_on: isoOrNull(record.expiresOn),
    manufacturer_code: record.manufacturerCode,
    dose_volume_ml: record.doseVolumeMl,
    physician: record.physician,
    body_temperature: record.bodyTemperature,
    reason: record.reason,
    findings: record.findings,
    is_against_advice: record.isAgainstAdvice,
    staff_id: staffId,
    staff_name: record.staffName,
    recorded_at: record.recordedAt.toISOString(),
  };
}

function revisionOf(row: RecordRow): RecordRevision {
  return {
    recordId: row.record_id,
    revision: row.revision,
    kind: row.kind,
    formNumber: row.form_number,
    patientRef: row.patient_ref,
    institutionCode: row.institution_code,
    outcome: row.outcome,
    vaccinatedOn: parseIsoDay(row.vaccinated_on),
    programme: row.programme,
    stage: row.stage,
    doseNumber: row.dose_number,
    product: row.product,
    lotNumber: row.lot_number,
    expiresOn: row.expires_on === null ? null : parseIsoDay(row.expires_on),
    manufacturerCode: row.manufacturer_code,
    doseVolumeMl: row.dose_volume_ml,
    physician: row.physician,
    bodyTemperature: row.body_temperature,
    reason: row.reason,
    findings: row.findings,
    isAgainstAdvice: row.is_against_advice,
    staffName: row.staff_name,
    recordedAt: row.recorded_at,
  };
}
