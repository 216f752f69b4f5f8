/** The rules in force. */
export const rulesPath = '/rules';

/** What differs between two days. */
export const differencesPath = `${rulesPath}/differences`;

/** The versions that judged here. */
export const versionsPath = `${rulesPath}/versions`;

/** The trials of proposed rows. */
export const trialsPath = `${rulesPath}/trials`;

/** The form of a new trial; `table` is the table to be written on the screen. */
export function newTrialPath(table?: string): string {
  return table === undefined ? `${trialsPath}/new` : `${trialsPath}/new?table=${encodeURIComponent(table)}`;
}

/** Where proposed files are sent. */
export const trialFilesPath = `${trialsPath}/files`;

/** The rules of one programme, on a day where one is given (`YYYY-MM-DD`). */
export function programmeRulesPath(programme: string, on?: string): string {
  const path = `${rulesPath}/${encodeURIComponent(programme)}`;
  return on === undefined ? path : `${path}?on=${on}`;
}

/** A version with what it changed against the present one. */
export function versionPath(version: string): string {
  return `${versionsPath}/${version}`;
}

/** One trial. */
export function trialPath(trialId: number): string {
  return `${trialsPath}/${trialId}`;
}

/** The people of whom a trial changes anything. */
export function trialPeoplePath(trialId: number, query: { programme?: string; after?: number } = {}): string {
  const words = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  return `${trialPath(trialId)}/people${words.length === 0 ? '' : `?${words.join('&')}`}`;
}

/** Where a trial is taken away. */
export function trialRemovalPath(trialId: number): string {
  return `${trialPath(trialId)}/remove`;
}
