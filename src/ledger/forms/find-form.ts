import { readFormNumber } from '#formats';
import { type Day, formatIsoDay, type PersonId } from '#kernel';
import type { Tx } from '#platform/postgres';
import { selectForms } from './store.ts';
import type { DosePaper, FormOnRecord } from './types.ts';

/**
 * The form of a number as a scanner or a hand gave it, with its state: a number that is no longer `issued` is a
 * question at intake, since the dose happened. Undefined where the number is not one of ours.
 */
export async function findForm(tx: Tx, scanned: string): Promise<FormOnRecord | undefined> {
  const formNumber = readFormNumber(scanned);
  if (formNumber === undefined) return undefined;
  const [form] = await selectForms(tx, 'i.form_number = $2', [formNumber]);
  return form;
}

/** The forms of many numbers at once, by the number as it was given; those that are none of ours are absent. */
export async function loadFormsByNumber(
  tx: Tx,
  scanned: readonly string[],
): Promise<ReadonlyMap<string, FormOnRecord>> {
  const numbers = new Map(scanned.map((text) => [text, readFormNumber(text)]));
  const known = [...new Set([...numbers.values()].filter((number) => number !== undefined))];
  if (known.length === 0) return new Map();
  const forms = await selectForms(tx, 'i.form_number = ANY ($2::text[])', [known]);
  const byNumber = new Map(forms.map((form) => [form.formNumber, form]));
  const found = new Map<string, FormOnRecord>();
  for (const [text, number] of numbers) {
    const form = number === undefined ? undefined : byNumber.get(number);
    if (form !== undefined) found.set(text, form);
  }
  return found;
}

/** Every form that was printed for some people, in the order of the numbers. */
export async function loadFormsOfPeople(tx: Tx, personIds: readonly PersonId[]): Promise<FormOnRecord[]> {
  return selectForms(tx, 'i.person_id = ANY ($2::bigint[])', [personIds]);
}

/** Everybody for whom a form was ever printed: a query of `person_id` with the municipality as $1, for bulk work. */
export const formHoldersSql = 'SELECT DISTINCT person_id FROM issued_forms WHERE lg_code = $1';

/** Which forms are asked for: one stage's forms that can still be used on a day. */
export interface LiveFormQuery {
  readonly personIds: readonly PersonId[];
  readonly programme: string;
  readonly stage: string;
  readonly on: Day;
}

/** The forms for a dose that people hold and may still use: neither replaced nor cancelled nor past their last day. */
export async function listLiveForms(tx: Tx, query: LiveFormQuery): Promise<FormOnRecord[]> {
  return selectForms(
    tx,
    `i.person_id = ANY ($2::bigint[]) AND i.programme = $3 AND i.stage = $4 AND c.change IS NULL
     AND i.document <> 'letter'
     AND (i.valid_until IS NULL OR i.valid_until >= $5)`,
    [query.personIds, query.programme, query.stage, formatIsoDay(query.on)],
  );
}

/**
 * Who holds which live paper of a stage on a day: person → doses, null where it serves any dose. `held` is the kind of a
 * paper used for a dose, or the layout of a letter: who was sent that one and may still act on it. Of some people or all.
 */
export async function loadFormHolders(
  tx: Tx,
  query: Omit<LiveFormQuery, 'personIds'>,
  held: { readonly paper: DosePaper } | { readonly letter: string },
  personIds?: readonly PersonId[],
): Promise<ReadonlyMap<PersonId, ReadonlySet<number | null>>> {
  const { rows } = await tx.client.query<{ person_id: PersonId; doses: (number | null)[] }>(
    `SELECT i.person_id, array_agg(DISTINCT i.dose_number) AS doses FROM issued_forms i
      WHERE i.lg_code = $1 AND i.programme = $2 AND i.stage = $3
        AND i.document = $5 AND ($6::text IS NULL OR i.layout_id = $6)
        AND ($7::bigint[] IS NULL OR i.person_id = ANY ($7))
        AND (i.valid_until IS NULL OR i.valid_until >= $4) AND NOT EXISTS (
          SELECT 1 FROM form_changes c WHERE c.lg_code = i.lg_code AND c.form_number = i.form_number)
      GROUP BY i.person_id`,
    [
      ...[tx.lgCode, query.programme, query.stage, formatIsoDay(query.on)],
      ...('paper' in held ? [held.paper, null] : ['letter', held.letter]),
      personIds ?? null,
    ],
  );
  return new Map(rows.map((row) => [row.person_id, new Set(row.doses)]));
}
