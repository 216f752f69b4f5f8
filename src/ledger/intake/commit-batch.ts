import { loadPersonsForJudging } from '#addressees/persons';
import { type ActionContext, requirePermission } from '#common-base/access';
import { type ActBy, recordAct } from '#common-base/audit';
import { type BatchId, Conflict, NotFound, type PersonId } from '#kernel';
import {
  appendSelected,
  couponNumberOf,
  formKeyOf,
  listChangedLedgers,
  loadCouponRecords,
  loadDosesByForm,
} from '#ledger/vaccinations';
import { type Tx, withMunicipality } from '#platform/postgres';
import type { RuleSet } from '#schedule';
import {
  countRowsToCommit,
  factsToCommit,
  ledgersSeen,
  markCommitted,
  readPersonsSeen,
  selectPaperToCommit,
} from './commit-store.ts';
import { loadColumnsToCheck } from './layout-of-batch.ts';
import { tellsPaper } from './paper-store.ts';
import { recheckRows } from './recheck-rows.ts';
import { rowRanges } from './row-ranges.ts';
import { type BatchHead, lockBatch } from './store.ts';

/**
 * Enters the accepted rows of a batch, and the questioned ones that a person accepted, into the ledger: entries,
 * current history, findings, audit and outbox in one transaction. Rows whose person or ledger changed since their
 * check, or all rows where the rules changed, are checked again first; if that changes any, they are open again and the commit is a Conflict. A batch may
 * be committed again once more of its questions are answered; with nothing new to enter that is a Conflict too. A
 * report of progress that throws, because a stop was asked for, leaves nothing entered.
 */
export async function commitBatch(
  context: ActionContext,
  batchId: BatchId,
  options: { readonly rules: RuleSet },
): Promise<{ committed: number }> {
  requirePermission(context.actor, 'intake.commit');
  const { actor, db } = context;
  const outcome = await withMunicipality(db, actor.lgCode, async (tx) => {
    const batch = await lockOpenBatch(tx, batchId);
    const changed = await recheckStale(tx, batch, options.rules, actor);
    return changed > 0
      ? { changed, committed: 0 }
      : { changed, committed: await enterRows(tx, context, batch, options.rules) };
  });
  if (outcome.changed > 0) throw new RowsChanged(outcome.changed);
  return { committed: outcome.committed };
}

/** Nothing was entered: the world changed under the reviewed rows, and those are open again. */
export class RowsChanged extends Conflict {
  /** How many rows say something else now. */
  readonly changed: number;

  constructor(changed: number) {
    super(
      `確認のあとで住民情報、台帳またはきまりが変わり、${changed} 行の判定が変わりました。その行をもう一度確かめてから、登録してください。`,
    );
    this.changed = changed;
  }
}

/** By which rules it was judged stands in the log, so that a commit can be explained when the rules are others. */
async function enterRows(tx: Tx, context: ActionContext, batch: BatchHead, rules: RuleSet): Promise<number> {
  const { batchId } = batch;
  const { actor } = context;
  const total = await countRowsToCommit(tx, batch);
  if (total === 0) {
    if (batch.state !== 'committed') return 0;
    throw new Conflict('この受付は、すでに台帳に登録されています。新しく登録する行はありません。');
  }
  context.onProgress?.(0, total);
  const details = { batch: batchId, rules: rules.version };
  const actId = await recordAct(tx, actor, { act: 'intake.committed', details });
  const committed = await appendSelected(tx, actor, actId, {
    portions: rowRanges(batch.rows).map((range) => factsToCommit(tx, batch, range)),
    expected: ledgersSeen(tx, batch),
    onEntered: (entered) => context.onProgress?.(entered, total),
  });
  await markCommitted(tx, batchId, committed, actor.staffName);
  return committed;
}

/** Locks a batch that is neither undone nor sent back. */
export async function lockOpenBatch(tx: Tx, batchId: BatchId): Promise<BatchHead> {
  const batch = await lockBatch(tx, batchId);
  if (batch === undefined) throw new NotFound(`受付番号 ${batchId} の受付は見つかりません。`);
  if (batch.state === 'undone') throw new Conflict('この受付は、すでに登録を取り消されています。');
  if (batch.state === 'sentBack') throw new Conflict('この受付は、すでに送付元に差し戻されています。');
  return batch;
}

/** Checks again what the world changed under; answers how many rows are not what was reviewed. */
async function recheckStale(tx: Tx, batch: BatchHead, rules: RuleSet, by: ActBy): Promise<number> {
  if (batch.rulesVersion !== rules.version) return recheckRows(tx, batch, { rules, scope: null, by });
  const stale = await listChangedLedgers(tx, ledgersSeen(tx, batch));
  stale.push(...(await listChangedPersons(tx, batch)));
  const ordinals = await listPaperOfOthers(tx, batch);
  if (stale.length === 0 && ordinals.length === 0) return 0;
  return recheckRows(tx, batch, { rules, scope: { personIds: [...new Set(stale)], ordinals }, by });
}

/**
 * The rows whose form or 接種券 the ledger holds of somebody else. It may have entered since the check, and the row's own
 * person and ledger are what they were.
 */
async function listPaperOfOthers(tx: Tx, batch: BatchHead): Promise<number[]> {
  if (!tellsPaper(await loadColumnsToCheck(tx, batch))) return [];
  const rows = await selectPaperToCommit(tx, batch);
  const forms = await loadDosesByForm(
    tx,
    rows.flatMap(({ form }) => form || []),
  );
  const coupons = await loadCouponRecords(
    tx,
    rows.flatMap(({ coupon }) => couponNumberOf(coupon) ?? []),
  );
  return rows.flatMap(({ ordinal, personId, form, coupon }) => {
    const uses = [...(forms.get(formKeyOf(form)) ?? []), ...(coupons.get(couponNumberOf(coupon) ?? '') ?? [])];
    return uses.some((use) => use.personId !== personId) ? [ordinal] : [];
  });
}

async function listChangedPersons(tx: Tx, batch: BatchHead): Promise<PersonId[]> {
  const changed: PersonId[] = [];
  for await (const versionOf of readPersonsSeen(tx, batch)) {
    const people = await loadPersonsForJudging(tx, { personIds: [...versionOf.keys()] });
    for (const person of people) {
      if (versionOf.get(person.personId) !== person.version) changed.push(person.personId);
    }
  }
  return changed;
}
