/** A duty that a member of staff can have (役割). */
export type Role = 'clerk' | 'chief' | 'administrator' | 'auditor' | 'operator' | 'vendor' | 'clinician';

/** The duties in the words of the office. */
export const roleNames: Readonly<Record<Role, string>> = {
  clerk: '担当職員',
  chief: '係長(承認者)',
  administrator: 'システム管理者',
  auditor: '監査担当',
  operator: '運用者(コマンド)',
  vendor: '委託先の作業者',
  clinician: '接種担当(医療機関)',
};

/** The duties of a system's people: those of the office, and those of the clinics' system. */
export const officeDuties: readonly Role[] = ['clerk', 'chief', 'administrator', 'auditor', 'operator', 'vendor'];
export const clinicDuties: readonly Role[] = ['clinician', 'administrator', 'auditor'];

/** A person's rank (職位); some permissions need one beside the duty. */
export type Rank = 'member' | 'chief' | 'manager';

/** The ranks in the words of the office, lowest first. */
export const rankNames: Readonly<Record<Rank, string>> = { member: '係員', chief: '係長', manager: '課長' };

interface RowLimits {
  /** The lowest rank that holds the permission by duty; every rank where it is left out. */
  readonly rankMin?: Rank;
  /** 個人番号利用事務: only in departments that carry it out. */
  readonly isForNumbers?: boolean;
  /** The duties to whose holders it may be lent for a time, after request and approval. */
  readonly lentTo?: readonly Role[];
}

interface PermissionRow extends RowLimits {
  readonly permission: string;
  /** 機能. */
  readonly functionJa: string;
  /** 項目のまとまり. */
  readonly itemGroupJa: string;
  readonly access: 'view' | 'update';
  readonly roles: readonly Role[];
}

const toClerk: RowLimits = { lentTo: ['clerk'] };
/** A contractor's person holds it while an allowed work is under way. */
const toVendor: RowLimits = { lentTo: ['vendor'] };
const toBoth: RowLimits = { lentTo: ['clerk', 'vendor'] };

/**
 * The only source of permissions: which duty, of which rank and department, may do what with which items, and to whom it
 * may be lent for a time. A row is read by routes, commands, doors and auditors alike; nothing else decides by role.
 */
