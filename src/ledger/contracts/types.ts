import type { Day, Finding } from '#kernel';

/** A span in which an institution is under contract; both ends inclusive, null is open. */
export interface ContractPeriod {
  readonly from: Day | null;
  readonly to: Day | null;
}

/** A medical institution (契約医療機関) with every contract period known. */
export interface Institution {
  readonly institutionCode: string;
  readonly name: string;
  readonly contracts: readonly ContractPeriod[];
}

/** The institutions of a municipality by code. */
export type Institutions = ReadonlyMap<string, Institution>;

/** One institution with one contract period and its bank account, as a feed tells it. */
export interface InstitutionState {
  readonly institutionCode: string;
  readonly name: string;
  readonly postalCode: string | null;
  readonly address: string | null;
  readonly phone: string | null;
  readonly contractedFrom: Day | null;
  readonly contractedTo: Day | null;
  readonly bankCode: string | null;
  readonly branchCode: string | null;
  readonly accountKind: string | null;
  readonly accountNumber: string | null;
  readonly accountHolderKana: string | null;
}

/** An institution as a list shows it: its present state, without the bank account. */
export interface InstitutionSummary {
  readonly institutionCode: string;
  readonly name: string;
  readonly postalCode: string | null;
  readonly address: string | null;
  readonly phone: string | null;
  readonly contracts: readonly ContractPeriod[];
  readonly isUnderContract: boolean;
  readonly findings: readonly Finding[];
}
