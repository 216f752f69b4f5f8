import { randomUUID } from 'node:crypto';
import type { LgCode, PersonId } from '#kernel';
import type { Database, LeasedRow, Tx } from '#platform/postgres';
import type { ClinicPeer } from './types.ts';

/** The other side of the municipality; undefined where none is connected. */
export async function findPeer(tx: Tx): Promise<ClinicPeer | undefined> {
  const { rows } = await tx.client.query<{
    origin: string;
    public_key: string;
    masters_digest: string | null;
    exchanged_at: Date | null;
    failed_at: Date | null;
    failure: string | null;
  }>(
    `SELECT origin, public_key, masters_digest, exchanged_at, failed_at, failure FROM clinic_peers WHERE lg_code = $1`,
    [tx.lgCode],
  );
  const [row] = rows;
  return row === undefined
    ? undefined
    : {
        origin: row.origin,
        publicText: row.public_key,
        mastersDigest: row.masters_digest,
        exchangedAt: row.exchanged_at,
        failedAt: row.failed_at,
        failure: row.failure,
      };
}

/** The municipalities whose clinics' system is connected, and whether somebody waits to be told of there: one look for all. */
export async function listClinicWork({ app }: Database): Promise<{ lgCode: LgCode; isWaiting: boolean }[]> {
  const { rows } = await app.query<{ lgCode: LgCode; isWaiting: boolean }>(
    'SELECT lg_code AS "lgCode", is_waiting AS "isWaiting" FROM list_clinic_work()',
  );
  return rows;
}

/** Enters or changes the other side; answers false where it was the same already. */
export async function upsertPeer(tx: Tx, origin: string, publicText: string): Promise<boolean> {
  const { rowCount } = await tx.client.query(
    `INSERT INTO clinic_peers AS known (lg_code, origin, public_key) VALUES ($1, $2, $3)
     ON CONFLICT (lg_code) DO UPDATE SET origin = excluded.origin, public_key = excluded.public_key,
       connected_at = now(), masters_digest = NULL
     WHERE (known.origin, known.public_key) IS DISTINCT FROM (excluded.origin, excluded.public_key)`,
    [tx.lgCode, origin, publicText],
  );
  return rowCount === 1;
}

/** The row that one worker at a time speaks with the clinics' system under. */
export const clinicLease: LeasedRow = { table: 'clinic_peers', key: {} };

/** Notes the lists that the other side has; null while it is not known, from before they are sent. */
export async function keepMastersDigest(tx: Tx, digest: string | null): Promise<void> {
  await tx.client.query('UPDATE clinic_peers SET masters_digest = $2 WHERE lg_code = $1', [tx.lgCode, digest]);
}

/** The number of the next message; it grows, so that an older message that comes late changes nothing. */
export async function takeSequence(tx: Tx): Promise<number> {
  const { rows } = await tx.client.query<{ last: number }>(
    'UPDATE clinic_peers SET last_sequence = last_sequence + 1 WHERE lg_code = $1 RETURNING last_sequence AS last',
    [tx.lgCode],
  );
  const last = rows[0]?.last;
  if (last === undefined) throw new Error('no clinics are connected');
  return last;
}

/** The number of the last message that was made; 0 before the first. */
export async function getLastSequence(tx: Tx): Promise<number> {
  const { rows } = await tx.client.query<{ last: number }>(
    'SELECT last_sequence AS last FROM clinic_peers WHERE lg_code = $1',
    [tx.lgCode],
  );
  return rows[0]?.last ?? 0;
}

/** Marks people as changed; `selectPersonIdsSql` gives `person_id`, parameters from $1, and begins where $1 is the municipality. */
export async function markPeople(tx: Tx, selectPersonIdsSql: string, params: readonly unknown[]): Promise<void> {
  await tx.client.query(
    `INSERT INTO clinic_people_waiting (lg_code, person_id)
     SELECT DISTINCT $1, p.person_id FROM (${selectPersonIdsSql}) p ORDER BY p.person_id
     ON CONFLICT (lg_code, person_id) DO UPDATE SET marked_at = clock_timestamp()`,
    [...params],
  );
}

/** The next people to be told of, and the moment up to which their marks are answered by it. */
export async function listWaiting(tx: Tx, limit: number): Promise<{ personIds: PersonId[]; readAt: Date }> {
  const { rows } = await tx.client.query<{ person_id: PersonId; read_at: Date }>(
    `SELECT person_id, clock_timestamp() AS read_at FROM clinic_people_waiting WHERE lg_code = $1
      ORDER BY person_id LIMIT $2`,
    [tx.lgCode, limit],
  );
  return { personIds: rows.map((row) => row.person_id), readAt: rows[0]?.read_at ?? new Date(0) };
}

