import { type Answer, type BatchId, formatIsoDay } from '#kernel';
import type { BatchFilter } from '../types.ts';

/** What of a batch's rows is shown. */
export interface RowFilter {
  /** `sendBack`: rows that a person decided to send back; `changed`: rows that a later check changed and that wait. */
  readonly answer: Answer | 'open' | 'sendBack' | 'changed' | null;
  /** Only rows with this finding. */
  readonly code: string | null;
  /** Rows of one member of staff: `mine`, `none` for those of nobody, or the number of a colleague. */
  readonly assigned: string | null;
  /** Rows after this ordinal; null: from the first. */
  readonly after: number | null;
}

/** The list of batches and the form to send a file. */
export const intakePath = '/intake';

/** A page of the list, older than a batch; state and month name nobody, and what was typed of a file's name stands in none. */
export function batchListPath(filter: Partial<Omit<BatchFilter, 'text'>>, before: BatchId | null = null): string {
  const query = new URLSearchParams();
  if (filter.state) query.set('state', filter.state);
  if (filter.month) query.set('month', formatIsoDay(filter.month).slice(0, 7));
  if (before !== null) query.set('before', String(before));
  const text = query.toString();
  return `${intakePath}${text === '' ? '' : `?${text}`}`;
}

/** One batch with its rows; the filter stands in the address, for it names nobody. */
export function batchPath(batchId: BatchId, filter: Partial<RowFilter> = {}): string {
  return `${intakePath}/${batchId}${filterQuery(filter)}`;
}

function filterQuery(filter: Partial<RowFilter>): string {
  const query = new URLSearchParams();
  if (filter.answer) query.set('answer', filter.answer);
  if (filter.code) query.set('code', filter.code);
  if (filter.assigned) query.set('assigned', filter.assigned);
  if (filter.after) query.set('after', String(filter.after));
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

/**
 * One row of a batch with everything that its sender wrote. The filter of the list it was opened from goes along: the next
 * open row and the way back are those of that list.
 */
export function rowPath(batchId: BatchId, ordinal: number, filter: Partial<RowFilter> = {}): string {
  return `${intakePath}/${batchId}/rows/${ordinal}${filterQuery({ ...filter, after: null })}`;
}

/** What can be done with a whole batch; GET asks, POST does. */
export function batchActionPath(
  batchId: BatchId,
  action:
    | 'assignment'
    | 'find'
    | 'commit'
    | 'recheck'
    | 'undo'
    | 'send-back'
    | 'answers'
    | 'same-answer'
    | 'findings.csv'
    | 'returned.csv',
): string {
  return `${intakePath}/${batchId}/${action}`;
}

/** The page that gives every open row with exactly these questions the same answer. */
export function sameAnswerPath(batchId: BatchId, codes: readonly string[]): string {
  const query = new URLSearchParams(codes.map((code): [string, string] => ['code', code]));
  return `${batchActionPath(batchId, 'same-answer')}?${query.toString()}`;
}
