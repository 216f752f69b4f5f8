import type { Day, PersonId } from '#kernel';

/** What became of a printed form: valid, replaced by another number, or cancelled without one. */
export type FormState = 'issued' | 'reissued' | 'cancelled';

/** Why a form was printed: for a cohort, for one person, or in place of another number. */
export type IssueReason = 'cohort' | 'single' | 'reissue';

/** What a numbered paper is: a questionnaire or a coupon is used for a dose, a letter only says something. */
export type FormDocument = 'screening' | 'coupon' | 'letter';

/** Papers that are used for a dose: a person holds at most one live of each kind for it. */
export type DosePaper = Exclude<FormDocument, 'letter'>;

/** A form about to be printed: whose, for which dose, until when it can be used. */
export interface NewForm {
  readonly formNumber: string;
  readonly personId: PersonId;
  readonly programme: string;
  readonly stage: string;
  readonly document: FormDocument;
  readonly doseNumber: number | null;
  readonly layoutId: string;
  readonly issuedOn: Day;
  /** The last legal day of the dose as known now; null where it is open. */
  readonly validUntil: Day | null;
  readonly issueReason: IssueReason;
  /** What staff wrote; no name, no number. */
  readonly remark: string | null;
  readonly printJobId: number | null;
}

/** One line of the register of form numbers (発行番号簿). */
export interface FormOnRecord extends NewForm {
  readonly state: FormState;
  readonly replacedBy: string | null;
  readonly changedOn: Day | null;
  readonly changeReason: string | null;
  readonly staffName: string;
}
