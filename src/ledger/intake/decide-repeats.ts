import { type Finding, finding, formatIsoDay } from '#kernel';
import type { DoseOnRecord } from '#ledger/vaccinations';
import type { RowFact } from './types.ts';

/** A row that can have happened, of one person. */
export interface FactRow {
  readonly ordinal: number;
  /** Equal for the same form sent twice. */
  readonly rowKey: string;
  readonly fact: RowFact;
}

/**
 * The rows of one person (or of one unknown number) that tell again what another row of the file or the ledger
 * already tells. Of equal rows the first in the file stands, whatever its day.
 */
export function decideRepeats(rows: readonly FactRow[], history: readonly DoseOnRecord[]): Map<number, Finding> {
  const repeats = new Map<number, Finding>();
  const first = new Map<string, number>();
  const inOrder = rows.length === 1 ? rows : rows.toSorted((a, b) => a.ordinal - b.ordinal);
  for (const { ordinal, fact, rowKey } of inOrder) {
    const earlier = first.get(rowKey);
    if (earlier !== undefined) {
      repeats.set(ordinal, finding('identicalRow', 'question', null, { row: earlier }));
      continue;
    }
    first.set(rowKey, ordinal);
    if (history.some((dose) => isSameFact(dose, fact))) {
      const params = { on: formatIsoDay(fact.vaccinatedOn), name: fact.vaccine.name };
      repeats.set(ordinal, finding('alreadyInLedger', 'question', null, params));
    }
  }
  return repeats;
}

/** The same vaccination with the same outcome on the same day is one fact, whatever lot or clinic was written. */
function isSameFact(dose: DoseOnRecord, { vaccinatedOn, outcome, vaccine }: RowFact): boolean {
  return (
    dose.vaccinatedOn === vaccinatedOn &&
    dose.outcome === outcome &&
    dose.programme === vaccine.programme &&
    dose.product === vaccine.product
  );
}
