import type { PersonId } from '#kernel';
import type { Tx } from '#platform/postgres';

/** What another municipality asks about somebody who lived here, and what two people answered. */
export interface HistoryProvision {
  readonly relayRef: string;
  /** Null where nobody here has that 団体内統合宛名番号. */
  readonly personId: PersonId | null;
  readonly askedBy: string;
  readonly processingNumber: string;
  /** Whether what was asked could be read as agreed; else it can only be refused. */
  readonly isReadable: boolean;
  readonly askedAt: Date;
  readonly state: 'asked' | 'approved' | 'handedOver';
  readonly outcome: ProvisionOutcome | null;
  readonly letter: string | null;
  readonly letterDigest: string | null;
  readonly answeredByName: string | null;
  readonly approvedAt: Date | null;
}

export type ProvisionOutcome = 'provided' | 'noRecord' | 'refused';

const columns = `relay_ref AS "relayRef", person_id AS "personId", asked_by AS "askedBy",
  processing_number AS "processingNumber", is_readable AS "isReadable", asked_at AS "askedAt", state, outcome, letter,
  letter_digest AS "letterDigest", answered_by_name AS "answeredByName", approved_at AS "approvedAt"`;

/** Keeps a question; false where it was kept before. */
export async function insertProvision(
  tx: Tx,
  asked: Pick<HistoryProvision, 'relayRef' | 'personId' | 'askedBy' | 'processingNumber' | 'isReadable' | 'askedAt'>,
): Promise<boolean> {
  const { rowCount } = await tx.client.query(
    `INSERT INTO history_provisions (lg_code, relay_ref, person_id, asked_by, processing_number, is_readable, asked_at,
       state) VALUES ($1, $2, $3, $4, $5, $6, $7, 'asked') ON CONFLICT DO NOTHING`,
    [tx.lgCode, asked.relayRef, asked.personId, asked.askedBy, asked.processingNumber, asked.isReadable, asked.askedAt],
  );
  return rowCount === 1;
}

/** One question; with `isLocking` nobody else changes it until the transaction ends. */
export async function findProvision(
  tx: Tx,
  relayRef: string,
  options: { readonly isLocking?: boolean } = {},
): Promise<HistoryProvision | undefined> {
  const { rows } = await tx.client.query<HistoryProvision>(
    `SELECT ${columns} FROM history_provisions WHERE lg_code = $1 AND relay_ref = $2
     ${options.isLocking === true ? 'FOR UPDATE' : ''}`,
    [tx.lgCode, relayRef],
  );
  return rows[0];
}

/** Questions in a state, oldest first; of those at their end the last. */
export async function listProvisions(
  tx: Tx,
  states: readonly HistoryProvision['state'][],
  limit: number,
): Promise<HistoryProvision[]> {
  const { rows } = await tx.client.query<HistoryProvision>(
    `SELECT ${columns} FROM history_provisions WHERE lg_code = $1 AND state = ANY ($2)
     ORDER BY (state = 'handedOver'), CASE WHEN state = 'handedOver' THEN -extract(epoch FROM asked_at)
       ELSE extract(epoch FROM asked_at) END LIMIT $3`,
    [tx.lgCode, states, limit],
  );
  return rows;
}

/** Keeps the answer that two people gave. */
export async function keepAnswer(
  tx: Tx,
  relayRef: string,
  answer: {
    readonly outcome: ProvisionOutcome;
    readonly letter: string | null;
    readonly letterDigest: string | null;
    readonly basisId: string | null;
    readonly answeredByName: string;
    readonly at: Date;
  },
): Promise<void> {
  await tx.client.query(
    `UPDATE history_provisions SET state = 'approved', outcome = $3, letter = $4, letter_digest = $5, basis_id = $6,
       answered_by_name = $7, approved_at = $8 WHERE lg_code = $1 AND relay_ref = $2 AND state = 'asked'`,
    [
      tx.lgCode,
      relayRef,
      answer.outcome,
      answer.letter,
      answer.letterDigest,
      answer.basisId,
      answer.answeredByName,
      answer.at,
    ],
  );
}

/** Notes that an answer is on its way; the letter is not kept here any longer. */
export async function markHandedOver(tx: Tx, relayRef: string, at: Date): Promise<void> {
  await tx.client.query(
    `UPDATE history_provisions SET state = 'handedOver', letter = NULL, handed_over_at = $3
     WHERE lg_code = $1 AND relay_ref = $2 AND state = 'approved'`,
    [tx.lgCode, relayRef, at],
  );
}
