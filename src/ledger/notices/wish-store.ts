import { createHash } from 'node:crypto';
import { type Day, formatIsoDay, type PersonId, parseIsoDay, type StaffId } from '#kernel';
import type { Tx } from '#platform/postgres';
import type { Destination } from './derive-form-values.ts';
import { overLinkedRecords } from './over-linked-records.ts';

/** How somebody wants to be told. */
export type Channel = 'post' | 'portal' | 'email';

/** What a person wants of the office's letters (通知の希望). */
export interface NoticeWish {
  readonly channel: Channel;
  readonly email: string | null;
  /** ISO 639-1. */
  readonly language: string;
  /** Neither information nor recommendations are sent. */
  readonly isOptedOut: boolean;
}

/** Who acts under which audit act. */
export interface WishFrame {
  readonly actId: number;
  readonly staffId: StaffId | null;
  readonly staffName: string;
}

/**
 * The wishes that hold, by person: all there are, or of some people; nobody without one is in it. Of linked records the
 * one holds that was registered last under any of them.
 */
export async function loadWishes(tx: Tx, personIds?: readonly PersonId[]): Promise<ReadonlyMap<PersonId, NoticeWish>> {
  const last = await overLinkedRecords(
    tx,
    personIds,
    (records) => selectLastWishes(tx, records),
    (a, b) => (a.wishId > b.wishId ? a : b),
  );
  return new Map([...last].map(([personId, { wish }]) => [personId, wish]));
}

interface LastWish {
  readonly wishId: number;
  readonly wish: NoticeWish;
}

async function selectLastWishes(
  tx: Tx,
  personIds: readonly PersonId[] | undefined,
): Promise<ReadonlyMap<PersonId, LastWish>> {
  const { rows } = await tx.client.query<NoticeWish & { personId: PersonId; wishId: number }>(
    `SELECT DISTINCT ON (person_id) person_id AS "personId", notice_wish_id AS "wishId", channel, email, language,
            is_opted_out AS "isOptedOut"
       FROM notice_wishes WHERE lg_code = $1 AND ($2::bigint[] IS NULL OR person_id = ANY ($2))
      ORDER BY person_id, notice_wish_id DESC`,
    [tx.lgCode, personIds ?? null],
  );
  return new Map(rows.map(({ personId, wishId, ...wish }) => [personId, { wishId, wish }]));
}

/** Appends what a person wants; the last row holds. */
export async function insertWish(
  tx: Tx,
  frame: WishFrame,
  personId: PersonId,
  wish: NoticeWish & { readonly reason: string },
): Promise<void> {
  await tx.client.query(
    `INSERT INTO notice_wishes (lg_code, person_id, channel, email, language, is_opted_out, reason, staff_id, staff_name,
            act_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      ...[tx.lgCode, personId, wish.channel, wish.email, wish.language, wish.isOptedOut, wish.reason],
      ...[frame.staffId, frame.staffName, frame.actId],
    ],
  );
}

/** Why the post brought a letter back. */
export const returnCauses = {
  unknownAddress: 'あて所に尋ねあたりません',
  movedAway: '転居先不明',
  refused: '受取拒絶',
  notCollected: '保管期間経過',
  other: 'その他',
} as const;

/** A cause of a return. */
export type ReturnCause = keyof typeof returnCauses;

/** A letter that came back. */
export interface ReturnedLetter {
  readonly formNumber: string;
  readonly personId: PersonId;
  readonly returnedOn: Day;
  readonly cause: ReturnCause;
  readonly staffName: string;
  readonly recordedAt: Date;
}

/** The places from which letters came back, by person: all there are, or of some people. */
export async function loadReturnPlaces(
  tx: Tx,
  personIds?: readonly PersonId[],
): Promise<ReadonlyMap<PersonId, ReadonlySet<string>>> {
  const { rows } = await tx.client.query<{ person_id: PersonId; places: string[] }>(
    `SELECT person_id, array_agg(place_digest) AS places FROM returned_letters
      WHERE lg_code = $1 AND place_digest IS NOT NULL AND ($2::bigint[] IS NULL OR person_id = ANY ($2))
      GROUP BY person_id`,
    [tx.lgCode, personIds ?? null],
  );
  return new Map(rows.map((row) => [row.person_id, new Set(row.places)]));
}

/** Whether a letter to this place came back before. */
export function cameBack(
  places: ReadonlyMap<PersonId, ReadonlySet<string>>,
  personId: PersonId,
  destination: Destination | null,
): boolean {
  const known = places.get(personId);
  return known !== undefined && destination !== null && known.has(digestPlace(personId, destination));
}

/** A place as it is remembered after a return: no address can be read from it. */
export function digestPlace(
  personId: PersonId,
  { postalCode, address, building }: Pick<Destination, 'postalCode' | 'address' | 'building'>,
): string {
  return createHash('sha256')
    .update(JSON.stringify([personId, postalCode, address, building]))
    .digest('hex');
}

/** Enters a letter that came back; false where its number is entered already. */
export async function insertReturn(
  tx: Tx,
  frame: WishFrame,
  letter: Pick<ReturnedLetter, 'formNumber' | 'personId' | 'returnedOn' | 'cause'> & { readonly place: string | null },
): Promise<boolean> {
  const { rowCount } = await tx.client.query(
    `INSERT INTO returned_letters (lg_code, form_number, person_id, returned_on, cause, place_digest, staff_id, staff_name,
            act_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`,
    [
      ...[tx.lgCode, letter.formNumber, letter.personId, formatIsoDay(letter.returnedOn), letter.cause, letter.place],
      ...[frame.staffId, frame.staffName, frame.actId],
    ],
  );
  return rowCount === 1;
}

/** The letters that came back last. */
export async function selectReturns(tx: Tx, limit: number): Promise<ReturnedLetter[]> {
  const { rows } = await tx.client.query<Omit<ReturnedLetter, 'returnedOn'> & { returnedOn: string }>(
    `SELECT form_number AS "formNumber", person_id AS "personId", returned_on AS "returnedOn", cause,
            staff_name AS "staffName", recorded_at AS "recordedAt"
       FROM returned_letters WHERE lg_code = $1 ORDER BY recorded_at DESC, form_number LIMIT $2`,
    [tx.lgCode, limit],
  );
  return rows.map((row) => ({ ...row, returnedOn: parseIsoDay(row.returnedOn) }));
}
