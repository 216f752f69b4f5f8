import type { Day, Sex } from '#kernel';
import type { DayAfter, DayOfLife } from './day-expression.ts';
import type { Lottery } from './random.ts';
import type { VaccineLine } from './vaccine-lines.ts';

/** One dose of a series: when it may lawfully be given, when people usually come, how many come at all. */
export interface SeriesStep {
  readonly doseNumber: number;
  readonly begin: DayOfLife;
  readonly end: DayOfLife;
  readonly usualBegin: DayOfLife | null;
  /** Legal minimum after the previous dose. */
  readonly after: DayAfter | null;
  /** Legal minimum after the first dose. */
  readonly afterFirst: DayAfter | null;
  readonly usualAfter: DayAfter | null;
  readonly spreadDays: number;
  readonly uptake: number;
}

/** A vaccine's doses in their order, with the vendor's code and what the vendor's forms say of it. */
export interface Series {
  readonly name: string;
  readonly code: string;
  readonly sex: Sex | null;
  readonly bornFrom: Day | null;
  readonly bornTo: Day | null;
  readonly givenFrom: Day | null;
  readonly maker: string;
  readonly volumeMl: string;
  /** Injected live vaccines keep 27 clear days from each other. */
  readonly isLive: boolean;
  readonly steps: readonly SeriesStep[];
}

/** A vaccine given once every winter from an age on. */
export interface Season {
  readonly name: string;
  readonly code: string;
  readonly begin: DayOfLife;
  readonly firstSeason: number;
  /** Month and day of the first and last day of the season. */
  readonly opens: readonly [number, number];
  readonly closes: readonly [number, number];
  readonly spreadDays: number;
  readonly uptake: number;
  readonly maker: string;
  readonly volumeMl: string;
}

/** A family name as it is spoken and as one family writes it. */
export interface FamilyName {
  readonly kana: string;
  readonly kanji: string;
}

/** A given name of the years in which it was given. */
export interface GivenName extends FamilyName {
  readonly sex: Sex;
  readonly bornFrom: number;
  readonly bornTo: number;
}

/** A foreign resident's name, and the Japanese name in daily use (通称) where there is one. */
export interface ForeignName {
  readonly sex: Sex;
  readonly kana: string;
  readonly name: string;
  readonly aliasKana: string;
  readonly aliasName: string;
}

/** A part of the town with its postcode and registering ward. */
export interface Town {
  readonly machiazaId: string;
  readonly name: string;
  readonly postalCode: string;
  readonly ward: string;
}

/** A building's name and how its rooms are written. */
export interface Building {
  readonly name: string;
  readonly room: string;
}

/** A kind of household and the age of its head. */
export interface HouseholdKind {
  readonly kind: string;
  readonly headAgeFrom: number;
  readonly headAgeTo: number;
}

/** Figures and codes of the profile that are no table. */
export interface ProfileOptions {
  readonly unknownVaccineCode: string;
  readonly otherLgCode: string;
  readonly prefectureDigits: string;
  readonly areaDigits: string;
  readonly shareForeign: number;
  readonly shareFromAbroad: number;
  readonly shareForeignersFromAbroad: number;
  readonly shareProtected: number;
  readonly shareNonRegistered: number;
  readonly shareMovedOut: number;
  readonly shareBornHere: number;
  readonly shareWelfare: number;
  readonly sharePhone: number;
  readonly shareTwins: number;
  readonly shareFirstOfApril: number;
  readonly shareSameName: number;
  readonly peoplePerFault: number;
  readonly peoplePerInstitution: number;
}

/** The vendor's code of a meaning, from the municipality's code tables read backwards. */
export type VendorCodes = Readonly<Record<string, string>>;

