import type { PersonId } from '#kernel';
import type { Tx } from '#platform/postgres';
import type { Letter, Relay, RelayKind, RelayOutcome, RelayState, RelayStep } from './types.ts';

/** The columns of a relay, of the table under the name r. */
export const relayColumns = `r.relay_id AS "relayId", r.kind, r.person_id AS "personId", r.counterpart, r.state,
  r.processing_number AS "processingNumber", r.outcome, r.because, r.made_at AS "madeAt", r.changed_at AS "changedAt"`;

/** A thing to begin. */
export interface NewRelay {
  readonly relayId: string;
  readonly kind: RelayKind;
  readonly personId: PersonId | null;
  readonly counterpart: string | null;
  readonly state: RelayState;
  readonly processingNumber?: string;
}

/** What changes of a relay with a step. */
export interface RelayChange {
  readonly state?: RelayState;
  readonly processingNumber?: string;
  readonly outcome?: RelayOutcome;
  readonly because?: string;
}

/** Who takes a step, when. */
export interface StepBy {
  readonly at: Date;
  readonly byName: string;
}

/** Begins a relay; false where it was begun before, or the person's code is under way already. */
export async function insertRelay(tx: Tx, relay: NewRelay, at: Date): Promise<boolean> {
  const { rowCount } = await tx.client.query(
    `INSERT INTO number_vault.relays (lg_code, relay_id, kind, person_id, counterpart, state, processing_number, made_at,
       changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) ON CONFLICT DO NOTHING`,
    [
      tx.lgCode,
      relay.relayId,
      relay.kind,
      relay.personId,
      relay.counterpart,
      relay.state,
      relay.processingNumber ?? null,
      at,
    ],
  );
  return rowCount === 1;
}

/** Writes a step of 追跡調査, and what it changes. The caller holds the relay (`findRelay` with `isLocking`). */
export async function takeStep(
  tx: Tx,
  relayId: string,
  step: Omit<Partial<RelayStep>, 'at' | 'byName'> & { readonly step: string },
  by: StepBy,
  change: RelayChange = {},
): Promise<void> {
  await tx.client.query(
    `UPDATE number_vault.relays SET state = coalesce($3, state), processing_number = coalesce($4, processing_number),
       outcome = coalesce($5, outcome), because = coalesce($6, because), retry_at = NULL, changed_at = $7
     WHERE lg_code = $1 AND relay_id = $2`,
    [
      tx.lgCode,
      relayId,
      change.state ?? null,
      change.processingNumber ?? null,
      change.outcome ?? null,
      change.because ?? null,
      by.at,
    ],
  );
  await tx.client.query(
    `INSERT INTO number_vault.relay_steps (lg_code, relay_id, step_no, step, at, processing_number, letter_digest,
       computed_digest, because, by_name)
     SELECT $1, $2, coalesce(max(step_no), 0) + 1, $3, $4, $5, $6, $7, $8, $9
     FROM number_vault.relay_steps WHERE lg_code = $1 AND relay_id = $2`,
    [
      tx.lgCode,
      relayId,
      step.step,
      by.at,
      step.processingNumber ?? change.processingNumber ?? null,
      step.letterDigest ?? null,
      step.computedDigest ?? null,
      step.because ?? change.because ?? null,
      by.byName,
    ],
  );
}

/** One relay; with `isLocking` nobody else changes it until the transaction ends. */
export async function findRelay(
  tx: Tx,
  relayId: string,
  options: { readonly isLocking?: boolean } = {},
): Promise<Relay | undefined> {
  const { rows } = await tx.client.query<Relay>(
    `SELECT ${relayColumns} FROM number_vault.relays r WHERE r.lg_code = $1 AND r.relay_id = $2
     ${options.isLocking === true ? 'FOR UPDATE' : ''}`,
    [tx.lgCode, relayId],
  );
  return rows[0];
}

/** Of these relays those at their end. */
export async function listFinished(tx: Tx, relayIds: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await tx.client.query<{ relay_id: string }>(
    `SELECT relay_id FROM number_vault.relays WHERE lg_code = $1 AND relay_id = ANY ($2::uuid[])
       AND state IN ('answered', 'refused', 'failed')`,
    [tx.lgCode, relayIds],
  );
  return new Set(rows.map((row) => row.relay_id));
}

/** Something that can be sent now: the person's code decides over an inquiry. */
export interface SendableRelay extends Relay {
  readonly linkState: RelayState | null;
}

