import type { ActBy } from '#common-base/audit';
import type { Day } from '#kernel';
import type { Tx } from '#platform/postgres';
import { formNumberOf } from './form-number.ts';
import { type FormChange, insertChanges, insertForms, takeSerials } from './store.ts';
import type { NewForm } from './types.ts';

/**
 * Takes numbers for forms about to be drawn. The register stays locked until the transaction ends: with it the
 * numbers are given, or with it they are taken back, so that none is missing and none is printed twice.
 */
export async function takeFormNumbers(tx: Tx, count: number): Promise<string[]> {
  const first = await takeSerials(tx, count);
  return Array.from({ length: count }, (_, i) => formNumberOf(first + i));
}

/** Enters printed forms into the register under the caller's audit act. */
export async function issueForms(tx: Tx, by: ActBy, actId: number, forms: readonly NewForm[]): Promise<void> {
  if (forms.length > 0) await insertForms(tx, { actId, staffId: by.staffId, staffName: by.staffName }, forms);
}

/** Marks numbers as replaced by new ones, under the caller's audit act; they are a question at intake from now on. */
export async function markReissued(
  tx: Tx,
  by: ActBy,
  actId: number,
  replaced: readonly { readonly formNumber: string; readonly replacedBy: string }[],
  options: { readonly reason: string; readonly on: Day },
): Promise<void> {
  if (replaced.length === 0) return;
  const changes = replaced.map((pair): FormChange => {
    return { ...pair, change: 'reissued', reason: options.reason, changedOn: options.on };
  });
  await insertChanges(tx, { actId, staffId: by.staffId, staffName: by.staffName }, changes);
}
