import { type AnnotationKind, findBirthDate, type ResidentRow } from '#addressees/persons';
import { type Day, formatIsoDay, type PersonId, parseIsoDay } from '#kernel';
import type { Tx } from '#platform/postgres';
import type { Draft } from './decide-draft.ts';

/** A draft as kept until somebody else has looked at it. */
export interface StoredDraft extends Draft {
  readonly draftId: number;
  readonly candidatesSeen: number;
  readonly draftedByName: string;
  /** Null until it was approved. */
  readonly personId: PersonId | null;
}

/** Keeps a draft; answers its number. */
export async function insertDraft(
  tx: Tx,
  draft: Draft,
  by: {
    readonly at: Date;
    readonly staffId: number | null;
    readonly staffName: string;
    readonly candidatesSeen: number;
  },
): Promise<number> {
  const { row } = draft;
  const { rows } = await tx.client.query<{ draft_id: number }>(
    `INSERT INTO registration_drafts (lg_code, name, kana, birth_text, sex, postal_code, address, building, phone,
       common_name, foreign_name, foreign_kana, nationality, is_foreigner, is_protected, category, grounds, valid_from,
       valid_to, candidates_seen, drafted_at, drafted_by, drafted_by_name)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)
     RETURNING draft_id`,
    [
      tx.lgCode,
      row.name,
      row.kana,
      row.birthText,
      row.sex,
      row.postalCode,
      row.address,
      row.building,
      row.phone,
      row.commonName,
      row.foreignName,
      row.foreignKana,
      row.nationality,
      row.isForeigner,
      row.isProtected,
      draft.category,
      draft.grounds,
      formatIsoDay(draft.validFrom),
      draft.validTo === null ? null : formatIsoDay(draft.validTo),
      by.candidatesSeen,
      by.at,
      by.staffId,
      by.staffName,
    ],
  );
  const draftId = rows[0]?.draft_id;
  if (draftId === undefined) throw new TypeError('the draft has no number');
  return draftId;
}

/** A draft by its number; undefined where there is none. */
export async function findDraft(tx: Tx, draftId: number): Promise<StoredDraft | undefined> {
  const { rows } = await tx.client.query<DraftRow>(
    `SELECT draft_id, name, kana, birth_text, sex, postal_code, address, building, phone, common_name, foreign_name,
       foreign_kana, nationality, is_foreigner, is_protected, category, grounds, valid_from, valid_to, candidates_seen,
       drafted_by_name, person_id FROM registration_drafts WHERE lg_code = $1 AND draft_id = $2`,
    [tx.lgCode, draftId],
  );
  const found = rows[0];
  if (found === undefined) return undefined;
  return {
    draftId: found.draft_id,
    row: rowOf(found),
    category: found.category,
    grounds: found.grounds,
    validFrom: parseIsoDay(found.valid_from),
    validTo: found.valid_to === null ? null : parseIsoDay(found.valid_to),
    candidatesSeen: found.candidates_seen,
    draftedByName: found.drafted_by_name,
    personId: found.person_id,
  };
}

/** Remembers whom a draft became. */
export async function closeDraft(tx: Tx, draftId: number, personId: PersonId, at: Date): Promise<void> {
  await tx.client.query(
    'UPDATE registration_drafts SET person_id = $3, registered_at = $4 WHERE lg_code = $1 AND draft_id = $2',
    [tx.lgCode, draftId, personId, at],
  );
}

/**
 * The next number for somebody whom no feed brings: the prefix and so many digits in all, one after the highest. Holds
 * other registrations of the municipality back until this one is done.
 */
export async function nextNonRegisteredNumber(tx: Tx, prefix: string, digits: number): Promise<string> {
  await tx.client.query("SELECT pg_advisory_xact_lock(hashtextextended('registration.number ' || $1, 0))", [tx.lgCode]);
  const { rows } = await tx.client.query<{ last: string | null }>(
    `SELECT max(addressee_number) AS last FROM persons
     WHERE lg_code = $1 AND addressee_number >= $2 AND addressee_number < $3 AND length(addressee_number) = $4
       AND is_non_registered AND length(feed_digest) = 0`,
    [tx.lgCode, prefix, `${prefix}:`, digits],
  );
  const last = rows[0]?.last ?? null;
  const next = last === null ? 1n : BigInt(last.slice(prefix.length)) + 1n;
  return prefix + String(next).padStart(digits - prefix.length, '0');
}

interface DraftRow {
  readonly draft_id: number;
  readonly name: string;
  readonly kana: string;
  readonly birth_text: string | null;
  readonly sex: ResidentRow['sex'];
  readonly postal_code: string | null;
  readonly address: string | null;
  readonly building: string | null;
  readonly phone: string | null;
  readonly common_name: string | null;
  readonly foreign_name: string | null;
  readonly foreign_kana: string | null;
  readonly nationality: string | null;
  readonly is_foreigner: boolean;
  readonly is_protected: boolean;
  readonly category: AnnotationKind;
  readonly grounds: string;
  readonly valid_from: string;
  readonly valid_to: string | null;
  readonly candidates_seen: number;
  readonly drafted_by_name: string;
  readonly person_id: PersonId | null;
}

/** What a register would have said of somebody who is in none: everything else is not known. */
function rowOf(draft: DraftRow): ResidentRow {
  const nothing: Day | null = null;
  return {
    addresseeNumber: '',
    name: draft.name,
    kana: draft.kana,
    birthText: draft.birth_text,
    birthDate: findBirthDate(draft.birth_text) ?? { bornOn: null, precision: 'unknown' },
    sex: draft.sex,
    machiazaId: null,
    block: null,
    branch: null,
    subBranch: null,
    address: draft.address,
    building: draft.building,
    phone: draft.phone,
    householdNumber: null,
    postalCode: draft.postal_code,
    relation: null,
    isCancelled: false,
    isNonRegistered: true,
    isForeigner: draft.is_foreigner,
    foreignKana: draft.foreign_kana,
    foreignName: draft.foreign_name,
    becameResidentOn: nothing,
    ceasedResidentOn: nothing,
    changeReason: null,
    changedOn: nothing,
    residencyChangeReason: null,
    residencyChangedOn: nothing,
    previousAddress: null,
    previousBuilding: null,
    nextAddress: null,
    nextBuilding: null,
    isProtected: draft.is_protected,
    diedOn: nothing,
    commonName: draft.common_name,
    formerFamilyName: null,
    nationality: draft.nationality,
    guardianNumber: null,
    email: null,
  };
}