/** What can be sent or decided now, oldest first. Inquiries whose code is on its way wait. */
export async function listSendable(tx: Tx, now: Date, limit: number): Promise<SendableRelay[]> {
  const { rows } = await tx.client.query<SendableRelay>(
    `SELECT ${relayColumns}, c.state AS "linkState" FROM number_vault.relays r
     LEFT JOIN LATERAL (SELECT l.state FROM number_vault.relays l WHERE l.lg_code = $1 AND l.person_id = r.person_id
       AND l.kind = 'linkCode' AND r.kind = 'inquiry' ORDER BY l.made_at DESC LIMIT 1) c ON true
     WHERE r.lg_code = $1 AND (r.retry_at IS NULL OR r.retry_at <= $2)
       AND (r.state IN ('wanted', 'prepared') OR (r.kind = 'linkCode' AND r.state = 'requested'))
       AND (r.kind <> 'inquiry' OR c.state IS NULL OR c.state IN ('obtained', 'refused', 'failed'))
     ORDER BY r.made_at, r.relay_id LIMIT $3`,
    [tx.lgCode, now, limit],
  );
  return rows;
}

/** Lets a relay wait until an instant. */
export async function deferRelay(tx: Tx, relayId: string, until: Date): Promise<void> {
  await tx.client.query('UPDATE number_vault.relays SET retry_at = $3 WHERE lg_code = $1 AND relay_id = $2', [
    tx.lgCode,
    relayId,
    until,
  ]);
}

/** Keeps a letter as it was written. */
export async function keepLetter(
  tx: Tx,
  relayId: string,
  direction: 'asked' | 'answered',
  letter: Letter,
  keptUntil: Date,
): Promise<void> {
  await tx.client.query(
    `INSERT INTO number_vault.relay_letters (lg_code, relay_id, direction, letter, letter_digest, kept_until)
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
    [tx.lgCode, relayId, direction, letter.text, letter.digest, keptUntil],
  );
}

/** A letter of a relay; undefined where there is none or its time was over. */
export async function findLetter(
  tx: Tx,
  relayId: string,
  direction: 'asked' | 'answered',
): Promise<Letter | undefined> {
  const { rows } = await tx.client.query<Letter>(
    `SELECT letter AS text, letter_digest AS digest FROM number_vault.relay_letters
     WHERE lg_code = $1 AND relay_id = $2 AND direction = $3`,
    [tx.lgCode, relayId, direction],
  );
  return rows[0];
}

/** Erases letters whose time is over, of relays that are at their end; answers how many. */
export async function eraseOldLetters(tx: Tx, now: Date): Promise<number> {
  const { rowCount } = await tx.client.query(
    `DELETE FROM number_vault.relay_letters l USING number_vault.relays r
     WHERE l.lg_code = $1 AND l.kept_until <= $2 AND r.lg_code = $1 AND r.relay_id = l.relay_id
       AND r.state IN ('answered', 'refused', 'failed', 'sent')`,
    [tx.lgCode, now],
  );
  return rowCount ?? 0;
}

/** Notes a piece of news; false where it was taken before. */
export async function takeNoticeOnce(tx: Tx, noticeId: string, at: Date): Promise<boolean> {
  const { rowCount } = await tx.client.query(
    `INSERT INTO number_vault.relay_notices (lg_code, notice_id, taken_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
    [tx.lgCode, noticeId, at],
  );
  return rowCount === 1;
}

/** The 団体内統合宛名番号 of one record. */
export async function findNumberOfRecord(tx: Tx, personId: PersonId): Promise<string | undefined> {
  const { rows } = await tx.client.query<{ integrated_number: string }>(
    'SELECT integrated_number FROM number_vault.integrated_numbers WHERE lg_code = $1 AND person_id = $2',
    [tx.lgCode, personId],
  );
  return rows[0]?.integrated_number;
}

/** Of linked records, in their order, the first that has a 団体内統合宛名番号. */
export async function findRecordWithNumber(tx: Tx, records: readonly PersonId[]): Promise<PersonId | undefined> {
  const { rows } = await tx.client.query<{ person_id: PersonId }>(
    `SELECT i.person_id FROM unnest($2::bigint[]) WITH ORDINALITY AS r (person_id, place)
     JOIN number_vault.integrated_numbers i ON i.lg_code = $1 AND i.person_id = r.person_id ORDER BY r.place LIMIT 1`,
    [tx.lgCode, records],
  );
  return rows[0]?.person_id;
}
