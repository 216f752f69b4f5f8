import { type BatchId, type PersonId, parseIsoDay } from '#kernel';
import type { ClinicRecord } from '#messages';
import type { Tx } from '#platform/postgres';
import type { ArrivedRecord, Settlement } from './types.ts';

interface InboxRow {
  readonly record_id: string;
  readonly revision: number;
  readonly person_id: PersonId | null;
  readonly vaccinated_on: string;
  readonly content: ClinicRecord;
  readonly arrived_at: Date;
  readonly settlement: Settlement | null;
  readonly batch_id: BatchId | null;
  readonly delivery_row: number | null;
}

const columns = `i.record_id, i.revision, i.person_id, i.vaccinated_on, i.content, i.arrived_at, i.settlement,
  d.batch_id, i.delivery_row`;
const source = `clinic_inbox i LEFT JOIN clinic_deliveries d ON d.lg_code = i.lg_code AND d.delivery_id = i.delivery_id`;

/** Keeps records as they came; answers those that were new. */
export async function insertArrived(
  tx: Tx,
  records: readonly { readonly record: ClinicRecord; readonly personId: PersonId | null }[],
): Promise<PersonId[]> {
  const rows = records.map(({ record, personId }) => ({
    record_id: record.recordId,
    revision: record.revision,
    form_number: record.formNumber,
    person_id: personId,
    vaccinated_on: record.vaccinatedOn,
    content: record,
  }));
  const inserted = await tx.client.query<{ person_id: PersonId | null }>(
    `INSERT INTO clinic_inbox (lg_code, record_id, revision, form_number, person_id, vaccinated_on, content)
     SELECT $1, r.record_id, r.revision, r.form_number, r.person_id, r.vaccinated_on, r.content
       FROM jsonb_to_recordset($2::jsonb) AS r (record_id uuid, revision integer, form_number text, person_id bigint,
            vaccinated_on date, content jsonb)
     ON CONFLICT (lg_code, record_id, revision) DO NOTHING RETURNING person_id`,
    [tx.lgCode, JSON.stringify(rows)],
  );
  return inserted.rows.flatMap((row) => (row.person_id === null ? [] : [row.person_id]));
}

/** The last revision of every record of some people. */
export async function loadLastRecords(
  tx: Tx,
  personIds: readonly PersonId[],
): Promise<ReadonlyMap<PersonId, ArrivedRecord[]>> {
  const { rows } = await tx.client.query<InboxRow>(
    `SELECT DISTINCT ON (i.record_id) ${columns} FROM ${source}
      WHERE i.lg_code = $1 AND i.person_id = ANY ($2) ORDER BY i.record_id, i.revision DESC`,
    [tx.lgCode, personIds],
  );
  const records = rows.map(arrivedOf);
  return Map.groupBy(
    records.filter((each): each is ArrivedRecord & { personId: PersonId } => each.personId !== null),
    (each) => each.personId,
  );
}

/** Revisions that wait, oldest first; with `isLocking` nobody else settles them until the transaction ends. */
export async function listOpen(tx: Tx, limit: number, options: { readonly isLocking?: boolean } = {}) {
  const { rows } = await tx.client.query<InboxRow>(
    `SELECT ${columns} FROM ${source} WHERE i.lg_code = $1 AND i.settlement IS NULL
      ORDER BY i.arrived_at, i.record_id, i.revision LIMIT $2 ${options.isLocking === true ? 'FOR UPDATE OF i' : ''}`,
    [tx.lgCode, limit],
  );
  return rows.map(arrivedOf);
}

/** How many revisions wait. */
export async function countOpenClinicRecords(tx: Tx): Promise<number> {
  const { rows } = await tx.client.query<{ count: number }>(
    `SELECT count(*) AS count FROM ${source} WHERE i.lg_code = $1 AND i.settlement IS NULL`,
    [tx.lgCode],
  );
  return rows[0]?.count ?? 0;
}

/** Every revision of some records. */
export async function loadRevisions(tx: Tx, recordIds: readonly string[]): Promise<ArrivedRecord[]> {
  const { rows } = await tx.client.query<InboxRow>(
    `SELECT ${columns} FROM ${source} WHERE i.lg_code = $1 AND i.record_id = ANY ($2::uuid[])
      ORDER BY i.record_id, i.revision`,
    [tx.lgCode, recordIds],
  );
  return rows.map(arrivedOf);
}

