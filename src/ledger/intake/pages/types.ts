import type { Day, PersonId } from '#kernel';
import type { ExplainedFinding } from '#platform/findings';
import type { BatchSummary, FormerAnswer, IntakeRow, RowEvent } from '../types.ts';

/** A person as a row shows one. */
export interface RowPerson {
  readonly personId: PersonId;
  readonly addresseeNumber: string;
  readonly name: string;
  readonly kana: string;
  readonly bornOn: Day | null;
}

/** A person whom a row may mean, with what speaks for it in words. */
export interface RowChoice extends RowPerson {
  readonly likeness: readonly string[];
}

/** Something that was done to a row, with its questions of then in words. */
export interface RowEventView {
  readonly event: RowEvent;
  readonly titles: readonly string[];
}

/** A row of the work list with every code turned into words. */
export interface RowView {
  readonly row: IntakeRow;
  readonly person: RowPerson | null;
  /** What the sender wrote of the person. */
  readonly sentKana: string | null;
  readonly sentNumber: string | null;
  readonly vaccineName: string | null;
  readonly doseNumber: number | string | null;
  readonly institutionName: string | null;
  /** The register of institutions knows the code. */
  readonly isInstitutionKnown: boolean;
  readonly findings: readonly ExplainedFinding[];
  /** What was answered to the same form before, in a batch that is gone; a proposal. */
  readonly former: FormerAnswer | null;
}

/** One kind of question in a batch, with its sentence. */
export interface QuestionKind {
  readonly code: string;
  readonly title: string;
  readonly count: number;
}

/** Open rows with exactly the same questions: they can be answered together. */
export interface QuestionGroup {
  readonly codes: readonly string[];
  readonly titles: readonly string[];
  readonly count: number;
}

/** A batch with what is open. */
export interface BatchView {
  readonly batch: BatchSummary;
  readonly questions: readonly QuestionKind[];
  readonly groups: readonly QuestionGroup[];
}

/** A row of several that could not be answered, and why. */
export interface UnansweredRow {
  readonly ordinal: number;
  readonly why: string;
}
