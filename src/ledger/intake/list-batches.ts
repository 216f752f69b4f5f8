import { type MatchReason, rankCandidates } from '#addressees/matching';
import { listMatchCandidates, loadPersonsForJudging, normalizeKana, type PersonOnRecord } from '#addressees/persons';
import { type Actor, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { type BatchId, findIsoDay, NotFound, type PersonId } from '#kernel';
import { loadCouponHolders } from '#ledger/forms';
import { couponNumberOf, loadCouponRecords } from '#ledger/vaccinations';
import type { Tx } from '#platform/postgres';
import { findRow } from './answer-store.ts';
import { readSex } from './decide-row-form.ts';
import {
  countStanding,
  deriveQuestionCounts,
  deriveQuestionGroups,
  type RowGroup,
  type RowStanding,
} from './derive-counts.ts';
import { findBatch, findRowsByText, selectBatches, selectRows, selectRowsOf } from './read-rows.ts';
import { loadRowGroups } from './row-counts-store.ts';
import type { BatchFilter, BatchSummary, IntakeRow, QuestionCount } from './types.ts';

/** A page of the batches that are looked for, newest first; `before` is the last batch of the page before. */
export async function listBatches(
  tx: Tx,
  actor: Actor,
  filter: BatchFilter,
  page: { readonly before: BatchId | null; readonly limit: number },
): Promise<BatchSummary[]> {
  requirePermission(actor, 'intake.view');
  return selectBatches(tx, filter, page);
}

/** A batch with its open questions: by kind, and by the rows that can be answered together. */
export interface BatchDetail extends BatchSummary {
  /** All its rows, those alike together. */
  readonly rowGroups: readonly RowGroup[];
  readonly questions: readonly QuestionCount[];
  readonly questionGroups: readonly { readonly codes: readonly string[]; readonly count: number }[];
}

/** One batch with what is open in it. */
export async function getBatch(tx: Tx, actor: Actor, batchId: BatchId): Promise<BatchDetail> {
  requirePermission(actor, 'intake.view');
  const batch = await findBatch(tx, batchId);
  if (batch === undefined) throw new NotFound(`受付番号 ${batchId} の受付は見つかりません。`);
  const rowGroups = await loadRowGroups(tx, batchId);
  const questions = deriveQuestionCounts(rowGroups);
  return { ...batch, rowGroups, questions, questionGroups: deriveQuestionGroups(rowGroups) };
}

/** A page of rows with the people they were matched to; `next` is the `after` of the next page, null on the last. */
export interface RowPage {
  readonly rows: readonly IntakeRow[];
  readonly people: ReadonlyMap<PersonId, PersonOnRecord>;
  readonly total: number;
  readonly next: number | null;
}

/** A page of a batch's rows in the order of the file; who looked at them is recorded with the people they mean. */
export async function listRows(
  tx: Tx,
  actor: Actor,
  batchId: BatchId,
  query: RowStanding & { readonly after?: number; readonly limit: number },
): Promise<RowPage> {
  requirePermission(actor, 'intake.view');
  const { after = 0, limit, ...asked } = query;
  const total = countStanding(await loadRowGroups(tx, batchId), asked);
  const rows = total === 0 ? [] : await selectRows(tx, batchId, asked, { after, limit });
  const next = rows.length < limit ? null : (rows.at(-1)?.ordinal ?? null);
  return { rows, total, next, people: await lookAt(tx, actor, batchId, rows) };
}

/** The first rows of a batch that hold a text; whom they mean is recorded. There is no next page: a search is made narrower. */
export async function findRowsOfText(
  tx: Tx,
  actor: Actor,
  batchId: BatchId,
  query: { readonly text: string; readonly limit: number },
): Promise<RowPage> {
  requirePermission(actor, 'intake.view');
  const { ordinals, total } = await findRowsByText(tx, batchId, query.text, query.limit);
  const rows = await selectRowsOf(tx, batchId, ordinals);
  return { rows, total, next: null, people: await lookAt(tx, actor, batchId, rows) };
}

/** The people whom rows mean; that they were seen is recorded. */
async function lookAt(
  tx: Tx,
  actor: Actor,
  batchId: BatchId,
  rows: readonly IntakeRow[],
): Promise<ReadonlyMap<PersonId, PersonOnRecord>> {
  const people = await loadPeopleOf(tx, rows);
  if (rows.length > 0) {
    const details = { batch: batchId, rows: rows.length };
    await recordAct(tx, actor, { act: 'intake.rowsViewed', personIds: [...people.keys()], details });
  }
  return people;
}

/** One row with the person it was matched to; the view is recorded. */
export async function getRow(
  tx: Tx,
  actor: Actor,
  batchId: BatchId,
  ordinal: number,
): Promise<{ readonly row: IntakeRow; readonly person: PersonOnRecord | null }> {
  requirePermission(actor, 'intake.view');
  const row = await findRow(tx, batchId, ordinal);
  if (row === undefined) throw new NotFound(`${ordinal} 行目は、この受付にありません。`);
  const people = await loadPeopleOf(tx, [row]);
  const details = { batch: batchId, row: ordinal };
  await recordAct(tx, actor, { act: 'intake.rowsViewed', personIds: [...people.keys()], details });
  return { row, person: row.personId === null ? null : (people.get(row.personId) ?? null) };
}

/**
 * The next row after an ordinal that waits for an answer, with the question and of the member of staff asked for; from the
 * first again after the last; null where none does.
 */
export async function findNextOpen(
  tx: Tx,
  batchId: BatchId,
  ordinal: number,
  { code, assignedTo, isChanged }: RowStanding,
): Promise<number | null> {
  const asked: RowStanding = {
    isOpen: true,
    ...(code === undefined ? {} : { code }),
    ...(assignedTo === undefined ? {} : { assignedTo }),
    ...(isChanged === undefined ? {} : { isChanged }),
  };
  for (const after of [ordinal, 0]) {
    const [row] = await selectRows(tx, batchId, asked, { after, limit: 1 });
    if (row !== undefined) return row.ordinal === ordinal ? null : row.ordinal;
  }
  return null;
}

/**
 * A person whom a row may mean, with the reasons; `chosenBefore`: chosen for the same form in a batch that is gone;
 * `sameCoupon`: the row's 券番号 was printed for that one, or the ledger knows it of that one. A number alone names nobody
 * (IN-04): it is misread too easily, so that who has the birth date too comes first and who has the number alone last.
 */
export interface RowCandidate {
  readonly person: PersonOnRecord;
  readonly reasons: readonly (MatchReason | 'chosenBefore' | 'sameCoupon')[];
}

/** Who is shown though they may be like the row in nothing. */
export interface AlsoAsked {
  readonly askedNumber: string | null;
  readonly formerPersonId: PersonId | null;
}

/**
 * The people whom a row may mean, likeliest first, at most ten; before them the one whose number (宛名番号) was asked
 * for and the one chosen before. Recorded with them, since they are shown by name.
 */
export async function listRowCandidates(
  tx: Tx,
  actor: Actor,
  row: IntakeRow,
  also: AlsoAsked = { askedNumber: null, formerPersonId: null },
): Promise<RowCandidate[]> {
  requirePermission(actor, 'intake.view');
  const alike = await listAlike(tx, row);
  const reasonsOf = new Map(alike.map(({ person, reasons }) => [person.personId, reasons]));
  const asked = await listAlsoAsked(tx, also);
  const askedIds = new Set(asked.map(({ person }) => person.personId));
  const ofCoupon = (await listCouponHolders(tx, row)).filter(({ person }) => !askedIds.has(person.personId));
  const isBySecondFactor = ({ reasons }: RowCandidate): boolean => reasons.includes('sameBirthDate');
  const byNumberAlone = ofCoupon.filter((each) => !isBySecondFactor(each));
  const named = new Set([...asked, ...ofCoupon].map(({ person }) => person.personId));
  const candidates = [
    ...asked,
    ...ofCoupon.filter(isBySecondFactor),
    ...alike.filter(({ person }) => !named.has(person.personId)),
    ...byNumberAlone,
  ].map(({ person, reasons }) => ({
    person,
    reasons: [...new Set([...reasons, ...(reasonsOf.get(person.personId) ?? [])])],
  }));
  if (candidates.length > 0) {
    const personIds = candidates.map(({ person }) => person.personId);
    await recordAct(tx, actor, { act: 'intake.candidatesViewed', personIds, details: { row: row.ordinal } });
  }
  return candidates;
}

async function listAlike(tx: Tx, row: IntakeRow): Promise<RowCandidate[]> {
  const { fields } = row;
  const addresseeNumber = fields['addresseeNumber'] ?? null;
  const kana = fields['kana'] ?? null;
  const bornOn = findIsoDay(fields['birthDate'] ?? '') ?? null;
  const kanaKey = normalizeKana(kana ?? '');
  const sex = readSex(fields['sex'] ?? null);
  const people = await listMatchCandidates(tx, [{ kanaKey, bornOn }]);
  if (addresseeNumber !== null) {
    people.push(...(await loadPersonsForJudging(tx, { addresseeNumbers: [addresseeNumber] })));
  }
  const byId = new Map(people.map((person) => [person.personId, person]));
  return rankCandidates({ addresseeNumber, kana, bornOn, sex }, kanaKey, people).flatMap(({ personId, reasons }) => {
    const person = byId.get(personId);
    return person === undefined ? [] : [{ person, reasons }];
  });
}

async function listAlsoAsked(tx: Tx, { askedNumber, formerPersonId }: AlsoAsked): Promise<RowCandidate[]> {
  const asked = askedNumber === null ? [] : await loadPersonsForJudging(tx, { addresseeNumbers: padded(askedNumber) });
  const former = formerPersonId === null ? [] : await loadPersonsForJudging(tx, { personIds: [formerPersonId] });
  return [
    ...former
      .filter(({ isCancelled }) => !isCancelled)
      .map((person) => ({ person, reasons: ['chosenBefore' as const] })),
    ...asked.filter(({ personId }) => personId !== formerPersonId).map((person) => ({ person, reasons: [] })),
  ];
}

/** The people of the row's 券番号, with the birth date among the reasons where it is the row's. */
async function listCouponHolders(tx: Tx, { fields }: IntakeRow): Promise<RowCandidate[]> {
  const number = couponNumberOf(fields['couponNumber'] ?? null);
  if (number === undefined) return [];
  const holder = (await loadCouponHolders(tx, [number])).get(number);
  const records = (await loadCouponRecords(tx, [number])).get(number) ?? [];
  const personIds = [...new Set([...(holder === undefined ? [] : [holder]), ...records.map((each) => each.personId)])];
  const people = (await loadPersonsForJudging(tx, { personIds })).filter(({ isCancelled }) => !isCancelled);
  const bornOn = findIsoDay(fields['birthDate'] ?? '') ?? null;
  const isSame = ({ bornOn: day }: PersonOnRecord): boolean => bornOn !== null && day === bornOn;
  return people.map((person) => ({
    person,
    reasons: isSame(person) ? ['sameCoupon' as const, 'sameBirthDate' as const] : ['sameCoupon' as const],
  }));
}

/** A number as typed and with the leading zeros that numbers of up to 15 digits carry. */
function padded(typed: string): string[] {
  return [...new Set(Array.from({ length: 15 }, (_, i) => typed.padStart(i + 1, '0')))];
}

async function loadPeopleOf(tx: Tx, rows: readonly IntakeRow[]): Promise<ReadonlyMap<PersonId, PersonOnRecord>> {
  const personIds = [...new Set(rows.flatMap((row) => (row.personId === null ? [] : [row.personId])))];
  const people = await loadPersonsForJudging(tx, { personIds });
  return new Map(people.map((person) => [person.personId, person]));
}
