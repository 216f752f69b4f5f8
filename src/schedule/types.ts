import type { Day, Finding, Sex } from '#kernel';

/** How a dose was given: 定期 (routine), 任意 (voluntary) or 臨時 (temporary). */
export type DoseKind = 'routine' | 'voluntary' | 'temporary';

/** One vaccination that took place, as the ledger or a file knows it. */
export interface GivenDose {
  /** Product id of `rules/products.csv`. */
  readonly product: string;
  readonly on: Day;
  readonly kind: DoseKind;
}

/** What is known of a person beside doses, and changes what the law allows (罹患歴, 妊娠, 特例, 抗体検査 …). */
export type Fact =
  | { readonly kind: 'hadDisease'; readonly disease: string; readonly on: Day }
  | { readonly kind: 'pregnancy'; readonly dueOn: Day }
  | { readonly kind: 'longTermIllness'; readonly from: Day; readonly to: Day | null }
  | { readonly kind: 'exceptionGranted'; readonly programme: string; readonly from: Day; readonly to: Day }
  | { readonly kind: 'hbigAtBirth' }
  | { readonly kind: 'categoryBEligible60to64'; readonly reason: CategoryBReason }
  | {
      readonly kind: 'antibodyTest';
      readonly disease: string;
      readonly on: Day;
      readonly result: 'sufficient' | 'insufficient';
    }
  | { readonly kind: 'supplyShortage'; readonly programme: string }
  | { readonly kind: 'doctorJudgedNecessary'; readonly programme: string; readonly on: Day }
  | { readonly kind: 'startedProgramme'; readonly programme: string; readonly on: Day };

/** Disability of the first grade that opens category B to people of 60 to 64 (heart, kidney, respiratory, HIV). */
export type CategoryBReason = 'heart' | 'kidney' | 'respiratory' | 'hiv';

/** A person as the schedule sees one: no name, no number. Doses and facts may come in any order. */
export interface PersonCase {
  readonly bornOn: Day;
  readonly sex: Sex;
  /** The assessment date (CDSi): what lies after it is not known yet. */
  readonly asOf: Day;
  readonly facts: readonly Fact[];
  readonly doses: readonly GivenDose[];
}

/**
 * What a dose was: `unknown` (no rule for this product on that day, or after `asOf`), `notRoutine` (任意),
 * `extra` (nothing was left to give), `invalid` (a legal rule broken: 間違い接種), `valid`.
 */
export type Verdict = 'unknown' | 'notRoutine' | 'extra' | 'invalid' | 'valid';

/** The dose of a stage that a given dose stands for (CDSi: target dose). */
export interface TargetDose {
  readonly programme: string;
  readonly stage: string;
  /** Within the stage, from 1. */
  readonly doseNumber: number;
}

/** The judgement of one given dose (CDSi: evaluation status and reason). */
export interface JudgedDose {
  /** Position in the input. */
  readonly index: number;
  /** Null when no programme knows the product. */
  readonly programme: string | null;
  readonly stage: string | null;
  /** Within the stage, from 1; null when the dose does not count. */
  readonly doseNumber: number | null;
  readonly verdict: Verdict;
  /** Whether later doses are numbered and measured from it. */
  readonly counts: boolean;
  readonly findings: readonly Finding[];
  /** Further programmes that a combination counts for; absent when there are none. */
  readonly alsoCounts?: readonly TargetDose[];
}

/** Where a person stands in a stage on `asOf`. */
export type StageStatus = 'notEligible' | 'completed' | 'closed' | 'tooEarly' | 'waiting' | 'overdue' | 'due';

/** The next dose of a stage. All days inclusive. */
export interface NextDose {
  readonly doseNumber: number;
  /** First legal day from what is known, not raised to `asOf` (CDSi: earliest date). */
  readonly earliestOn: Day;
  /** The standard interval alone, not cut by windows. */
  readonly recommendedFrom: Day | null;
  readonly recommendedTo: Day | null;
  /** Last legal day of this dose. */
  readonly latestOn: Day | null;
}

/** A row of `rules/` that gave an answer, with the law it rests on. */
export interface TraceStep {
  /** `windows:hep-b` : table and row id. */
  readonly rule: string;
  readonly basis: string;
}

/** One stage of one programme for one person on `asOf` (CDSi: patient series forecast). */
export interface StageForecast {
  readonly programme: string;
  readonly stage: string;
  readonly eligibleFrom: Day | null;
  readonly eligibleTo: Day | null;
  readonly standardFrom: Day | null;
  readonly standardTo: Day | null;
  readonly status: StageStatus;
  /** Doses of the whole programme on the path chosen; null while it depends on a product not yet chosen. */
  readonly dosesNeeded: number | null;
  readonly next: NextDose | null;
  readonly trace: readonly TraceStep[];
}

/** Every given dose judged, and every stage of every programme in the contract's order. */
export interface Judgement {
  readonly doses: readonly JudgedDose[];
  readonly programmes: readonly StageForecast[];
}