export const permissionTable = [
  row('start.view', '開始画面', '件数とお知らせ', 'view', ['clerk', 'chief', 'administrator', 'auditor', 'vendor']),
  row('persons.search', '住民の検索', '氏名・生年月日・住所', 'view', ['clerk', 'chief', 'operator']),
  row('persons.view', '住民の画面', '宛名・世帯・住所', 'view', ['clerk', 'chief', 'operator']),
  row('persons.viewProtected', '支援措置対象者の住所', '保護された住所', 'view', ['chief'], toClerk),
  row('persons.import', '住民情報の取込', '宛名・世帯・住所', 'update', ['chief', 'operator'], toBoth),
  row('persons.link', '同一人の記録の結び付け・解除', '宛名', 'update', ['clerk', 'chief']),
  row('persons.approveLink', '同一人の結び付け・解除の承認', '宛名', 'update', ['chief'], { rankMin: 'chief' }),
  row('persons.register', '住登外者・送り先・保護者などの登録', '宛名・世帯・住所', 'update', ['clerk', 'chief']),
  row('persons.approveRegistration', '住登外者の登録の承認', '宛名・世帯・住所', 'update', ['chief'], {
    rankMin: 'chief',
  }),
  row('inquiries.answer', '業務システムの宛名情報照会への回答', '宛名・団体内統合宛名番号', 'view', ['operator']),
  row('numbers.import', '個人番号の取込', '個人番号', 'update', ['chief', 'operator'], {
    ...toClerk,
    isForNumbers: true,
  }),
  row('numbers.view', '個人番号の表示', '個人番号', 'view', ['chief'], {
    ...toClerk,
    isForNumbers: true,
    rankMin: 'chief',
  }),
  row('numbers.confirm', '個人番号の確認(表示しない)', '個人番号', 'view', ['clerk', 'chief'], { isForNumbers: true }),
  row(
    'numbers.requestLinkCode',
    '符号取得要求・中間サーバーとのやりとりの追跡',
    '符号の状態・処理通番',
    'update',
    ['clerk', 'chief'],
    {
      isForNumbers: true,
    },
  ),
  row(
    'numbers.askRegister',
    '住基ネットでの本人確認の対象者の確定',
    '個人番号の真正性・4情報の一致',
    'update',
    ['clerk', 'chief'],
    { isForNumbers: true },
  ),
  row(
    'numbers.approveRegisterQuestion',
    '住基ネットでの本人確認の対象者の確認(二人目)',
    '個人番号の真正性・4情報の一致',
    'update',
    ['clerk', 'chief'],
    { isForNumbers: true },
  ),
  row('numbers.enter', '個人番号の手入力・訂正', '個人番号', 'update', ['clerk', 'chief'], { isForNumbers: true }),
  row('numbers.approveEntry', '個人番号の手入力・訂正の確認(二人目)', '個人番号', 'update', ['chief'], {
    ...toClerk,
    isForNumbers: true,
  }),
  row('relays.carry', '中間サーバー・住基ネットとのやりとり(自動処理)', '団体内統合宛名番号・照会と提供', 'update', [
    'operator',
  ]),
  row('welfare.import', '福祉情報の取込', '生活保護・障害・課税区分', 'update', ['chief', 'operator'], toBoth),
  row('institutions.view', '医療機関', '医療機関・契約', 'view', ['clerk', 'chief', 'operator']),
  row('institutions.import', '医療機関の取込', '医療機関・契約', 'update', ['chief', 'operator'], toBoth),
  row('institutions.update', '医療機関と契約の登録・変更', '医療機関・契約・振込先', 'update', ['chief'], toClerk),
  row('reservations.view', '予約・優先接種希望者の照会', '予約・優先接種の希望', 'view', ['clerk', 'chief']),
  row('reservations.import', '予約・優先接種希望者の取込', '予約・優先接種の希望', 'update', [
    'clerk',
    'chief',
    'operator',
  ]),
  row('masters.view', 'マスタの照会', 'メーカー・ロット・医師・会場', 'view', ['clerk', 'chief', 'operator']),
  row('masters.update', 'マスタの登録・変更', 'メーカー・ロット・医師・会場', 'update', ['clerk', 'chief']),
  row('history.import', '過去の接種履歴の取込', '接種記録', 'update', ['chief', 'operator'], toBoth),
  row('vaccinations.view', '接種記録の照会', '接種記録・判定', 'view', ['clerk', 'chief', 'operator']),
  row('vaccinations.correct', '接種記録の訂正・取消', '接種記録', 'update', ['clerk', 'chief']),
  row('vaccinations.approveCorrection', '接種記録の訂正・取消の承認', '接種記録', 'update', ['chief'], toClerk),
  row('vaccinations.enterFacts', '罹患歴・抗体検査・特例などの登録', '接種のほかの事実', 'update', ['clerk', 'chief']),
  row('intake.view', '受付の照会', '受付した行・所見', 'view', ['clerk', 'chief', 'operator'], toVendor),
  row('intake.receive', '受付(ファイルの取込)', '受付した行', 'update', ['clerk', 'chief', 'operator'], toVendor),
  row('layouts.keep', 'ファイルの並びの登録', 'ファイルの並び', 'update', ['chief'], toClerk),
  row('intake.answer', '確認事項への回答', '受付した行・所見', 'update', ['clerk', 'chief']),
  row('intake.commit', '台帳への登録', '接種記録', 'update', ['clerk', 'chief', 'operator']),
  row('intake.undo', '登録の取消', '接種記録', 'update', ['chief', 'operator'], toClerk),
  row('histories.compare', '転入者の接種歴照会', '照会・転出元の記録', 'update', ['clerk', 'chief']),
  row('histories.release', '転入者の接種歴照会の承認', '照会', 'update', ['chief'], toClerk),
  row('histories.approveTakeOver', '転出元の接種記録の登録の承認', '接種記録', 'update', ['chief'], toClerk),
  row('histories.approveProvision', '他の自治体への接種記録の提供の承認', '接種記録', 'update', ['chief'], {
    rankMin: 'chief',
  }),
  row('safety.view', '副反応疑い・間違い接種の報告の照会、ロットの追跡', '報告・接種した人', 'view', [
    'clerk',
    'chief',
  ]),
  row('safety.report', '副反応疑い・間違い接種の報告', '報告', 'update', ['clerk', 'chief']),
  row('bundles.view', '予診票の束の照会', '束の枚数・入力した予診票', 'view', ['clerk', 'chief']),
  row('bundles.manage', '予診票の束の受領・督促', '束の枚数', 'update', ['clerk', 'chief']),
  row('bundles.key', '予診票の入力', '入力した予診票', 'update', ['clerk', 'chief']),
  row('forecast.run', '接種予定の計算', '接種予定', 'update', ['chief', 'operator'], toClerk),
  row('ledger.verify', '台帳と監査ログの検証', '件数と差異', 'view', ['chief', 'auditor', 'operator'], toVendor),
  row('notices.view', '対象者の抽出結果・印刷の状況', '対象者・通知', 'view', ['clerk', 'chief', 'operator']),
  row('notices.print', '予診票・通知の印刷', '対象者・宛先', 'update', ['clerk', 'chief', 'operator']),
  row('notices.layouts', '様式・公印の変更', '様式', 'update', ['chief'], toClerk),
  row('notices.plan', '年間計画の作成・終了', '計画', 'update', ['clerk', 'chief']),
  row('notices.approve', '年間計画による対象者の承認', '対象者・通知', 'update', ['chief'], toClerk),
  row('certificates.issue', '証明書の交付・失効', '接種記録・交付簿', 'update', ['clerk', 'chief']),
  row('forms.reissue', '予診票の再発行', '予診票の番号', 'update', ['clerk', 'chief']),
  row('rules.view', '接種の規則', '規則・根拠', 'view', ['clerk', 'chief', 'administrator', 'auditor', 'operator']),
  row('rules.try', 'きまりの案の試算', '規則・人数', 'update', ['chief', 'administrator'], toClerk),
  row('rules.viewTrialPeople', '試算で変わる人の一覧', '対象者・接種予定', 'view', ['clerk', 'chief']),
  row('jobs.view', '処理の状況', '処理の進み具合', 'view', ['clerk', 'chief', 'administrator', 'operator'], toVendor),
  row('jobs.stop', '処理の停止', '処理の進み具合', 'update', ['chief', 'administrator', 'operator'], toBoth),
  row('exports.view', 'データの持ち出しの管理簿', '持ち出しと媒体', 'view', ['clerk', 'chief', 'auditor'], toVendor),
  row('exports.request', 'データの持ち出しの申請・作成', '公開された項目', 'update', ['clerk', 'chief'], toVendor),
  row('exports.approve', 'データの持ち出しの承認', '公開された項目', 'update', ['chief'], { rankMin: 'chief' }),
  row('exports.erase', '持ち出しファイルの消去', '暗号化ファイル', 'update', ['clerk', 'chief', 'operator']),
  row('provisions.view', '提供の根拠の表', '提供先・目的・根拠', 'view', ['clerk', 'chief', 'auditor']),
  row('media.manage', '媒体の管理簿', '媒体', 'update', ['chief']),
  row('audit.view', '監査ログの検索', '操作と閲覧の記録', 'view', ['auditor']),
  row('audit.reviewAnomalies', '異常な利用の点検', '操作と閲覧の件数', 'update', ['auditor']),
  row('audit.reportForPerson', '本人への閲覧記録の報告', '本人の記録を見た人と理由', 'view', ['auditor']),
  row('audit.checkpoint', '監査ログの確認点の作成', '封印と署名', 'update', ['auditor', 'operator']),
  row('approvals.view', '申請と承認', '自分の申請・承認を待つ申請', 'view', [
    'clerk',
    'chief',
    'administrator',
    'auditor',
    'vendor',
  ]),
  row('permissions.view', '権限の一覧', '役割と権限', 'view', ['chief', 'administrator', 'auditor']),
  row('permissions.request', '期限つきの権限の申請', '追加の権限', 'update', ['clerk', 'chief']),
  row('permissions.approve', '権限・役割の申請の承認', '役割・追加の権限', 'update', ['chief'], { rankMin: 'chief' }),
  row('permissions.revoke', '期限つきの権限の取消', '追加の権限', 'update', ['chief', 'administrator']),
  row('permissions.review', '権限の棚卸し', '職員・役割・追加の権限', 'update', ['chief'], { rankMin: 'chief' }),
  row('staff.view', '職員の一覧', '職員・役割・有効期限', 'view', ['administrator', 'auditor']),
  row('staff.manage', '職員の登録・停止', '職員・役割・有効期限', 'update', ['administrator', 'operator']),
  row('settings.view', '設定の照会', '団体の設定', 'view', ['chief', 'administrator', 'auditor', 'operator'], toVendor),
  row('vendors.view', '委託先の管理簿', '委託契約・作業者', 'view', ['chief', 'administrator', 'auditor']),
  row('vendors.manage', '委託先と作業者の登録', '委託契約・作業者', 'update', ['chief'], { rankMin: 'chief' }),
  row('work.view', '委託先の作業の記録', '作業と操作の記録', 'view', ['chief', 'auditor', 'vendor']),
  row('work.request', '委託先の作業の申請・開始・終了', '作業の記録', 'update', ['vendor']),
  row('work.approve', '委託先の作業の許可・中止', '作業の記録', 'update', ['chief'], { rankMin: 'chief' }),
  row('keys.view', '鍵の確認', '暗号鍵の指紋と置き場所(内容は見えない)', 'view', ['auditor', 'operator']),
  row('keys.rotate', '鍵の更新', '暗号鍵(内容は見えない)', 'update', ['operator']),
  row('backup.run', 'バックアップ', '全データ(暗号化した番号を含む)', 'view', ['operator']),
  row('restore.run', '復元', '全データ', 'update', ['operator']),
  row('init.run', '団体の作成・更新', '団体の設定', 'update', ['operator']),
  row('tickets.open', '予診票を開く(医療機関)', '氏名・生年月日・接種歴', 'view', ['clinician']),
  row('doses.record', '接種の記録(医療機関)', '自院の接種の記録', 'update', ['clinician']),
] as const satisfies readonly PermissionRow[];

