import { type Finding, finding, formatIsoDay } from '#kernel';
import { type DoseOnRecord, formKeyOf } from '#ledger/vaccinations';
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

/**
 * Rows of one person whose printed form (発行番号) served another dose of the same file already: a form is for one, and one
 * of the two is misread or claimed twice. Between two people the register of forms speaks (`formOfOther`).
 */
export function decideFormsTwice(rows: readonly FactRow[]): Map<number, Finding> {
  const found = new Map<number, Finding>();
  if (rows.length < 2) return found;
  const first = new Map<string, FactRow>();
  for (const row of rows.toSorted((a, b) => a.ordinal - b.ordinal)) {
    const { items, outcome } = row.fact;
    if (!items.formNumber || outcome !== 'administered') continue;
    const key = formKeyOf(items.formNumber);
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, row);
    else if (earlier.rowKey !== row.rowKey) {
      found.set(row.ordinal, finding('formTwiceInFile', 'question', 'formNumber', { row: earlier.ordinal }));
    }
  }
  return found;
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
