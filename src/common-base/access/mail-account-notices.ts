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
}

/** What is older stays on the screen alone: a mail of weeks ago only frightens. */
const days = 7;
const perRound = 50;

/**
 * Tells people by mail what was changed in their accounts, where the settings name addresses. Each mail is sent before it
 * is noted: after a crash between the two it goes a second time under the same id, and none is lost. A mail that the server
 * refuses for good waits for the next round and holds up nobody else's; the round then ends by telling of it.
 */
export async function mailAccountNotices(place: Place, send: (mail: AccountMail) => Promise<void>): Promise<number> {
  const { db, lgCode } = place;
  const settings = parseAccessSettings(await withMunicipality(db, lgCode, place.findAccessSettings));
  const { accountMail } = settings;
  if (accountMail === null) return 0;
  const refusals: unknown[] = [];
  let last = 0;
  let sent = 0;
  for (let tried = 0; tried < perRound; tried += 1) {
    const after = last;
    try {
      const noticeId = await withMunicipality(db, lgCode, async (tx) => {
        const notice = await takeUnmailed(tx, place.at, after);
        if (notice === undefined) return null;
        last = notice.noticeId;
        await send(mailOf(place, accountMail, notice));
        await tx.client.query('UPDATE account_notices SET mailed_at = $3 WHERE lg_code = $1 AND notice_id = $2', [
          lgCode,
          notice.noticeId,
          place.at,
        ]);
        return notice.noticeId;
      });
      if (noticeId === null) break;
      sent += 1;
    } catch (error) {
      if (!isRefusedForGood(error)) throw error;
      refusals.push(error);
    }
  }
  if (refusals.length > 0) throw refusals[0];
  return sent;
}

/** Whether the server said that this mail will not go, by an answer of 500 or above (RFC 5321, section 4.2.1). */
function isRefusedForGood(error: unknown): boolean {
  return (
    error instanceof Error &&
    'responseCode' in error &&
    typeof error.responseCode === 'number' &&
    error.responseCode >= 500
  );
}

/** The oldest one after a given one that no other worker has in hand. Operators of the command line have no mailbox. */
async function takeUnmailed(tx: Tx, at: Date, after: number): Promise<Unmailed | undefined> {
  const { rows } = await tx.client.query<Unmailed>(
    `SELECT n.notice_id AS "noticeId", s.account_name AS "accountName", n.change, n.changed_at AS "changedAt",
       n.changed_from AS "changedFrom"
     FROM account_notices n JOIN staff_members s USING (lg_code, staff_id)
     WHERE n.lg_code = $1 AND n.mailed_at IS NULL AND n.changed_at > $2 AND n.notice_id > $3
       AND s.account_name NOT LIKE 'os:%'
     ORDER BY n.notice_id LIMIT 1 FOR UPDATE OF n SKIP LOCKED`,
    [tx.lgCode, new Date(at.getTime() - days * 86_400_000), after],
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
