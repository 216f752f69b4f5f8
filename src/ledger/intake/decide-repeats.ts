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
  const known = new Set(history.map((dose) => ledgerKey(dose)));
  for (const { ordinal, fact, rowKey } of [...rows].sort((a, b) => a.ordinal - b.ordinal)) {
    const earlier = first.get(rowKey);
    if (earlier !== undefined) {
      repeats.set(ordinal, finding('identicalRow', 'question', null, { row: earlier }));
      continue;
    }
    first.set(rowKey, ordinal);
    if (known.has(factKey(fact))) {
      const params = { on: formatIsoDay(fact.vaccinatedOn), name: fact.vaccine.name };
      repeats.set(ordinal, finding('alreadyInLedger', 'question', null, params));
    }
  }
  return repeats;
}

/** The same vaccination with the same outcome on the same day is one fact, whatever lot or clinic was written. */
function ledgerKey(dose: DoseOnRecord): string {
  return `${dose.programme} ${dose.product} ${dose.vaccinatedOn} ${dose.outcome}`;
}

function factKey(fact: RowFact): string {
  return `${fact.vaccine.programme} ${fact.vaccine.product} ${fact.vaccinatedOn} ${fact.outcome}`;
}
