import type { Day, PersonId, Sex } from '#kernel';
import type { BirthDate, BirthDatePrecision } from './birth-date.ts';

/** What the register said of a person (住民情報の項目) as a row brings it and a version holds it, before protection is decided. */
export interface RegisterItems {
  readonly name: string;
  readonly kana: string;
  /** `YYYY-MM-DD`, `YYYY-MM` or `YYYY` as far as it is known. */
  readonly birthText: string | null;
  readonly sex: Sex;
  readonly machiazaId: string | null;
  readonly block: string | null;
  readonly branch: string | null;
  readonly subBranch: string | null;
  readonly address: string | null;
  readonly building: string | null;
  readonly phone: string | null;
  readonly householdNumber: string | null;
  readonly postalCode: string | null;
  readonly relation: string | null;
  readonly isCancelled: boolean;
  readonly isNonRegistered: boolean;
  readonly isForeigner: boolean;
  readonly foreignKana: string | null;
  readonly foreignName: string | null;
  readonly becameResidentOn: Day | null;
  readonly ceasedResidentOn: Day | null;
  readonly changeReason: string | null;
  readonly changedOn: Day | null;
  readonly residencyChangeReason: string | null;
  readonly residencyChangedOn: Day | null;
  readonly previousAddress: string | null;
  readonly previousBuilding: string | null;
  readonly nextAddress: string | null;
  readonly nextBuilding: string | null;
  readonly isProtected: boolean;
  readonly diedOn: Day | null;
  readonly commonName: string | null;
  readonly formerFamilyName: string | null;
  readonly nationality: string | null;
  readonly guardianNumber: string | null;
  readonly email: string | null;
}

/** One row of the resident register, read and typed: the items, whose they are, and the birth date understood. */
export interface ResidentRow extends RegisterItems {
  readonly addresseeNumber: string;
  readonly birthDate: BirthDate;
}

/** What a person is to this municipality on a day. */
export type ResidenceState = 'resident' | 'notYetResident' | 'movedOut' | 'dead' | 'nonRegistered' | 'cancelled';

/** One unbroken time as resident (住民であった期間); `ceasedOn` is null while it lasts. */
export interface ResidencyPeriod {
  readonly becameOn: Day | null;
  readonly ceasedOn: Day | null;
  readonly ceasedReason: string | null;
}

/** What judging, matching and listing need of a person, in bulk and without any address. */
export interface PersonOnRecord {
  readonly personId: PersonId;
  readonly addresseeNumber: string;
  readonly kana: string;
  readonly name: string;
  readonly kanaKey: string;
  readonly nameKey: string;
  readonly bornOn: Day | null;
  readonly birthDatePrecision: BirthDatePrecision;
  readonly isBirthDateUncertain: boolean;
  readonly sex: Sex;
  readonly becameResidentOn: Day | null;
  readonly ceasedResidentOn: Day | null;
  readonly ceasedReason: string | null;
  readonly diedOn: Day | null;
  /** Every period as resident, oldest first; for most people one. */
  readonly residencies: readonly ResidencyPeriod[];
  readonly isProtected: boolean;
  readonly isNonRegistered: boolean;
  readonly isCancelled: boolean;
  readonly machiazaId: string | null;
  readonly version: number;
  /** Where records of one person are linked (同一人の結び付け), the one that stands for all; null for everybody else. */
  readonly principalId: PersonId | null;
}

/** A person as a list shows one. `address` is null when the register has none or it is hidden. */
export interface PersonSummary {
  readonly personId: PersonId;
  readonly addresseeNumber: string;
  readonly name: string;
  readonly kana: string;
  readonly bornOn: Day | null;
  readonly birthDatePrecision: BirthDatePrecision;
  /** `1954-08-25(昭和29年8月25日)`, with 不詳 for what is unknown. */
  readonly birthText: string;
  readonly sex: Sex;
  readonly ageYears: number | null;
  readonly address: string | null;
  /** The person or somebody of the household is protected (支援措置): address and household are withheld. */
  readonly isAddressHidden: boolean;
  readonly isProtected: boolean;
  readonly state: ResidenceState;
  readonly diedOn: Day | null;
  readonly householdNumber: string | null;
  readonly relation: string | null;
  /** The record that stands for this one where records of one person are linked; null for everybody else. */
  readonly principalId: PersonId | null;
}