/** All that the stand-in system of the demonstration municipality is told; rows of its settings, never code. */
export interface DemoProfile {
  readonly lgCode: string;
  readonly municipalityName: string;
  readonly familyNames: Lottery<FamilyName>;
  readonly givenLotteries: ReadonlyMap<string, Lottery<GivenName>>;
  readonly foreignNames: ReadonlyMap<Sex, Lottery<ForeignName>>;
  readonly towns: Lottery<Town>;
  readonly buildings: Lottery<Building>;
  /** Addresses elsewhere in the country, and countries. */
  readonly places: readonly string[];
  readonly placesAbroad: readonly string[];
  /** Municipalities by prefecture and name, as their addresses begin. */
  readonly municipalityCodes: ReadonlyMap<string, string>;
  readonly households: Lottery<HouseholdKind>;
  readonly institutionKinds: Lottery<string>;
  readonly series: readonly Series[];
  readonly seasons: readonly Season[];
  readonly vaccineLines: readonly VaccineLine[];
  readonly options: ProfileOptions;
  readonly relationships: VendorCodes;
  readonly changeReasons: VendorCodes;
  /** Lines of codes.csv: kind, code, name. */
  readonly codeList: readonly (readonly [string, string, string])[];
}

/** The days that everything is made for. */
export interface Calendar {
  /** First day of the month after the clinic month: the day of the change feed. */
  readonly asOf: Day;
  readonly monthFrom: Day;
  readonly monthTo: Day;
  /** `2026-10`: part of file names. */
  readonly monthName: string;
}

/** One of a household before it has a name. */
export interface Member {
  readonly relation: string;
  readonly sex: Sex;
  readonly bornOn: Day;
}

/** Where a household lives. */
export interface Address {
  readonly town: Town;
  readonly block: number;
  readonly branch: number;
  readonly text: string;
  readonly building: string;
}

/** One resident (or removed resident) as the resident register tells it. */
export interface DemoPerson {
  readonly number: string;
  readonly householdNumber: string;
  readonly relation: string;
  readonly kana: string;
  readonly name: string;
  readonly foreignKana: string;
  readonly foreignName: string;
  readonly isForeigner: boolean;
  readonly sex: Sex;
  readonly bornOn: Day;
  readonly address: Address;
  readonly phone: string;
  readonly isNonRegistered: boolean;
  readonly isProtected: boolean;
  readonly becameResidentOn: Day;
  readonly ceasedResidentOn: Day | null;
  readonly diedOn: Day | null;
  readonly changeReason: string;
  readonly changedOn: Day;
  readonly previousAddress: string;
  readonly nextAddress: string;
}

/** One dose that was given. */
export interface DemoDose {
  readonly series: string;
  readonly code: string;
  readonly doseNumber: number;
  readonly on: Day;
  readonly maker: string;
  readonly volumeMl: string;
  readonly isLive: boolean;
  /** Given before moving in: the municipality knows the day, not the clinic. */
  readonly isElsewhere: boolean;
}

/** A contracted clinic. */
export interface Institution {
  readonly code: string;
  readonly name: string;
  readonly address: string;
  readonly postalCode: string;
  readonly phone: string;
  readonly contractedFrom: Day;
  readonly contractedTo: Day | null;
  readonly account: readonly [string, string, string];
  readonly doctors: readonly string[];
}

/** One line of the clinic month, in the vendor's words. */
export interface ClinicRow {
  readonly lgCode: string;
  readonly number: string;
  readonly kana: string;
  readonly birthDate: string;
  readonly sex: string;
  readonly code: string;
  readonly doseNumber: string;
  readonly vaccinatedOn: string;
  readonly outcome: string;
  readonly maker: string;
  readonly lot: string;
  readonly volumeMl: string;
  readonly institutionCode: string;
  readonly doctor: string;
  readonly temperature: string;
  readonly consent: string;
  readonly copayment: string;
  readonly image: string;
}

/** What was planted in a row and what the office must answer to it. */
export interface PlantedFault {
  readonly kind: string;
  readonly answer: 'accepted' | 'questioned' | 'refused';
}
