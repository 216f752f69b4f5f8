import type { Bench } from './bench.ts';

/**
 * Every benchmark by its name on the command line, one file each, loaded only when it runs. A new one is a file with a
 * default export and a line here.
 */
export const benches: Readonly<Record<string, () => Promise<{ readonly default: Bench }>>> = {
  residents: () => import('./residents.ts'),
  intake: () => import('./intake.ts'),
  history: () => import('./history.ts'),
  matching: () => import('./matching.ts'),
  search: () => import('./search.ts'),
  numbers: () => import('./numbers.ts'),
  letters: () => import('./letters.ts'),
  cohort: () => import('./cohort.ts'),
  schedule: () => import('./schedule.ts'),
  forecast: () => import('./forecast.ts'),
  log: () => import('./log.ts'),
  clinic: () => import('./clinic.ts'),
};
