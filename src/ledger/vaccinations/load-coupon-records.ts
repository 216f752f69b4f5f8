import type { Day, EntryId, PersonId } from '#kernel';
import type { Tx } from '#platform/postgres';

/** A record of the current history that names a 券番号. */
export interface CouponRecord {
  readonly personId: PersonId;
  readonly entryId: EntryId;
  readonly vaccinatedOn: Day;
  readonly doseNumberAsSent: string | null;
}

/** The records of the given 券番号 (ten digits each), by number; a number that the ledger does not know is absent. */
export async function loadCouponRecords(
  tx: Tx,
  couponNumbers: readonly string[],
): Promise<ReadonlyMap<string, readonly CouponRecord[]>> {
  if (couponNumbers.length === 0) return new Map();
  const { rows } = await tx.client.query<{
    coupon: string;
    person_id: PersonId;
    entry_id: EntryId;
    day: Day;
    dose: string | null;
  }>(
    `SELECT c.coupon_key AS coupon, c.person_id, c.entry_id, c.vaccinated_on - DATE '1970-01-01' AS day,
       c.dose_number_as_sent AS dose
     FROM current_doses c WHERE c.lg_code = $1 AND c.coupon_key = ANY($2) ORDER BY c.vaccinated_on, c.entry_id`,
    [tx.lgCode, [...new Set(couponNumbers)]],
  );
  const records = rows.map((row) => ({
    coupon: row.coupon,
    personId: row.person_id,
    entryId: row.entry_id,
    vaccinatedOn: row.day,
    doseNumberAsSent: row.dose,
  }));
  return Map.groupBy(records, (record) => record.coupon);
}

/**
 * The 券番号 under which the ledger knows people by vouchers of this municipality: the newest record's, ten digits. A number
 * without the municipality's code (it stands in the 18 digits of the OCR line) may be another municipality's and is not told.
 */
export async function loadOwnCoupons(tx: Tx, personIds: readonly PersonId[]): Promise<ReadonlyMap<PersonId, string>> {
  const { rows } = await tx.client.query<{ person_id: PersonId; coupon: string }>(
    `SELECT DISTINCT ON (c.person_id) c.person_id, c.coupon_key AS coupon
       FROM current_doses c JOIN ledger_entries e ON e.lg_code = c.lg_code AND e.entry_id = c.entry_id
      WHERE c.lg_code = $1 AND c.person_id = ANY ($2::bigint[]) AND e.coupon_number ~ '^[0-9]{18}$'
        AND substr(e.coupon_number, 3, 6) = $1
      ORDER BY c.person_id, c.vaccinated_on DESC, c.entry_id DESC`,
    [tx.lgCode, personIds],
  );
  return new Map(rows.map((row) => [row.person_id, row.coupon]));
}
