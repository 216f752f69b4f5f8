import { findIsoDay } from '#kernel';
import {
  button,
  buttonLink,
  buttonRow,
  checkboxGroup,
  dataList,
  dayField,
  dayText,
  emptyState,
  errorOf,
  errorSummary,
  type FormError,
  type Html,
  hiddenField,
  html,
  instantText,
  notice,
  pageHead,
  panel,
  postForm,
  selectField,
  statusTag,
  table,
  textField,
} from '#platform/pages';
import { countAdministrators } from '../count-administrators.ts';
import type { AddedStaff } from '../manage-staff.ts';
import { type Role, rankNames, roleNames } from '../permission-table.ts';
import type { ListedSession } from '../session.ts';
import { isUsable } from '../staff-store.ts';
import type { StaffMember } from '../types.ts';

/** What an administrator typed of an account. */
export interface StaffForm {
  readonly accountName: string;
  readonly displayName: string;
  readonly department: string;
  readonly roles: readonly string[];
  readonly rank: string;
  /** The number of the daily account of the same person; empty where there is none. */
  readonly personStaffId: string;
  readonly expiresOn: string;
}

/** All accounts, with their state. */
export function staffListPage(staff: readonly StaffMember[], today: string, mayManage: boolean): Html {
  const list = table<StaffMember>({
    caption: '職員の一覧',
    density: 'dense',
    rows: staff,
    whenEmpty: emptyState('職員が登録されていません'),
    columns: [
      {
        label: '氏名',
        isRowHeader: true,
        cell: (row) => (mayManage ? html`<a href="/staff/${row.staffId}">${row.displayName}</a>` : row.displayName),
      },
      { label: 'アカウント名', cell: (row) => row.accountName },
      { label: '所属', cell: (row) => row.department },
      { label: '役割', cell: (row) => row.roles.map((role) => roleNames[role]).join('、') },
      { label: '職位', cell: (row) => rankNames[row.rank], isNoWrap: true },
      { label: '状態', cell: (row) => stateTag(row, today), isNoWrap: true },
      { label: '有効期限', cell: (row) => expiryText(row), isNoWrap: true },
      { label: '前回のサインイン', cell: (row) => instantText(row.lastSignedInAt) ?? '未使用', isNoWrap: true },
    ],
  });
  const actions =
    mayManage &&
    html`${buttonLink('職員を登録する', '/staff/new', { look: 'filled', icon: 'person' })}${buttonLink('所属', '/departments', { icon: 'home' })}`;
  return html`${pageHead('職員', { lead: '一人に一つのアカウントです。異動や退職のときは、その日のうちに停止してください。', actions })}
    ${administratorNotice(countAdministrators(staff, today))}
    ${panel({ title: '職員の一覧', icon: 'people', isFlush: true }, list)}`;
}

/** A new account. */
export function newStaffPage(
  form: StaffForm,
  errors: readonly FormError[],
  page: { readonly csrfToken: string; readonly duties: readonly Role[]; readonly hasApprover: boolean },
): Html {
  const { csrfToken, duties } = page;
  const body = html`<div class="stack">
    ${textField({ name: 'accountName', label: 'アカウント名', value: form.accountName, isRequired: true, error: errorOf(errors, 'accountName'), hint: '半角の英小文字・数字・「.」「_」「-」。あとから変えられません。', width: 20 })}
    ${staffFields(form, errors, duties)}
    ${buttonRow(button('登録する', { look: 'filled' }), buttonLink('やめる', '/staff'))}
  </div>`;
  return html`${pageHead('職員を登録する', { lead: '最初のパスワードは登録したあとに一度だけ表示されます。' })}
    ${errorSummary(errors)}
    ${!page.hasApprover && firstDayNotice()}
    ${panel({ title: '職員', icon: 'person' }, postForm({ action: '/staff/new', csrfToken, label: '職員の登録' }, body))}`;
}

/** An office that begins with accounts made on the web alone could approve nothing for three days: said before they are made. */
function firstDayNotice(): Html {
  const command = 'npx sesshu staff add --account 職員番号 --name 氏名 --department 所属 --roles chief';
  return notice(
    'warning',
    'あなたの申請を今日承認できる人が、まだいません',
    html`<p>登録した人は最初のパスワードを知っているので、この画面で登録した人は、登録してから3日のあいだ、あなたや、あなたが登録したほかの人の申請を承認できません。今日から仕事を始めるときは、<b>承認する係長以上の人だけを、運用者がサーバーのコマンドで</b>先に作ります。その人は作った日から承認でき、ほかの職員はこの画面で登録できます。</p><p><code>${command}</code></p>`,
  );
}

