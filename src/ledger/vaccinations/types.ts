import type { BatchId, Day, EntryId, Finding, PersonId, StaffId } from '#kernel';
import type { RecordItemKey, RecordItems } from './record-items.ts';

/** Outcome of a 予診票 (実施区分): 実施, 予診のみ(見合せ), 未同意. */
export type Outcome = 'administered' | 'screeningOnly' | 'notConsented';

/** Class of a vaccination (接種区分): 定期, 任意, 臨時. */
export type VaccinationClass = 'routine' | 'voluntary' | 'temporary';

/** Where the office knows a fact from (記録の出所). */
export type EntrySource = 'clinic' | 'elsewhere' | 'handbookCopy' | 'abroad' | 'inquiry' | 'legacyLedger';

/** The fact itself, in the words of the rules, with the sender's own items beside it. */
export interface VaccinationFact {
  readonly outcome: Outcome;
  readonly vaccinatedOn: Day;
  readonly vaccinationClass: VaccinationClass;
  readonly programme: string | null;
  readonly stage: string | null;
  readonly product: string | null;
  readonly items: RecordItems;
  readonly source: EntrySource;
  /** Documented, or only reported by the person or guardian (確かさ). */
  readonly certainty: 'documented' | 'reported';
}

/** A fact to be entered for a person. */
export interface NewEntry extends VaccinationFact {
  readonly personId: PersonId;
  readonly findings: readonly Finding[];
  readonly reason: string | null;
  readonly runId: number | null;
  readonly runRow: number | null;
}

/** An entry as the ledger holds it. Of a retraction only the frame has meaning: `fact` is null. */
export interface LedgerEntry {
  readonly entryId: EntryId;
  readonly personId: PersonId;
  readonly kind: 'entry' | 'correction' | 'retraction';
  readonly replaces: EntryId | null;
  readonly reason: string | null;
  readonly fact: VaccinationFact | null;
  readonly findings: readonly Finding[];
  readonly batchId: BatchId | null;
  readonly batchRow: number | null;
  readonly runId: number | null;
  readonly recordedAt: Date;
  readonly recordedBy: StaffId | null;
  readonly recordedByName: string;
  /** Whether it is part of the current history. */
  readonly isCurrent: boolean;
}

/** What the current history tells of one record: enough to judge by, and to know the same record again. */
export interface DoseOnRecord {
  readonly entryId: EntryId;
  readonly vaccinatedOn: Day;
  readonly outcome: Outcome;
  readonly vaccinationClass: VaccinationClass;
  readonly programme: string | null;
  readonly stage: string | null;
  readonly product: string | null;
  readonly vaccineCode: string | null;
  /** 回数 as the sender counts. */
  readonly doseNumberAsSent: string | null;
}

/** What a correction may change of a fact. */
export interface FactChanges {
  readonly outcome?: Outcome;
  readonly vaccinatedOn?: Day;
  readonly vaccinationClass?: VaccinationClass;
  readonly programme?: string | null;
  readonly stage?: string | null;
  readonly product?: string | null;
  readonly items?: Readonly<Partial<Record<RecordItemKey, string | null>>>;
  readonly source?: EntrySource;
  readonly certainty?: 'documented' | 'reported';
}
