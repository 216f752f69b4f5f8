import { type Answer, mayDo, redirectTo, type StaffContext } from '#common-base/access';
import type { BatchId } from '#kernel';
import { anyBatch, type BatchSummary, listBatches } from '#ledger/intake';
import { type Choice, type FormError, formatInstant } from '#platform/pages';
import type { Tx } from '#platform/postgres';
import { linkMonth, remindLate } from './manage-bundles.ts';
import { bundlesPath } from './pages/paths.ts';
import { readId } from './route-tools.ts';

const batchesOffered = 50;

/** Shows the list of the month again, with what is wrong. */
export type ShowMonth = (context: StaffContext, errors: readonly FormError[]) => Promise<Answer>;

/** The files that may have brought bundles, newest first, neither undone nor sent back; none for whom they are not. */
export async function listBatchChoices(tx: Tx, context: StaffContext): Promise<Choice[]> {
  if (!mayDo(context.actor, 'intake.view')) return [];
  const batches = await listBatches(tx, context.actor, anyBatch, { before: null, limit: batchesOffered });
  const isAlive = ({ state }: BatchSummary): boolean => state !== 'undone' && state !== 'sentBack';
  return batches.filter(isAlive).map(({ batchId, fileName, receivedAt, rows }) => ({
    value: String(batchId),
    label: `受付番号 ${batchId}　${fileName}（${formatInstant(receivedAt)}、${rows}行）`,
  }));
}

/** Notes that everybody ticked was reminded. */
export async function remindTogether(context: StaffContext, show: ShowMonth): Promise<Answer> {
  const note = context.body.text('note').slice(0, 200);
  const bundleIds = context.body.list('bundle').map(readId);
  const errors: FormError[] = [];
  if (note === '') errors.push({ field: 'note', message: 'どのように督促したかを書いてください。' });
  if (bundleIds.length === 0) errors.push({ field: null, message: '督促した医療機関を選んでください。' });
  if (errors.length > 0) return show(context, errors);
  await remindLate(context, { bundleIds, note });
  return backToMonth(context);
}

/** Says which file brought the bundles of the month. */
export async function linkTogether(context: StaffContext, show: ShowMonth): Promise<Answer> {
  const text = context.body.text('batchId');
  const claimMonth = context.body.text('month');
  if (!/^\d{1,15}$/u.test(text) || !/^\d{4}-\d{2}$/u.test(claimMonth)) {
    return show(context, [{ field: 'batchId', message: '束が届いたファイルを選んでください。' }]);
  }
  const linked = await linkMonth(context, { claimMonth, batchId: Number(text) as BatchId });
  if (linked > 0) return backToMonth(context);
  const message = 'このファイルに行がある医療機関の束で、まだ結びついていないものはありません。';
  return show(context, [{ field: 'batchId', message }]);
}

function backToMonth(context: StaffContext): Answer {
  return redirectTo(`${bundlesPath}?${new URLSearchParams({ month: context.body.text('month') }).toString()}`);
}
