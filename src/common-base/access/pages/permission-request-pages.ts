import {
  button,
  buttonRow,
  checkbox,
  dayField,
  emptyState,
  errorOf,
  errorSummary,
  type FormError,
  type Html,
  hiddenField,
  html,
  pageHead,
  panel,
  postForm,
  selectField,
  statusTag,
  table,
  textArea,
  textField,
} from '#platform/pages';
import { findPermissionRow, type Permission } from '../permission-table.ts';
import type { ListedGrant } from '../permissions/grant-store.ts';
import type { LentPermission } from '../types.ts';

/** One's own permissions, and what may be borrowed for a time. */
export interface OwnPermissionsPage {
  readonly csrfToken: string;
  readonly held: readonly Permission[];
  readonly lent: readonly LentPermission[];
  readonly lendable: readonly Permission[];
  readonly form: { readonly permission: string; readonly expiresOn: string; readonly reason: string };
  readonly errors: readonly FormError[];
}

/** The page on which a person asks for a permission. */
export function ownPermissionsPage(page: OwnPermissionsPage): Html {
  const { form, errors } = page;
  const choices = page.lendable.map((permission) => ({ value: permission, label: nameOf(permission) }));
  const request = postForm(
    { action: '/account/permissions', csrfToken: page.csrfToken, label: '権限の申請' },
    html`<div class="stack">
      ${selectField({ name: 'permission', label: '必要な権限', value: form.permission, choices, error: errorOf(errors, 'permission') })}
      ${dayField({ name: 'expiresOn', label: '使う最後の日', value: form.expiresOn, isRequired: true, error: errorOf(errors, 'expiresOn') })}
      ${textArea({ name: 'reason', label: '必要な理由', value: form.reason, isRequired: true, error: errorOf(errors, 'reason'), hint: '承認する人が読みます。住民の氏名や番号は書かないでください。' })}
      ${buttonRow(button('申請する', { look: 'filled', icon: 'arrowRight' }))}
    </div>`,
  );
  return html`${pageHead('自分の権限', { lead: '業務に必要な間だけ、追加の権限を借りられます。係長以上の別の人が承認します。' })}
    ${errorSummary(errors)}
    ${panel({ title: '借りている権限', icon: 'clock', isFlush: true }, lentTable(page.lent))}
    ${panel({ title: '権限を申請する', icon: 'shield' }, choices.length === 0 ? emptyState('いまの役割で借りられる権限はありません') : request)}
    ${panel({ title: 'いま持っている権限', icon: 'list', isFlush: true }, heldTable(page.held))}`;
}

function lentTable(lent: readonly LentPermission[]): Html {
  return table<LentPermission>({
    caption: '借りている権限',
    rows: lent,
    whenEmpty: emptyState('借りている権限はありません'),
    columns: [
      { label: '機能', cell: (row) => nameOf(row.permission), isRowHeader: true },
      { label: '使える最後の日', cell: (row) => row.expiresOn, isNoWrap: true },
    ],
  });
}

function heldTable(held: readonly Permission[]): Html {
  return table<Permission>({
    caption: 'いま持っている権限',
    density: 'dense',
    rows: held,
    columns: [
      { label: '機能', cell: (row) => nameOf(row), isRowHeader: true },
      { label: '項目のまとまり', cell: (row) => findPermissionRow(row)?.itemGroupJa },
      { label: '種別', cell: (row) => (findPermissionRow(row)?.access === 'view' ? '閲覧' : '更新'), isNoWrap: true },
    ],
  });
}

/** All that is lent at this moment; each can be taken back. */
export function lentPermissionsPage(page: {
  readonly grants: readonly ListedGrant[];
  readonly csrfToken: string;
  readonly errors: readonly FormError[];
}): Html {
  const list = table<ListedGrant>({
    caption: '期限つきの権限',
    rows: page.grants,
    whenEmpty: emptyState('期限つきの権限を持つ職員はいません'),
    columns: [
      { label: '職員', cell: (row) => row.staffName, isRowHeader: true },
      { label: '機能', cell: (row) => nameOf(row.permission) },
      { label: '使える最後の日', cell: (row) => row.expiresOn, isNoWrap: true },
      {
        label: '操作',
        isLabelHidden: true,
        cell: (row) =>
          postForm(
            { action: '/permissions/lent/take-back', csrfToken: page.csrfToken, label: `${row.staffName}の権限の取消` },
            html`${hiddenField('grantId', String(row.grantId))}${button('取り消す', { size: 'small', look: 'danger' })}`,
          ),
      },
    ],
  });
  return html`${pageHead('期限つきの権限', { lead: '期限が来ると自動で終わり、異動・停止のときも終わります。要らなくなったものは取り消してください。' })}
    ${errorSummary(page.errors)}${panel({ title: 'いま有効なもの', icon: 'clock', isFlush: true }, list)}`;
}

/** A department and whether it carries out duties with individual numbers. */
export interface Department {
  readonly name: string;
  readonly usesNumbers: boolean;
}

/** The departments. */
export function departmentsPage(page: {
  readonly departments: readonly Department[];
  readonly csrfToken: string;
  readonly errors: readonly FormError[];
}): Html {
  const list = table<Department>({
    caption: '所属',
    rows: page.departments,
    whenEmpty: emptyState('所属が登録されていません', '登録のない所属の職員は、個人番号を扱えません。'),
    columns: [
      { label: '所属', cell: (row) => row.name, isRowHeader: true },
      {
        label: '個人番号利用事務',
        cell: (row) => (row.usesNumbers ? statusTag('行う', 'info') : statusTag('行わない', 'neutral')),
      },
    ],
  });
  const form = postForm(
    { action: '/departments', csrfToken: page.csrfToken, label: '所属の登録' },
    html`<div class="stack">
      ${textField({ name: 'name', label: '所属の名前', isRequired: true, width: 20, error: errorOf(page.errors, 'name'), hint: '職員の「所属」と同じ名前にします。もうある名前なら、下の区分だけを変えます。' })}
      ${checkbox({ name: 'usesNumbers', label: '個人番号利用事務を行う' })}
      ${buttonRow(button('登録する', { look: 'filled' }))}
    </div>`,
  );
  return html`${pageHead('所属', { lead: '個人番号利用事務を行う所属の職員だけが、個人番号を扱えます。' })}
    ${errorSummary(page.errors)}
    ${panel({ title: '所属の一覧', icon: 'people', isFlush: true }, list)}
    ${panel({ title: '所属の登録と変更', icon: 'home' }, form)}`;
}

function nameOf(permission: string): string {
  return findPermissionRow(permission)?.functionJa ?? permission;
}
