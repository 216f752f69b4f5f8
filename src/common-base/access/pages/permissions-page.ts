import { type Html, html, pageHead, panel, statusTag, table } from '#platform/pages';
import { type findPermissionRow, permissionTable, type Role, rankNames, roleNames } from '../permission-table.ts';
import type { StaffRoute } from '../staff-route.ts';

type Row = NonNullable<ReturnType<typeof findPermissionRow>>;

/** The permission table as the auditor reads it: each function by the duties of this system, and the pages that ask for it. */
export function permissionsPage(routes: readonly StaffRoute[], roles: readonly Role[]): Html {
  const matrix = table<Row>({
    caption: '権限の一覧',
    density: 'dense',
    becomesCards: false,
    rows: permissionTable.filter((row) => row.roles.some((role) => roles.includes(role))),
    columns: [
      { label: '機能', cell: (row) => row.functionJa, isRowHeader: true },
      { label: '項目のまとまり', cell: (row) => row.itemGroupJa },
      { label: '種別', cell: (row) => (row.access === 'view' ? '閲覧' : '更新'), isNoWrap: true },
      { label: '職位と所属', cell: conditionsOf },
      ...roles.map((role) => ({
        label: roleNames[role],
        cell: (row: Row) => heldTag(row, role),
        isNoWrap: true,
      })),
    ],
  });
  return html`${pageHead('権限の一覧', { lead: 'この表だけが権限のもとです。画面・コマンド・内部の処理は、すべてこの表で許可を確かめます。「貸出可」は、申請と承認で期限つきで借りられるものです。' })}
    ${panel({ title: '機能と役割', icon: 'shield', isFlush: true }, matrix)}
    ${panel({ title: '画面と必要な権限', icon: 'list', isFlush: true }, routeTable(routes))}`;
}

/** What the function asks for beside a role. */
function conditionsOf(row: Row): string {
  const rank = row.rankMin === undefined ? [] : [`${rankNames[row.rankMin]}以上`];
  return [...rank, ...(row.isForNumbers === true ? ['個人番号利用事務'] : [])].join('・');
}

function heldTag(row: Row, role: Role): Html | string {
  if (row.roles.includes(role)) return statusTag('可', 'success');
  return row.lentTo?.includes(role) === true ? statusTag('貸出可', 'info') : '';
}

function routeTable(routes: readonly StaffRoute[]): Html {
  return table<StaffRoute>({
    caption: '画面と必要な権限',
    density: 'dense',
    rows: routes,
    columns: [
      { label: '画面', cell: (route) => `${route.method} ${route.url}`, isRowHeader: true },
      { label: '必要な権限', cell: (route) => permissionName(route) },
      {
        label: '処理事由',
        cell: (route) => (route.permission !== 'public' && route.needsReason === true ? '必要' : ''),
      },
    ],
  });
}

function permissionName(route: StaffRoute): string {
  if (route.permission === 'public') return 'なし(サインイン前の画面)';
  if (route.permission === 'signedIn') return 'サインインした職員(自分のアカウント)';
  return permissionTable.find((row) => row.permission === route.permission)?.functionJa ?? route.permission;
}
