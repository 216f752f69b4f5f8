import { createHash } from 'node:crypto';
import type { Tx } from '#platform/postgres';

/** Whom failures are counted for. */
export type DelayKind = 'account' | 'address';

/** How many failures pass without a delay: an office behind one address makes more of them than one person. */
const freeFailures: Readonly<Record<DelayKind, number>> = { account: 4, address: 30 };
const firstDelaySeconds = 15;
const longestDelaySeconds = 900;
/** After this time without a failure the counting begins anew. */
const forgottenAfterHours = 24;

/**
 * Seconds to wait after so many failures in a row: none at first, then doubling, at most fifteen minutes, so that
 * nobody can shut a colleague out for good.
 */
export function delaySecondsAfter(kind: DelayKind, failures: number): number {
  const over = failures - freeFailures[kind];
  if (over <= 0) return 0;
  return Math.min(longestDelaySeconds, firstDelaySeconds * 2 ** Math.min(over - 1, 10));
}

/** What the counters say of one attempt. */
export interface AttemptGate {
  /** When the next attempt is looked at; null when this one is. */
  readonly lockedUntil: Date | null;
}

/**
 * Counts an attempt as failed before its password is looked at, so that many at once gain nothing; while a delay
 * runs it is refused unseen and not counted. Names that do not exist are counted like those that do.
 */
export async function reserveAttempt(
  tx: Tx,
  at: Date,
  subjects: Readonly<Record<DelayKind, string>>,
): Promise<AttemptGate> {
  let lockedUntil: Date | null = null;
  // One order for all, so that two attempts never wait for each other.
  for (const kind of ['account', 'address'] as const) {
    const subject = subjectHash(subjects[kind]);
    const { rows } = await tx.client.query<{ failures: number; locked_until: Date | null }>(countAttempt, [
      tx.lgCode,
      kind,
      subject,
      at,
      new Date(at.getTime() - forgottenAfterHours * 3_600_000),
    ]);
    const row = rows[0];
    if (row === undefined) throw new Error('the attempt was not counted');
    if (row.locked_until !== null && row.locked_until > at) lockedUntil = later(lockedUntil, row.locked_until);
    else await setDelay(tx, kind, subject, at, delaySecondsAfter(kind, row.failures));
  }
  return { lockedUntil };
}

/** After the right password the account counts from nothing; the address forgives only this one attempt. */
export async function clearAttempts(tx: Tx, subjects: Readonly<Record<DelayKind, string>>): Promise<void> {
  await tx.client.query('DELETE FROM sign_in_delays WHERE lg_code = $1 AND kind = $2 AND subject = $3', [
    tx.lgCode,
    'account',
    subjectHash(subjects.account),
  ]);
  await tx.client.query(
    `UPDATE sign_in_delays SET failures = greatest(failures - 1, 0), locked_until = NULL
     WHERE lg_code = $1 AND kind = 'address' AND subject = $2`,
    [tx.lgCode, subjectHash(subjects.address)],
  );
}

/** Failures in a row for an account before this attempt, to be shown to its owner. */
export async function countFailures(tx: Tx, accountName: string): Promise<number> {
  const { rows } = await tx.client.query<{ failures: number }>(
    `SELECT failures FROM sign_in_delays WHERE lg_code = $1 AND kind = 'account' AND subject = $2`,
    [tx.lgCode, subjectHash(accountName)],
  );
  return rows[0]?.failures ?? 0;
}

/** Drops counters that nobody will ask for again. */
export async function forgetOldAttempts(tx: Tx, at: Date): Promise<void> {
  await tx.client.query('DELETE FROM sign_in_delays WHERE lg_code = $1 AND last_failed_at < $2', [
    tx.lgCode,
    new Date(at.getTime() - forgottenAfterHours * 3_600_000),
  ]);
}

// While a delay runs nothing is counted: hammering on does not make it longer.
const countAttempt = `
  INSERT INTO sign_in_delays AS d (lg_code, kind, subject, failures, last_failed_at, locked_until)
  VALUES ($1, $2, $3, 1, $4, NULL)
  ON CONFLICT (lg_code, kind, subject) DO UPDATE SET
    failures = CASE WHEN d.locked_until > $4 THEN d.failures WHEN d.last_failed_at < $5 THEN 1 ELSE d.failures + 1 END,
    last_failed_at = CASE WHEN d.locked_until > $4 THEN d.last_failed_at ELSE $4 END
  RETURNING failures, locked_until`;

async function setDelay(tx: Tx, kind: DelayKind, subject: Buffer, at: Date, seconds: number): Promise<void> {
  await tx.client.query(
    'UPDATE sign_in_delays SET locked_until = $4 WHERE lg_code = $1 AND kind = $2 AND subject = $3',
    [tx.lgCode, kind, subject, seconds === 0 ? null : new Date(at.getTime() + seconds * 1000)],
  );
}

function later(a: Date | null, b: Date): Date {
  return a !== null && a > b ? a : b;
}

function subjectHash(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
