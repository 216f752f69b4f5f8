import { type BatchId, type Day, formatIsoDay, parseIsoDay, type StaffId } from '#kernel';
import type { Tx } from '#platform/postgres';
import {
  type Bundle,
  type BundleEvent,
  type KeyedForm,
  type KeyedValues,
  type KeyingPass,
  keyedFields,
} from './types.ts';

/** Who acts under which audit act; written beside every row. */
export interface BundleFrame {
  readonly actId: number;
  readonly staffName: string;
}

/** What a new bundle is made of. */
export interface NewBundle {
  readonly institutionCode: string;
  readonly claimMonth: string;
  readonly ward: string;
  readonly expectedCount: number | null;
  readonly dueOn: Day | null;
  readonly needsSecond: boolean;
}

interface BundleRow {
  readonly bundle_id: number;
  readonly institution_code: string;
  readonly claim_month: string;
  readonly ward: string;
  readonly sequence: number;
  readonly expected_count: number | null;
  readonly due_on: string | null;
  readonly received_count: number | null;
  readonly received_on: string | null;
  readonly claimed_doses: number | null;
  readonly claimed_screenings: number | null;
  readonly needs_second: boolean;
  readonly batch_id: BatchId | null;
  readonly difference_note: string | null;
  readonly version: number;
  readonly created_by_name: string;
}

const bundleColumns = `b.bundle_id, b.institution_code, b.claim_month, b.ward, b.sequence, b.expected_count, b.due_on,
  b.received_count, b.received_on, b.claimed_doses, b.claimed_screenings, b.needs_second, b.batch_id, b.difference_note,
  b.version, b.created_by_name`;

/** Enters bundles; where the institution has one of that month and ward already, a new one takes the next number. */
export async function insertBundle(tx: Tx, frame: BundleFrame, bundle: NewBundle): Promise<number> {
  const { rows } = await tx.client.query<{ bundle_id: number }>(
    `INSERT INTO paper_bundles (lg_code, institution_code, claim_month, ward, sequence, expected_count, due_on,
       needs_second, act_id, created_by_name)
     SELECT $1, $2, $3, $4, 1 + coalesce(max(o.sequence), 0), $5, $6, $7, $8, $9
     FROM paper_bundles o WHERE o.lg_code = $1 AND o.claim_month = $3 AND o.institution_code = $2 AND o.ward = $4
     RETURNING bundle_id`,
    [
      tx.lgCode,
      bundle.institutionCode,
      bundle.claimMonth,
      bundle.ward,
      bundle.expectedCount,
      bundle.dueOn === null ? null : formatIsoDay(bundle.dueOn),
      bundle.needsSecond,
      frame.actId,
      frame.staffName,
    ],
  );
  const row = rows[0];
  if (row === undefined) throw new Error('the bundle was not kept');
  return row.bundle_id;
}

/** The bundles of a month by institution, ward and number. */
export async function selectBundles(tx: Tx, claimMonth: string): Promise<Bundle[]> {
  const { rows } = await tx.client.query<BundleRow>(
    `SELECT ${bundleColumns} FROM paper_bundles b WHERE b.lg_code = $1 AND b.claim_month = $2
     ORDER BY b.institution_code, b.ward, b.sequence`,
    [tx.lgCode, claimMonth],
  );
  return rows.map(toBundle);
}

/** One bundle; `forChange` holds it until the transaction ends. */
export async function findBundle(
  tx: Tx,
  bundleId: number,
  options: { readonly forChange?: boolean } = {},
): Promise<Bundle | undefined> {
  const lock = options.forChange === true ? ' FOR UPDATE' : '';
  const { rows } = await tx.client.query<BundleRow>(
    `SELECT ${bundleColumns} FROM paper_bundles b WHERE b.lg_code = $1 AND b.bundle_id = $2${lock}`,
    [tx.lgCode, bundleId],
  );
  return rows[0] === undefined ? undefined : toBundle(rows[0]);
}

/** Writes the head of a bundle that the caller holds. */
export async function updateBundle(tx: Tx, bundle: Bundle): Promise<void> {
  await tx.client.query(
    `UPDATE paper_bundles SET expected_count = $3, due_on = $4, received_count = $5, received_on = $6,
       needs_second = $7, batch_id = $8, claimed_doses = $9, claimed_screenings = $10, difference_note = $11,
       version = version + 1 WHERE lg_code = $1 AND bundle_id = $2`,
    [
      tx.lgCode,
      bundle.bundleId,
      bundle.expectedCount,
      bundle.dueOn === null ? null : formatIsoDay(bundle.dueOn),
      bundle.receivedCount,
      bundle.receivedOn === null ? null : formatIsoDay(bundle.receivedOn),
      bundle.needsSecond,
      bundle.batchId,
      bundle.claimedDoses,
      bundle.claimedScreenings,
      bundle.differenceNote,
    ],
  );
}

/** Adds what became of a bundle. */
export async function insertEvent(
  tx: Tx,
  frame: BundleFrame,
  bundleId: number,
  event: Pick<BundleEvent, 'kind' | 'count' | 'note'>,
): Promise<void> {
  await tx.client.query(
    `INSERT INTO bundle_events (lg_code, bundle_id, kind, count, note, act_id, recorded_by_name)
     VALUES ($1, $2, $3, $4, nullif($5, ''), $6, $7)`,
    [tx.lgCode, bundleId, event.kind, event.count, event.note, frame.actId, frame.staffName],
  );
}

