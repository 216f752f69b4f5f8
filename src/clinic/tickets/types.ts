import type { Day, Sex } from '#kernel';
import type { Fact, GivenDose } from '#schedule';

/** What became of a form, as the office said last. */
export type TicketState = 'usable' | 'used' | 'reissued' | 'cancelled' | 'stopped';

/** A form that a clinic may use: for which dose of whom. */
export interface Ticket {
  readonly formNumber: string;
  readonly programme: string;
  readonly stage: string;
  /** Within the stage; null where the form serves any dose. */
  readonly doseNumber: number | null;
  /** Last day of use; null without end. */
  readonly validUntil: Day | null;
}

/** The person behind a form: to be recognised by, and what the rules ask. */
export interface Patient {
  readonly patientRef: string;
  readonly name: string;
  readonly bornOn: Day;
  readonly sex: Sex;
  readonly doses: readonly GivenDose[];
  readonly facts: readonly Fact[];
}

/** A form that was used, with the dose it gave. */
export interface TicketUse {
  readonly formNumber: string;
  readonly recordId: string;
  /** Null where no dose was given. */
  readonly product: string | null;
  readonly vaccinatedOn: Day;
}

/** A form that somebody of an institution has in hand. */
export interface OpenTicket {
  readonly ticket: Ticket;
  readonly patient: Patient;
  /** The forms of the person that were used at clinics, as they stood when this one was looked at. */
  readonly uses: readonly TicketUse[];
}

/** A medical institution under contract at one time or another. */
export interface ClinicInstitution {
  readonly institutionCode: string;
  readonly name: string;
  readonly contracts: readonly ClinicContract[];
}

/** A contract with the municipality; days are included, null is open. */
export interface ClinicContract {
  readonly from: Day | null;
  readonly to: Day | null;
  /** The programmes it is for; null for all. */
  readonly programmes: readonly string[] | null;
}

/** What is known of institutions, packages and lots. */
export interface ClinicMasters {
  readonly institutions: ReadonlyMap<string, ClinicInstitution>;
  readonly packages: ReadonlyMap<string, { readonly product: string; readonly manufacturerCode: string | null }>;
  /** Last days of use by product and folded lot number, as the office knows them. */
  readonly lots: ReadonlyMap<string, ReadonlyMap<string, Day>>;
  readonly recalls: readonly {
    readonly product: string;
    readonly lotNumber: string;
    readonly recalledOn: Day;
    readonly reason: string;
  }[];
}