/** Administrators are few and apart from daily work (CB-17): how many there are, and which accounts do both. */
function administratorNotice({ all, daily }: ReturnType<typeof countAdministrators>): Html {
  const text = `使えるシステム管理者のアカウントは ${all}件です。`;
  if (daily.length === 0) return html`<p class="small soft">${text}</p>`;
  return notice(
    'warning',
    '日常の仕事と兼ねている管理者のアカウントがあります',
    `${text}日常の役割も持つもの: ${daily.join('、')}。管理用と日常用のアカウントを分けてください。`,
  );
}

/** The initial password, shown this once. */
export function initialPasswordPage(
  added: AddedStaff,
  { isWaiting, hasApprover }: { readonly isWaiting: boolean; readonly hasApprover: boolean },
): Html {
  return html`${pageHead('最初のパスワード')}
    ${notice('success', `${added.accountName} のパスワードを発行しました`, 'この画面を閉じると二度と表示されません。本人に直接渡してください。最初のサインインで本人が変更します。7日たつと使えなくなります。')}
    ${isWaiting && notice('info', '役割は、承認されてから使えるようになります', '「申請と承認」で、係長以上の別の人が承認します。')}
    ${isWaiting && !hasApprover && firstDayNotice()}
    ${panel(
      { title: '本人に渡す内容', icon: 'lock' },
      dataList([
        ['アカウント名', added.accountName],
        ['最初のパスワード', html`<code>${added.initialPassword}</code>`],
      ]),
    )}
    ${buttonRow(buttonLink('職員の一覧へ', '/staff', { icon: 'arrowLeft' }))}`;
}

/** One account: change, stop, new password. */
export function staffPage(
  member: StaffMember,
  form: StaffForm,
  page: {
    readonly errors: readonly FormError[];
    readonly csrfToken: string;
    readonly duties: readonly Role[];
    readonly today: string;
    readonly sessions: readonly ListedSession[];
    /** How many records of the register are this person's or the family's; null where there is no register. */
    readonly records: number | null;
    /** Daily accounts that this one may belong to. */
    readonly others: readonly StaffMember[];
  },
): Html {
  const { errors, csrfToken } = page;
  const isDisabled = member.disabledAt !== null;
  const change = postForm(
    { action: `/staff/${member.staffId}`, csrfToken, label: '職員の変更' },
    html`<div class="stack">${staffFields(form, errors, page.duties)}${personField(form, page.others, errors)}${buttonRow(button('変更を保存する', { look: 'filled' }))}</div>`,
  );
  const stop = postForm(
    { action: `/staff/${member.staffId}/disabled`, csrfToken, label: isDisabled ? '再開' : '停止' },
    html`${hiddenField('disabled', isDisabled ? 'no' : 'yes')}${button(isDisabled ? '停止を解く' : '停止する', { look: isDisabled ? 'outlined' : 'danger' })}`,
  );
  const reset = postForm(
    { action: `/staff/${member.staffId}/password`, csrfToken, label: 'パスワードの再発行' },
    button('パスワードを再発行する', { icon: 'lock' }),
  );
  const factors = postForm(
    { action: `/staff/${member.staffId}/second-factor`, csrfToken, label: '二要素の登録の解除' },
    button('二要素の登録を外す', { icon: 'shield' }),
  );
  return html`${pageHead(member.displayName, { lead: member.accountName, actions: buttonLink('職員の一覧へ', '/staff', { icon: 'arrowLeft' }) })}
    ${errorSummary(errors)}
    ${panel(
      { title: '状態', icon: 'shield' },
      dataList([
        ['状態', stateTag(member, page.today)],
        ['前回のサインイン', instantText(member.lastSignedInAt) ?? '未使用'],
        ['接続元', member.lastSignedInFrom],
      ]),
    )}
    ${panel({ title: '使っているサインイン', icon: 'clock', isFlush: true, aside: sessionsEnd(member, page) }, sessionList(page.sessions))}
    ${panel({ title: '氏名・所属・役割', icon: 'person' }, change)}
    ${page.records !== null && panel({ title: '本人と家族の記録', icon: 'eye' }, recordsForm(member, page.records, page))}
    ${panel({ title: '停止と再発行', icon: 'lock' }, html`<div class="row">${stop}${reset}${factors}</div><p class="small soft">どれも、使っているサインインはすぐに終わります。二要素の登録を外すのは、端末をなくした本人を対面で確かめたあとだけにしてください。</p>`)}`;
}

