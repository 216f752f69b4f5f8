import { type ItemCatalogue, loadItemCatalogue } from '#common-base/linkage';
import { type Day, formatIsoDay, type PersonId } from '#kernel';
import type { Tx } from '#platform/postgres';
import { registeredGuardiansSql } from './annotations.ts';
import { isAbleHouseholder } from './household-store.ts';
import { dayColumn, hasProtectedMember } from './person-store.ts';

/** A place where letters for a person go instead of the address (送付先), with its validity, both ends inclusive. */
export interface MailingAddress {
  readonly recipientName: string;
  readonly postalCode: string;
  readonly address: string;
  readonly building: string | null;
  readonly validFrom: Day;
  readonly validTo: Day | null;
}

/** What is known of a person when a letter is addressed, before it is decided where it goes. */
export interface MailingFacts {
  readonly personId: PersonId;
  readonly name: string;
  readonly bornOn: Day | null;
  readonly diedOn: Day | null;
  readonly ceasedResidentOn: Day | null;
  readonly isCancelled: boolean;
  /** The person or somebody of the same household: their place is one. */
  readonly isProtected: boolean;
  readonly postalCode: string | null;
  readonly address: string | null;
  readonly building: string | null;
  readonly householderName: string | null;
  /** The registered 保護者 on the day. */
  readonly guardianName: string | null;
  readonly mailing: MailingAddress | null;
}

/** The last registered row that is valid on the day; a withdrawal ends what was registered before it. */
const validMailing = `
  SELECT DISTINCT ON (m.person_id) m.* FROM mailing_addresses m
  WHERE m.lg_code = $1 AND m.person_id = ANY($2) AND m.valid_from <= $3::date
    AND (m.valid_to IS NULL OR m.valid_to >= $3::date)
  ORDER BY m.person_id, m.mailing_address_id DESC`;

/** The 送付先 of one person on a day, or undefined. */
export async function findMailingAddress(tx: Tx, personId: PersonId, asOf: Day): Promise<MailingAddress | undefined> {
  const { rows } = await tx.client.query<MailingAddress & { isWithdrawal: boolean }>(
    `SELECT v.recipient_name AS "recipientName", v.postal_code AS "postalCode", v.address, v.building,
       ${dayColumn('v.valid_from', '"validFrom"')}, ${dayColumn('v.valid_to', '"validTo"')},
       v.is_withdrawal AS "isWithdrawal" FROM (${validMailing}) v`,
    [tx.lgCode, [personId], formatIsoDay(asOf)],
  );
  const row = rows[0];
  if (row === undefined || row.isWithdrawal) return undefined;
  const { isWithdrawal: _withdrawal, ...mailing } = row;
  return mailing;
}

/** The day of death that any linked record of the person tells. */
const diedOn = `coalesce(p.died_on, CASE WHEN p.principal_id IS NOT NULL THEN (SELECT min(r.died_on) FROM persons r
  WHERE r.lg_code = $1 AND r.principal_id = p.principal_id AND NOT r.is_cancelled) END)`;

/** Everything that addressing letters to these people needs, in one query. */
export async function loadMailingFacts(tx: Tx, personIds: readonly PersonId[], asOf: Day): Promise<MailingFacts[]> {
  const { rows } = await tx.client.query<MailingFacts>(
    `SELECT p.person_id AS "personId", p.name, ${dayColumn('p.born_on', '"bornOn"')},
       ${dayColumn(diedOn, '"diedOn"')}, ${dayColumn('p.ceased_resident_on', '"ceasedResidentOn"')},
       p.is_cancelled AS "isCancelled", (p.is_protected OR ${hasProtectedMember('p')}) AS "isProtected", p.postal_code AS "postalCode", p.address,
       p.building, h.name AS "householderName", g.name AS "guardianName",
       CASE WHEN v.person_id IS NOT NULL AND NOT v.is_withdrawal THEN jsonb_build_object(
         'recipientName', v.recipient_name, 'postalCode', v.postal_code, 'address', v.address, 'building', v.building,
         'validFrom', v.valid_from - DATE '1970-01-01', 'validTo', v.valid_to - DATE '1970-01-01') END AS mailing
     FROM persons p
     LEFT JOIN (${validMailing}) v ON v.person_id = p.person_id
     LEFT JOIN (${registeredGuardiansSql}) g ON g.person_id = p.person_id
     LEFT JOIN LATERAL (
       SELECT h.name FROM persons h WHERE h.lg_code = $1 AND h.household_number = p.household_number
         AND h.relation = 'householder' AND h.person_id <> p.person_id AND ${isAbleHouseholder('h', '$3::date')}
       ORDER BY h.person_id LIMIT 1) h ON true
     WHERE p.lg_code = $1 AND p.person_id = ANY($2)`,
    [tx.lgCode, personIds, formatIsoDay(asOf)],
  );
  return discloseMailing(rows, await loadItemCatalogue(tx));
}

/** Without whom or what the municipality may not hold (CB-15): such a letter goes to the person at the address. */
function discloseMailing(rows: MailingFacts[], { isLimited, mayHold }: ItemCatalogue): MailingFacts[] {
  if (!isLimited) return rows;
  const knowsHousehold = mayHold('persons.householdNumber') && mayHold('persons.relation');
  return rows.map((row) => ({
    ...row,
    householderName: knowsHousehold ? row.householderName : null,
    guardianName: mayHold('annotations.guardian') ? row.guardianName : null,
    mailing: mayHold('persons.mailing') ? row.mailing : null,
  }));
}

/** Appends a 送付先, or its withdrawal. */
export async function insertMailingAddress(
  tx: Tx,
  personId: PersonId,
  mailing: MailingAddress,
  registered: { readonly isWithdrawal: boolean; readonly at: Date; readonly by: number | null },
): Promise<void> {
  await tx.client.query(
    `INSERT INTO mailing_addresses (lg_code, person_id, recipient_name, postal_code, address, building, valid_from,
       valid_to, is_withdrawal, recorded_at, recorded_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      tx.lgCode,
      personId,
      mailing.recipientName,
      mailing.postalCode,
      mailing.address,
      mailing.building,
      formatIsoDay(mailing.validFrom),
      mailing.validTo === null ? null : formatIsoDay(mailing.validTo),
      registered.isWithdrawal,
      registered.at,
      registered.by,
    ],
  );
}
