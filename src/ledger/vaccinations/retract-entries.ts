import { type ActionContext, requirePermission } from '#common-base/access';
import { type ActBy, recordAct } from '#common-base/audit';
import { Conflict, type EntryId, UnreadableInput } from '#kernel';
import { type Tx, withMunicipality } from '#platform/postgres';
import { announceAct, type EntryRecorder, type ExpectedVersions, entryFrame } from './append-entries.ts';
import { loadEntries } from './read-entries.ts';
import { type FactQuery, insertRetractions, raiseHeads } from './store.ts';

/** What is to be taken back, why, and the versions of the ledgers that the clerk looked at. */
export interface RetractionRequest {
  readonly entryIds: readonly EntryId[];
  readonly reason: string;
  readonly expectedVersions?: ExpectedVersions;
}

/**
 * Takes entries back with a reason; the originals stay. An entry that was corrected or retracted meanwhile, or a
 * person whose ledger changed since it was looked at, is a Conflict and nothing is written.
 */
export async function retractEntries(
  context: ActionContext,
  request: RetractionRequest,
): Promise<{ retracted: number }> {
  const { actor } = context;
  requirePermission(actor, 'vaccinations.correct');
  if (request.reason.trim() === '') throw new UnreadableInput('取消の理由を入力してください。');
  return withMunicipality(context.db, actor.lgCode, (tx) => retractInLedger(tx, actor, request));
}

/** The retraction itself in the caller's transaction; `recorder` stands in the entries where it is not who acts. */
export async function retractInLedger(
  tx: Tx,
  by: ActBy,
  request: RetractionRequest,
  recorder: EntryRecorder = by,
): Promise<{ retracted: number }> {
  const entryIds = [...new Set(request.entryIds)];
  const entries = await loadEntries(tx, entryIds);
  if (entries.size < entryIds.length || entries.values().some((entry) => !entry.isCurrent)) {
    throw new Conflict('この接種記録は、すでに訂正または取消されています。最新の接種歴を確かめてください。');
  }
  const versions = request.expectedVersions;
  const actId = await recordAct(tx, by, { act: 'vaccinations.retracted', details: { entries: entryIds.length } });
  const retracted = await retractSelected(tx, by, actId, {
    reason: request.reason,
    recorder,
    portions: [{ sql: 'SELECT unnest($1::bigint[]) AS entry_id', params: [entryIds] }],
    people: {
      sql: 'SELECT person_id FROM ledger_entries WHERE lg_code = $1 AND entry_id = ANY($2::bigint[])',
      params: [tx.lgCode, entryIds],
    },
    ...(versions === undefined ? {} : { expectedVersions: versions }),
  });
  if (retracted < entryIds.length) {
    throw new Conflict('この接種記録は、同時に別の職員が変更しました。最新の接種歴を確かめてください。');
  }
  return { retracted };
}

/** Entries to take back, and of whom they speak. */
export interface SelectedRetractions {
  readonly reason: string;
  /** The entries (column entry_id), taken back portion by portion; who is not current any more is passed over. */
  readonly portions: readonly FactQuery[];
  /** Column person_id: everybody of whom the entries speak. */
  readonly people: FactQuery;
  readonly expectedVersions?: ExpectedVersions;
  readonly recorder?: EntryRecorder;
  /** Told after each portion how many are taken back; what it throws ends the transaction. */
  readonly onRetracted?: (retracted: number) => void;
}

/** Takes back every current entry that the queries name, under an act that the caller recorded. */
export async function retractSelected(
  tx: Tx,
  by: ActBy,
  actId: number,
  selected: SelectedRetractions,
): Promise<number> {
  const { reason, portions, people, expectedVersions, recorder = by, onRetracted } = selected;
  const at = people.params.length;
  await raiseHeads(
    tx,
    people,
    expectedVersions === undefined
      ? undefined
      : {
          sql: `SELECT * FROM unnest($${at + 1}::bigint[], $${at + 2}::integer[])`,
          params: [[...expectedVersions.keys()], [...expectedVersions.values()]],
        },
  );
  let retracted = 0;
  for (const entries of portions) {
    retracted += await insertRetractions(tx, entryFrame(recorder, actId), reason, entries);
    onRetracted?.(retracted);
  }
  await announceAct(tx, by, actId);
  return retracted;
}
