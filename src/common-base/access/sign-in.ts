import { type ActBy, recordAct } from '#common-base/audit';
import { formatIsoDay, type LgCode, type StaffId } from '#kernel';
import { type Clock, todayInTokyo } from '#platform/clock';
import { type Database, type Tx, withMunicipality } from '#platform/postgres';
import type { AccessSettings } from './access-settings.ts';
import { decidePlace, type PlaceRefusal } from './decide-place.ts';
import { hashPassword, isOutdatedHash, isPasswordOf } from './password-hash.ts';
import { endSessionOfToken, startSession } from './session.ts';
import { clearAttempts, countFailures, forgetOldAttempts, reserveAttempt } from './sign-in-delay.ts';
import { findStaffByAccount, insertPassword, isUsable, listPasswords, type StoredPassword } from './staff-store.ts';
import type { StaffMember } from './types.ts';

/** One try to sign in with a password. */
export interface SignInAttempt extends SignInPlace {
  readonly accountName: string;
  readonly password: string;
}

/** From where somebody signs in. */
export interface SignInPlace {
  readonly lgCode: LgCode;
  /** Network address. */
  readonly from: string;
  readonly browser: string;
  /** The terminal that the trusted proxy has named; null: none. */
  readonly terminal: string | null;
  /** The token the browser came with, if any: its session ends, so that no planted token lives on. */
  readonly oldToken: string | null;
}

/** What became of it; whether the account exists is never told. */
export type SignInResult =
  | { readonly kind: 'signedIn'; readonly token: string; readonly staffId: StaffId }
  | { readonly kind: 'delayed'; readonly until: Date }
  | { readonly kind: 'refused' };

/** Days for which a password made by the system opens the door. */
const initialPasswordDays = 7;

let decoy: Promise<string> | undefined;

/** A hash to compare with where there is no account, so that the answer takes as long as for one that exists. */
export function prepareDecoy(): Promise<string> {
  decoy ??= hashPassword('there is no such account');
  return decoy;
}

/**
 * Signs a person in or refuses. Every attempt is counted before the password is looked at and written to the log
 * after; a wrong name, a wrong password and a lapsed account get the same answer in the same time.
 */
export async function signIn(
  db: Database,
  clock: Clock,
  settings: AccessSettings,
  attempt: SignInAttempt,
): Promise<SignInResult> {
  const accountName = foldAccountName(attempt.accountName);
  const subjects = { account: accountName, address: attempt.from };
  const at = clock.now();
  const known = await withMunicipality(db, attempt.lgCode, async (tx) => {
    const failures = await countFailures(tx, accountName);
    const gate = await reserveAttempt(tx, at, subjects);
    const staff = await findStaffByAccount(tx, accountName);
    const [password] = staff === undefined ? [] : await listPasswords(tx, staff.staffId, 1);
    if (gate.lockedUntil !== null) await recordFailure(tx, attempt, staff, 'delayed');
    return { gate, staff, password, failures };
  });
  if (known.gate.lockedUntil !== null) return { kind: 'delayed', until: known.gate.lockedUntil };
  const isRight = await isPasswordOf(attempt.password, known.password?.hash ?? (await prepareDecoy()));
  const { staff, password } = known;
  const cause =
    refusalCause(staff, password, isRight, at, formatIsoDay(todayInTokyo(clock))) ??
    placeRefusal(settings, attempt, staff, at);
  return await withMunicipality(db, attempt.lgCode, async (tx) => {
    if (cause !== null || staff === undefined || password === undefined) {
      await recordFailure(tx, attempt, staff, cause ?? 'unknownAccount');
      return { kind: 'refused' };
    }
    await clearAttempts(tx, subjects);
    await forgetOldAttempts(tx, at);
    if (isOutdatedHash(password.hash)) {
      await insertPassword(tx, staff.staffId, await hashPassword(attempt.password), password.is_initial);
    }
    const token = await openSession(tx, { attempt, staff, at, failures: known.failures, settings });
    return { kind: 'signedIn', token, staffId: staff.staffId };
  });
}

