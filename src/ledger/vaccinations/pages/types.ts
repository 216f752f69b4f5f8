import type { Day, EntryId } from '#kernel';
import type { ExplainedFinding } from '#platform/findings';
import type { StageForecast, Verdict } from '#schedule';
import type { LedgerEntry } from '../types.ts';
import type { StandingStatus } from './status-words.ts';

/** The names of a stage as the rules print them; `stageName` is null where a programme has one stage only. */
export interface StageNames {
  readonly programmeName: string;
  readonly stageName: string | null;
}

/** One entry of the current history, judged and with every code turned into a name. */
export interface DoseView {
  readonly entry: LedgerEntry;
  readonly on: Day;
  /** What the rules call it; null where no programme knows the product. */
  readonly programme: string | null;
  readonly stage: string | null;
  readonly names: StageNames | null;
  readonly doseNumber: number | null;
  /** Null for what was not given (予診のみ, 未同意): there is nothing to judge. */
  readonly verdict: Verdict | null;
  readonly counts: boolean;
  readonly findings: readonly ExplainedFinding[];
  /** Why it is right, or what is wrong, in sentences: for the timeline. */
  readonly reasons: readonly string[];
  /** Why it is right in a few words each: for the table, where most rows are right. */
  readonly reasonsInShort: readonly string[];
  /** What was asked of this record before it was registered and is no finding of the rules: fever, consent, contract. */
  readonly askedBefore: readonly ExplainedFinding[];
  readonly productName: string | null;
  readonly manufacturerName: string | null;
  readonly institutionName: string | null;
}

/** Where a stage stands, with its names. */
export interface StageView extends Omit<StageForecast, 'status'> {
  readonly status: StandingStatus;
  readonly names: StageNames;
}

/** One person's ledger as the page shows it. */
export interface PersonLedgerView {
  readonly bornOn: Day | null;
  readonly asOf: Day;
  readonly stages: readonly StageView[];
  /** Newest first. */
  readonly doses: readonly DoseView[];
}

/** The id of an entry's row in the table, to which the marks of the timeline lead. */
export function doseRowId(entryId: EntryId): string {
  return `dose-${entryId}`;
}
