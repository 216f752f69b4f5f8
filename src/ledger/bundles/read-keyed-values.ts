import { findTypedDay, formatIsoDay } from '#kernel';
import { readFormNumber } from '#ledger/forms';
import type { FormFields } from '#platform/http';
import { type KeyedFieldKey, type KeyedValues, keyedFields } from './types.ts';

/** A value that was typed and cannot be what its field holds. */
export interface KeyedFault {
  readonly field: KeyedFieldKey;
  readonly message: string;
}

/** Folds what was typed to one form, so that two persons' typing can be compared: width, letters, days, temperature. */
export function readKeyedValues(body: FormFields): {
  readonly values: KeyedValues;
  readonly faults: readonly KeyedFault[];
} {
  const faults: KeyedFault[] = [];
  const values = Object.fromEntries(
    keyedFields.map(({ key }) => {
      const { value, fault } = foldValue(key, body.text(key).normalize('NFKC').slice(0, 100));
      if (fault !== undefined) faults.push({ field: key, message: fault });
      return [key, value];
    }),
  ) as KeyedValues;
  return { values, faults };
}

interface Folded {
  readonly value: string;
  readonly fault?: string;
}

function foldValue(key: KeyedFieldKey, text: string): Folded {
  if (text === '') return { value: '' };
  switch (key) {
    case 'formNumber': {
      const number = readFormNumber(text);
      return number === undefined
        ? { value: text, fault: '発行番号は12桁で、最後の数字が合いません。もう一度読み取ってください。' }
        : { value: number };
    }
    case 'birthDate':
    case 'vaccinatedOn': {
      const day = findTypedDay(text);
      return day === undefined
        ? { value: text, fault: '日付を 080415 や R8.4.15、2026-04-15 のように入れてください。' }
        : { value: formatIsoDay(day) };
    }
    case 'bodyTemperature': {
      // 36.6 is typed as 366, as on the number pad there is no time for the point.
      const degrees = /^\d{3}$/u.test(text) ? `${text.slice(0, 2)}.${text.slice(2)}` : text;
      return /^\d{2}(?:\.\d)?$/u.test(degrees)
        ? { value: degrees }
        : { value: text, fault: '体温を 366 か 36.6 のように入れてください。' };
    }
    case 'doseVolumeMl':
      return /^\d{1,2}(?:\.\d{1,3})?$/u.test(text)
        ? { value: String(Number(text)) }
        : { value: text, fault: '接種量を 0.5 のように入れてください。' };
    case 'doseNumber':
      return /^\d{1,2}$/u.test(text)
        ? { value: String(Number(text)) }
        : { value: text, fault: '回数を数字で入れてください。' };
    case 'outcome':
      return /^[123]$/u.test(text)
        ? { value: text }
        : { value: text, fault: '実施区分は 1（実施）・2（予診のみ）・3（未同意）です。' };
    case 'consent':
      return /^[01]$/u.test(text) ? { value: text } : { value: text, fault: '同意は 1（あり）・0（なし）です。' };
    case 'lotNumber':
      return { value: text.toUpperCase().replaceAll(/\s/gu, '') };
    default:
      return { value: text.replaceAll(/\s+/gu, ' ') };
  }
}
