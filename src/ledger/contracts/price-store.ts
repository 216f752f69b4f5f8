import { formatIsoDay, parseIsoDay } from '#kernel';
import type { Tx } from '#platform/postgres';
import type { ContractPrice, PriceOnRecord } from './types.ts';

interface PriceRow {
  readonly version_id: number;
  readonly price_code: string;
  readonly programme: string;
  readonly product: string | null;
  readonly outcome: ContractPrice['outcome'];
  readonly institution_code: string | null;
  readonly age_from_years: number | null;
  readonly age_to_years: number | null;
  readonly unit_price_yen: number;
  readonly valid_from: string | null;
  readonly valid_to: string | null;
  readonly is_retired: boolean;
  readonly note: string | null;
  readonly recorded_at: Date;
  readonly recorded_by_name: string;
}

/** The prices as they hold, those taken down among them, by programme, code and first day. */
export async function selectPrices(tx: Tx): Promise<PriceOnRecord[]> {
  const { rows } = await tx.client.query<PriceRow>(
    `SELECT * FROM (SELECT DISTINCT ON (price_code, valid_from) * FROM contract_prices
       WHERE lg_code = $1 ORDER BY price_code, valid_from, version_id DESC) latest
     ORDER BY is_retired, programme, price_code, valid_from DESC NULLS LAST`,
    [tx.lgCode],
  );
  return rows.map(toPrice);
}

/** The prices that claims are held against. */
export async function loadPrices(tx: Tx): Promise<readonly ContractPrice[]> {
  return (await selectPrices(tx)).filter((price) => !price.isRetired);
}

/** Makes everybody who writes a price of that code wait, until the transaction ends. */
export async function lockPrice(tx: Tx, priceCode: string): Promise<void> {
  const key = `price ${tx.lgCode} ${priceCode}`;
  await tx.client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [key]);
}

/** Writes a version of a price. */
export async function insertPrice(
  tx: Tx,
  frame: { readonly actId: number; readonly staffName: string },
  price: ContractPrice,
): Promise<void> {
  await tx.client.query(
    `INSERT INTO contract_prices (lg_code, price_code, programme, product, outcome, institution_code, age_from_years,
       age_to_years, unit_price_yen, valid_from, valid_to, is_retired, note, act_id, recorded_by_name)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
    [
      tx.lgCode,
      price.priceCode,
      price.programme,
      price.product,
      price.outcome,
      price.institutionCode,
      price.ageFromYears,
      price.ageToYears,
      price.unitPriceYen,
      price.validFrom === null ? null : formatIsoDay(price.validFrom),
      price.validTo === null ? null : formatIsoDay(price.validTo),
      price.isRetired,
      price.note,
      frame.actId,
      frame.staffName,
    ],
  );
}

function toPrice(row: PriceRow): PriceOnRecord {
  return {
    versionId: row.version_id,
    priceCode: row.price_code,
    programme: row.programme,
    product: row.product,
    outcome: row.outcome,
    institutionCode: row.institution_code,
    ageFromYears: row.age_from_years,
    ageToYears: row.age_to_years,
    unitPriceYen: row.unit_price_yen,
    validFrom: row.valid_from === null ? null : parseIsoDay(row.valid_from),
    validTo: row.valid_to === null ? null : parseIsoDay(row.valid_to),
    isRetired: row.is_retired,
    note: row.note,
    recordedAt: row.recorded_at,
    recordedByName: row.recorded_by_name,
  };
}
