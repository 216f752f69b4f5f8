import { loadPersonsForJudging, type PersonOnRecord } from '#addressees/persons';
import type { FeedRow, FeedRunRow } from '#common-base/linkage';
import { type Day, finding, formatIsoDay } from '#kernel';
import { mapVaccine, type VaccineMap } from '#ledger/products';
import type { Tx } from '#platform/postgres';
import { decideHistoryRow } from './decide-history-row.ts';
import { decideItems, pickRecordItems } from './decide-items.ts';
import { selectEntriesOfRun } from './read-entries.ts';
import { loadHistories } from './store.ts';
import type { DoseOnRecord, NewEntry } from './types.ts';

/** What rows of a legacy ledger are held against, besides the people they name. */
export interface HistoryChunk {
  readonly tx: Tx;
  readonly asOf: Day;
  readonly runId: number;
  readonly vaccines: VaccineMap;
}

/** Some thousand rows decided: what is entered, what is listed with its reason, how many the ledger held already. */
export interface DecidedHistory {
  readonly entries: readonly NewEntry[];
  readonly listed: readonly FeedRunRow[];
  readonly alreadyInLedger: number;
}

/** Decides some thousand rows with what the ledger holds by now, rows of this file included. */
export async function decideHistoryRows(chunk: HistoryChunk, rows: readonly FeedRow[]): Promise<DecidedHistory> {
  const { tx, vaccines } = chunk;
  const numbers = [...new Set(rows.map((row) => row.fields['addresseeNumber'] ?? ''))];
  const people = await loadPersonsForJudging(tx, { addresseeNumbers: numbers });
  const byNumber = new Map<string, PersonOnRecord>(people.map((person) => [person.addresseeNumber, person]));
  const known = await loadKnownRecords(
    tx,
    people.map((person) => person.personId),
    chunk.runId,
  );
  const entries: NewEntry[] = [];
  const listed: FeedRunRow[] = [];
  let alreadyInLedger = 0;
  for (const row of rows) {
    const decision = decideHistoryRow(row, {
      asOf: chunk.asOf,
      runId: chunk.runId,
      findPerson: (number) => byNumber.get(number),
      mapVaccine: (code, doseNumber, on) => mapVaccine(vaccines, code, doseNumber, on),
      pickItems: pickRecordItems,
      decideItems,
    });
    const findings = [...decision.findings];
    let { answer } = decision;
    if (decision.answer !== 'refused') {
      const key = recordKey(decision.value);
      const place = known.get(key);
      if (place === undefined) {
        known.set(key, 'file');
        entries.push(decision.value);
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

/** The records that the people have by now, and whether this file or an earlier source brought them. */
async function loadKnownRecords(
  tx: Tx,
  personIds: Parameters<typeof loadHistories>[1],
  runId: number,
): Promise<Map<string, 'file' | 'ledger'>> {
  const histories = await loadHistories(tx, personIds);
  const ofRun = await selectEntriesOfRun(tx, personIds, runId);
  const known = new Map<string, 'file' | 'ledger'>();
  for (const [personId, doses] of histories) {
    for (const dose of doses) known.set(doseKey(personId, dose), ofRun.has(dose.entryId) ? 'file' : 'ledger');
  }
  return known;
}

/** The same record told twice: person, sender's code and dose number, day and outcome. */
function recordKey(entry: NewEntry): string {
  const { vaccineCode = null, doseNumber = null } = entry.items;
  return `${entry.personId} ${vaccineCode} ${doseNumber} ${formatIsoDay(entry.vaccinatedOn)} ${entry.outcome}`;
}

function doseKey(personId: number, dose: DoseOnRecord): string {
  return `${personId} ${dose.vaccineCode} ${dose.doseNumberAsSent} ${formatIsoDay(dose.vaccinatedOn)} ${dose.outcome}`;
}
