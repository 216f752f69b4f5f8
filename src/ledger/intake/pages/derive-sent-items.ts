import { normalizeKana, type PersonOnRecord, sexWord } from '#addressees/persons';
import { findIsoDay, hasWrittenIndividualNumber } from '#kernel';
import { consentNames } from '#ledger/vaccinations';
import { formatWesternDay } from '#platform/pages';
import type { SentColumn } from '../layout-of-batch.ts';
import type { IntakeRow } from '../types.ts';
import { outcomeWords } from './intake-words.ts';
import type { RowView } from './types.ts';

/** One column of the sender's file with what stands in it, in words. */
export interface SentItem {
  readonly label: string;
  /** Null where the sender left it empty, or wrote what could not be read. */
  readonly value: string | null;
  /** What was written where no value was read of it (no such day, a sign for "unknown"); null where nothing was. */
  readonly unread: string | null;
  /** What the register says instead; null where it says the same or has nothing to say. */
  readonly onRegister: string | null;
}

const words: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map([
  ['sex', new Map((['male', 'female', 'unknown'] as const).map((sex) => [sex, sexWord(sex)]))],
  ['outcome', new Map(Object.entries(outcomeWords))],
  ['consent', consentNames],
]);

const units: Readonly<Record<string, string>> = { doseVolumeMl: 'mL', bodyTemperature: '℃', doseNumber: '回' };

/** The sender's columns in the order of the file, beside what the register says where that differs. */
export function deriveSentItems(
  columns: readonly SentColumn[],
  row: IntakeRow,
  person: PersonOnRecord | null,
  view: RowView,
): readonly SentItem[] {
  return columns.map(({ key, name, written }) => {
    const value = row.fields[key] ?? null;
    return {
      label: name,
      value: value === null ? null : valueInWords(key, value, view),
      unread: value !== null || written === '' || hasWrittenIndividualNumber(written) ? null : written,
      onRegister: value === null || person === null ? null : registerSays(key, value, person),
    };
  });
}

function valueInWords(key: string, value: string, view: RowView): string {
  const word = words.get(key)?.get(value);
  if (word !== undefined) return word;
  const unit = units[key];
  if (unit !== undefined) return `${value}${unit}`;
  if (key === 'vaccineCode' && view.vaccineName !== null) return `${value}　${view.vaccineName}`;
  if (key === 'institutionCode' && view.isInstitutionKnown) return `${value}　${view.institutionName}`;
  const day = findIsoDay(value);
  return day === undefined ? value : formatWesternDay(day);
}

/** The register's own value where it is another than the sender's. */
function registerSays(key: string, value: string, person: PersonOnRecord): string | null {
  switch (key) {
    case 'addresseeNumber':
      return value === person.addresseeNumber ? null : person.addresseeNumber;
    case 'kana':
      return normalizeKana(value) === person.kanaKey ? null : person.kana;
    case 'birthDate':
      return person.bornOn === null || findIsoDay(value) === person.bornOn ? null : formatWesternDay(person.bornOn);
    case 'sex':
      return value === person.sex || person.sex === 'unknown' ? null : sexWord(person.sex);
    default:
      return null;
  }
}
