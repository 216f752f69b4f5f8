import { type Day, formatIsoDay, parseIsoDay, type Sex, type StaffId } from '#kernel';
import type { Tx } from '#platform/postgres';
import type { Fact, GivenDose } from '#schedule';
import type { ClinicInstitution, ClinicMasters, OpenTicket, Patient, Ticket, TicketState, TicketUse } from './types.ts';

interface TicketRow {
  /** Of an opening among those that were asked for, from 1; null for a form that was asked for by its number. */
  readonly place: number | null;
  readonly form_number: string;
  readonly state: TicketState;
  readonly programme: string;
  readonly stage: string;
  readonly dose_number: number | null;
  readonly valid_until: string | null;
  readonly patient_ref: string | null;
  readonly name: string | null;
  readonly born_on: string | null;
  readonly sex: Sex | null;
  readonly doses: readonly (Omit<GivenDose, 'on'> & { readonly on: string })[] | null;
  readonly facts: readonly StoredFact[] | null;
  readonly uses: readonly (Omit<TicketUse, 'vaccinatedOn'> & { readonly vaccinatedOn: string })[] | null;
}

/** A fact with its days as text, as the message and the row hold it. */
type StoredFact = { readonly [key: string]: string | null } & { readonly kind: Fact['kind'] };

/** A form with whoever holds it; `patient` is null where it cannot be used. */
export interface KnownTicket {
  readonly ticket: Ticket;
  readonly state: TicketState;
  readonly patient: Patient | null;
  /** Forms of the person that were used at clinics, this one too. */
  readonly uses: readonly TicketUse[];
}

const ticketColumns = `asked.place, t.lg_code, t.form_number, t.state, t.programme, t.stage, t.dose_number, t.valid_until,
  p.patient_ref, p.name, p.born_on, p.sex, p.doses, p.facts`;

/** A form in hand is looked at, or held: its person locked until the transaction ends. */
type Hold = 'look' | 'hold';

/**
 * Forms with their people and the used forms of these; the latter are read after the lock was had. A lock cannot be had
 * on the missing side of an outer join, and a form without a person cannot be held. People are locked in one order.
 */
function ticketSql(hold: Hold, from: string, where: string): string {
  const join = hold === 'hold' ? 'JOIN' : 'LEFT JOIN';
  return `SELECT found.*, ticket_uses_now(found.lg_code, found.patient_ref) AS uses FROM (
    SELECT ${ticketColumns} FROM ${from}
      ${join} patients p ON p.lg_code = t.lg_code AND p.patient_ref = t.patient_ref
     WHERE ${where} ${hold === 'hold' ? 'ORDER BY p.patient_ref FOR UPDATE OF p' : ''}) found`;
}

const byNumber = (hold: Hold): string =>
  ticketSql(hold, '(SELECT NULL::int AS place) asked, tickets t', 't.lg_code = $1 AND t.form_number = $2');
const byOpening = (hold: Hold): string =>
  ticketSql(
    hold,
    `unnest($2::uuid[], $3::text[]) WITH ORDINALITY AS asked (opening_id, institution_code, place)
      JOIN ticket_openings o ON o.opening_id = asked.opening_id AND o.institution_code = asked.institution_code
      JOIN tickets t ON t.lg_code = o.lg_code AND t.form_number = o.form_number`,
    'o.lg_code = $1 AND o.expires_at > $4',
  );
const texts = {
  number: { look: byNumber('look'), hold: byNumber('hold') },
  opening: { look: byOpening('look'), hold: byOpening('hold') },
} as const;

/** A form by its number; held, one that can be used. */
export async function findTicket(tx: Tx, formNumber: string, hold: Hold): Promise<KnownTicket | undefined> {
  const { rows } = await tx.client.query<TicketRow>({
    name: `clinic-${hold}-ticket`,
    text: texts.number[hold],
    values: [tx.lgCode, formNumber],
  });
  return rows[0] === undefined ? undefined : knownTicketOf(rows[0]);
}

/** Who opened which form, and until when it may be looked at. */
export interface NewOpening {
  readonly openingId: string;
  readonly formNumber: string;
  readonly institutionCode: string;
  readonly staffId: StaffId;
  readonly openedAt: Date;
  readonly expiresAt: Date;
}

