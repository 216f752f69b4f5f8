import { findIsoDay } from '#kernel';
import type { FormError } from '#platform/pages';

/** What cannot be read of the period for which the log is asked; a side left empty has no limit. */
export function findPeriodErrors(period: { readonly recordedFrom: string; readonly recordedTo: string }): FormError[] {
  const fields = (['recordedFrom', 'recordedTo'] as const).filter(
    (field) => period[field] !== '' && findIsoDay(period[field]) === undefined,
  );
  return fields.map((field) => ({ field, message: '日を 2026-04-01 や R8.4.1 のように書いてください。' }));
}
