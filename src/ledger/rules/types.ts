import type { Day } from '#kernel';
import type { RuleSet, StageStatus, Verdict } from '#schedule';

/** A row of a table of the rules. */
export type RuleRow = RuleSet['rows'][number];

/** Where a stage stands for a person, or that one of the two rule sets does not have it. */
export type StageStanding = StageStatus | 'absent';

/** What a given dose is, or that one of the two rule sets does not know its product. */
export type DoseStanding = Verdict | 'absent';

/** What two rule sets say differently of one person: of a stage, or of a dose given. */
export type Change =
  | (ChangeOf & { readonly kind: 'stage'; readonly before: StageStanding; readonly after: StageStanding })
  | (ChangeOf & { readonly kind: 'dose'; readonly before: DoseStanding; readonly after: DoseStanding });

interface ChangeOf {
  readonly programme: string;
  readonly stage: string;
}

/** How many people (of doses: how many doses) of an age group change in one way. */
export type ChangeCount = Change & {
  /** The youngest age in years of the group. */
  readonly ageFrom: number;
  readonly count: number;
};

/** A proposal of rows tried against the rules in force: nothing of it enters the ledger. */
export interface RuleTrial {
  readonly trialId: number;
  readonly label: string;
  readonly asOf: Day;
  /** The version in force that it is held against; its texts are kept in rules_versions. */
  readonly baseVersion: string;
  readonly proposedVersion: string;
  /** The proposed tables, whole, by file; the others are those of the base. */
  readonly texts: ReadonlyMap<string, string>;
  readonly runId: number;
  readonly startedBy: number | null;
  readonly startedByName: string;
  readonly startedAt: Date;
  /** Null while it is being counted. */
  readonly result: TrialResult | null;
}

/** The figures of a trial that came to its end. */
export interface TrialResult {
  /** Residents judged. */
  readonly people: number;
  /** Residents of whom anything changes. */
  readonly affected: number;
  /** Residents of whom the list tells; fewer than `affected` where they are too many for a list. */
  readonly listed: number;
  readonly finishedAt: Date;
}
