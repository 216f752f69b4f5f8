import { recordsPath } from '#clinic/records';
import { receptionPath } from '#clinic/tickets';
import {
  accountNoticeStrip,
  type Frame,
  type FrameRenderer,
  mayDo,
  type PageOptions,
  type Permission,
  signedInPerson,
} from '#common-base/access';
import { type Html, html, type IconName, icon, type PageAssets, pageShell } from '#platform/pages';

const productName = '医療機関ウェブ';

interface Entry {
  readonly label: string;
  readonly href: string;
  readonly icon: IconName;
  readonly permission: Permission;
}

const entries: readonly Entry[] = [
  { label: '予診票を読み取る', href: receptionPath, icon: 'keyboard', permission: 'tickets.open' },
  { label: '今日の記録', href: recordsPath, icon: 'list', permission: 'doses.record' },
  { label: '職員', href: '/staff', icon: 'people', permission: 'staff.view' },
  { label: '閲覧と操作の記録', href: '/audit/log', icon: 'eye', permission: 'audit.view' },
  { label: '異常な利用の点検', href: '/reviews/anomalies', icon: 'alert', permission: 'audit.reviewAnomalies' },
  { label: '役割と権限', href: '/audit/permissions', icon: 'shield', permission: 'permissions.view' },
];

/** Draws every page of the clinics' system: a head that says whose it is, a short menu, the state of the line. */
export function createClinicFrame(assets: PageAssets, version: string): FrameRenderer {
  return (frame, page) => clinicPage(frame, page, { assets, footer: `Sesshu ${version}` });
}

function clinicPage(
  frame: Frame,
  page: PageOptions,
  fixed: { readonly assets: PageAssets; readonly footer: string },
): Html {
  const { actor, csrfToken } = frame;
  const isIn = actor !== null && csrfToken !== null;
  const current = page.current ?? frame.path;
  const items = entries
    .filter((entry) => isIn && mayDo(actor, entry.permission))
    .map(({ label, href, icon: drawing }) => ({ label, href, icon: drawing, isCurrent: isCurrent(href, current) }));
  return pageShell({
    ...fixed,
    title: page.title,
    productName,
    homeHref: receptionPath,
    municipality: frame.municipality,
    signedIn: isIn ? signedInPerson(frame, csrfToken) : null,
    navigation: items.length === 0 ? [] : [{ label: null, items }],
    headTool: page.headTool ?? null,
    crumbs: page.crumbs ?? [],
    notices: html`${isIn ? accountNoticeStrip(frame.session) : null}${page.notices}${isIn ? lineState : null}`,
    body: page.body,
    width: page.width ?? 'wide',
  });
}

/** Hidden until a script finds the line down; the words stand here, so that no script makes sentences. */
const lineState = html`<div class="notice notice-error line-state" id="line-state" role="alert" hidden>${icon('stop')}<h2>通信が切れています</h2
  ><div class="notice-body"><p>入力した内容は送られていません。この端末には何も保存していません。</p
  ><p>接種は紙の予診票に記録して続け、つながってから入力してください。接種前の確認ができない間は、母子健康手帳と予診票を二人で確かめます。</p></div></div>`;

function isCurrent(href: string, current: string): boolean {
  if (href === receptionPath) return current === receptionPath || current.startsWith('/tickets');
  return current === href || current.startsWith(`${href}/`);
}
