import { loadPersonsForJudging, type PersonOnRecord } from '#addressees/persons';
import type { FeedRow, FeedRunRow } from '#common-base/linkage';
import { answerOf, type Day, type Finding, finding } from '#kernel';
import { mapVaccine, type VaccineMap } from '#ledger/products';
import type { Tx } from '#platform/postgres';
import type { SharedCoupons } from './coupons-of-file.ts';
import { decideHistoryRow } from './decide-history-row.ts';
import { decideItems, pickRecordItems } from './decide-items.ts';
import { type CouponHolders, checkHistoryCoupon, loadHistoryCoupons } from './history-coupons.ts';
import { loadKnownRecords, recordKey } from './known-records.ts';
import { selectEntriesOfRun } from './read-entries.ts';
import type { NewEntry } from './types.ts';

/** What rows of a legacy ledger are held against, besides the people they name. */
export interface HistoryChunk {
  readonly tx: Tx;
  readonly asOf: Day;
  readonly runId: number;
  readonly vaccines: VaccineMap;
  /** The 券番号 that more than one person of the file bears. */
  readonly sharedCoupons: SharedCoupons;
  /** Whose the printed 券番号 are. */
  readonly couponHolders: CouponHolders;
}

/** Some thousand rows decided: what is entered, what is listed with its reason, how many the ledger held already. */
export interface DecidedHistory {
  readonly entries: readonly NewEntry[];
  readonly listed: readonly FeedRunRow[];
  readonly alreadyInLedger: number;
}

/** Decides some thousand rows with what the ledger holds by now, rows of this file included. */
export async function decideHistoryRows(chunk: HistoryChunk, rows: readonly FeedRow[]): Promise<DecidedHistory> {
  const decided = await decideEach(chunk, rows);
  const told = decided.flatMap(({ decision }) => (decision.answer === 'refused' ? [] : [decision.value]));
  const places = await findPlaces(chunk, told);
  const coupons = await loadHistoryCoupons(chunk.tx, told, chunk.sharedCoupons, chunk.couponHolders);
  const entries: NewEntry[] = [];
  const listed: FeedRunRow[] = [];
  let alreadyInLedger = 0;
  for (const { row, decision } of decided) {
    const findings = [...decision.findings];
    let { answer } = decision;
    if (decision.answer !== 'refused') {
      const key = keyOf(decision.value);
      const place = places.get(key);
      if (place === undefined) {
        const doubts = checkHistoryCoupon(chunk.tx, decision.value, coupons);
        findings.push(...doubts);
        if (answerOf(doubts) === 'refused') answer = 'refused';
        else {
          places.set(key, 'file');
          entries.push(noted(decision.value, doubts));
        }
      } else if (place === 'file') {
        answer = 'refused';
        findings.push(finding('historyRowTwice', 'refuse', null));
      } else {
        alreadyInLedger += 1;
        findings.push(finding('historyAlreadyInLedger', 'note', null));
      }
    }
    if (findings.length > 0) listed.push({ ordinal: row.ordinal, line: row.line, answer, findings });
  }
  return { entries, listed, alreadyInLedger };
}

/** The entry with what is worth knowing about it. */
function noted(entry: NewEntry, notes: readonly Finding[]): NewEntry {
  return notes.length === 0 ? entry : { ...entry, findings: [...entry.findings, ...notes] };
}

interface DecidedRow {
  readonly row: FeedRow;
  readonly decision: ReturnType<typeof decideHistoryRow>;
}

/** Each row for itself, with the person whom it names. */
async function decideEach(
  { tx, vaccines, asOf, runId }: HistoryChunk,
  rows: readonly FeedRow[],
): Promise<DecidedRow[]> {
  const numbers = [...new Set(rows.map((row) => row.fields['addresseeNumber'] ?? ''))];
  const people = await loadPersonsForJudging(tx, { addresseeNumbers: numbers });
  const byNumber = new Map<string, PersonOnRecord>(people.map((person) => [person.addresseeNumber, person]));
  const around = {
    asOf,
    runId,
    findPerson: (number: string) => byNumber.get(number),
    mapVaccine: (code: string, doseNumber: number | null, on: Day) => mapVaccine(vaccines, code, doseNumber, on),
    pickItems: pickRecordItems,
    decideItems,
  };
  return rows.map((row) => ({ row, decision: decideHistoryRow(row, around) }));
}

/** Where the records of these rows stand by now: this file brought them, or the ledger had them; absent where nowhere. */
async function findPlaces(
  { tx, runId }: HistoryChunk,
  told: readonly NewEntry[],
): Promise<Map<string, 'file' | 'ledger'>> {
  const personIds = [...new Set(told.map(({ personId }) => personId))];
  const days = [...new Set(told.map(({ vaccinatedOn }) => vaccinatedOn))];
  const known = await loadKnownRecords(tx, personIds, days);
  const met = told.flatMap((entry) => known.get(keyOf(entry)) ?? []);
  const ofRun = await selectEntriesOfRun(tx, met, runId);
  return new Map([...known].map(([key, entryId]) => [key, ofRun.has(entryId) ? 'file' : 'ledger']));
}

function keyOf({ personId, items, vaccinatedOn, outcome }: NewEntry): string {
  const { vaccineCode = null, doseNumber = null } = items;
  return recordKey({ personId, vaccineCode, doseNumberAsSent: doseNumber, vaccinatedOn, outcome });
}
