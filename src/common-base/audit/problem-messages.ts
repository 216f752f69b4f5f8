import type { AuditProblem } from './types.ts';

const messages: Readonly<Record<AuditProblem, string>> = {
  actChanged: '監査ログの行(またはその対象者)が、封印したあとに書き換えられています。',
  actRemoved: '監査ログの行が、封印したあとに消されています。',
  actInserted: '監査ログに、システムを通さずに加えられた行があります。',
  actsReordered: '監査ログの行の順番または封印の対応が、封印したときと違います。',
  personalFieldsChanged: '監査ログの行の職員氏名・接続元・処理事由のいずれかが、記録したときと違います。',
  personUnknown: '監査ログの対象者の対応表に、記録のない消去または書き換えがあります。',
  sealChanged: '監査ログの封印が書き換えられています。',
  sealRemoved: '監査ログの封印が消されています。',
  tailCut: '署名された確認点より後ろの監査ログが、まとめて消されています。',
  checkpointForged: '確認点のファイルに、署名の合わない行または欠けた行があります。',
};

/** The sentence for staff that says how the log differs from its seals. */
export function auditProblemMessage(problem: AuditProblem): string {
  return `${messages[problem]}情報セキュリティの責任者に知らせ、データベースの操作記録と控えを調べてください。`;
}
