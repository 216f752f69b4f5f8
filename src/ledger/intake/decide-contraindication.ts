import { type Finding, finding, formatIsoDay } from '#kernel';
import { type FactOnRecord, isKnownOn } from '#ledger/vaccinations';
import type { RowFact } from './types.ts';

/**
 * A dose of a programme that was forbidden to the person before its day (禁忌, 接種不適当者): it happened, so it is asked.
 * One without a day was always known.
 * @law 予防接種法施行規則第2条
 */
export function decideContraindication(
  row: RowFact,
  contraindications: readonly FactOnRecord[],
  programmeName: (programme: string) => string,
): Finding[] {
  if (row.outcome !== 'administered') return [];
  const known = contraindications.find(
    (fact) => fact.programme === row.vaccine.programme && isKnownOn(fact, row.vaccinatedOn),
  );
  if (known === undefined) return [];
  const params = {
    name: programmeName(row.vaccine.programme),
    on: known.from === null ? '' : formatIsoDay(known.from),
  };
  return [finding('contraindicationOnRecord', 'question', 'vaccineCode', params, '予防接種法施行規則第2条')];
}
