import type { Day } from '#kernel';

/**
 * One line of a municipality's table of vaccine codes: which programme, stage and product a sender's code and dose
 * number mean for a day of vaccination. Both ends of both ranges are inclusive; null is open.
 */
export interface VaccineCodeLine {
  readonly code: string;
  readonly doseFrom: number | null;
  readonly doseTo: number | null;
  readonly givenFrom: Day | null;
  readonly givenTo: Day | null;
  readonly programme: string;
  readonly stage: string;
  readonly product: string;
  /** What to take from the sender's running number to get the number within the stage. */
  readonly doseOffset: number;
  readonly name: string;
}

/** The table of vaccine codes, by code. */
export type VaccineMap = ReadonlyMap<string, readonly VaccineCodeLine[]>;

/** What a sender's code, dose number and day mean in the words of the rules. */
export interface MappedVaccine {
  readonly programme: string;
  /** Null where no dose number was told and the code runs through several stages. */
  readonly stage: string | null;
  readonly product: string;
  /** Number within the stage, from 1; null where the sender told none or one outside the series. */
  readonly doseNumber: number | null;
  /** The sender's name of the vaccine. */
  readonly name: string;
  /** Whether the series has a dose of that number. */
  readonly isInSeries: boolean;
  /** Whether the table knows the code for that day; otherwise the nearest line was taken. */
  readonly isInForce: boolean;
}
