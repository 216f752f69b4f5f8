import { type Day, formatIsoDay, parseIsoDay, type StaffId } from '#kernel';
import type { Tx } from '#platform/postgres';

/** What kinds of material there are (啓発資材). */
export const materialKinds = {
  leaflet: 'チラシ',
  poster: 'ポスター',
  booklet: '冊子',
  article: '広報の記事',
  video: '動画',
  other: 'その他',
} as const;

/** To whom material goes: bodies and events, never persons. */
export const recipientKinds = {
  institution: '医療機関',
  school: '学校',
  nursery: '保育所・幼稚園',
  facility: '公共施設・窓口',
  event: '行事・健診',
  households: '各世帯',
  media: '広報・報道',
  other: 'その他',
} as const;

/** How it gets there. */
export const dispatchMeans = {
  post: '郵送',
  hand: '手渡し',
  email: '電子メール',
  online: '掲載',
  display: '掲示',
} as const;

/** A kind of material. */
export type MaterialKind = keyof typeof materialKinds;
/** A kind of recipient. */
export type RecipientKind = keyof typeof recipientKinds;
/** A way of handing over. */
export type DispatchMeans = keyof typeof dispatchMeans;

/** Who acts under which audit act. */
export interface OutreachFrame {
  readonly actId: number;
  readonly staffId: StaffId | null;
  readonly staffName: string;
}

/** Material about to be registered. */
export interface NewMaterial {
  readonly title: string;
  readonly kind: MaterialKind;
  /** Null where it tells of vaccination in general. */
  readonly programme: string | null;
  readonly language: string;
  readonly fileId: number | null;
}

/** Registered material with how often and how many of it went out. */
export interface Material extends NewMaterial {
  readonly materialId: number;
  readonly staffName: string;
  readonly recordedAt: Date;
  readonly dispatches: number;
  readonly copies: number;
  readonly lastSentOn: Day | null;
}

/** A dispatch about to be recorded. */
export interface NewDispatch {
  readonly materialId: number;
  readonly recipientKind: RecipientKind;
  readonly recipient: string;
  readonly means: DispatchMeans;
  readonly sentOn: Day;
  readonly copies: number;
  readonly remark: string;
}

/** A recorded dispatch; one that was taken back says why. */
export interface Dispatch extends NewDispatch {
  readonly dispatchId: number;
  readonly staffName: string;
  readonly recordedAt: Date;
  readonly withdrawnFor: string | null;
}

/** Dispatches that hold: neither taken back nor taking back. */
const holding = `d.withdraws IS NULL AND NOT EXISTS (SELECT 1 FROM outreach_dispatches w
  WHERE w.lg_code = d.lg_code AND w.withdraws = d.outreach_dispatch_id)`;

/** Registers material; answers its number. */
export async function insertMaterial(tx: Tx, frame: OutreachFrame, material: NewMaterial): Promise<number> {
  const { title, kind, programme, language, fileId } = material;
  const { rows } = await tx.client.query<{ id: number }>(
    `INSERT INTO outreach_materials (lg_code, title, kind, programme, language, file_id, staff_id, staff_name, act_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING outreach_material_id AS id`,
    [tx.lgCode, title, kind, programme, language, fileId, frame.staffId, frame.staffName, frame.actId],
  );
  const id = rows[0]?.id;
  if (id === undefined) throw new Error('the material was not written');
  return id;
}

/** The materials, the newest first, or one of them. */
export async function selectMaterials(tx: Tx, materialId?: number): Promise<Material[]> {
  const { rows } = await tx.client.query<Omit<Material, 'lastSentOn'> & { lastSentOn: string | null }>(
    `SELECT m.outreach_material_id AS "materialId", m.title, m.kind, m.programme, m.language, m.file_id AS "fileId",
            m.staff_name AS "staffName", m.recorded_at AS "recordedAt", count(d.copies)::integer AS dispatches,
            coalesce(sum(d.copies), 0)::integer AS copies, max(d.sent_on) AS "lastSentOn"
       FROM outreach_materials m LEFT JOIN outreach_dispatches d ON d.lg_code = m.lg_code
        AND d.outreach_material_id = m.outreach_material_id AND ${holding}
      WHERE m.lg_code = $1 AND ($2::bigint IS NULL OR m.outreach_material_id = $2)
      GROUP BY m.lg_code, m.outreach_material_id ORDER BY m.outreach_material_id DESC LIMIT 300`,
    [tx.lgCode, materialId ?? null],
  );
  return rows.map((row) => ({ ...row, lastSentOn: row.lastSentOn === null ? null : parseIsoDay(row.lastSentOn) }));
}

/** Records that copies went out. */
export async function insertDispatch(tx: Tx, frame: OutreachFrame, dispatch: NewDispatch): Promise<void> {
  await writeDispatch(tx, frame, dispatch, null);
}

/** Takes a dispatch back under its reason; the row itself stays. */
export async function insertWithdrawal(
  tx: Tx,
  frame: OutreachFrame,
  dispatch: Dispatch,
  reason: string,
): Promise<void> {
  await writeDispatch(tx, frame, { ...dispatch, remark: reason }, dispatch.dispatchId);
}

async function writeDispatch(
  tx: Tx,
  frame: OutreachFrame,
  dispatch: NewDispatch,
  withdraws: number | null,
): Promise<void> {
  await tx.client.query(
    `INSERT INTO outreach_dispatches (lg_code, outreach_material_id, recipient_kind, recipient, means, sent_on, copies,
            remark, withdraws, staff_id, staff_name, act_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      ...[tx.lgCode, dispatch.materialId, dispatch.recipientKind, dispatch.recipient, dispatch.means],
      ...[formatIsoDay(dispatch.sentOn), dispatch.copies, dispatch.remark, withdraws],
      ...[frame.staffId, frame.staffName, frame.actId],
    ],
  );
}

/** The dispatches of a material, the newest first; those taken back stand among them with the reason. */
export async function selectDispatches(tx: Tx, materialId: number): Promise<Dispatch[]> {
  const { rows } = await tx.client.query<Omit<Dispatch, 'sentOn'> & { sentOn: string }>(
    `SELECT d.outreach_dispatch_id AS "dispatchId", d.outreach_material_id AS "materialId",
            d.recipient_kind AS "recipientKind", d.recipient, d.means, d.sent_on AS "sentOn", d.copies, d.remark,
            d.staff_name AS "staffName", d.recorded_at AS "recordedAt", w.remark AS "withdrawnFor"
       FROM outreach_dispatches d
       LEFT JOIN outreach_dispatches w ON w.lg_code = d.lg_code AND w.withdraws = d.outreach_dispatch_id
      WHERE d.lg_code = $1 AND d.outreach_material_id = $2 AND d.withdraws IS NULL
      ORDER BY d.sent_on DESC, d.outreach_dispatch_id DESC LIMIT 1000`,
    [tx.lgCode, materialId],
  );
  return rows.map((row) => ({ ...row, sentOn: parseIsoDay(row.sentOn) }));
}