/** Account names are lower case; full-width letters and blanks around them are forgiven. */
export function foldAccountName(text: string): string {
  return text.normalize('NFKC').trim().toLowerCase().slice(0, 200);
}

/** Begins the session of a person who has just proven to be it, ends the browser's former one, and answers its token. */
export async function openSession(
  tx: Tx,
  given: {
    attempt: SignInPlace;
    staff: StaffMember;
    at: Date;
    failures: number;
    settings: AccessSettings;
    secondFactorAt?: Date | null;
    signedInBy?: 'password' | 'openid';
  },
): Promise<string> {
  const { attempt, staff, at } = given;
  if (attempt.oldToken !== null) await endSessionOfToken(tx, attempt.oldToken, at);
  const memory = {
    previousSignInAt: staff.lastSignedInAt,
    previousSignInFrom: staff.lastSignedInFrom,
    failedSignInsSince: given.failures,
  };
  const begun = { staffId: staff.staffId, at, from: attempt.from, browser: attempt.browser };
  const { secondFactorAt = null, signedInBy = 'password' } = given;
  const session = { ...begun, memory, reason: null, secondFactorAt, signedInBy };
  const token = await startSession(tx, session, given.settings);
  const { rows } = await tx.client.query<{ others: number }>(
    `WITH seen AS (UPDATE staff_members SET last_signed_in_at = $3, last_signed_in_from = $4
       WHERE lg_code = $1 AND staff_id = $2)
     SELECT count(*)::int - 1 AS others FROM sessions
     WHERE lg_code = $1 AND staff_id = $2 AND ended_at IS NULL AND expires_at > $3 AND last_seen_at > $5`,
    [tx.lgCode, staff.staffId, at, attempt.from, new Date(at.getTime() - given.settings.idleMinutes * 60_000)],
  );
  // One person, one account: other sessions at the same time are for the auditor to see (同時利用の検知).
  const details = {
    otherSessions: rows[0]?.others ?? 0,
    failuresBefore: given.failures,
    signedInBy,
    ...(attempt.terminal === null ? {} : { terminal: attempt.terminal }),
  };
  await recordAct(tx, actBy(attempt, staff), { act: 'access.signedIn', details });
  return token;
}

function refusalCause(
  staff: StaffMember | undefined,
  password: StoredPassword | undefined,
  isRight: boolean,
  at: Date,
  today: string,
): string | null {
  if (staff === undefined || password === undefined) return 'unknownAccount';
  if (!isRight) return 'wrongPassword';
  if (!isUsable(staff, today)) return staff.disabledAt === null ? 'accountExpired' : 'accountDisabled';
  const age = at.getTime() - password.set_at.getTime();
  return password.is_initial && age > initialPasswordDays * 86_400_000 ? 'initialPasswordExpired' : null;
}

/** What the municipality's rules have against signing in now and from there (`placeRules`). */
export function placeRefusal(
  settings: AccessSettings,
  { from, terminal }: SignInPlace,
  staff: StaffMember | undefined,
  at: Date,
): PlaceRefusal | null {
  if (staff === undefined) return null;
  const { department, roles } = staff;
  return decidePlace(settings.placeRules, settings.closedDays, { of: 'signIn', department, roles, from, terminal, at });
}

/** Notes a refusal. What was typed as a name is not kept: it may be a password in the wrong field. */
export async function recordFailure(
  tx: Tx,
  attempt: SignInPlace,
  staff: StaffMember | undefined,
  cause: string,
): Promise<void> {
  await recordAct(tx, actBy(attempt, staff), { act: 'access.signInRefused', outcome: 'refused', details: { cause } });
}

/** Who acts in a sign-in: the person where known. */
export function actBy(attempt: SignInPlace, staff: StaffMember | undefined): ActBy {
  return {
    lgCode: attempt.lgCode,
    staffId: staff?.staffId ?? null,
    staffName: staff?.displayName ?? '(不明)',
    via: 'web',
    from: attempt.from,
    osUser: null,
    reason: null,
  };
}
