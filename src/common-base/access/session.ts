import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { LgCode, StaffId } from '#kernel';
import { type Database, gatherLookups, type Tx, withMunicipality } from '#platform/postgres';
import type { AccessSettings } from './access-settings.ts';
import { isUsable, type StaffRow, staffColumns, staffMemberOf } from './staff-store.ts';
import type { SecondFactorState, SessionInfo, StaffMember } from './types.ts';

/** How a session came to its end. */
export type SessionEnd = 'signedOut' | 'idle' | 'expired' | 'revoked' | 'replaced' | 'passwordChanged';

/** A living session with the person behind it. */
export interface LiveSession {
  readonly info: SessionInfo;
  readonly staff: StaffMember;
}

/** A session in the list a person sees of their own. */
export interface ListedSession {
  readonly sessionId: number;
  readonly startedAt: Date;
  readonly lastSeenAt: Date;
  readonly remoteAddress: string;
  readonly browser: string;
}

/** What a new session remembers of the sign-in before it. */
export interface SignInMemory {
  readonly previousSignInAt: Date | null;
  readonly previousSignInFrom: string | null;
  readonly failedSignInsSince: number;
}

/** 256 random bits, as text for a cookie. */
export function drawToken(): string {
  return randomBytes(32).toString('base64url');
}

/** The proof that a form came from our own page, bound to a cookie's token and worth nothing without it. */
export function csrfTokenOf(token: string): string {
  return createHmac('sha256', token).update('sesshu csrf 1').digest('base64url');
}

/** Whether a form brought the proof that belongs to a token. */
export function isCsrfTokenOf(token: string, given: string | undefined): boolean {
  const wanted = Buffer.from(csrfTokenOf(token));
  const brought = Buffer.from(given ?? '');
  return wanted.length === brought.length && timingSafeEqual(wanted, brought);
}

/** What a session begins with. */
export interface NewSession {
  readonly staffId: StaffId;
  readonly at: Date;
  readonly from: string;
  readonly browser: string;
  readonly memory: SignInMemory;
  readonly reason: string | null;
  /** When the second factor was shown in the session that this one goes on from; null at a sign-in. */
  readonly secondFactorAt: Date | null;
  readonly signedInBy: 'password' | 'openid';
}

