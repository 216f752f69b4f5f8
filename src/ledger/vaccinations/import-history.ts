import { loadPersonsForJudging, type PersonOnRecord } from '#addressees/persons';
import { type ActionContext, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import {
  addFeedRunRows,
  beginFeedRun,
  digestFeed,
  type FeedRow,
  type FeedRunRow,
  type FeedRunStart,
  type FeedSource,
  failFeedRun,
  finishFeedRun,
  type ImportResult,
  loadLayout,
  readFeed,
} from '#common-base/linkage';
import { type Day, finding, formatIsoDay, UnreadableInput } from '#kernel';
import { loadVaccineMap, mapVaccine, type VaccineMap } from '#ledger/products';
import { type Tx, withMunicipality } from '#platform/postgres';
import { announceAct, appendUnderAct } from './append-entries.ts';
import { decideHistoryRow } from './decide-history-row.ts';
import { decideItems, pickRecordItems } from './decide-items.ts';
import { selectEntriesOfRun } from './read-entries.ts';
import { loadHistories } from './store.ts';
import type { DoseOnRecord, NewEntry } from './types.ts';

const rowsPerChunk = 4000;

/**
 * Takes in a legacy ledger (移行): every row that can be read and can have happened becomes an entry, once. A record
 * that the ledger already holds is noted and not written again. One transaction: all of the file or nothing.
 */
export async function importHistory(
  context: ActionContext,
  source: FeedSource,
  options: { readonly layoutName?: string; readonly asOf: Day },
): Promise<ImportResult> {
  requirePermission(context.actor, 'history.import');
  const { actor, db } = context;
  const { digest, bytes } = await digestFeed(source);
  const layoutName = options.layoutName ?? 'history';
  const start: FeedRunStart = { kind: 'history', layoutName, fileName: source.name, digest, bytes };
  try {
    return await withMunicipality(db, actor.lgCode, (tx) => importInto(tx, context, source, start, options.asOf));
  } catch (error) {
    if (error instanceof UnreadableInput) await failFeedRun(db, actor.lgCode, actor, start, error.message);
    throw error;
  }
}

async function importInto(
  tx: Tx,
  context: ActionContext,
  source: FeedSource,
  start: FeedRunStart,
  asOf: Day,
): Promise<ImportResult> {
  const startedAt = performance.now();
  const { actor } = context;
  const layout = await loadLayout(tx, start.layoutName);
  const run = await beginFeedRun(tx, actor, start);
  if (run.isRepeated) return run.result;
  const actId = await recordAct(tx, actor, { act: 'vaccinations.imported', details: { run: run.runId } });
  const chunk = { tx, asOf, runId: run.runId, vaccines: await loadVaccineMap(tx) };
  const figures = { rows: 0, accepted: 0, questioned: 0, refused: 0, unmappedCharacters: 0 };
  for await (const rows of readFeed(source, layout, { lgCode: tx.lgCode, rowsPerChunk })) {
    const { entries, listed } = await decideChunk(chunk, rows);
    await appendUnderAct(tx, actor, actId, entries);
    await addFeedRunRows(tx, run.runId, listed);
    const refused = listed.filter((row) => row.answer === 'refused').length;
    figures.rows += rows.length;
    figures.refused += refused;
    figures.accepted += rows.length - refused;
    figures.unmappedCharacters += rows.reduce((sum, row) => sum + row.unmappedCharacters, 0);
    context.onProgress?.(figures.rows, null);
  }
  await announceAct(tx, actor, actId);
  const result = { ...figures, seconds: Math.round(performance.now() - startedAt) / 1000 };
  await finishFeedRun(tx, run.runId, result);
  return result;
}

interface Chunk {
  readonly tx: Tx;
  readonly asOf: Day;
  readonly runId: number;
  readonly vaccines: VaccineMap;
}

/** Decides some thousand rows with what the ledger holds by now, rows of this file included. */
async function decideChunk(
  chunk: Chunk,
  rows: readonly FeedRow[],
): Promise<{ entries: NewEntry[]; listed: FeedRunRow[] }> {
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
      } else findings.push(finding('historyAlreadyInLedger', 'note', null));
    }
    if (findings.length > 0) listed.push({ ordinal: row.ordinal, line: row.line, answer, findings });
  }
  return { entries, listed };
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
