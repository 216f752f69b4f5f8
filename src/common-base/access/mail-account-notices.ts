import type { LgCode } from '#kernel';
import { formatInstant } from '#platform/pages';
import { type Database, type Tx, withMunicipality } from '#platform/postgres';
import { parseAccessSettings } from './access-settings.ts';
import { type AccountChange, changeText } from './account-notices.ts';

/** A message to one member of staff; no resident is ever named in one. */
interface AccountMail {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly messageId: string;
}

interface Place {
  readonly db: Database;
  readonly lgCode: LgCode;
  readonly municipalityName: string;
  readonly at: Date;
  readonly findAccessSettings: (tx: Tx) => Promise<string | undefined>;
}

interface Unmailed {
  readonly noticeId: number;
  readonly accountName: string;
  readonly change: AccountChange;
  readonly changedAt: Date;
  readonly changedFrom: string;
  readonly tries: number;
}

/** What is older stays on the screen alone: a mail of weeks ago only frightens. */
const days = 7;
const perRound = 50;

/**
 * Tells people by mail what was changed in their accounts, where the settings name addresses. Each mail is sent before it
 * is noted: after a crash between the two it goes a second time under the same id, and none is lost. A mail that the server
 * refuses for its mailbox is tried again later, longer each time, and holds up nobody else's; the round then ends by
 * telling of it. A server that fails ends the round.
 */
export async function mailAccountNotices(place: Place, send: (mail: AccountMail) => Promise<void>): Promise<number> {
  const { db, lgCode } = place;
  const settings = parseAccessSettings(await withMunicipality(db, lgCode, place.findAccessSettings));
  const { accountMail } = settings;
  if (accountMail === null) return 0;
  const refusals: MailRefusal[] = [];
  let sent = 0;
  while (sent + refusals.length < perRound) {
    const outcome = await withMunicipality(db, lgCode, async (tx) => {
      const notice = await takeUnmailed(tx, place.at);
      if (notice === undefined) return null;
      const refusal = await trySending(() => send(mailOf(place, accountMail, notice)));
      if (refusal === undefined) await noteMailed(tx, notice, place.at);
      else await postpone(tx, notice, refusal, place.at);
      return { refusal };
    });
    if (outcome === null) break;
    if (outcome.refusal === undefined) sent += 1;
    else refusals.push(outcome.refusal);
  }
  const [refusal] = refusals;
  if (refusal !== undefined) throw refusal;
  return sent;
}

/** An answer of the server to one mail (RFC 5321, section 4.2.1): 4xx for now, 5xx for good. */
type MailRefusal = Error & { readonly responseCode: number };

/** What the server said against this mail; every other failure is the server's own, and thrown. */
async function trySending(send: () => Promise<void>): Promise<MailRefusal | undefined> {
  try {
    await send();
    return undefined;
  } catch (error) {
    if (isRefusal(error)) return error;
    throw error;
  }
}

/** Not where the server closes (421), does not know us, or takes nothing from our sender: that is no mailbox's fault. */
function isRefusal(error: unknown): error is MailRefusal {
  if (!(error instanceof Error) || !('responseCode' in error) || typeof error.responseCode !== 'number') return false;
  const command = 'command' in error ? String(error.command) : '';
  return error.responseCode >= 400 && error.responseCode !== 421 && !/^(?:CONN|EHLO|STARTTLS|AUTH|MAIL)/u.test(command);
}

/** Minutes until the next try after so many refusals: from a minute to an hour, of those for good from one to twelve hours. */
function minutesToWait(tries: number, responseCode: number): number {
  return responseCode >= 500 ? Math.min(60 * 2 ** tries, 720) : Math.min(2 ** tries, 60);
}

async function noteMailed(tx: Tx, { noticeId }: Unmailed, at: Date): Promise<void> {
  await tx.client.query('UPDATE account_notices SET mailed_at = $3 WHERE lg_code = $1 AND notice_id = $2', [
    tx.lgCode,
    noticeId,
    at,
  ]);
}

async function postpone(tx: Tx, { noticeId, tries }: Unmailed, refusal: MailRefusal, at: Date): Promise<void> {
  const next = new Date(at.getTime() + minutesToWait(tries, refusal.responseCode) * 60_000);
  await tx.client.query(
    'UPDATE account_notices SET mail_tries = mail_tries + 1, mail_next_at = $3 WHERE lg_code = $1 AND notice_id = $2',
    [tx.lgCode, noticeId, next],
  );
}

/** The oldest one whose time has come and that no other worker has in hand. Operators have no mailbox. */
async function takeUnmailed(tx: Tx, at: Date): Promise<Unmailed | undefined> {
  const { rows } = await tx.client.query<Unmailed>(
    `SELECT n.notice_id AS "noticeId", s.account_name AS "accountName", n.change, n.changed_at AS "changedAt",
       n.changed_from AS "changedFrom", n.mail_tries AS tries
     FROM account_notices n JOIN staff_members s USING (lg_code, staff_id)
     WHERE n.lg_code = $1 AND n.mailed_at IS NULL AND n.changed_at > $2
       AND (n.mail_next_at IS NULL OR n.mail_next_at <= $3)
       AND s.account_name NOT LIKE 'os:%'
     ORDER BY n.notice_id LIMIT 1 FOR UPDATE OF n SKIP LOCKED`,
    [tx.lgCode, new Date(at.getTime() - days * 86_400_000), at],
  );
  return rows[0];
}

function mailOf(
  { lgCode, municipalityName }: Place,
  addresses: { readonly to: string; readonly from: string },
  { noticeId, accountName, change, changedAt, changedFrom }: Unmailed,
): AccountMail {
  return {
    from: addresses.from,
    to: addresses.to.replace('{account}', accountName),
    subject: '予防接種事務システム: アカウントの変更のお知らせ',
    text: `${municipalityName} 予防接種事務システム\n\nアカウント ${accountName} について: ${changeText(change)}。\n日時: ${formatInstant(changedAt)}\n接続元: ${changedFrom}\n\n覚えがないときは、すぐにシステム管理者に知らせてください。このメールに返信はできません。\n`,
    messageId: `<account-${lgCode}-${noticeId}@sesshu.invalid>`,
  };
}
