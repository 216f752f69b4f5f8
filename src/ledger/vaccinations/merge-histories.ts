import type { DoseOnRecord } from './types.ts';

/**
 * One history out of those of linked records, in order of day. A dose that two records tell alike (same day, outcome,
 * class and product, or the sender's code where no product is known) counts once, as the first record tells it: it is
 * nearly always one dose that was taken in under both numbers. Nothing is written: parted, each record has its own again.
 */
export function mergeHistories(records: readonly (readonly DoseOnRecord[])[]): DoseOnRecord[] {
  const merged: DoseOnRecord[] = [];
  const told = new Set<string>();
  for (const doses of records) {
    merged.push(...doses.filter((dose) => !told.has(whatItTells(dose))));
    for (const dose of doses) told.add(whatItTells(dose));
  }
  return merged.toSorted((a, b) => a.vaccinatedOn - b.vaccinatedOn || a.entryId - b.entryId);
}

function whatItTells(dose: DoseOnRecord): string {
  const { vaccinatedOn, outcome, vaccinationClass, product, vaccineCode, programme, stage } = dose;
  return [vaccinatedOn, outcome, vaccinationClass, product ?? vaccineCode ?? `${programme}/${stage}`].join(' ');
}
