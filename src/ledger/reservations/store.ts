import { type Day, formatIsoDay, type PersonId, parseIsoDay } from '#kernel';
import type { Tx } from '#platform/postgres';
import type { Reservation, ReservationKind, ReservationTold } from './types.ts';

interface ReservationRow {
  readonly kind: ReservationKind;
  readonly number: string;
  readonly person_id: PersonId;
  readonly programme: string;
  readonly stage: string | null;
  readonly dose_number: number | null;
  readonly on_day: string;
  readonly at_time: string | null;
  readonly venue: string | null;
  readonly priority_class: string | null;
  readonly is_cancelled: boolean;
  readonly recorded_at: Date;
}

/** No newer version of the same kind and number stands beside it. */
const isLatest = `NOT EXISTS (SELECT FROM reservations newer WHERE newer.lg_code = r.lg_code AND newer.kind = r.kind
  AND newer.number = r.number AND newer.version_id > r.version_id)`;

/** What stands for some numbers of a list now, by number. */
export async function selectByNumbers(
  tx: Tx,
  kind: ReservationKind,
  numbers: readonly string[],
): Promise<ReadonlyMap<string, ReservationTold>> {
  const { rows } = await tx.client.query<ReservationRow>(
    `SELECT * FROM reservations r WHERE r.lg_code = $1 AND r.kind = $2 AND r.number = ANY($3) AND ${isLatest}`,
    [tx.lgCode, kind, numbers],
  );
  return new Map(rows.map((row) => [row.number, toReservation(row)]));
}

/** Those that hold on a day, by time, venue and number. */
export async function selectOfDay(tx: Tx, kind: ReservationKind, on: Day): Promise<Reservation[]> {
  const { rows } = await tx.client.query<ReservationRow>(
    `SELECT * FROM reservations r WHERE r.lg_code = $1 AND r.kind = $2 AND r.on_day = $3 AND NOT r.is_cancelled
       AND ${isLatest} ORDER BY r.venue NULLS LAST, r.at_time NULLS LAST, r.number LIMIT 2000`,
    [tx.lgCode, kind, formatIsoDay(on)],
  );
  return rows.map(toReservation);
}

/** Those of a kind that hold, by class, day and number, a page of them. */
export async function selectHeld(
  tx: Tx,
  kind: ReservationKind,
  page: { readonly after: number; readonly limit: number },
): Promise<Reservation[]> {
  const { rows } = await tx.client.query<ReservationRow>(
    `SELECT * FROM reservations r WHERE r.lg_code = $1 AND r.kind = $2 AND NOT r.is_cancelled AND ${isLatest}
     ORDER BY r.priority_class, r.on_day, r.number OFFSET $3 LIMIT $4`,
    [tx.lgCode, kind, page.after, page.limit],
  );
  return rows.map(toReservation);
}

/** Everything of some people that holds, newest day first. */
export async function selectOfPersons(tx: Tx, personIds: readonly PersonId[]): Promise<Reservation[]> {
  const { rows } = await tx.client.query<ReservationRow>(
    `SELECT * FROM reservations r WHERE r.lg_code = $1 AND r.person_id = ANY($2) AND NOT r.is_cancelled AND ${isLatest}
     ORDER BY r.on_day DESC, r.version_id DESC`,
    [tx.lgCode, personIds],
  );
  return rows.map(toReservation);
}

/** Writes what a list newly told. */
export async function insertReservations(
  tx: Tx,
  frame: { readonly runId: number; readonly actId: number },
  told: readonly ReservationTold[],
): Promise<void> {
  if (told.length === 0) return;
  const rows = told.map((one) => ({
    kind: one.kind,
    number: one.number,
    person_id: one.personId,
    programme: one.programme,
    stage: one.stage,
    dose_number: one.doseNumber,
    on_day: formatIsoDay(one.onDay),
    at_time: one.atTime,
    venue: one.venue,
    priority_class: one.priorityClass,
    is_cancelled: one.isCancelled,
  }));
  await tx.client.query(
    `INSERT INTO reservations (lg_code, kind, number, person_id, programme, stage, dose_number, on_day, at_time, venue,
       priority_class, is_cancelled, run_id, act_id)
     SELECT $1, s.*, $3, $4 FROM jsonb_to_recordset($2::jsonb) AS s(kind text, number text, person_id bigint,
       programme text, stage text, dose_number integer, on_day date, at_time text, venue text, priority_class text,
       is_cancelled boolean)`,
    [tx.lgCode, JSON.stringify(rows), frame.runId, frame.actId],
  );
}

function toReservation(row: ReservationRow): Reservation {
  return {
    kind: row.kind,
    number: row.number,
    personId: row.person_id,
    programme: row.programme,
    stage: row.stage,
    doseNumber: row.dose_number,
    onDay: parseIsoDay(row.on_day),
    atTime: row.at_time,
    venue: row.venue,
    priorityClass: row.priority_class,
    isCancelled: row.is_cancelled,
    recordedAt: row.recorded_at,
  };
}