/** Settles a revision under somebody's name. */
export async function settle(
  tx: Tx,
  revisions: readonly Pick<ArrivedRecord, 'recordId' | 'revision'>[],
  settlement: Settlement,
  byName: string,
): Promise<number> {
  const { rowCount } = await tx.client.query(
    `UPDATE clinic_inbox i SET settlement = $3, settled_at = now(), settled_by_name = $4
       FROM jsonb_to_recordset($2::jsonb) AS r ("recordId" uuid, revision integer)
      WHERE i.lg_code = $1 AND i.record_id = r."recordId" AND i.revision = r.revision AND i.settlement IS NULL`,
    [
      tx.lgCode,
      JSON.stringify(revisions.map(({ recordId, revision }) => ({ recordId, revision }))),
      settlement,
      byName,
    ],
  );
  return rowCount ?? 0;
}

/** A revision that went to 受付 and was refused there for a later one: it stands in the way of nothing any more. */
export async function supersedeDelivered(tx: Tx, earlier: ArrivedRecord, byName: string): Promise<void> {
  await tx.client.query(
    `UPDATE clinic_inbox SET settlement = 'superseded', settled_at = now(), settled_by_name = $4
      WHERE lg_code = $1 AND record_id = $2 AND revision = $3 AND settlement = 'delivered'`,
    [tx.lgCode, earlier.recordId, earlier.revision, byName],
  );
}

/** A delivery to 受付 that was drawn and has no batch yet: one that a kill left goes on first. */
export interface Delivery {
  readonly deliveryId: number;
  readonly fileName: string;
}

/** The oldest delivery without a batch. */
export async function findUnfinishedDelivery(tx: Tx): Promise<Delivery | undefined> {
  const { rows } = await tx.client.query<{ delivery_id: number; file_name: string }>(
    `SELECT delivery_id, file_name FROM clinic_deliveries WHERE lg_code = $1 AND batch_id IS NULL
      ORDER BY delivery_id LIMIT 1`,
    [tx.lgCode],
  );
  return rows[0] === undefined ? undefined : { deliveryId: rows[0].delivery_id, fileName: rows[0].file_name };
}

/** Draws a delivery out of records, each with its row. */
export async function insertDelivery(
  tx: Tx,
  fileName: string,
  records: readonly ArrivedRecord[],
  byName: string,
): Promise<Delivery> {
  const { rows } = await tx.client.query<{ delivery_id: number }>(
    'INSERT INTO clinic_deliveries (lg_code, file_name) VALUES ($1, $2) RETURNING delivery_id',
    [tx.lgCode, fileName],
  );
  const deliveryId = rows[0]?.delivery_id;
  if (deliveryId === undefined) throw new Error('the delivery was not drawn');
  const placed = records.map(({ recordId, revision }, i) => ({ record_id: recordId, revision, delivery_row: i + 1 }));
  await tx.client.query(
    `UPDATE clinic_inbox i SET delivery_id = $3, delivery_row = r.delivery_row, settlement = 'delivered',
        settled_at = now(), settled_by_name = $4
       FROM jsonb_to_recordset($2::jsonb) AS r (record_id uuid, revision integer, delivery_row integer)
      WHERE i.lg_code = $1 AND i.record_id = r.record_id AND i.revision = r.revision`,
    [tx.lgCode, JSON.stringify(placed), deliveryId, byName],
  );
  return { deliveryId, fileName };
}

/** The records of a delivery in the order of its rows. */
export async function listDelivered(tx: Tx, deliveryId: number): Promise<ArrivedRecord[]> {
  const { rows } = await tx.client.query<InboxRow>(
    `SELECT ${columns} FROM ${source} WHERE i.lg_code = $1 AND i.delivery_id = $2 ORDER BY i.delivery_row`,
    [tx.lgCode, deliveryId],
  );
  return rows.map(arrivedOf);
}

/** Notes the batch that a delivery became. */
export async function finishDelivery(tx: Tx, deliveryId: number, batchId: BatchId): Promise<void> {
  await tx.client.query('UPDATE clinic_deliveries SET batch_id = $3 WHERE lg_code = $1 AND delivery_id = $2', [
    tx.lgCode,
    deliveryId,
    batchId,
  ]);
}

function arrivedOf(row: InboxRow): ArrivedRecord {
  return {
    recordId: row.record_id,
    revision: row.revision,
    personId: row.person_id,
    vaccinatedOn: parseIsoDay(row.vaccinated_on),
    content: row.content,
    arrivedAt: row.arrived_at,
    settlement: row.settlement,
    batchId: row.batch_id,
    row: row.delivery_row,
  };
}
