/** What the registry says against a package. */
export interface Advisory {
  /** Its address, by which it is listed. */
  readonly advisory: string;
  readonly package: string;
  readonly severity: string;
}

/** Days from the day it was known until a release without it (docs/security/remediation.md). */
export const daysToSettle: Readonly<Record<string, number>> = { critical: 3, high: 14, moderate: 60, low: 180 };

/** What must be done: advisories that nobody has listed, rows beyond their time, rows whose time is longer than allowed. */
export function decideAdvisories(
  found: readonly Advisory[],
  listed: readonly Readonly<Record<string, string>>[],
  today: string,
): string[] {
  const known = new Set(listed.map((row) => row['advisory']));
  const unlisted = found
    .filter(({ advisory }) => !known.has(advisory))
    .map((each) => `${each.advisory} (${each.package}, ${each.severity}): advisories.csv に行がありません`);
  const open = listed.filter((row) => (row['settled_on'] ?? '') === '');
  const late = open
    .filter((row) => (row['due_on'] ?? '') < today)
    .map((row) => `${row['advisory']} (${row['package']}): 期限 ${row['due_on']} を過ぎています`);
  const tooLong = listed
    .filter(
      (row) => daysBetween(row['seen_on'] ?? '', row['due_on'] ?? '') > (daysToSettle[row['severity'] ?? ''] ?? 0),
    )
    .map((row) => `${row['advisory']}: 期限が決まりより長いか、危険さが書かれていません`);
  return [...unlisted, ...late, ...tooLong];
}

function daysBetween(from: string, to: string): number {
  return (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000;
}