/** Begins a session under a fresh token, which is answered once and stored nowhere. */
export async function startSession(tx: Tx, session: NewSession, settings: AccessSettings): Promise<string> {
  const token = drawToken();
  await tx.client.query(
    `INSERT INTO sessions (lg_code, token_hash, staff_id, started_at, last_seen_at, confirmed_at, expires_at,
       remote_address, browser, previous_sign_in_at, previous_sign_in_from, failed_sign_ins_since, reason,
       second_factor_at, signed_in_by)
     VALUES ($1, $2, $3, $4, $4, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      tx.lgCode,
      tokenHash(token),
      session.staffId,
      session.at,
      new Date(session.at.getTime() + settings.sessionHours * 3_600_000),
      session.from,
      session.browser.slice(0, 200),
      session.memory.previousSignInAt,
      session.memory.previousSignInFrom,
      session.memory.failedSignInsSince,
      session.reason,
      session.secondFactorAt,
      session.signedInBy,
    ],
  );
  return token;
}

interface SessionRow {
  readonly token_hash: Buffer;
  readonly session_id: number;
  readonly started_at: Date;
  readonly last_seen_at: Date;
  readonly expires_at: Date;
  readonly reason: string | null;
  readonly previous_sign_in_at: Date | null;
  readonly previous_sign_in_from: string | null;
  readonly failed_sign_ins_since: number;
  readonly password_set_at: Date | null;
  readonly second_factor_at: Date | null;
  readonly confirmed_at: Date;
  readonly locked_at: Date | null;
  readonly signed_in_by: 'password' | 'openid';
  readonly has_second_factor: boolean;
  readonly has_account_notice: boolean;
}

type SessionOnRecord = SessionRow & StaffRow;

/** What a session is judged by. */
export interface SessionQuestion {
  readonly at: Date;
  /** `YYYY-MM-DD` in Tokyo. */
  readonly today: string;
  /** Whether a person is behind the request; a page that asks for news by itself keeps nobody signed in. */
  readonly isActivity: boolean;
  readonly settings: AccessSettings;
}

interface SessionJudgement {
  /** Undefined where the session is over. */
  readonly live: LiveSession | undefined;
  readonly change: 'lock' | 'touch' | SessionEnd | null;
}

/** The sessions of some tokens that were not ended, by token. */
async function loadSessions(tx: Tx, tokens: readonly string[]): Promise<ReadonlyMap<string, SessionOnRecord>> {
  const { rows } = await tx.client.query<SessionOnRecord>({
    name: 'access-load-sessions',
    text: selectSessions,
    values: [tx.lgCode, tokens.map(tokenHash)],
  });
  const byHash = new Map(rows.map((row) => [row.token_hash.toString('hex'), row]));
  return new Map(
    tokens.flatMap((token) => {
      const row = byHash.get(tokenHash(token).toString('hex'));
      return row === undefined ? [] : [[token, row] as const];
    }),
  );
}

/**
 * The living session of a token, with its person's present duties; locks it when it was left for a while, ends it when
 * it was left too long, is too old, or its person may no longer work. Undefined when there is none.
 */
export type SessionFinder = (
  lgCode: LgCode,
  token: string,
  question: SessionQuestion,
) => Promise<LiveSession | undefined>;

/** Finds sessions for all requests of a process. */
export function openSessionFinder(db: Database): SessionFinder {
  const rowOf = gatherLookups(db, loadSessions);
  return async (lgCode, token, question) => {
    const row = await rowOf(lgCode, token);
    if (row === undefined) return undefined;
    const { live, change } = judgeSession(row, question);
    if (change !== null)
      await withMunicipality(db, lgCode, (tx) => keepChange(tx, row.session_id, question.at, change));
    return live;
  };
}

async function keepChange(
  tx: Tx,
  sessionId: number,
  at: Date,
  change: NonNullable<SessionJudgement['change']>,
): Promise<void> {
  if (change === 'lock') await lockSession(tx, sessionId, at);
  else if (change === 'touch') await touchSession(tx, sessionId, at);
  else await endSession(tx, sessionId, at, change);
}

function judgeSession(row: SessionOnRecord, { at, today, isActivity, settings }: SessionQuestion): SessionJudgement {
  const staff = staffMemberOf(row);
  const end = endOf(row, staff, at, today, settings);
  if (end !== undefined) return { live: undefined, change: end };
  const isLocked = row.locked_at !== null || unusedMs(row, at) > settings.lockMinutes * 60_000;
  const live = { staff, info: infoOf(row, staff, { at, isLocked }, settings) };
  if (isLocked) return { live, change: row.locked_at === null ? 'lock' : null };
  // A locked session grows no younger: it ends in its time, whoever looks at its door.
  return { live, change: isActivity && unusedMs(row, at) > 60_000 ? 'touch' : null };
}

/** Locks the screen of a session until its person gives the password again. */
export async function lockSession(tx: Tx, sessionId: number, at: Date): Promise<void> {
  await tx.client.query(
    'UPDATE sessions SET locked_at = $3 WHERE lg_code = $1 AND session_id = $2 AND locked_at IS NULL',
    [tx.lgCode, sessionId, at],
  );
}

/**
 * Notes that the person of a session has just given the password again; this opens a locked screen. The session goes on
 * under a fresh token, which is answered once.
 */
export async function confirmSession(tx: Tx, sessionId: number, at: Date): Promise<string> {
  const token = drawToken();
  await tx.client.query(
    `UPDATE sessions SET confirmed_at = $3, last_seen_at = $3, locked_at = NULL, token_hash = $4
     WHERE lg_code = $1 AND session_id = $2 AND ended_at IS NULL`,
    [tx.lgCode, sessionId, at, tokenHash(token)],
  );
  return token;
}

/** Notes that the second factor was shown, and goes on under a fresh token, which is answered once. */
export async function raiseSession(tx: Tx, sessionId: number, at: Date): Promise<string> {
  const token = drawToken();
  await tx.client.query(
    `UPDATE sessions SET second_factor_at = $3, last_seen_at = $3, token_hash = $4
     WHERE lg_code = $1 AND session_id = $2 AND ended_at IS NULL`,
    [tx.lgCode, sessionId, at, tokenHash(token)],
  );
  return token;
}

/** Keeps the question that a passkey is to answer, in place of an earlier one. */
export async function setPasskeyChallenge(tx: Tx, sessionId: number, challenge: string, at: Date): Promise<void> {
  await tx.client.query(
    'UPDATE sessions SET passkey_challenge = $3, passkey_challenge_at = $4 WHERE lg_code = $1 AND session_id = $2',
    [tx.lgCode, sessionId, challenge, at],
  );
}

/** Takes the question out, so that it is answered once; null where there is none of the last five minutes. */
export async function takePasskeyChallenge(tx: Tx, sessionId: number, at: Date): Promise<string | null> {
  const { rows } = await tx.client.query<{ challenge: string | null; asked_at: Date | null }>(
    `WITH asked AS (
       SELECT passkey_challenge AS challenge, passkey_challenge_at AS asked_at FROM sessions
       WHERE lg_code = $1 AND session_id = $2 FOR UPDATE)
     UPDATE sessions s SET passkey_challenge = NULL, passkey_challenge_at = NULL FROM asked
     WHERE s.lg_code = $1 AND s.session_id = $2 RETURNING asked.challenge, asked.asked_at`,
    [tx.lgCode, sessionId],
  );
  const row = rows[0];
  if (row === undefined || row.asked_at === null) return null;
  return at.getTime() - row.asked_at.getTime() <= 5 * 60_000 ? row.challenge : null;
}

async function touchSession(tx: Tx, sessionId: number, at: Date): Promise<void> {
  await tx.client.query('UPDATE sessions SET last_seen_at = $3 WHERE lg_code = $1 AND session_id = $2', [
    tx.lgCode,
    sessionId,
    at,
  ]);
}

function unusedMs(row: SessionRow, at: Date): number {
  return at.getTime() - row.last_seen_at.getTime();
}

function endOf(
  row: SessionRow,
  staff: StaffMember,
  at: Date,
  today: string,
  settings: AccessSettings,
): SessionEnd | undefined {
  if (row.expires_at <= at) return 'expired';
  if (unusedMs(row, at) > settings.idleMinutes * 60_000) return 'idle';
  return isUsable(staff, today) ? undefined : 'revoked';
}

function infoOf(
  row: SessionRow,
  staff: StaffMember,
  now: { readonly at: Date; readonly isLocked: boolean },
  settings: AccessSettings,
): SessionInfo {
  const { at } = now;
  const passwordDays = row.password_set_at === null ? 0 : (at.getTime() - row.password_set_at.getTime()) / 86_400_000;
  const isPasswordOld = settings.passwordDaysMax !== null && passwordDays > settings.passwordDaysMax;
  return {
    sessionId: row.session_id,
    signedInAt: row.started_at,
    reason: row.reason,
    previousSignInAt: row.previous_sign_in_at,
    previousSignInFrom: row.previous_sign_in_from,
    failedSignInsSince: row.failed_sign_ins_since,
    mustChangePassword: row.signed_in_by === 'password' && (staff.mustChangePassword || isPasswordOld),
    secondFactor: secondFactorOf(row, staff, settings),
    secondFactorAt: row.second_factor_at,
    confirmedAt: row.confirmed_at,
    isLocked: now.isLocked,
    lockMinutes: settings.lockMinutes,
    hasAccountNotice: row.has_account_notice,
  };
}

/** Looked at anew with each request: a factor enrolled or a duty given meanwhile is asked for at once. */
function secondFactorOf(row: SessionRow, staff: StaffMember, settings: AccessSettings): SecondFactorState {
  if (row.second_factor_at !== null) return 'passed';
  if (row.has_second_factor) return 'ask';
  return staff.roles.some((role) => settings.secondFactorRoles.includes(role)) ? 'enrol' : 'notNeeded';
}

/** The sessions of a person that still live, newest first. */
export async function listSessions(
  tx: Tx,
  staffId: StaffId,
  at: Date,
  settings: AccessSettings,
): Promise<ListedSession[]> {
  const { rows } = await tx.client.query<ListedSession>(
    `SELECT session_id AS "sessionId", started_at AS "startedAt", last_seen_at AS "lastSeenAt",
       remote_address AS "remoteAddress", browser
     FROM sessions WHERE lg_code = $1 AND staff_id = $2 AND ended_at IS NULL AND expires_at > $3 AND last_seen_at > $4
     ORDER BY session_id DESC LIMIT 100`,
    [tx.lgCode, staffId, at, new Date(at.getTime() - settings.idleMinutes * 60_000)],
  );
  return rows;
}

/** Ends one session; whether it was still living. */
export async function endSession(tx: Tx, sessionId: number, at: Date, end: SessionEnd): Promise<boolean> {
  const { rowCount } = await tx.client.query(
    `UPDATE sessions SET ended_at = $3, end_kind = $4
     WHERE lg_code = $1 AND session_id = $2 AND ended_at IS NULL`,
    [tx.lgCode, sessionId, at, end],
  );
  return rowCount === 1;
}

/** Ends the living sessions of a person, all but one if so asked; how many they were. */
export async function endSessionsOf(
  tx: Tx,
  staffId: StaffId,
  options: { at: Date; end: SessionEnd; except?: number },
): Promise<number> {
  const { rowCount } = await tx.client.query(
    `UPDATE sessions SET ended_at = $3, end_kind = $4
     WHERE lg_code = $1 AND staff_id = $2 AND ended_at IS NULL AND session_id IS DISTINCT FROM $5`,
    [tx.lgCode, staffId, options.at, options.end, options.except ?? null],
  );
  return rowCount ?? 0;
}

/** Ends the session of a token, whoever's it is; for a browser that signs in anew. */
export async function endSessionOfToken(tx: Tx, token: string, at: Date): Promise<void> {
  await tx.client.query(
    `UPDATE sessions SET ended_at = $3, end_kind = 'replaced'
     WHERE lg_code = $1 AND token_hash = $2 AND ended_at IS NULL`,
    [tx.lgCode, tokenHash(token), at],
  );
}

/** Sets the 処理事由 of the working context. */
export async function setSessionReason(tx: Tx, sessionId: number, reason: string): Promise<void> {
  await tx.client.query('UPDATE sessions SET reason = $3 WHERE lg_code = $1 AND session_id = $2', [
    tx.lgCode,
    sessionId,
    reason,
  ]);
}

/** The cookie's text: the municipality beside the token, since no row can be read without it. */
export function sessionCookieValue(lgCode: LgCode, token: string): string {
  return `${lgCode}.${token}`;
}

/** Reads the cookie's text; undefined for anything that we did not write. */
export function readSessionCookie(value: string | undefined): { lgCode: LgCode; token: string } | undefined {
  const match = /^(\d{6})\.([\w-]{43})$/u.exec(value ?? '');
  if (match === null) return undefined;
  return { lgCode: match[1] as LgCode, token: match[2] ?? '' };
}

/** Sessions with their people, in one way to the database and back: it is asked before every page. */
const selectSessions = `
  SELECT s.token_hash, s.session_id, s.started_at, s.last_seen_at, s.expires_at, s.reason, s.previous_sign_in_at,
    s.previous_sign_in_from, s.failed_sign_ins_since, s.second_factor_at, s.confirmed_at, s.locked_at, s.signed_in_by,
    EXISTS (SELECT FROM second_factors f WHERE f.lg_code = s.lg_code AND f.staff_id = s.staff_id
      AND f.confirmed_at IS NOT NULL) AS has_second_factor,
    EXISTS (SELECT FROM account_notices n WHERE n.lg_code = s.lg_code AND n.staff_id = s.staff_id
      AND n.seen_at IS NULL) AS has_account_notice,
    (SELECT p.set_at FROM password_hashes p WHERE p.lg_code = s.lg_code AND p.staff_id = s.staff_id
     ORDER BY p.password_id DESC LIMIT 1) AS password_set_at,
    staff.*
  FROM sessions s CROSS JOIN LATERAL (
    SELECT ${staffColumns} FROM staff_members
    WHERE staff_members.lg_code = s.lg_code AND staff_members.staff_id = s.staff_id) staff
  WHERE s.lg_code = $1 AND s.token_hash = ANY ($2::bytea[]) AND s.ended_at IS NULL`;

function tokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
