import type { ClinicInstitution, ClinicMasters, Patient, Ticket } from '#clinic/tickets';
import type { Day, Finding } from '#kernel';
import type { GivenDose, JudgedDose, RuleSet } from '#schedule';

/** What somebody is about to inject. */
export interface InjectionPlan {
  /** Product id of `rules/`; what the form's programme needs. */
  readonly product: string;
  readonly lotNumber: string | null;
  /** Last day on the package; null where nobody read it. */
  readonly expiresOn: Day | null;
  /** The code of the scanned package; null where it was typed by hand. */
  readonly gtin: string | null;
  /** Degrees, as measured before the interview; null where nobody gave it. */
  readonly bodyTemperature: number | null;
}

/** Everything the check asks. */
export interface InjectionCase {
  readonly rules: RuleSet;
  readonly on: Day;
  readonly ticket: Ticket;
  readonly patient: Patient;
  /** Doses recorded at clinics that the office has not told us of yet. */
  readonly recordedHere: readonly GivenDose[];
  readonly institution: ClinicInstitution | undefined;
  readonly masters: ClinicMasters;
  readonly plan: InjectionPlan;
}

/** What the check says: one `refuse` and the needle stays away; questions need a doctor's reason. */
export interface InjectionCheck {
  readonly findings: readonly Finding[];
  /** What the dose would be; null where the product is none of the rules'. */
  readonly judged: JudgedDose | null;
}
