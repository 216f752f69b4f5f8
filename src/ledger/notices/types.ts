import type { Day, Finding, PersonId } from '#kernel';
import type { CohortNarrowing } from './narrow-people.ts';
import type { ExcludedReason, IncludedReason } from './notice-reasons.ts';

/** Who is called: the stage, the day as of which all are judged, and until when a coming dose counts as near. */
export interface CohortConditions {
  readonly programme: string;
  readonly stage: string;
  readonly asOf: Day;
  /** Whoever may be given the next dose on or before this day is in; `asOf` itself asks for those due today only. */
  readonly dueBy: Day;
  readonly layoutId: string;
  /** Who is looked at beside the law. */
  readonly narrowing?: CohortNarrowing;
}

/** How many people are in or out for one reason, with its words. */
export interface ReasonCount {
  readonly reason: IncludedReason | ExcludedReason;
  readonly label: string;
  readonly isIncluded: boolean;
  readonly people: number;
}

/** A cohort in figures; the counts of the reasons add up to everybody on record. */
export interface CohortCounts {
  readonly included: number;
  readonly excluded: number;
  readonly reasons: readonly ReasonCount[];
}

/** A frozen cohort (抽出結果) as a list shows it. */
export interface CohortSummary extends CohortConditions {
  readonly cohortId: number;
  readonly label: string;
  readonly rulesVersion: string;
  readonly included: number;
  readonly excluded: number;
  readonly staffName: string;
  readonly recordedAt: Date;
}

/** A frozen cohort with its reasons and the print jobs made of it. */
export interface Cohort extends CohortSummary {
  readonly reasons: readonly ReasonCount[];
  readonly printJobIds: readonly number[];
}

/** One person of a cohort, or one who would be in it but for the reason. */
export interface CohortMember {
  readonly personId: PersonId;
  readonly isIncluded: boolean;
  readonly reason: IncludedReason | ExcludedReason;
  readonly doseNumber: number | null;
}

/** How far a print job is. */
export type PrintJobState = 'waiting' | 'running' | 'interrupted' | 'stopped' | 'failed' | 'finished';

/** A print job as a list shows it. */
export interface PrintJobSummary {
  readonly printJobId: number;
  readonly cohortId: number | null;
  readonly label: string;
  readonly layoutId: string;
  readonly layoutTitle: string;
  readonly issuedOn: Day;
  readonly runId: number | null;
  readonly state: PrintJobState;
  readonly peopleTotal: number;
  readonly pagesPrinted: number;
  /** Letters among the pages; the others go behind them (翻訳シート). */
  readonly lettersPrinted: number;
  readonly peopleExcluded: number;
  /** Pages with something to look at: a character no font has, a text that did not fit. */
  readonly pagesWithFindings: number;
  readonly staffName: string;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
}

/** One file of a print job. */
export interface PrintFile {
  readonly part: number;
  readonly fileId: number | null;
  readonly digest: string | null;
  readonly pages: number;
  readonly firstPostalCode: string | null;
  readonly lastPostalCode: string | null;
  readonly recordedAt: Date;
}

/** A page that a person should look at before it is posted. */
export interface PageFinding {
  readonly personId: PersonId;
  readonly part: number;
  readonly page: number | null;
  readonly formNumber: string | null;
  readonly findings: readonly Finding[];
}

/** A print job with its files, who dropped out at the last moment and why, and what to look at. */
export interface PrintJob extends PrintJobSummary {
  readonly files: readonly PrintFile[];
  readonly exclusions: readonly ReasonCount[];
  readonly pageFindings: readonly PageFinding[];
}
