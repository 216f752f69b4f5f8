import { findIsoDay } from '#kernel';
import { dayHelp, type FormError } from '#platform/pages';

/** What cannot be read of the period for which the log is asked; a side left empty has no limit. */
export function findPeriodErrors(period: { readonly recordedFrom: string; readonly recordedTo: string }): FormError[] {
  const fields = (['recordedFrom', 'recordedTo'] as const).filter(
    (field) => period[field] !== '' && findIsoDay(period[field]) === undefined,
  );
  return fields.map((field) => ({ field, message: dayHelp() }));
}