/** Notes an opening. */
export async function insertOpening(tx: Tx, opening: NewOpening): Promise<void> {
  await tx.client.query({
    name: 'clinic-insert-opening',
    text: `INSERT INTO ticket_openings (lg_code, opening_id, form_number, institution_code, staff_id, opened_at,
           expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    values: [
      tx.lgCode,
      opening.openingId,
      opening.formNumber,
      opening.institutionCode,
      opening.staffId,
      opening.openedAt,
      opening.expiresAt,
    ],
  });
}

/** Which form somebody says to have in hand. */
export interface AskedOpening {
  readonly openingId: string;
  readonly institutionCode: string;
}

/**
 * The forms that institutions have open, in the order in which they were asked for; undefined where one has none. Held,
 * the people's rows are locked: of two clinics that record for one person at the same moment, the second sees what the
 * first recorded.
 */
export async function findOpenTickets(
  tx: Tx,
  asked: readonly AskedOpening[],
  at: Date,
  hold: Hold,
): Promise<(KnownTicket | undefined)[]> {
  const { rows } = await tx.client.query<TicketRow>({
    name: `clinic-${hold}-openings`,
    text: texts.opening[hold],
    values: [
      tx.lgCode,
      asked.map(({ openingId }) => openingId),
      asked.map(({ institutionCode }) => institutionCode),
      at,
    ],
  });
  const byPlace = new Map(rows.map((row) => [row.place, row]));
  return asked.map((_opening, i) => {
    const row = byPlace.get(i + 1);
    return row === undefined ? undefined : knownTicketOf(row);
  });
}

/** The name of somebody who still holds a form; undefined once the office took it back. */
export async function findPatientName(tx: Tx, patientRef: string): Promise<string | undefined> {
  const { rows } = await tx.client.query<{ name: string }>(
    'SELECT name FROM patients WHERE lg_code = $1 AND patient_ref = $2',
    [tx.lgCode, patientRef],
  );
  return rows[0]?.name;
}

/** Forgets openings that are over. */
export async function forgetOldOpenings(tx: Tx, at: Date): Promise<void> {
  await tx.client.query('DELETE FROM ticket_openings WHERE lg_code = $1 AND expires_at < $2', [tx.lgCode, at]);
}

interface InstitutionRow {
  readonly institution_code: string;
  readonly name: string;
  readonly contracts: readonly {
    readonly from: string | null;
    readonly to: string | null;
    /** Missing in what an office said that speaks version 1. */
    readonly programmes?: readonly string[] | null;
  }[];
}

/** An institution by its code. */
export async function findInstitution(tx: Tx, institutionCode: string): Promise<ClinicInstitution | undefined> {
  const { rows } = await tx.client.query<InstitutionRow>(
    'SELECT institution_code, name, contracts FROM clinic_institutions WHERE lg_code = $1 AND institution_code = $2',
    [tx.lgCode, institutionCode],
  );
  return rows[0] === undefined ? undefined : institutionOf(rows[0]);
}

function institutionOf(row: InstitutionRow): ClinicInstitution {
  const contracts = row.contracts.map(({ from, to, programmes = null }) => {
    return { from: dayOf(from), to: dayOf(to), programmes };
  });
  return { institutionCode: row.institution_code, name: row.name, contracts };
}

/** The institutions, the packages of products, when lots expire and which were taken back. */
export async function loadMasters(tx: Tx): Promise<ClinicMasters> {
  const institutions = await tx.client.query<InstitutionRow>(
    'SELECT institution_code, name, contracts FROM clinic_institutions WHERE lg_code = $1',
    [tx.lgCode],
  );
  const packages = await tx.client.query<{ gtin: string; product: string; manufacturer_code: string | null }>(
    'SELECT gtin, product, manufacturer_code FROM vaccine_packages WHERE lg_code = $1',
    [tx.lgCode],
  );
  const recalls = await tx.client.query<{ product: string; lot_number: string; recalled_on: string; reason: string }>(
    'SELECT product, lot_number, recalled_on, reason FROM recalled_lots WHERE lg_code = $1',
    [tx.lgCode],
  );
  const lots = await tx.client.query<{ product: string; lot_number: string; expires_on: string }>(
    'SELECT product, lot_number, expires_on FROM known_lots WHERE lg_code = $1',
    [tx.lgCode],
  );
  const byProduct = Map.groupBy(lots.rows, (row) => row.product);
  return {
    lots: new Map(
      [...byProduct].map(([product, rows]) => [
        product,
        new Map(rows.map((row) => [row.lot_number, parseIsoDay(row.expires_on)])),
      ]),
    ),
    institutions: new Map(institutions.rows.map((row) => [row.institution_code, institutionOf(row)])),
    packages: new Map(
      packages.rows.map((row) => [row.gtin, { product: row.product, manufacturerCode: row.manufacturer_code }]),
    ),
    recalls: recalls.rows.map((row) => ({
      product: row.product,
      lotNumber: row.lot_number,
      recalledOn: parseIsoDay(row.recalled_on),
      reason: row.reason,
    })),
  };
}

function knownTicketOf(row: TicketRow): KnownTicket {
  const ticket: Ticket = {
    formNumber: row.form_number,
    programme: row.programme,
    stage: row.stage,
    doseNumber: row.dose_number,
    validUntil: dayOf(row.valid_until),
  };
  const uses = (row.uses ?? []).map((use) => ({ ...use, vaccinatedOn: parseIsoDay(use.vaccinatedOn) }));
  return { ticket, state: row.state, patient: patientOf(row), uses };
}

function patientOf(row: TicketRow): OpenTicket['patient'] | null {
  const { patient_ref: patientRef, name, born_on: bornOn, sex, doses, facts } = row;
  if (patientRef === null || name === null || bornOn === null || sex === null) return null;
  return {
    patientRef,
    name,
    bornOn: parseIsoDay(bornOn),
    sex,
    doses: (doses ?? []).map((dose) => ({ ...dose, on: parseIsoDay(dose.on) })),
    facts: (facts ?? []).map(factOf),
  };
}

const dayItems: ReadonlySet<string> = new Set(['on', 'from', 'to', 'dueOn']);

/** The schema of the message has looked at its shape; only the days are text there. */
function factOf(stored: StoredFact): Fact {
  const entries = Object.entries(stored).map(([key, value]) => [
    key,
    dayItems.has(key) && value !== null ? parseIsoDay(value) : value,
  ]);
  return Object.fromEntries(entries) as Fact;
}

function dayOf(text: string | null): Day | null {
  return text === null ? null : parseIsoDay(text);
}

/** A day as the database takes it. */
export function isoOrNull(day: Day | null): string | null {
  return day === null ? null : formatIsoDay(day);
}
