import type { Tx } from '#platform/postgres';
import { deriveGuardAfterFailure, type GuardKind, type GuardState, isStopped } from './decide-guard.ts';

/** One of those whose wrong guesses are counted together. */
export interface GuardSubject {
  readonly kind: GuardKind;
  readonly key: string;
}

interface GuardRow {
  readonly subject: string;
  readonly failures: number;
  readonly first_failed_at: Date;
  readonly locked_until: Date | null;
}

/** Until when the first of the stopped subjects is stopped; undefined where all may go on. */
export async function findStop(tx: Tx, subjects: readonly GuardSubject[], at: Date): Promise<Date | undefined> {
  const states = await loadStates(tx, subjects);
  const stops = [...states.values()].flatMap((state) =>
    isStopped(state, at) && state.lockedUntil !== null ? [state.lockedUntil] : [],
  );
  return stops.sort((a, b) => b.getTime() - a.getTime())[0];
}

/** Counts one wrong guess for every subject. Locked in one order, so that two guesses at once never wait in a circle. */
export async function countFailure(tx: Tx, subjects: readonly GuardSubject[], at: Date): Promise<void> {
  const names = subjects.map(nameOf).sort();
  await tx.client.query(
    `INSERT INTO ticket_guards (lg_code, subject, failures, first_failed_at)
     SELECT $1, s, 0, $3 FROM unnest($2::text[]) AS s ORDER BY s ON CONFLICT DO NOTHING`,
    [tx.lgCode, names, at],
  );
  await tx.client.query(
    'SELECT 1 FROM ticket_guards WHERE lg_code = $1 AND subject = ANY($2) ORDER BY subject FOR UPDATE',
    [tx.lgCode, names],
  );
  const states = await loadStates(tx, subjects);
  for (const subject of subjects) {
    const known = states.get(nameOf(subject));
    const next = deriveGuardAfterFailure(known?.failures === 0 ? undefined : known, subject.kind, at);
    await tx.client.query(
      `UPDATE ticket_guards SET failures = $3, first_failed_at = $4, locked_until = $5
        WHERE lg_code = $1 AND subject = $2`,
      [tx.lgCode, nameOf(subject), next.failures, next.firstFailedAt, next.lockedUntil],
    );
  }
}

/** Forgets counts nobody needs any more. */
export async function forgetOldGuards(tx: Tx, at: Date): Promise<void> {
  await tx.client.query(
    `DELETE FROM ticket_guards WHERE lg_code = $1 AND first_failed_at < $2::timestamptz - interval '1 day'`,
    [tx.lgCode, at],
  );
}

async function loadStates(tx: Tx, subjects: readonly GuardSubject[]): Promise<Map<string, GuardState>> {
  const { rows } = await tx.client.query<GuardRow>(
    `SELECT subject, failures, first_failed_at, locked_until FROM ticket_guards
      WHERE lg_code = $1 AND subject = ANY($2)`,
    [tx.lgCode, subjects.map(nameOf)],
  );
  return new Map(
    rows.map((row) => [
      row.subject,
      { failures: row.failures, firstFailedAt: row.first_failed_at, lockedUntil: row.locked_until },
    ]),
  );
}

function nameOf({ kind, key }: GuardSubject): string {
  return `${kind}:${key}`;
}
