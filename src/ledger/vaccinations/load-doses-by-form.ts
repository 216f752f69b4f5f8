import type { Day, PersonId } from '#kernel';
import type { Tx } from '#platform/postgres';
import type { Outcome } from './types.ts';

/** A record of the current history that names a 予診票 by its number. */
export interface FormUse {
  readonly personId: PersonId;
  readonly vaccinatedOn: Day;
  readonly outcome: Outcome;
}

/** The number of a form as the current history is looked up by it: width folded, without blanks and hyphens. */
export function formKeyOf(formNumber: string): string {
  return formNumber.normalize('NFKC').replaceAll(/[ \t\n\r\v\f-]/gu, '');
}

/** What the ledger holds of the given forms, by `formKeyOf`; a number that it does not know is absent. */
export async function loadDosesByForm(
  tx: Tx,
  formNumbers: readonly string[],
): Promise<ReadonlyMap<string, readonly FormUse[]>> {
  if (formNumbers.length === 0) return new Map();
  const { rows } = await tx.client.query<{ form: string; person_id: PersonId; day: Day; outcome: Outcome }>(
    `SELECT c.form_key AS form, c.person_id, c.vaccinated_on - DATE '1970-01-01' AS day, c.outcome
     FROM current_doses c WHERE c.lg_code = $1 AND c.form_key = ANY($2) ORDER BY c.vaccinated_on, c.entry_id`,
    [tx.lgCode, [...new Set(formNumbers.map(formKeyOf))]],
  );
  const uses = rows.map((row) => ({
    form: row.form,
    personId: row.person_id,
    vaccinatedOn: row.day,
    outcome: row.outcome,
  }));
  return Map.groupBy(uses, (use) => use.form);
}