/** One thing that may be allowed; the left column of the table. */
export type Permission = (typeof permissionTable)[number]['permission'];

/** What of a person decides on permissions. */
export interface PermissionHolder {
  readonly roles: readonly string[];
  readonly rank: Rank;
  /** The person's department carries out 個人番号利用事務. */
  readonly isInCharge: boolean;
  /** Permissions lent and not yet over. */
  readonly lent: readonly string[];
}

/** What a person may do: by duty, rank and department, or lent for a time. Unknown duties and names allow nothing. */
export function permissionsOf(holder: PermissionHolder): ReadonlySet<Permission> {
  const rows = permissionTable.filter((entry) => holds(entry, holder));
  return new Set(rows.map((entry) => entry.permission));
}

/** The row of a permission as an auditor reads it; undefined for a name that the table does not have. */
export function findPermissionRow(name: string): (PermissionRow & { readonly permission: Permission }) | undefined {
  return permissionTable.find((entry) => entry.permission === name);
}

function holds(entry: PermissionRow, holder: PermissionHolder): boolean {
  // Operators work for all departments: the command line is theirs alone.
  const isOperators = entry.roles.includes('operator') && holder.roles.includes('operator');
  if (isOperators) return true;
  if (entry.isForNumbers === true && !holder.isInCharge) return false;
  const isByDuty = entry.roles.some((role) => holder.roles.includes(role));
  if (isByDuty && isRankEnough(holder.rank, entry.rankMin)) return true;
  return holder.lent.includes(entry.permission) && isLendable(entry, holder.roles);
}

/** Whether a row of the table may be lent to somebody with these duties. */
export function isLendable(entry: RowLimits, roles: readonly string[]): boolean {
  return entry.lentTo?.some((role) => roles.includes(role)) === true;
}

/** Whether a word is a rank of the table. */
export function isRank(word: string): word is Rank {
  return Object.hasOwn(rankNames, word);
}

function isRankEnough(rank: Rank, rankMin: Rank | undefined): boolean {
  const order = Object.keys(rankNames);
  return rankMin === undefined || order.indexOf(rank) >= order.indexOf(rankMin);
}

/** Whether a word is a duty of the table. */
export function isRole(word: string): word is Role {
  return Object.hasOwn(roleNames, word);
}

function row<const P extends string>(
  permission: P,
  functionJa: string,
  itemGroupJa: string,
  access: 'view' | 'update',
  roles: readonly Role[],
  limits: RowLimits = {},
): PermissionRow & { readonly permission: P } {
  return { permission, functionJa, itemGroupJa, access, roles, ...limits };
}
