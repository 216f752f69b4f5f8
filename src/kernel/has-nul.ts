/** Whether a text, a list or the names and values of an object hold the NUL character anywhere: no database keeps it. */
export function hasNul(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\0');
  if (value === null || typeof value !== 'object') return false;
  return Object.entries(value).some(([name, each]) => name.includes('\0') || hasNul(each));
}
