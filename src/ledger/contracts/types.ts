import type { Day, Finding } from '#kernel';

/** A span in which an institution is under contract; both ends inclusive, null is open. */
export interface ContractPeriod {
  readonly from: Day | null;
  readonly to: Day | null;
}

/** A contract: its span, and the programmes of rules/ that it is for; null is all that the municipality entrusts. */
export interface Contract extends ContractPeriod {
  readonly programmes: readonly string[] | null;
}

/** A medical institution (契約医療機関) with every contract period known. */
export interface Institution {
  readonly institutionCode: string;
  readonly name: string;
  readonly contracts: readonly Contract[];
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
  readonly contracts: readonly Contract[];
  readonly isUnderContract: boolean;
  readonly findings: readonly Finding[];
}

/** A contract as somebody writes it on a screen. */
export interface ContractTold extends InstitutionState {
  readonly programmes: readonly string[] | null;
  /** It was entered by mistake and never held. */
  readonly isRetired: boolean;
}

/** A version of a contract as it stands, or stood. */
export interface ContractVersion extends ContractTold {
  readonly versionId: number;
  readonly reason: string | null;
  readonly recordedAt: Date;
  readonly recordedByName: string | null;
  /** No newer version of the same contract stands beside it. */
  readonly isLatest: boolean;
}

/** What a contract pays for a dose or an interview (単価), in yen with tax; ends of days and ages are inclusive. */
export interface ContractPrice {
  /** 単価コード; with the first day it is what a price is known by. */
  readonly priceCode: string;
  readonly programme: string;
  /** Null: every product of the programme. */
  readonly product: string | null;
  readonly outcome: 'administered' | 'screeningOnly';
  /** Null: every institution under contract. */
  readonly institutionCode: string | null;
  /** Completed years on the day of the dose. */
  readonly ageFromYears: number | null;
  readonly ageToYears: number | null;
  readonly unitPriceYen: number;
  readonly validFrom: Day | null;
  readonly validTo: Day | null;
  readonly isRetired: boolean;
  readonly note: string | null;
}

/** A price as it holds, with its version. */
export interface PriceOnRecord extends ContractPrice {
  readonly versionId: number;
  readonly recordedAt: Date;
  readonly recordedByName: string;
}
