import { type Day, formatIsoDay, parseIsoDay, type StaffId } from '#kernel';
import type { Tx } from '#platform/postgres';
import type { LayoutChanges } from './layout-schema.ts';

/** Who acts under which audit act; written beside every version. */
export interface LayoutFrame {
  readonly actId: number;
  readonly staffId: StaffId | null;
  readonly staffName: string;
}

/** A version that a municipality made of a layout (様式の版). */
export interface LayoutVersion {
  readonly layoutVersionId: number;
  readonly layoutId: string;
  readonly inForceFrom: Day;
  readonly changes: LayoutChanges;
  readonly reason: string;
  readonly staffName: string;
  readonly recordedAt: Date;
}

interface VersionRow {
  readonly layout_version_id: number;
  readonly layout_id: string;
  readonly in_force_from: string;
  readonly changes: LayoutChanges;
  readonly reason: string;
  readonly staff_name: string;
  readonly recorded_at: Date;
}

const versionColumns = 'layout_version_id, layout_id, in_force_from, changes, reason, staff_name, recorded_at';

/** The versions in force on a day, by layout: of each the last one that begins on or before it. */
export async function loadVersionsInForce(tx: Tx, on: Day): Promise<ReadonlyMap<string, LayoutChanges>> {
  const { rows } = await tx.client.query<Pick<VersionRow, 'layout_id' | 'changes'>>(
    `SELECT DISTINCT ON (layout_id) layout_id, changes FROM form_layout_versions
      WHERE lg_code = $1 AND in_force_from <= $2 ORDER BY layout_id, in_force_from DESC, layout_version_id DESC`,
    [tx.lgCode, formatIsoDay(on)],
  );
  return new Map(rows.map((row) => [row.layout_id, row.changes]));
}

/** Every version of a layout, the last in force first. */
export async function selectVersions(tx: Tx, layoutId: string): Promise<LayoutVersion[]> {
  const { rows } = await tx.client.query<VersionRow>(
    `SELECT ${versionColumns} FROM form_layout_versions WHERE lg_code = $1 AND layout_id = $2
      ORDER BY in_force_from DESC, layout_version_id DESC`,
    [tx.lgCode, layoutId],
  );
  return rows.map((row) => ({
    layoutVersionId: row.layout_version_id,
    layoutId: row.layout_id,
    inForceFrom: parseIsoDay(row.in_force_from),
    changes: row.changes,
    reason: row.reason,
    staffName: row.staff_name,
    recordedAt: row.recorded_at,
  }));
}

/** Appends a version; answers its id. */
export async function insertVersion(
  tx: Tx,
  frame: LayoutFrame,
  version: Pick<LayoutVersion, 'layoutId' | 'inForceFrom' | 'changes' | 'reason'>,
): Promise<number> {
  const { rows } = await tx.client.query<{ layout_version_id: number }>(
    `INSERT INTO form_layout_versions (lg_code, layout_id, in_force_from, changes, reason, staff_id, staff_name, act_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING layout_version_id`,
    [
      ...[tx.lgCode, version.layoutId, formatIsoDay(version.inForceFrom), JSON.stringify(version.changes)],
      ...[version.reason, frame.staffId, frame.staffName, frame.actId],
    ],
  );
  const id = rows[0]?.layout_version_id;
  if (id === undefined) throw new Error('the version was not written');
  return id;
}

/** The seal (公印) that is printed on papers of a day. */
export interface SealOnRecord {
  readonly fileId: number;
  readonly digest: string;
  readonly inForceFrom: Day;
  readonly staffName: string;
}

/** The seals of the municipality, the last in force first. */
export async function selectSeals(tx: Tx): Promise<SealOnRecord[]> {
  const { rows } = await tx.client.query<{
    file_id: number;
    digest: string;
    in_force_from: string;
    staff_name: string;
  }>(
    `SELECT file_id, digest, in_force_from, staff_name FROM official_seals WHERE lg_code = $1
      ORDER BY in_force_from DESC, seal_id DESC`,
    [tx.lgCode],
  );
  return rows.map((row) => ({
    fileId: row.file_id,
    digest: row.digest,
    inForceFrom: parseIsoDay(row.in_force_from),
    staffName: row.staff_name,
  }));
}

/** Registers a seal from a day on. */
export async function insertSeal(
  tx: Tx,
  frame: LayoutFrame,
  seal: Pick<SealOnRecord, 'fileId' | 'digest' | 'inForceFrom'>,
): Promise<void> {
  await tx.client.query(
    `INSERT INTO official_seals (lg_code, in_force_from, file_id, digest, staff_id, staff_name, act_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [
      ...[tx.lgCode, formatIsoDay(seal.inForceFrom), seal.fileId, seal.digest],
      ...[frame.staffId, frame.staffName, frame.actId],
    ],
  );
}
