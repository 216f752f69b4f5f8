import type { ActBy } from '#common-base/audit';
import type { StaffId } from '#kernel';
import type { Tx } from '#platform/postgres';

/** What can change in how a person signs in. */
export type AccountChange = keyof typeof changeWords;

/** Said to the person, who knows whether it was them. */
const changeWords = {
  accountAdded: 'アカウントが登録されました',
  passwordChanged: 'パスワードが変わりました',
  passwordReset: 'パスワードが再発行されました',
  factorEnrolled: '二つ目の確認（認証アプリ・パスキー）が登録されました',
  factorRemoved: '二つ目の確認が一つ外されました',
  factorsReset: '二つ目の確認がすべて外されました',
  recoveryCodesRenewed: '回復コードが作り直されました',
  recoveryCodeUsed: '回復コードでサインインしました',
  identityBound: '庁内の認証と結び付けられました',
  accountChanged: '登録の内容（氏名・所属・役割・期限など）が変わりました',
} as const;

/** A change as its person is told of it. */
export interface AccountNotice {
  readonly noticeId: number;
  readonly change: AccountChange;
  readonly changedAt: Date;
  readonly changedByName: string;
  readonly changedFrom: string;
  readonly seenAt: Date | null;
}

/** The sentence of a change. */
export function changeText(change: AccountChange): string {
  return changeWords[change];
}

/** Notes a change in the transaction that makes it; it is shown to the person until they have seen it. */
export async function noteAccountChange(
  tx: Tx,
  staffId: StaffId,
  change: AccountChange,
  by: Pick<ActBy, 'staffId' | 'staffName' | 'from'> & { readonly at: Date },
): Promise<void> {
  await tx.client.query(
    `INSERT INTO account_notices (lg_code, staff_id, change, changed_at, changed_by, changed_by_name, changed_from)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [tx.lgCode, staffId, change, by.at, by.staffId, by.staffName, by.from],
  );
}

/** The last changes of a person's account, newest first. */
export async function listAccountNotices(tx: Tx, staffId: StaffId, limit = 20): Promise<AccountNotice[]> {
  const { rows } = await tx.client.query<AccountNotice>(
    `SELECT notice_id AS "noticeId", change, changed_at AS "changedAt", changed_by_name AS "changedByName",
       changed_from AS "changedFrom", seen_at AS "seenAt"
     FROM account_notices WHERE lg_code = $1 AND staff_id = $2 ORDER BY notice_id DESC LIMIT $3`,
    [tx.lgCode, staffId, limit],
  );
  return rows;
}

/** Notes that the person has seen the changes up to one; later ones stay. How many they were. */
export async function markNoticesSeen(tx: Tx, staffId: StaffId, upTo: number, at: Date): Promise<number> {
  const { rowCount } = await tx.client.query(
    `UPDATE account_notices SET seen_at = $4
     WHERE lg_code = $1 AND staff_id = $2 AND notice_id <= $3 AND seen_at IS NULL`,
    [tx.lgCode, staffId, upTo, at],
  );
  return rowCount ?? 0;
}
