import { type ActionContext, requirePermission } from '#common-base/access';
import { type ActBy, recordAct } from '#common-base/audit';
import { Conflict, type EntryId, formatIsoDay, NotFound, UnreadableInput } from '#kernel';
import { type Tx, withMunicipality } from '#platform/postgres';
import { announceAct, type EntryRecorder, entryFrame } from './append-entries.ts';
import { decideItems } from './decide-items.ts';
import { listHeldItems, requireHeldItems } from './held-items.ts';
import { loadEntries } from './read-entries.ts';
import { recordItems } from './record-items.ts';
import { insertCorrection, raiseHeads } from './store.ts';
import type { FactChanges } from './types.ts';

/** What is to be corrected, why, and the version of the person's ledger that the clerk looked at. */
export interface CorrectionRequest {
  readonly entryId: EntryId;
  readonly changes: FactChanges;
  readonly reason: string;
  readonly expectedVersion: number;
}

/**
 * Replaces a current entry by a corrected one and says why; the original stays. `expectedVersion` is the version of
 * the person's ledger that the clerk looked at.
 */
export async function correctEntry(context: ActionContext, request: CorrectionRequest): Promise<{ entryId: EntryId }> {
  const { actor } = context;
  requirePermission(actor, 'vaccinations.correct');
  requireCorrection(request);
  return withMunicipality(context.db, actor.lgCode, (tx) => correctInLedger(tx, actor, request));
}

/** Refuses a correction that changes nothing, says no reason or holds a value that is no day or number. */
export function requireCorrection(request: Pick<CorrectionRequest, 'changes' | 'reason'>): void {
  if (request.reason.trim() === '') throw new UnreadableInput('訂正の理由を入力してください。');
  if (changedColumns(request.changes).size === 0) {
    throw new UnreadableInput('変わった項目がありません。訂正する項目を書き直してください。');
  }
  if (decideItems(request.changes.items ?? {}).length > 0) {
    throw new UnreadableInput('訂正する値を読み取れません。日付や数値の形を確かめてください。');
  }
}

/**
 * The correction itself in the caller's transaction; `recorder` stands in the entry where it is not who acts. What the
 * municipality may not hold (any more) is not carried over into the corrected entry.
 */
export async function correctInLedger(
  tx: Tx,
  by: ActBy,
  request: CorrectionRequest,
  recorder: EntryRecorder = by,
): Promise<{ entryId: EntryId }> {
  await requireHeldItems(tx, [request.changes.items ?? {}]);
  const held = await listHeldItems(tx);
  const changed = changedColumns(request.changes);
  for (const { key, column } of recordItems) if (!held.has(key)) changed.set(column, null);
  const entry = (await loadEntries(tx, [request.entryId])).get(request.entryId);
  if (entry === undefined) throw new NotFound('接種記録が見つかりません。');
  await raiseHeads(
    tx,
    { sql: 'SELECT $1::bigint AS person_id', params: [entry.personId] },
    { sql: 'SELECT $2::bigint, $3::integer', params: [entry.personId, request.expectedVersion] },
  );
  const actId = await recordAct(tx, by, {
    act: 'vaccinations.corrected',
    items: [...changed.keys()],
    details: { entry: request.entryId },
  });
  const frame = entryFrame(recorder, actId);
  const entryId = await insertCorrection(tx, frame, request.reason, request.entryId, changed);
  if (entryId === undefined) {
    throw new Conflict('この接種記録は、すでに訂正または取消されています。最新の接種歴を確かめてください。');
  }
  await announceAct(tx, by, actId);
  return { entryId };
}

function changedColumns(changes: FactChanges): Map<string, string | null> {
  const columns = new Map<string, string | null>();
  const { items = {}, vaccinatedOn } = changes;
  const plain = {
    outcome: changes.outcome,
    vaccination_class: changes.vaccinationClass,
    programme: changes.programme,
    stage: changes.stage,
    product: changes.product,
    source: changes.source,
    certainty: changes.certainty,
    vaccinated_on: vaccinatedOn === undefined ? undefined : formatIsoDay(vaccinatedOn),
  };
  for (const [column, value] of Object.entries(plain)) if (value !== undefined) columns.set(column, value);
  for (const { key, column } of recordItems) {
    const value = items[key];
    if (value !== undefined) columns.set(column, value);
  }
  return columns;
}
