import { type BatchId, findTypedDay } from '#kernel';
import type { FormFields } from '#platform/http';
import type { BatchFilter } from './types.ts';

/** Every batch. */
export const anyBatch: BatchFilter = { state: null, month: null, text: '' };

/** The states that can be looked for, with their words. */
export const stateChoices = [
  { value: '', label: 'すべて' },
  { value: 'open', label: '要確認の行が残っている' },
  { value: 'reviewed', label: '登録できます' },
  { value: 'committed', label: '台帳に登録済み' },
  { value: 'sentBack', label: '差し戻し' },
  { value: 'undone', label: '取り消し済み' },
] as const satisfies readonly { readonly value: BatchFilter['state'] | ''; readonly label: string }[];

/** Which batches a form or an address asks for; the month as typed, where it is none, is a problem. */
export interface AskedBatches {
  readonly filter: BatchFilter;
  readonly monthText: string;
  readonly isMonthUnreadable: boolean;
}

/** What the form above the list, or the address of a page of it, asks for. */
export function readBatchFilter(fields: FormFields): AskedBatches {
  const state = stateChoices.find(({ value }) => value === fields.text('state'))?.value ?? '';
  const monthText = fields.text('month').trim();
  const month = monthText === '' ? null : findTypedDay(`${monthText}${monthText.endsWith('月') ? '1日' : '.1'}`);
  const text = fields.text('text').trim();
  const filter = { state: state === '' ? null : state, month: month ?? null, text };
  return { filter, monthText, isMonthUnreadable: month === undefined };
}

/** The last batch of the page before, where an address names one. */
export function readBefore(text: string): BatchId | null {
  return /^\d{1,15}$/u.test(text) ? (Number(text) as BatchId) : null;
}
