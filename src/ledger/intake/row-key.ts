import { hash } from 'node:crypto';

/** What makes two rows the same form: everything but the sender's own numbering of batches, rows and images. */
const keyFields = [
  'addresseeNumber',
  'kana',
  'birthDate',
  'vaccineCode',
  'doseNumber',
  'vaccinatedOn',
  'outcome',
  'lotNumber',
  'institutionCode',
] as const;

/** The identity of a row as a signed 64-bit integer in decimal: equal for the same form sent twice. */
export function rowKeyOf(fields: Readonly<Record<string, string | null>>): string {
  const text = keyFields.map((field) => fields[field] ?? '').join('\u001F');
  return hash('sha256', text, 'buffer').readBigInt64BE(0).toString();
}
