import type { ActBy } from '#common-base/audit';
import type { LgCode, StaffId } from '#kernel';
import type { Clock } from '#platform/clock';
import type { Log } from '#platform/log';
import type { Database } from '#platform/postgres';
import type { Permission, Rank, Role } from './permission-table.ts';

/** Who acts, with what that person may do at this moment. */
export interface Actor extends ActBy {
  readonly roles: readonly Role[];
  readonly permissions: ReadonlySet<Permission>;
}

/** What an action gets that opens its own transactions. */
export interface ActionContext {
  readonly db: Database;
  readonly actor: Actor;
  readonly clock: Clock;
  readonly log?: Log;
  readonly onProgress?: (done: number, total: number | null) => void;
}

/** A member of staff as lists show it. */
export interface StaffMember {
  readonly lgCode: LgCode;
  readonly staffId: StaffId;
  readonly accountName: string;
  readonly displayName: string;
  readonly department: string;
  readonly roles: readonly Role[];
  /** `YYYY-MM-DD`, the last day of use; null without end. */
  readonly expiresOn: string | null;
  readonly disabledAt: Date | null;
  readonly mustChangePassword: boolean;
  readonly isDemonstration: boolean;
  readonly lastSignedInAt: Date | null;
  readonly lastSignedInFrom: string | null;
  /** The daily account of the same person, where this is a second one; null for the daily account itself. */
  readonly personStaffId: StaffId | null;
  readonly rank: Rank;
  /** The department carries out 個人番号利用事務. */
  readonly isInCharge: boolean;
  /** Permissions lent and not taken back; some may be over. */
  readonly grants: readonly LentPermission[];
}

/** A permission lent for a time. */
export interface LentPermission {
  readonly grantId: number;
  readonly permission: string;
  /** `YYYY-MM-DD`, the last day of use. */
  readonly expiresOn: string;
}

/** Where a session stands with the second factor: `enrol` where the duties need one and the person has none yet. */
export type SecondFactorState = 'notNeeded' | 'ask' | 'enrol' | 'passed';

/** What a session knows beside its person. */
export interface SessionInfo {
  readonly sessionId: number;
  readonly signedInAt: Date;
  /** 処理事由 of the working context; null until it is chosen. */
  readonly reason: string | null;
  readonly previousSignInAt: Date | null;
  readonly previousSignInFrom: string | null;
  readonly failedSignInsSince: number;
  readonly mustChangePassword: boolean;
  readonly secondFactor: SecondFactorState;
  readonly secondFactorAt: Date | null;
  /** When the password was last given in this session. */
  readonly confirmedAt: Date;
  /** The screen was left: nothing opens until the password is given again. */
  readonly isLocked: boolean;
  /** Minutes without use after which the screen is locked. */
  readonly lockMinutes: number;
  /** Something in how the person signs in was changed, and they have not seen it yet. */
  readonly hasAccountNotice: boolean;
}
