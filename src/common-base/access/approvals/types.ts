import type { Decision, Finding, PersonId, StaffId } from '#kernel';
import type { Tx } from '#platform/postgres';
import type { Permission } from '../permission-table.ts';
import type { Actor, StaffMember } from '../types.ts';

/** What a request is about: ids and codes, never names or numbers of people. */
export type ApprovalSubject = Readonly<Record<string, string | number | null>>;

/** Where a request stands; `expired` is an open one whose time has passed. */
export type ApprovalState = 'open' | 'done' | 'declined' | 'withdrawn' | 'expired';

/** A request as kept. */
export interface ApprovalRequest {
  readonly requestId: number;
  readonly kind: string;
  readonly subject: ApprovalSubject;
  readonly reason: string;
  readonly requestedBy: StaffId;
  readonly requesterName: string;
  /** The person behind the requesting account. */
  readonly requestedPerson: StaffId;
  readonly requestedAt: Date;
  readonly expiresAt: Date;
  readonly state: ApprovalState;
  readonly deciderName: string | null;
  readonly decidedAt: Date | null;
  readonly note: string | null;
}

/** Who asked and who approved, at the moment in which the thing is done. */
export interface ApprovedBy {
  readonly requester: StaffMember;
  readonly approver: Actor;
  readonly at: Date;
  readonly requestId: number;
  /** Why it was asked for, in the requester's words. */
  readonly reason: string;
}

/**
 * A kind of thing that two people do together. A room registers its kinds with `addApprovalKind`; asking, listing,
 * approving, the two different people and the audit rows are the same for all.
 */
export interface ApprovalKind {
  /** `<room>.<noun>`. */
  readonly kind: string;
  readonly nameJa: string;
  readonly requestPermission: Permission;
  readonly approvePermission: Permission;
  /** Days after which a request that nobody decided lapses. */
  readonly daysOpen: number;
  /** What the approver reads of the subject, as terms and their values. */
  describe(tx: Tx, subject: ApprovalSubject): Promise<readonly (readonly [string, string])[]>;
  /** Whose data `describe` shows: every view of a person stands in the log (CB-04). */
  listPersonIds?(tx: Tx, subject: ApprovalSubject): Promise<readonly PersonId[]>;
  /** What forbids the request already when it is made. */
  findFaults(tx: Tx, requester: Actor, subject: ApprovalSubject): Promise<readonly Finding[]>;
  /** Does what was asked, in the transaction of the approval; a refusal leaves the request open. */
  carryOut(tx: Tx, by: ApprovedBy, subject: ApprovalSubject): Promise<Decision<null>>;
}
