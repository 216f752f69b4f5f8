import { NotFound, type StaffId } from '#kernel';
import type { Tx } from '#platform/postgres';
import type { ExportRequest, Medium, MediumKind, OversightEvent, RecordedEvent } from './types.ts';

/** A request to take data out on its way into the register. */
export type NewExport = Pick<
  ExportRequest,
  'setKey' | 'columns' | 'dayFrom' | 'dayTo' | 'mediumId' | 'recipient' | 'reason' | 'eraseBy' | 'requestedBy'
> & { readonly provision: string };

/** Enters a request; answers its number. */
export async function insertExport(tx: Tx, request: NewExport, at: Date): Promise<number> {
  const { rows } = await tx.client.query<{ export_id: number }>(
    `INSERT INTO exports (lg_code, set_key, columns, day_from, day_to, medium_id, recipient, reason, erase_by,
       requested_by, requested_at, provision)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING export_id`,
    [
      ...[tx.lgCode, request.setKey, request.columns, request.dayFrom, request.dayTo, request.mediumId],
      ...[request.recipient, request.reason, request.eraseBy, request.requestedBy, at, request.provision],
    ],
  );
  return rows[0]?.export_id ?? 0;
}

const exportColumns = `e.export_id AS "exportId", e.set_key AS "setKey", e.columns, e.day_from AS "dayFrom",
  e.day_to AS "dayTo", e.medium_id AS "mediumId", m.label AS "mediumLabel", e.recipient, e.provision, e.reason,
  e.erase_by AS "eraseBy", e.requested_by AS "requestedBy", s.display_name AS "requesterName",
  e.requested_at AS "requestedAt"`;
const exportTables = `exports e JOIN media m ON m.lg_code = e.lg_code AND m.medium_id = e.medium_id
  JOIN staff_members s ON s.lg_code = e.lg_code AND s.staff_id = e.requested_by`;

type ExportRowRead = Omit<ExportRequest, 'events'>;

/** The exports of the register, newest first, with what happened to them. */
export async function listExports(tx: Tx, limit = 200): Promise<ExportRequest[]> {
  const { rows } = await tx.client.query<ExportRowRead>(
    `SELECT ${exportColumns} FROM ${exportTables} WHERE e.lg_code = $1 ORDER BY e.export_id DESC LIMIT $2`,
    [tx.lgCode, limit],
  );
  return await withEvents(tx, rows);
}

/** One export; throws where there is none. */
export async function getExport(tx: Tx, exportId: number): Promise<ExportRequest> {
  const { rows } = await tx.client.query<ExportRowRead>(
    `SELECT ${exportColumns} FROM ${exportTables} WHERE e.lg_code = $1 AND e.export_id = $2`,
    [tx.lgCode, exportId],
  );
  const [found] = await withEvents(tx, rows);
  if (found === undefined) throw new NotFound('この持ち出しの記録はありません。');
  return found;
}

/** Waits until nobody else works on this export, so that its next step is taken once. */
export async function lockExport(tx: Tx, exportId: number): Promise<ExportRequest> {
  await tx.client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 20261123))', [
    `exports/${tx.lgCode}/${exportId}`,
  ]);
  return await getExport(tx, exportId);
}

async function withEvents(tx: Tx, exports: readonly ExportRowRead[]): Promise<ExportRequest[]> {
  if (exports.length === 0) return [];
  const { rows } = await tx.client.query<RecordedEvent & { readonly exportId: number }>(
    `SELECT export_id AS "exportId", ${eventColumns} FROM oversight_events
     WHERE lg_code = $1 AND export_id = ANY ($2) ORDER BY event_id`,
    [tx.lgCode, exports.map(({ exportId }) => exportId)],
  );
  return exports.map((each) => ({ ...each, events: rows.filter(({ exportId }) => exportId === each.exportId) }));
}

const eventColumns = `event, staff_name AS "staffName", staff_id AS "staffId", file_id AS "fileId", rows, people, digest,
  note, occurred_at AS "occurredAt"`;

/** What happened, by whom. */
export interface NewEvent extends Partial<Pick<RecordedEvent, 'fileId' | 'rows' | 'people' | 'digest' | 'note'>> {
  readonly event: OversightEvent;
  readonly exportId: number | null;
  readonly mediumId: number | null;
  readonly by: { readonly staffId: StaffId | null; readonly staffName: string };
  readonly requestId?: number;
}

