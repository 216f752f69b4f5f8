import { type KeyedFieldKey, type KeyedForm, type KeyedValues, keyedFields } from './types.ts';

/** A field in which two persons typed one form differently. */
export interface KeyedDifference {
  readonly field: KeyedFieldKey;
  readonly label: string;
  readonly first: string;
  readonly second: string;
}

/** One form of a bundle with both typings and what holds. */
export interface ComparedForm {
  readonly ordinal: number;
  readonly first: KeyedForm | null;
  readonly second: KeyedForm | null;
  readonly decided: KeyedForm | null;
  readonly differences: readonly KeyedDifference[];
  /** What is handed over: decided, or agreed, or the only typing; null while the two differ or one is missing. */
  readonly holds: KeyedValues | null;
}

/** Compares what two persons typed, form by form in the order of the paper (突合). */
export function compareForms(forms: readonly KeyedForm[], needsSecond: boolean): ComparedForm[] {
  const byOrdinal = Map.groupBy(forms, (form) => form.ordinal);
  return [...byOrdinal]
    .sort(([a], [b]) => a - b)
    .map(([ordinal, typed]) => {
      const of = (pass: number) => typed.find((form) => form.pass === pass) ?? null;
      const [first, second, decided] = [of(1), of(2), of(3)];
      const differences = first === null || second === null ? [] : listDifferences(first.values, second.values);
      return { ordinal, first, second, decided, differences, holds: holdsOf() };

      function holdsOf(): KeyedValues | null {
        if (decided !== null) return decided.values;
        if (!needsSecond) return first?.values ?? null;
        return first !== null && second !== null && differences.length === 0 ? first.values : null;
      }
    });
}

/** The fields in which two typings differ, in the order of the form. */
function listDifferences(first: KeyedValues, second: KeyedValues): KeyedDifference[] {
  return keyedFields.flatMap(({ key, label }) =>
    first[key] === second[key] ? [] : [{ field: key, label, first: first[key], second: second[key] }],
  );
}
