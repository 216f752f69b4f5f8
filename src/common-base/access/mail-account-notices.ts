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
 * is noted: after a crash between the two it goes a second time under the same id, and none is lost.
 */
export async function mailAccountNotices(place: Place, send: (mail: AccountMail) => Promise<void>): Promise<number> {
  const { db, lgCode } = place;
  const settings = parseAccessSettings(await withMunicipality(db, lgCode, place.findAccessSettings));
  const { accountMail } = settings;
  if (accountMail === null) return 0;
  for (let sent = 0; sent < perRound; sent += 1) {
    const isSent = await withMunicipality(db, lgCode, async (tx) => {
      const notice = await takeUnmailed(tx, place.at);
      if (notice === undefined) return false;
      await send(mailOf(place, accountMail, notice));
      await tx.client.query('UPDATE account_notices SET mailed_at = $3 WHERE lg_code = $1 AND notice_id = $2', [
        lgCode,
        notice.noticeId,
        place.at,
      ]);
      return true;
    });
    if (!isSent) return sent;
  }
  return perRound;
}

/** The oldest one that no other worker has in hand. Operators of the command line have no mailbox. */
async function takeUnmailed(tx: Tx, at: Date): Promise<Unmailed | undefined> {
  const { rows } = await tx.client.query<Unmailed>(
    `SELECT n.notice_id AS "noticeId", s.account_name AS "accountName", n.change, n.changed_at AS "changedAt",
       n.changed_from AS "changedFrom"
     FROM account_notices n JOIN staff_members s USING (lg_code, staff_id)
     WHERE n.lg_code = $1 AND n.mailed_at IS NULL AND n.changed_at > $2 AND s.account_name NOT LIKE 'os:%'
     ORDER BY n.notice_id LIMIT 1 FOR UPDATE OF n SKIP LOCKED`,
    [tx.lgCode, new Date(at.getTime() - days * 86_400_000)],
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
