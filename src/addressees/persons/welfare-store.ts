import { type Day, formatIsoDay, type PersonId } from '#kernel';
import { copyLine, copyRows, type Tx } from '#platform/postgres';
import { dayColumn } from './person-store.ts';

/** What welfare and tax say about a period (資格の目印): flags only, both ends inclusive. */
export interface WelfareFlag {
  readonly validFrom: Day;
  readonly validTo: Day | null;
  readonly isPublicAssistance: boolean;
  readonly isDisabled: boolean;
  /** taxed, exempt, perCapitaOnly, or the sender's own word. */
  readonly taxCategory: string | null;
}

/** A flag as a feed brings it. */
export interface WelfareRow extends WelfareFlag {
  readonly ordinal: number;
  readonly addresseeNumber: string;
}

const columns = `${dayColumn('valid_from', '"validFrom"')}, ${dayColumn('valid_to', '"validTo"')},
  is_public_assistance AS "isPublicAssistance", is_disabled AS "isDisabled", tax_category AS "taxCategory"`;

/** The last row of each first day counts; those that hold on the day, newest period first. */
const inForce = `
  SELECT DISTINCT ON (person_id, valid_from) * FROM welfare_flags
  WHERE lg_code = $1 AND person_id = ANY($2) ORDER BY person_id, valid_from, welfare_flag_id DESC`;

/** The flags of one person that hold on a day. */
export async function listWelfareFlags(tx: Tx, personId: PersonId, asOf: Day): Promise<WelfareFlag[]> {
  const { rows } = await tx.client.query<WelfareFlag>(
    `SELECT ${columns} FROM (${inForce}) f
     WHERE valid_from <= $3::date AND (valid_to IS NULL OR valid_to >= $3::date) ORDER BY valid_from DESC`,
    [tx.lgCode, [personId], formatIsoDay(asOf)],
  );
  return rows;
}

/** The flags of many people that hold on a day, for judging exemptions in bulk. */
export async function loadWelfareFlags(
  tx: Tx,
  personIds: readonly PersonId[],
  asOf: Day,
): Promise<Map<PersonId, WelfareFlag[]>> {
  const { rows } = await tx.client.query<WelfareFlag & { personId: PersonId }>(
    `SELECT person_id AS "personId", ${columns} FROM (${inForce}) f
     WHERE valid_from <= $3::date AND (valid_to IS NULL OR valid_to >= $3::date) ORDER BY valid_from DESC`,
    [tx.lgCode, personIds, formatIsoDay(asOf)],
  );
  const flags = new Map<PersonId, WelfareFlag[]>();
  for (const { personId, ...flag } of rows) flags.set(personId, [...(flags.get(personId) ?? []), flag]);
  return flags;
}

/** Stages rows of a welfare feed for `writeWelfare`. */
export async function stageWelfare(tx: Tx, feedRunId: number, rows: readonly WelfareRow[]): Promise<void> {
  const lines = rows.map((row) =>
    copyLine([
      tx.lgCode,
      feedRunId,
      row.ordinal,
      row.addresseeNumber,
      formatIsoDay(row.validFrom),
      row.validTo === null ? null : formatIsoDay(row.validTo),
      row.isPublicAssistance ? 't' : 'f',
      row.isDisabled ? 't' : 'f',
      row.taxCategory,
    ]),
  );
  await copyRows(
    tx,
    `COPY welfare_feed_rows (lg_code, feed_run_id, ordinal, addressee_number, valid_from, valid_to,
       is_public_assistance, is_disabled, tax_category) FROM STDIN`,
    lines,
  );
}

/** Which of these numbers somebody has. */
export async function listKnownNumbers(tx: Tx, addresseeNumbers: readonly string[]): Promise<Set<string>> {
  const { rows } = await tx.client.query<{ addressee_number: string }>(
    'SELECT addressee_number FROM persons WHERE lg_code = $1 AND addressee_number = ANY($2)',
    [tx.lgCode, addresseeNumbers],
  );
  return new Set(rows.map((row) => row.addressee_number));
}

/** Appends the staged flags that say something new and empties the staging; answers how many were new. */
export async function writeWelfare(tx: Tx, feedRunId: number, recordedAt: Date): Promise<number> {
  const inserted = await tx.client.query(
    `INSERT INTO welfare_flags (lg_code, person_id, valid_from, valid_to, is_public_assistance, is_disabled,
       tax_category, recorded_at, feed_run_id)
     SELECT $1, p.person_id, w.valid_from, w.valid_to, w.is_public_assistance, w.is_disabled, w.tax_category, $3, $2
     FROM welfare_feed_rows w JOIN persons p ON p.lg_code = $1 AND p.addressee_number = w.addressee_number
     LEFT JOIN LATERAL (
       SELECT f.* FROM welfare_flags f WHERE f.lg_code = $1 AND f.person_id = p.person_id AND f.valid_from = w.valid_from
       ORDER BY f.welfare_flag_id DESC LIMIT 1) last ON true
     WHERE w.lg_code = $1 AND w.feed_run_id = $2
       AND (last.welfare_flag_id IS NULL OR (last.valid_to, last.is_public_assistance, last.is_disabled, last.tax_category)
         IS DISTINCT FROM (w.valid_to, w.is_public_assistance, w.is_disabled, w.tax_category))
     ORDER BY w.ordinal`,
    [tx.lgCode, feedRunId, recordedAt],
  );
  await tx.client.query('DELETE FROM welfare_feed_rows WHERE lg_code = $1 AND feed_run_id = $2', [
    tx.lgCode,
    feedRunId,
  ]);
  return inserted.rowCount ?? 0;
}