/** How many bundles of all months have not come in time, and how many came and wait for the keyboard; the earliest months. */
export async function countWaitingBundles(
  tx: Tx,
  today: Day,
): Promise<{
  readonly late: number;
  readonly lateMonth: string | null;
  readonly toEnter: number;
  readonly enterMonth: string | null;
}> {
  const { rows } = await tx.client.query<{
    late: number;
    late_month: string | null;
    to_enter: number;
    enter_month: string | null;
  }>(
    `SELECT count(*) FILTER (WHERE received_count IS NULL AND due_on < $2) AS late,
       min(claim_month) FILTER (WHERE received_count IS NULL AND due_on < $2) AS late_month,
       count(*) FILTER (WHERE received_count IS NOT NULL AND batch_id IS NULL) AS to_enter,
       min(claim_month) FILTER (WHERE received_count IS NOT NULL AND batch_id IS NULL) AS enter_month
     FROM paper_bundles WHERE lg_code = $1`,
    [tx.lgCode, formatIsoDay(today)],
  );
  const [row] = rows;
  return {
    late: row?.late ?? 0,
    lateMonth: row?.late_month ?? null,
    toEnter: row?.to_enter ?? 0,
    enterMonth: row?.enter_month ?? null,
  };
}

/** What became of a bundle, oldest first. */
export async function listEvents(tx: Tx, bundleId: number): Promise<BundleEvent[]> {
  const { rows } = await tx.client.query<{
    kind: BundleEvent['kind'];
    count: number | null;
    note: string | null;
    recorded_at: Date;
    recorded_by_name: string;
  }>(
    `SELECT kind, count, note, recorded_at, recorded_by_name FROM bundle_events
     WHERE lg_code = $1 AND bundle_id = $2 ORDER BY event_id`,
    [tx.lgCode, bundleId],
  );
  return rows.map((row) => ({
    kind: row.kind,
    count: row.count,
    note: row.note,
    recordedAt: row.recorded_at,
    recordedByName: row.recorded_by_name,
  }));
}

/** How many forms of each bundle the first person typed, and when the institution was last reminded. */
export async function countKeyed(
  tx: Tx,
  bundleIds: readonly number[],
): Promise<Map<number, { readonly keyed: number; readonly lastRemindedAt: Date | null }>> {
  const { rows } = await tx.client.query<{ bundle_id: number; keyed: number; reminded: Date | null }>(
    `SELECT b.bundle_id,
       (SELECT count(DISTINCT k.ordinal) FROM keyed_forms k
        WHERE k.lg_code = $1 AND k.bundle_id = b.bundle_id AND k.pass = 1) AS keyed,
       (SELECT max(e.recorded_at) FROM bundle_events e
        WHERE e.lg_code = $1 AND e.bundle_id = b.bundle_id AND e.kind = 'reminded') AS reminded
     FROM unnest($2::bigint[]) AS b(bundle_id)`,
    [tx.lgCode, bundleIds],
  );
  return new Map(rows.map((row) => [row.bundle_id, { keyed: row.keyed, lastRemindedAt: row.reminded }]));
}

/** Keeps one typing of a form as its newest revision. */
export async function insertKeyedForm(
  tx: Tx,
  by: BundleFrame & { readonly staffId: StaffId },
  form: {
    readonly bundleId: number;
    readonly ordinal: number;
    readonly pass: KeyingPass;
    readonly values: KeyedValues;
  },
): Promise<void> {
  await tx.client.query(
    `INSERT INTO keyed_forms (lg_code, bundle_id, ordinal, pass, revision, fields, act_id, keyed_by, keyed_by_name)
     SELECT $1, $2, $3, $4, 1 + coalesce(max(o.revision), 0), $5, $6, $7, $8
     FROM keyed_forms o WHERE o.lg_code = $1 AND o.bundle_id = $2 AND o.ordinal = $3 AND o.pass = $4`,
    [
      tx.lgCode,
      form.bundleId,
      form.ordinal,
      form.pass,
      JSON.stringify(form.values),
      by.actId,
      by.staffId,
      by.staffName,
    ],
  );
}

/** The newest typing of each form and pass, in the order of the paper. */
export async function listKeyedForms(tx: Tx, bundleId: number): Promise<KeyedForm[]> {
  const { rows } = await tx.client.query<{
    ordinal: number;
    pass: KeyingPass;
    fields: Partial<KeyedValues>;
    keyed_by: StaffId;
    keyed_by_name: string;
    keyed_at: Date;
  }>(
    `SELECT DISTINCT ON (ordinal, pass) ordinal, pass, fields, keyed_by, keyed_by_name, keyed_at FROM keyed_forms
     WHERE lg_code = $1 AND bundle_id = $2 ORDER BY ordinal, pass, revision DESC`,
    [tx.lgCode, bundleId],
  );
  return rows.map((row) => ({
    ordinal: row.ordinal,
    pass: row.pass,
    // A form that was typed before the screen had a field does not tell it.
    values: Object.fromEntries(keyedFields.map((field) => [field.key, row.fields[field.key] ?? ''])) as KeyedValues,
    keyedBy: row.keyed_by,
    keyedByName: row.keyed_by_name,
    keyedAt: row.keyed_at,
  }));
}

function toBundle(row: BundleRow): Bundle {
  const day = (text: string | null): Day | null => (text === null ? null : parseIsoDay(text));
  return {
    bundleId: row.bundle_id,
    institutionCode: row.institution_code,
    claimMonth: row.claim_month,
    ward: row.ward,
    sequence: row.sequence,
    expectedCount: row.expected_count,
    dueOn: day(row.due_on),
    receivedCount: row.received_count,
    receivedOn: day(row.received_on),
    claimedDoses: row.claimed_doses,
    claimedScreenings: row.claimed_screenings,
    differenceNote: row.difference_note,
    needsSecond: row.needs_second,
    batchId: row.batch_id,
    version: row.version,
    createdByName: row.created_by_name,
  };
}