/** The numbers are not shown again: an administrator sees nothing of the register. */
function recordsForm(
  member: StaffMember,
  records: number,
  { errors, csrfToken }: { readonly errors: readonly FormError[]; readonly csrfToken: string },
): Html {
  return postForm(
    { action: `/staff/${member.staffId}/records`, csrfToken, label: '本人と家族の記録' },
    html`<div class="stack"><p>ここに入れた人の記録をだれかが見ると、監査担当の点検に出ます。いま ${records}件を登録しています。</p>
      ${textField({ name: 'numbers', label: '宛名番号', value: '', error: errorOf(errors, 'numbers'), hint: '本人から届け出のあったものを、空白で区切って全部入れます。空で保存すると取り消します。', width: 40 })}
      ${buttonRow(button('保存する', { look: 'outlined' }))}</div>`,
  );
}

function sessionsEnd(
  member: StaffMember,
  page: { readonly csrfToken: string; readonly sessions: readonly ListedSession[] },
): Html | null {
  if (page.sessions.length === 0) return null;
  return postForm(
    { action: `/staff/${member.staffId}/sessions/end`, csrfToken: page.csrfToken, label: 'サインインの終了' },
    button('すべて終える', { size: 'small', look: 'danger' }),
  );
}

function sessionList(sessions: readonly ListedSession[]): Html {
  return table<ListedSession>({
    caption: '使っているサインイン',
    rows: sessions,
    whenEmpty: emptyState('いまサインインしていません'),
    columns: [
      { label: '開始', cell: (row) => instantText(row.startedAt), isRowHeader: true, isNoWrap: true },
      { label: '最後の利用', cell: (row) => instantText(row.lastSeenAt), isNoWrap: true },
      { label: '接続元', cell: (row) => row.remoteAddress, isNoWrap: true },
      { label: 'ブラウザー', cell: (row) => row.browser },
    ],
  });
}

function staffFields(form: StaffForm, errors: readonly FormError[], duties: readonly Role[]): Html {
  // Operators work on the command line.
  const assignable = duties.filter((role) => role !== 'operator');
  const choices = assignable.map((role) => ({ value: role, label: roleNames[role] }));
  return html`${textField({ name: 'displayName', label: '氏名', value: form.displayName, isRequired: true, error: errorOf(errors, 'displayName'), width: 20 })}
    ${textField({ name: 'department', label: '所属', value: form.department, width: 20 })}
    ${checkboxGroup({ name: 'roles', label: '役割', choices, values: form.roles, isRequired: true, error: errorOf(errors, 'roles') })}
    ${selectField({ name: 'rank', label: '職位', value: form.rank, error: errorOf(errors, 'rank'), choices: Object.entries(rankNames).map(([value, label]) => ({ value, label })), hint: '承認など、係長以上でなければできないことがあります。' })}
    ${dayField({ name: 'expiresOn', label: '有効期限', value: form.expiresOn, error: errorOf(errors, 'expiresOn'), hint: '最後に使える日です。期限のない職員は空にします。' })}`;
}

function personField(form: StaffForm, others: readonly StaffMember[], errors: readonly FormError[]): Html {
  const choices = [
    { value: '', label: 'なし(一人に一つのアカウント)' },
    ...others.map((each) => ({ value: String(each.staffId), label: `${each.displayName}(${each.accountName})` })),
  ];
  return selectField({
    name: 'personStaffId',
    label: '同じ人の日常のアカウント',
    value: form.personStaffId,
    choices,
    error: errorOf(errors, 'personStaffId'),
    hint: '管理用に二つ目のアカウントを持つ人は、日常のアカウントを選びます。自分の申請を自分で承認できないようにするためです。',
  });
}

function stateTag(member: StaffMember, today: string): Html {
  if (member.disabledAt !== null) return statusTag('停止', 'error');
  if (!isUsable(member, today)) return statusTag('期限切れ', 'warning');
  if (member.mustChangePassword) return statusTag('初回変更待ち', 'info');
  return member.isDemonstration ? statusTag('デモ用', 'info') : statusTag('有効', 'success');
}

function expiryText(member: StaffMember): Html | string {
  const day = member.expiresOn === null ? undefined : findIsoDay(member.expiresOn);
  return day === undefined ? 'なし' : dayText(day, { isShort: true });
}
