import type { Day, PersonId } from '#kernel';
import type { Tx } from '#platform/postgres';
import { dayColumn } from './person-store.ts';
import type { RegisterItems } from './types.ts';

/** One version of a person: what was said, from when, and when we knew it. */
export interface PersonVersion extends RegisterItems {
  readonly personId: PersonId;
  readonly version: number;
  readonly effectiveOn: Day;
  readonly recordedAt: Date;
  readonly feedRunId: number | null;
}

const columns = `person_id AS "personId", version, ${dayColumn('effective_on', '"effectiveOn"')},
  recorded_at AS "recordedAt", feed_run_id AS "feedRunId", name, kana, birth_text AS "birthText", sex,
  machiaza_id AS "machiazaId", block, branch, sub_branch AS "subBranch", address, building, phone,
  household_number AS "householdNumber", postal_code AS "postalCode", relation, is_cancelled AS "isCancelled",
  is_non_registered AS "isNonRegistered", is_foreigner AS "isForeigner", foreign_kana AS "foreignKana",
  foreign_name AS "foreignName", ${dayColumn('became_resident_on', '"becameResidentOn"')},
  ${dayColumn('ceased_resident_on', '"ceasedResidentOn"')}, change_reason AS "changeReason",
  ${dayColumn('changed_on', '"changedOn"')}, residency_change_reason AS "residencyChangeReason",
  ${dayColumn('residency_changed_on', '"residencyChangedOn"')}, previous_address AS "previousAddress",
  previous_building AS "previousBuilding", next_address AS "nextAddress", next_building AS "nextBuilding",
  is_protected AS "isProtected", ${dayColumn('died_on', '"diedOn"')}, common_name AS "commonName",
  former_family_name AS "formerFamilyName", nationality, guardian_number AS "guardianNumber", email`;

/** Every version of a person, newest first. */
export async function loadVersions(tx: Tx, personId: PersonId): Promise<PersonVersion[]> {
  const { rows } = await tx.client.query<PersonVersion>(
    `SELECT ${columns} FROM person_versions WHERE lg_code = $1 AND person_id = $2 ORDER BY version DESC`,
    [tx.lgCode, personId],
  );
  return rows;
}

/**
 * The version that held on a day as it was known at an instant: of those recorded by then and effective by that day,
 * the one recorded last. Undefined when nothing was known of that day.
 */
export async function findVersionAsKnown(
  tx: Tx,
  personId: PersonId,
  at: { readonly effectiveOn: Day; readonly recordedAt: Date },
): Promise<PersonVersion | undefined> {
  const { rows } = await tx.client.query<PersonVersion>(
    `SELECT ${columns} FROM person_versions
     WHERE lg_code = $1 AND person_id = $2 AND effective_on <= DATE '1970-01-01' + $3::integer AND recorded_at <= $4
     ORDER BY version DESC LIMIT 1`,
    [tx.lgCode, personId, at.effectiveOn, at.recordedAt],
  );
  return rows[0];
}
