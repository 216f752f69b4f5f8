import type { InjectionPlan } from '#clinic/check';
import type { Day, Finding } from '#kernel';

/** What became of a form: 実施, 予診のみ, 未同意. */
export type Outcome = 'administered' | 'screeningOnly' | 'notConsented';

/** What a clinic did, before it is a record. */
export interface OutcomeTold {
  readonly outcome: Outcome;
  /** The injection; null unless it was given. */
  readonly plan: InjectionPlan | null;
  readonly manufacturerCode: string | null;
  /** Decimal text, mL. */
  readonly doseVolumeMl: string | null;
  readonly physician: string;
  /** Decimal text, degrees. */
  readonly bodyTemperature: string | null;
  readonly reason: string | null;
  /** The dose was given although the check refuses it: it happened, and is recorded as such. */
  readonly isGivenAnyway: boolean;
}

/** What acts about a record name as seen or changed. */
export const recordItems: readonly string[] = ['接種の記録'];

/** One revision of a record. */
export interface RecordRevision {
  readonly recordId: string;
  readonly revision: number;
  readonly kind: 'record' | 'withdrawal';
  readonly formNumber: string;
  readonly patientRef: string;
  readonly institutionCode: string;
  readonly outcome: Outcome;
  readonly vaccinatedOn: Day;
  readonly programme: string;
  readonly stage: string;
  readonly doseNumber: number | null;
  readonly product: string | null;
  readonly lotNumber: string | null;
  readonly expiresOn: Day | null;
  readonly manufacturerCode: string | null;
  readonly doseVolumeMl: string | null;
  readonly physician: string | null;
  readonly bodyTemperature: string | null;
  readonly reason: string | null;
  readonly findings: readonly Finding[];
  readonly isAgainstAdvice: boolean;
  readonly staffName: string;
  readonly recordedAt: Date;
}

/** A record of today as the institution's list shows it. */
export interface ListedRecord extends RecordRevision {
  /** The person's name, while the office lets us know it. */
  readonly name: string | null;
  /** The office has it. */
  readonly isDelivered: boolean;
}
