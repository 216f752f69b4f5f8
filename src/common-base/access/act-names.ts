/** The acts of this room and of the log itself in the words of the office. */
export const ownActNames: Readonly<Record<string, string>> = {
  'access.signedIn': 'サインイン',
  'access.signInRefused': 'サインインの拒否',
  'access.signedOut': 'サインアウト',
  'access.sessionsEnded': 'サインインの終了(本人の操作)',
  'access.reasonChosen': '処理事由の選択',
  'access.refused': '権限のない操作の拒否',
  'access.passwordChanged': 'パスワードの変更',
  'access.passwordChangeRefused': 'パスワード変更の拒否',
  'access.passwordReset': 'パスワードの再発行',
  'access.staffAdded': '職員の登録',
  'access.staffChanged': '職員の変更',
  'access.staffDisabled': '職員の停止',
  'access.staffEnabled': '職員の停止の解除',
  'audit.searched': '監査ログの検索',
  'audit.viewed': '監査ログの閲覧',
  'audit.erased': '監査ログの対象者の消去',
};
