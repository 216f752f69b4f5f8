import type { LgCode, PersonId, StaffId } from '#kernel';

/** Who acts, from where and why; every room passes it on unchanged. `reason` is the 処理事由 of the working context. */
export interface ActBy {
  readonly lgCode: LgCode;
  readonly staffId: StaffId | null;
  /** The name as it is now; it is kept with the act when the person is long gone. */
  readonly staffName: string;
  readonly via: 'web' | 'cli' | 'job';
  /** Network address or name of the terminal. */
  readonly from: string;
  /** The operating system's user of a command; null on the web. */
  readonly osUser: string | null;
  readonly reason: string | null;
}

/** Counts, ids and codes beside an act. Never names, numbers or addresses of people. */
export type ActDetails = Readonly<Record<string, string | number | boolean | null>>;

/** One thing done or refused: one row per command, however many people it touches. */
export interface Act {
  /** `<room>.<past participle>`, e.g. `persons.viewed`. */
  readonly act: string;
  readonly outcome?: 'done' | 'refused';
  readonly personIds?: readonly PersonId[];
  /** Names of the items seen or changed, never their values. */
  readonly items?: readonly string[];
  readonly details?: ActDetails;
}

/** An act as the log shows it. The personal fields are null once they were lawfully erased. */
export interface RecordedAct {
  readonly actId: number;
  /** `YYYY-MM-DD` in Asia/Tokyo. */
  readonly recordedOn: string;
  readonly recordedAt: Date;
  readonly act: string;
  readonly outcome: 'done' | 'refused';
  readonly staffId: StaffId | null;
  readonly staffName: string | null;
  readonly via: ActBy['via'];
  readonly from: string | null;
  readonly osUser: string | null;
  readonly reason: string | null;
  readonly items: readonly string[];
  readonly details: ActDetails;
  readonly personCount: number;
}

/** What of the log is asked for; days are inclusive, `YYYY-MM-DD` in Asia/Tokyo; all given conditions hold together. */
export interface ActFilter {
  readonly recordedFrom?: string;
  readonly recordedTo?: string;
  readonly staffId?: StaffId;
  readonly personId?: PersonId;
  /** A whole act (`persons.viewed`) or a room with a dot (`persons.`). */
  readonly act?: string;
  readonly outcome?: 'done' | 'refused';
}

/** One page of the log, newest first; `next` asks for the older page, null on the last. */
export interface ActPage {
  readonly acts: readonly RecordedAct[];
  readonly next: string | null;
}

/** The first row that differs from what was sealed, and in which way. */
export interface BadRow {
  readonly problem: AuditProblem;
  readonly sealNo: number | null;
  readonly recordedOn: string | null;
  readonly actId: number | null;
  /** One sentence for staff, in Japanese. */
  readonly message: string;
}

/** The ways in which a log can differ from its seals. */
export type AuditProblem =
  | 'actChanged'
  | 'actRemoved'
  | 'actInserted'
  | 'actsReordered'
  | 'personalFieldsChanged'
  | 'personUnknown'
  | 'sealChanged'
  | 'sealRemoved'
  | 'tailCut'
  | 'checkpointForged';

/** The result of checking the whole chain. */
export interface AuditVerification {
  readonly auditRows: number;
  readonly chain: 'ok' | { readonly firstBadRow: BadRow };
  readonly seals: number;
  readonly checkpoints: number;
}
