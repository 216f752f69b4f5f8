/**
 * A value as the text of a `json` or `jsonb` parameter. Half of a pair of UTF-16 code units, as is left where a text was
 * cut to its length, becomes U+FFFD as it does in a parameter of type `text`: PostgreSQL refuses it in JSON, and with it
 * the whole statement.
 */
export function jsonParameter(value: unknown): string {
  const text = JSON.stringify(value);
  // Only such a half is written as \ud…; a backslash that somebody typed is looked at once more for nothing.
  return text.includes(String.raw`\ud`) ? JSON.stringify(value, wellFormed) : text;
}

function wellFormed(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed() : value;
}
