import type { FeedRow } from '#common-base/linkage';
import type { Answer, BatchId, Day, EntryId, Finding, PersonId, Sex, StaffId } from '#kernel';
import type { MappedVaccine } from '#ledger/products';
import type { Outcome, RecordItems, VaccinationClass } from '#ledger/vaccinations';

/** A row as it stands in the batch: read by the layout, not yet understood. */
export interface ArrivedRow {
  /** Ordinal of the data row, first = 1. */
  readonly ordinal: number;
  /** Equal for the same form sent twice (see `rowKeyOf`). */
  readonly rowKey: string;
  readonly fields: Readonly<Record<string, string | null>>;
  readonly readFindings: readonly Finding[];
  /** The person whom a member of staff chose for the row. */
  readonly chosenPersonId: PersonId | null;
  /** The row of the file, where the batch is new; null in a recheck. */
  readonly feed: FeedRow | null;
}

/** What a row says, in the words of the rules; only rows that can have happened have one. */
export interface RowFact {
  readonly addresseeNumber: string | null;
  readonly kana: string | null;
  readonly bornOn: Day | null;
  readonly sex: Sex | null;
  readonly vaccinatedOn: Day;
  readonly outcome: Outcome;
  readonly vaccinationClass: VaccinationClass;
  readonly vaccineCode: string;
  readonly vaccine: MappedVaccine;
  /** 回数 as the sender counts. */
  readonly doseNumber: number | null;
  readonly items: RecordItems;
  /** Items that the sender left out and the masters know (a doctor's code of the name): they enter the ledger too. */
  readonly filled: Readonly<Record<string, string>>;
}

/** A row with what was found in it. */
export interface CheckedRow {
  /** The row as it arrived. */
  readonly row: ArrivedRow;
  readonly fact: RowFact | null;
  readonly personId: PersonId | null;
  readonly answer: Answer;
  readonly findings: readonly Finding[];
  /** Distinct codes of the questions, sorted: rows with equal codes can be answered together. */
  readonly questionCodes: readonly string[];
  /** Versions of the person and of the ledger that the check saw; null without a person. */
  readonly personVersion: number | null;
  readonly ledgerVersion: number | null;
}

/** How far a batch is. `reviewed`: no question is open. `committed`: its accepted rows are in the ledger. */
export type BatchState = 'received' | 'checked' | 'reviewed' | 'committed' | 'undone' | 'sentBack';

/** By which layout the rows of a batch were read. */
export interface LayoutOfBatch {
  readonly layoutName: string;
  /** Of the layout's text when the file was received; null of a batch of before that was kept. */
  readonly layoutDigest: string | null;
}

/** Which batches are looked for; all conditions hold together. */
export interface BatchFilter {
  /** `open`: rows of it still wait for an answer. */
  readonly state: BatchState | 'open' | null;
  /** Received in the month that begins on this day, in Tokyo. */
  readonly month: Day | null;
  /** Part of the file's name or of the sender, or the batch's own number; empty: any. */
  readonly text: string;
}

/** A batch as lists and its own page show it. */
export interface BatchSummary extends LayoutOfBatch {
  readonly batchId: BatchId;
  readonly fileName: string;
  readonly fileId: number;
  readonly sender: string | null;
  readonly asOf: Day;
  readonly state: BatchState;
  readonly rows: number;
  readonly accepted: number;
  readonly questioned: number;
  readonly refused: number;
  readonly openQuestions: number;
  readonly committed: number;
  readonly version: number;
  readonly receivedAt: Date;
  readonly receivedByName: string;
  readonly committedAt: Date | null;
  readonly committedByName: string | null;
  readonly closedAt: Date | null;
  readonly closedByName: string | null;
  readonly closeReason: string | null;
  /** The rules by which the rows were last checked; their texts are kept. Null before that was noted. */
  readonly rulesVersion: string | null;
}

/** What a member of staff decided about a questioned row. */
export type RowDecision = 'accept' | 'refuse' | 'sendBack';

/** A row of a batch as the work list shows it. */
export interface IntakeRow {
  readonly ordinal: number;
  /** Line of the file, first = 1. */
  readonly line: number;
  readonly raw: readonly string[];
  readonly fields: Readonly<Record<string, string | null>>;
  readonly personId: PersonId | null;
  readonly isPersonChosen: boolean;
  readonly programme: string | null;
  readonly stage: string | null;
  readonly product: string | null;
  readonly vaccinatedOn: Day | null;
  readonly outcome: Outcome | null;
  readonly answer: Answer;
  readonly findings: readonly Finding[];
  readonly questionCodes: readonly string[];
  readonly decision: RowDecision | null;
  readonly decisionReason: string | null;
  readonly decidedByName: string | null;
  readonly decidedAt: Date | null;
  /** 担当: who is to answer the row; null while nobody is. */
  readonly assignedTo: StaffId | null;
  readonly assignedToName: string | null;
  /** When a check after the first changed the row; null where it did not or the row was answered since. */
  readonly changedAt: Date | null;
  /** The ledger entry that the row became. */
  readonly entryId: EntryId | null;
  readonly version: number;
}

/** Something that was done to a row: an answer, its taking back, the choice of a person, a new check that changed it. */
export interface RowEvent {
  readonly kind: RowDecision | 'reopen' | 'otherPerson' | 'rechecked';
  readonly reason: string | null;
  /** What the check said of the row then; after a new check what it says since. */
  readonly answer: Answer;
  readonly questionCodes: readonly string[];
  readonly staffName: string;
  readonly recordedAt: Date;
}

/**
 * What was answered to the same row in a batch that was undone or sent back since: proposed to whoever answers it now,
 * never given by itself.
 */
export interface FormerAnswer {
  readonly batchId: BatchId;
  /** Null where the questions were others or only a person was chosen. */
  readonly decision: RowDecision | null;
  readonly reason: string | null;
  readonly decidedByName: string | null;
  readonly decidedAt: Date | null;
  /** Whom a member of staff chose for the row. */
  readonly chosenPersonId: PersonId | null;
}

/** How many rows wait with a question of one kind. */
export interface QuestionCount {
  readonly code: string;
  readonly count: number;
}
