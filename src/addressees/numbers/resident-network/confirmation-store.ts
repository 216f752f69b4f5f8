import type { PersonId, StaffId } from '#kernel';
import type { Tx } from '#platform/postgres';
import type { Comparison, RegisterAnswer, RegisterConfirmation } from './types.ts';

interface Row extends Omit<RegisterConfirmation, 'answer'> {
  readonly numberAnswer: RegisterAnswer['number'] | null;
  readonly nameAnswer: Comparison | null;
  readonly birthDateAnswer: Comparison | null;
  readonly sexAnswer: Comparison | null;
  readonly addressAnswer: Comparison | null;
  readonly previousMunicipality: string | null;
}

const columns = `c.confirmation_id AS "confirmationId", c.person_id AS "personId", c.reason, c.asked_by_name AS "askedByName",
  c.confirmed_by_name AS "confirmedByName", c.approved_at AS "approvedAt", c.request_ref AS "requestRef", c.state,
  c.because, c.answered_at AS "answeredAt", c.number_answer AS "numberAnswer", c.name_answer AS "nameAnswer",
  c.birth_date_answer AS "birthDateAnswer", c.sex_answer AS "sexAnswer", c.address_answer AS "addressAnswer",
  c.previous_municipality AS "previousMunicipality", c.is_difference AS "isDifference", c.settled_at AS "settledAt",
  c.settled_by_name AS "settledByName", c.note`;

/** A question that two people agreed on. */
export interface NewConfirmation {
  readonly personId: PersonId;
  readonly reason: string;
  readonly askedBy: { readonly staffId: StaffId; readonly name: string };
  readonly confirmedBy: { readonly staffId: StaffId; readonly name: string };
  readonly requestRef: string;
}

/** Keeps a question to be asked at 市町村CS. */
export async function insertConfirmation(tx: Tx, asked: NewConfirmation, at: Date): Promise<number> {
  const { rows } = await tx.client.query<{ confirmation_id: number }>(
    `INSERT INTO register_confirmations (lg_code, person_id, reason, asked_by, asked_by_name, confirmed_by,
       confirmed_by_name, approved_at, request_ref, state)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'approved') RETURNING confirmation_id`,
    [
      tx.lgCode,
      asked.personId,
      asked.reason,
      asked.askedBy.staffId,
      asked.askedBy.name,
      asked.confirmedBy.staffId,
      asked.confirmedBy.name,
      at,
      asked.requestRef,
    ],
  );
  const confirmationId = rows[0]?.confirmation_id;
  if (confirmationId === undefined) throw new TypeError('the question has no number');
  return confirmationId;
}

/** Questions that were agreed on and not answered yet, oldest first. */
export async function listToAsk(tx: Tx, limit: number): Promise<RegisterConfirmation[]> {
  const { rows } = await tx.client.query<Row>(
    `SELECT ${columns} FROM register_confirmations c WHERE c.lg_code = $1 AND c.state = 'approved'
     ORDER BY c.confirmation_id LIMIT $2`,
    [tx.lgCode, limit],
  );
  return rows.map(confirmationOf);
}

/** The questions about some records of one person, newest first. */
export async function listConfirmationsOf(tx: Tx, personIds: readonly PersonId[]): Promise<RegisterConfirmation[]> {
  const { rows } = await tx.client.query<Row>(
    `SELECT ${columns} FROM register_confirmations c WHERE c.lg_code = $1 AND c.person_id = ANY ($2)
     ORDER BY c.confirmation_id DESC LIMIT 50`,
    [tx.lgCode, personIds],
  );
  return rows.map(confirmationOf);
}

/** Answers with a difference that nobody has looked at yet, oldest first, a page at a time. */
export async function listOpenDifferences(
  tx: Tx,
  page: { readonly after: number; readonly limit: number },
): Promise<RegisterConfirmation[]> {
  const { rows } = await tx.client.query<Row>(
    `SELECT ${columns} FROM register_confirmations c WHERE c.lg_code = $1 AND c.is_difference
       AND c.settled_at IS NULL AND c.confirmation_id > $2 ORDER BY c.confirmation_id LIMIT $3`,
    [tx.lgCode, page.after, page.limit],
  );
  return rows.map(confirmationOf);
}

/** How many answers differ that nobody has looked at yet. */
export async function countOpenDifferences(tx: Tx): Promise<number> {
  const { rows } = await tx.client.query<{ count: number }>(
    'SELECT count(*) AS count FROM register_confirmations WHERE lg_code = $1 AND is_difference AND settled_at IS NULL',
    [tx.lgCode],
  );
  return rows[0]?.count ?? 0;
}

/** Keeps an answer; false where one was kept already. */
export async function keepAnswer(
  tx: Tx,
  confirmationId: number,
  answer: RegisterAnswer,
  given: { readonly at: Date; readonly isDifference: boolean },
): Promise<boolean> {
  const { rowCount } = await tx.client.query(
    `UPDATE register_confirmations SET state = 'answered', answered_at = $3, number_answer = $4, name_answer = $5,
       birth_date_answer = $6, sex_answer = $7, address_answer = $8, previous_municipality = $9, is_difference = $10
     WHERE lg_code = $1 AND confirmation_id = $2 AND state = 'approved'`,
    [
      tx.lgCode,
      confirmationId,
      given.at,
      answer.number,
      answer.name,
      answer.birthDate,
      answer.sex,
      answer.address,
      answer.previousMunicipality,
      given.isDifference,
    ],
  );
  return rowCount === 1;
}

/** Notes that a question cannot be asked, and why. */
export async function keepFailure(tx: Tx, confirmationId: number, because: string, at: Date): Promise<void> {
  await tx.client.query(
    `UPDATE register_confirmations SET state = 'failed', because = $3, answered_at = $4
     WHERE lg_code = $1 AND confirmation_id = $2 AND state = 'approved'`,
    [tx.lgCode, confirmationId, because, at],
  );
}

/** Notes how a difference was settled; undefined where it was settled before or is none. */
export async function keepSettlement(
  tx: Tx,
  confirmationId: number,
  by: { readonly staffId: StaffId | null; readonly name: string; readonly at: Date; readonly note: string },
): Promise<PersonId | undefined> {
  const { rows } = await tx.client.query<{ person_id: PersonId }>(
    `UPDATE register_confirmations SET settled_at = $3, settled_by = $4, settled_by_name = $5, note = $6
     WHERE lg_code = $1 AND confirmation_id = $2 AND is_difference AND settled_at IS NULL RETURNING person_id`,
    [tx.lgCode, confirmationId, by.at, by.staffId, by.name, by.note],
  );
  return rows[0]?.person_id;
}

function confirmationOf(row: Row): RegisterConfirmation {
  const { numberAnswer, nameAnswer, birthDateAnswer, sexAnswer, addressAnswer, previousMunicipality, ...confirmation } =
    row;
  const answer =
    numberAnswer === null
      ? null
      : {
          number: numberAnswer,
          name: nameAnswer ?? 'notCompared',
          birthDate: birthDateAnswer ?? 'notCompared',
          sex: sexAnswer ?? 'notCompared',
          address: addressAnswer ?? 'notCompared',
          previousMunicipality,
        };
  return { ...confirmation, answer };
}