/** Adds what happened to an export or a medium. */
export async function insertEvent(tx: Tx, event: NewEvent, at: Date): Promise<void> {
  await tx.client.query(
    `INSERT INTO oversight_events (lg_code, export_id, medium_id, event, staff_id, staff_name, request_id, file_id, rows,
       people, digest, note, occurred_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      ...[tx.lgCode, event.exportId, event.mediumId, event.event, event.by.staffId, event.by.staffName],
      ...[event.requestId ?? null, event.fileId ?? null, event.rows ?? null, event.people ?? null],
      ...[event.digest ?? null, event.note ?? null, at],
    ],
  );
}

/** Enters a medium; undefined where its number is in the register already. */
export async function insertMedium(
  tx: Tx,
  medium: { readonly label: string; readonly kind: MediumKind; readonly by: StaffId },
  at: Date,
): Promise<number | undefined> {
  const { rows } = await tx.client.query<{ medium_id: number }>(
    `INSERT INTO media (lg_code, label, kind, registered_by, registered_at) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (lg_code, label) DO NOTHING RETURNING medium_id`,
    [tx.lgCode, medium.label, medium.kind, medium.by, at],
  );
  return rows[0]?.medium_id;
}

/** The media of the register by their numbers; those disposed of last. */
export async function listMedia(tx: Tx): Promise<Medium[]> {
  const { rows } = await tx.client.query<Medium>(
    `SELECT m.medium_id AS "mediumId", m.label, m.kind, m.registered_at AS "registeredAt",
       max(v.occurred_at) FILTER (WHERE v.event = 'disposed') AS "disposedAt",
       max(v.occurred_at) FILTER (WHERE v.event = 'checked') AS "lastCheckedAt",
       (count(DISTINCT v.export_id) FILTER (WHERE v.event = 'taken')
         - count(DISTINCT v.export_id) FILTER (WHERE v.event = 'erasedThere'))::int AS "openExports"
     FROM media m LEFT JOIN oversight_events v ON v.lg_code = m.lg_code AND v.medium_id = m.medium_id
     WHERE m.lg_code = $1 GROUP BY m.lg_code, m.medium_id
     ORDER BY max(v.occurred_at) FILTER (WHERE v.event = 'disposed') NULLS FIRST, m.label LIMIT 1000`,
    [tx.lgCode],
  );
  return rows;
}

/** One medium; throws where there is none. */
export async function getMedium(tx: Tx, mediumId: number): Promise<Medium> {
  const found = (await listMedia(tx)).find((medium) => medium.mediumId === mediumId);
  if (found === undefined) throw new NotFound('この媒体は管理簿にありません。');
  return found;
}

/** Removes the bytes of a file and counts what is left of them, which must be nothing. */
export async function eraseFile(tx: Tx, fileId: number): Promise<{ readonly removed: number; readonly left: number }> {
  const removed = await tx.client.query('DELETE FROM file_chunks WHERE lg_code = $1 AND file_id = $2', [
    tx.lgCode,
    fileId,
  ]);
  const { rows } = await tx.client.query<{ left: number }>(
    'SELECT count(*)::int AS left FROM file_chunks WHERE lg_code = $1 AND file_id = $2',
    [tx.lgCode, fileId],
  );
  return { removed: removed.rowCount ?? 0, left: rows[0]?.left ?? 0 };
}

/** Exports whose file is still here although it was taken, or lies longer than it may. */
export async function listFilesToErase(tx: Tx, madeBefore: Date): Promise<number[]> {
  const { rows } = await tx.client.query<{ export_id: number }>(
    `SELECT DISTINCT v.export_id FROM oversight_events v
     WHERE v.lg_code = $1 AND v.event = 'made' AND v.occurred_at < $2
       AND NOT EXISTS (SELECT FROM oversight_events g WHERE g.lg_code = $1 AND g.export_id = v.export_id
         AND g.event = 'erasedHere' AND g.event_id > v.event_id)
     ORDER BY v.export_id`,
    [tx.lgCode, madeBefore],
  );
  return rows.map((row) => row.export_id);
}
