import { type ActionContext, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { Conflict, type EntryId, formatIsoDay, NotFound, UnreadableInput } from '#kernel';
import { withMunicipality } from '#platform/postgres';
import { announceAct, entryFrame } from './append-entries.ts';
import { decideItems } from './decide-items.ts';
import { loadEntries } from './read-entries.ts';
import { recordItems } from './record-items.ts';
import { insertCorrection, raiseHeads } from './store.ts';
import type { FactChanges } from './types.ts';

/**
 * Replaces a current entry by a corrected one and says why; the original stays. `expectedVersion` is the version of
 * the person's ledger that the clerk looked at.
 */
export async function correctEntry(
  context: ActionContext,
  request: {
    readonly entryId: EntryId;
    readonly changes: FactChanges;
    readonly reason: string;
    readonly expectedVersion: number;
  },
): Promise<{ entryId: EntryId }> {
  const { actor } = context;
  requirePermission(actor, 'vaccinations.correct');
  if (request.reason.trim() === '') throw new UnreadableInput('訂正の理由を入力してください。');
  const changed = changedColumns(request.changes);
  const unreadable = decideItems(request.changes.items ?? {});
  if (unreadable.length > 0 || changed.size === 0) {
    throw new UnreadableInput('訂正する値を読み取れません。日付や数値の形を確かめてください。');
  }
  return withMunicipality(context.db, actor.lgCode, async (tx) => {
    const entry = (await loadEntries(tx, [request.entryId])).get(request.entryId);
    if (entry === undefined) throw new NotFound('接種記録が見つかりません。');
    await raiseHeads(
      tx,
      { sql: 'SELECT $1::bigint AS person_id', params: [entry.personId] },
      { sql: 'SELECT $2::bigint, $3::integer', params: [entry.personId, request.expectedVersion] },
    );
    const actId = await recordAct(tx, actor, {
      act: 'vaccinations.corrected',
      items: [...changed.keys()],
      details: { entry: request.entryId },
    });
    const entryId = await insertCorrection(tx, entryFrame(actor, actId), request.reason, request.entryId, changed);
    if (entryId === undefined) {
      throw new Conflict('この接種記録は、すでに訂正または取消されています。最新の接種歴を確かめてください。');
    }
    await announceAct(tx, actor, actId);
    return { entryId };
  });
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
