/** How a CSV line is written: the delimiter, and whether a spreadsheet must not run what the values hold. */
export interface CsvWriteOptions {
  readonly delimiter?: string;
  /**
   * Puts an apostrophe before a value that begins with = + - @ tab or CR, so that a spreadsheet shows it and does
   * not run it. For exports to people; never for files that another system reads back.
   */
  readonly defusesFormulas?: boolean;
}

/** One CSV line by RFC 4180, with CRLF; a value is quoted only where it must be. */
export function formatCsvLine(values: readonly (string | number | null)[], options: CsvWriteOptions = {}): string {
  const delimiter = options.delimiter ?? ',';
  const defuses = options.defusesFormulas ?? false;
  return `${values.map((value) => formatCsvValue(value, delimiter, defuses)).join(delimiter)}\r\n`;
}

function formatCsvValue(value: string | number | null, delimiter: string, defuses: boolean): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = defuses && value !== '-' && /^[=+\-@\t\r]/u.test(value) ? `'${value}` : value;
  return /["\r\n]/u.test(text) || text.includes(delimiter) ? `"${text.replaceAll('"', '""')}"` : text;
}
