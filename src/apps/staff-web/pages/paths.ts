/** The first page. */
export const startPath = '/';

/** Long work. */
export const runsPath = '/jobs';

/** Data of other departments and institutions. */
export const importsPath = '/imports';

/** One piece of long work. */
export function runPath(runId: number): string {
  return `${runsPath}/${runId}`;
}

/** Where a piece of long work is asked to stop. */
export function runStopPath(runId: number): string {
  return `${runsPath}/${runId}/stop`;
}

/** One arrival of data with the rows that were not taken. */
export function importRunPath(runId: number): string {
  return `${importsPath}/${runId}`;
}

/** The layouts of files, tried on a real file. */
export const layoutsPath = '/layouts';
