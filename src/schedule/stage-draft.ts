import type { DoseOption } from './dose-option.ts';
import type { LegalDays } from './next-dose.ts';
import type { Stage } from './rule-set.ts';
import type { StageForecast } from './types.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Where a stage stands, for the stages that follow it. */
export type StageOutcome = 'notEligible' | 'done' | 'cut' | 'open' | 'lost';

/** A stage before the number of doses of its whole programme is known. */
export interface StageDraft {
  readonly stage: Stage;
  readonly outcome: StageOutcome;
  /** Complete but for the number of doses of the whole programme, which is put in last. */
  readonly forecast: Writable<StageForecast>;
  /** The ways to give the next dose that are open, with their days. */
  readonly ways: readonly LegalDays[];
  readonly options: readonly DoseOption[];
  /** Its window was over before its rules began. */
  readonly wasNeverOpen: boolean;
}
