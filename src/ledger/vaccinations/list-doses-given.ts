import { type Day, formatIsoDay, type PersonId } from '#kernel';
import type { Tx } from '#platform/postgres';

/** A dose as it goes out of the office: its person, and its items as the ledger holds them now. */
export interface GivenDoseItems {
  readonly entryId: number;
  readonly personId: PersonId;
  readonly items: Readonly<Record<string, string | null>>;
}

/** The doses of the present ledger (corrections applied) of a span, both days inclusive, a page by their ids. */
export async function listDosesGivenIn(
  tx: Tx,
  span: { readonly from: Day | null; readonly to: Day | null; readonly after: number; readonly limit: number },
): Promise<GivenDoseItems[]> {
  const { rows } = await tx.client.query<{ entryId: number; personId: PersonId } & Record<string, string | null>>(
    `SELECT e.entry_id AS "entryId", e.person_id AS "personId", e.vaccinated_on::text AS "vaccinatedOn", e.programme,
       e.stage, e.vaccine_name AS "vaccineName", e.lot_number AS "lotNumber", e.institution_code AS "institutionCode",
       e.outcome
     FROM current_doses c JOIN ledger_entries e ON e.lg_code = $1 AND e.entry_id = c.entry_id
     WHERE c.lg_code = $1 AND c.entry_id > $2
       AND ($3::date IS NULL OR c.vaccinated_on >= $3) AND ($4::date IS NULL OR c.vaccinated_on <= $4)
     ORDER BY c.entry_id LIMIT $5`,
    [
      ...[tx.lgCode, span.after, span.from === null ? null : formatIsoDay(span.from)],
      ...[span.to === null ? null : formatIsoDay(span.to), span.limit],
    ],
  );
  return rows.map(({ entryId, personId, ...items }) => ({ entryId, personId, items }));
}
