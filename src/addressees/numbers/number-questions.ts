import { requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { type Decision, decide, finding, type PersonId } from '#kernel';
import { type Tx, withMunicipality } from '#platform/postgres';
import type { WithoutKeys } from './integrated-numbers.ts';

/** A row of the numbers' feed that was not taken and waits for a person; never a number. */
export interface NumberQuestion {
  readonly questionId: number;
  /** The finding's code. */
  readonly code: string;
  readonly personId: PersonId;
  /** The other record with the same number; null where the question is about one person. */
  readonly otherPersonId: PersonId | null;
  readonly feedRunId: number;
  readonly line: number;
  readonly askedAt: Date;
}

/** A question about one person found while the file is read. */
export interface SingleQuestion {
  readonly code: string;
  readonly personId: PersonId;
  readonly line: number;
}

/** Keeps the questions of rows that wait because another record has the same number, while they are still staged. */
export async function askAboutStaged(tx: Tx, feedRunId: number, at: Date): Promise<void> {
  await tx.client.query(
    `INSERT INTO number_vault.number_questions (lg_code, code, person_id, other_person_id, feed_run_id, line, asked_at)
     SELECT $1, CASE WHEN o.person_id IS NULL THEN 'numberOfAnotherPerson' ELSE 'numberOfTwoRows' END, r.person_id,
       coalesce(o.person_id, f.person_id), $2, r.line, $3
     FROM number_vault.number_feed_rows r
     LEFT JOIN LATERAL (SELECT person_id FROM number_vault.number_feed_rows s WHERE s.lg_code = $1 AND s.feed_run_id = $2
       AND s.number_index = r.number_index AND s.person_id <> r.person_id ORDER BY s.ordinal LIMIT 1) o ON true
     LEFT JOIN LATERAL (SELECT person_id FROM number_vault.numbers_in_force n WHERE n.lg_code = $1
       AND n.number_index = r.number_index AND n.person_id <> r.person_id LIMIT 1) f ON true
     WHERE r.lg_code = $1 AND r.feed_run_id = $2 AND r.is_waiting
     ON CONFLICT (lg_code, person_id, code, coalesce(other_person_id, 0)) WHERE settled_at IS NULL DO NOTHING`,
    [tx.lgCode, feedRunId, at],
  );
}

/** Keeps questions about one person each. */
export async function askAboutPersons(
  tx: Tx,
  feedRunId: number,
  questions: readonly SingleQuestion[],
  at: Date,
): Promise<void> {
  if (questions.length === 0) return;
  await tx.client.query(
    `INSERT INTO number_vault.number_questions (lg_code, code, person_id, feed_run_id, line, asked_at)
     SELECT $1, q.code, q.person_id, $2, q.line, $3
     FROM unnest($4::text[], $5::bigint[], $6::integer[]) AS q (code, person_id, line)
     ON CONFLICT (lg_code, person_id, code, coalesce(other_person_id, 0)) WHERE settled_at IS NULL DO NOTHING`,
    [
      tx.lgCode,
      feedRunId,
      at,
      questions.map(({ code }) => code),
      questions.map(({ personId }) => personId),
      questions.map(({ line }) => line),
    ],
  );
}

/** The questions that wait, oldest first, a page at a time; shown, so recorded with their people. */
export async function listNumberQuestions(
  context: WithoutKeys,
  page: { readonly after: number; readonly limit: number },
): Promise<NumberQuestion[]> {
  requirePermission(context.actor, 'numbers.confirm');
  return await withMunicipality(
    context.db,
    context.actor.lgCode,
    async (tx) => {
      const { rows } = await tx.client.query<NumberQuestion>(
        `SELECT question_id AS "questionId", code, person_id AS "personId", other_person_id AS "otherPersonId",
           feed_run_id AS "feedRunId", line, asked_at AS "askedAt"
         FROM number_vault.number_questions WHERE lg_code = $1 AND settled_at IS NULL AND question_id > $2
         ORDER BY question_id LIMIT $3`,
        [tx.lgCode, page.after, page.limit],
      );
      const personIds = rows.flatMap(({ personId, otherPersonId }) =>
        otherPersonId === null ? [personId] : [personId, otherPersonId],
      );
      await recordAct(tx, context.actor, { act: 'numbers.questionsViewed', personIds: [...new Set(personIds)] });
      return rows;
    },
    { role: 'vault' },
  );
}

/** Says how a question was settled; it leaves the list and stays on record. Nothing of the vault changes by it. */
export async function settleNumberQuestion(
  context: WithoutKeys,
  questionId: number,
  note: string,
): Promise<Decision<null>> {
  const { actor, clock } = context;
  requirePermission(actor, 'numbers.confirm');
  const said = note.trim().slice(0, 200);
  if (said === '') return decide([finding('numberQuestionNoteMissing', 'refuse', 'note')], null);
  // Twelve digits in a row can only be an individual number.
  if (/\d{12}/u.test(said.normalize('NFKC').replaceAll(/[\s-]/gu, ''))) {
    return decide([finding('numberQuestionNoteNumber', 'refuse', 'note')], null);
  }
  return await withMunicipality(
    context.db,
    actor.lgCode,
    async (tx) => {
      const { rows } = await tx.client.query<{ person_id: PersonId }>(
        `UPDATE number_vault.number_questions SET settled_at = $3, settled_by = $4, settled_by_name = $5, note = $6
         WHERE lg_code = $1 AND question_id = $2 AND settled_at IS NULL RETURNING person_id`,
        [tx.lgCode, questionId, clock.now(), actor.staffId, actor.staffName, said],
      );
      const personId = rows[0]?.person_id;
      if (personId === undefined) return decide([finding('numberQuestionGone', 'refuse', null)], null);
      await recordAct(tx, actor, { act: 'numbers.questionSettled', personIds: [personId], details: { questionId } });
      return decide([], null);
    },
    { role: 'vault' },
  );
}