/** Takes marks away that are answered; people who changed meanwhile stay marked. */
export async function unmarkPeople(tx: Tx, personIds: readonly PersonId[], readAt: Date): Promise<void> {
  await tx.client.query(
    'DELETE FROM clinic_people_waiting WHERE lg_code = $1 AND person_id = ANY ($2) AND marked_at <= $3',
    [tx.lgCode, personIds, readAt],
  );
}

/** The pseudonyms of people for the clinics' system, drawn where somebody has none. */
export async function ensurePatientRefs(
  tx: Tx,
  personIds: readonly PersonId[],
): Promise<ReadonlyMap<PersonId, string>> {
  const drawn = personIds.map((personId) => ({ person_id: personId, patient_ref: randomUUID() }));
  await tx.client.query(
    `INSERT INTO clinic_patients (lg_code, person_id, patient_ref)
     SELECT $1, d.person_id, d.patient_ref FROM jsonb_to_recordset($2::jsonb) AS d (person_id bigint, patient_ref uuid)
      ORDER BY d.person_id ON CONFLICT DO NOTHING`,
    [tx.lgCode, JSON.stringify(drawn)],
  );
  const { rows } = await tx.client.query<{ person_id: PersonId; patient_ref: string }>(
    'SELECT person_id, patient_ref FROM clinic_patients WHERE lg_code = $1 AND person_id = ANY ($2)',
    [tx.lgCode, personIds],
  );
  return new Map(rows.map((row) => [row.person_id, row.patient_ref]));
}

/** What the other side last took, by form: the digest of its content. */
export async function loadTaken(tx: Tx, personIds: readonly PersonId[]): Promise<ReadonlyMap<string, string>> {
  const { rows } = await tx.client.query<{ form_number: string; digest: string }>(
    'SELECT form_number, digest FROM clinic_tickets WHERE lg_code = $1 AND person_id = ANY ($2)',
    [tx.lgCode, personIds],
  );
  return new Map(rows.map((row) => [row.form_number, row.digest]));
}

/** The digest of what was sent and not heard of yet: like nothing that should be there. */
const unheard = '';

/**
 * Notes what is about to be sent, before it is: after a kill in between nobody knows which of the two the other side
 * holds, and what changes back to what it held before must be sent again.
 */
export async function doubtTaken(
  tx: Tx,
  sent: readonly { readonly formNumber: string; readonly personId: PersonId }[],
): Promise<void> {
  await keepTaken(
    tx,
    sent.map(({ formNumber, personId }) => ({ formNumber, personId, digest: unheard })),
    [],
  );
}

/** Notes what the other side took. */
export async function keepTaken(
  tx: Tx,
  taken: readonly { readonly formNumber: string; readonly personId: PersonId; readonly digest: string }[],
  forgotten: readonly string[],
): Promise<void> {
  await tx.client.query(
    `INSERT INTO clinic_tickets (lg_code, form_number, person_id, digest)
     SELECT $1, t."formNumber", t."personId", t.digest
       FROM jsonb_to_recordset($2::jsonb) AS t ("formNumber" text, "personId" bigint, digest text)
     ON CONFLICT (lg_code, form_number) DO UPDATE SET digest = excluded.digest, acknowledged_at = now()`,
    [tx.lgCode, JSON.stringify(taken)],
  );
  await tx.client.query('DELETE FROM clinic_tickets WHERE lg_code = $1 AND form_number = ANY ($2)', [
    tx.lgCode,
    forgotten,
  ]);
}

/** Forgets what the other side is believed to hold: a new one, or one restored from a backup, is told everything. */
export async function forgetTaken(tx: Tx): Promise<void> {
  await tx.client.query('UPDATE clinic_peers SET masters_digest = NULL WHERE lg_code = $1', [tx.lgCode]);
  await tx.client.query('DELETE FROM clinic_tickets WHERE lg_code = $1', [tx.lgCode]);
}

/** How many forms the other side holds, and how many people wait to be told of. */
export async function countTickets(tx: Tx): Promise<{ held: number; waiting: number }> {
  const { rows } = await tx.client.query<{ held: number; waiting: number }>(
    `SELECT (SELECT count(*) FROM clinic_tickets WHERE lg_code = $1 AND digest <> '${unheard}') AS held,
            (SELECT count(*) FROM clinic_people_waiting WHERE lg_code = $1) AS waiting`,
    [tx.lgCode],
  );
  return rows[0] ?? { held: 0, waiting: 0 };
}
