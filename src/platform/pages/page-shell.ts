import { attributes, classNames, type Html, type HtmlValue, html } from './html.ts';
import { type IconName, icon } from './icon.ts';
import { breadcrumbs, type Crumb, menu } from './navigation.ts';

/** One entry of the side navigation. */
export interface NavigationItem {
  readonly label: string;
  readonly href: string;
  readonly icon: IconName;
  readonly isCurrent?: boolean;
  /** How many wait there. */
  readonly count?: number;
  readonly isUrgent?: boolean;
}

/** Entries of the side navigation under one heading; the first group needs none. */
export interface NavigationGroup {
  readonly label: string | null;
  readonly items: readonly NavigationItem[];
  /** Whether the heading alone shows until it is opened. */
  readonly isFolded?: boolean;
}

/** Who is signed in, and where the form to leave is sent. */
export interface SignedIn {
  readonly name: string;
  readonly duties: string;
  readonly signOutAction: string;
  readonly csrfToken: string;
  /** Where the screen is locked, and after how many minutes without use the browser does so by itself. */
  readonly lock?: { readonly action: string; readonly afterMinutes: number };
  /** Further links of the person's own menu (sessions, password). */
  readonly links?: readonly { readonly label: string; readonly href: string }[];
}

/** Addresses of the built files (with the digest in their names). */
export interface PageAssets {
  readonly stylesheets: readonly string[];
  readonly scripts: readonly string[];
  readonly icon: string | null;
}

/** Everything around a page's body. */
export interface PageShell {
  readonly title: string;
  readonly productName: string;
  readonly homeHref: string;
  /** Whose office this is; null before the municipality is known. */
  readonly municipality: { readonly name: string; readonly isDemonstration: boolean } | null;
  /** The sentence of the banner of a demonstration. */
  readonly demonstrationText?: string;
  readonly signedIn: SignedIn | null;
  /** Why the person is working now (処理事由) and where to change it; left out where it is not asked. */
  readonly accessReason?: { readonly text: string | null; readonly changeHref: string };
  readonly navigation: readonly NavigationGroup[];
  /** A quick search or the like, in the middle of the head. */
  readonly headTool?: Html | null;
  readonly crumbs?: readonly Crumb[];
  /** Banners above the body: what was just done, what needs looking at. */
  readonly notices?: HtmlValue;
  readonly body: Html;
  readonly assets: PageAssets;
  readonly footer?: HtmlValue;
  readonly width?: 'wide' | 'narrow';
}

/** A whole page: head, navigation, banners, body, foot; works without script. */
export function pageShell(page: PageShell): Html {
  const hasNavigation = page.navigation.length > 0;
  const office = page.municipality === null ? page.productName : `${page.municipality.name} ${page.productName}`;
  return html`<!DOCTYPE html>
<html lang="ja">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<meta name="referrer" content="same-origin">
<title>${page.title} | ${office}</title>
${page.assets.icon !== null && html`<link rel="icon" href="${page.assets.icon}" type="image/svg+xml">`}
${page.assets.stylesheets.map((href) => html`<link rel="stylesheet" href="${href}">`)}
${page.assets.scripts.map((src) => html`<script type="module" src="${src}"></script>`)}
</head>
<body>
<a class="skip-link" href="#main">本文へ進む</a>
${shellHeader(page, hasNavigation)}
<div class="${classNames('shell-frame', !hasNavigation && 'shell-frame-bare')}">
${hasNavigation && sideNavigation(page.navigation, 'メニュー')}
<main id="main" tabindex="-1" class="${classNames('shell-main', page.width === 'narrow' && 'shell-narrow')}">
<div class="stack">
${breadcrumbs(page.crumbs ?? [])}
${page.notices}
${page.body}
</div>
</main>
</div>
<footer class="shell-footer"><span>${office}</span>${page.footer && html`<span>${page.footer}</span>`}</footer>
</body>
</html>`;
}

function shellHeader(page: PageShell, hasNavigation: boolean): Html {
  const brand = html`<a class="shell-brand" href="${page.homeHref}"
    >${emblem}<span><span class="shell-municipality">${page.municipality?.name ?? page.productName}</span>${page.municipality !== null && html`<span class="shell-product">${page.productName}</span>`}</span></a
  >`;
  return html`<header class="shell-header">
${page.municipality?.isDemonstration === true && html`<p class="shell-demonstration">${icon('info')}<span>${page.demonstrationText ?? 'これはデモ用の環境です。登場する人や団体はすべて架空です。'}</span></p>`}
<div class="shell-bar">
${hasNavigation && menu(html`${icon('menu')}メニュー`, sideNavigation(page.navigation, 'メニュー（小さい画面）'), { class: 'shell-menu' })}
${brand}
<div class="shell-tools">
${page.headTool && html`<div class="shell-search">${page.headTool}</div>`}
${page.accessReason !== undefined && reasonLink(page.accessReason)}
${page.signedIn !== null && personMenu(page.signedIn)}
</div>
</div>
</header>`;
}

function reasonLink(reason: { readonly text: string | null; readonly changeHref: string }): Html {
  if (reason.text === null) {
    return html`<a class="shell-reason shell-reason-missing" href="${reason.changeHref}">${icon('alert')}処理事由を選ぶ</a>`;
  }
  return html`<a class="shell-reason" href="${reason.changeHref}" title="処理事由を変える"
    ><span class="soft">処理事由</span><b>${reason.text}</b><span class="visually-hidden">（変える）</span></a
  >`;
}

function personMenu(person: SignedIn): Html {
  const links = (person.links ?? []).map((link) => html`<li><a href="${link.href}">${link.label}</a></li>`);
  const { lock } = person;
  const lockForm =
    lock !== undefined &&
    html`<form method="post" action="${lock.action}" data-lock-minutes="${lock.afterMinutes}"
        ><input type="hidden" name="csrfToken" value="${person.csrfToken}"><input type="hidden" name="next" value="/"><button class="button button-outlined button-small" type="submit">${icon('lock')}画面をロックする</button></form
      >`;
  return menu(
    html`${icon('person')}<span class="shell-person">${person.name}</span>`,
    html`<div class="stack-tight"
      ><p><b>${person.name}</b><br><span class="small soft">${person.duties}</span></p>${links.length > 0 && html`<ul class="stack-tight">${links}</ul>`}${lockForm}<form method="post" action="${person.signOutAction}"
        ><input type="hidden" name="csrfToken" value="${person.csrfToken}"><button class="button button-outlined button-small" type="submit">${icon('door')}サインアウト</button></form
      ></div
    >`,
  );
}

function sideNavigation(groups: readonly NavigationGroup[], label: string): Html {
  const parts = groups.map(({ label: heading, items, isFolded }) => {
    const list = html`<ul>${items.map(navigationItem)}</ul>`;
    if (heading === null) return list;
    return html`<details${attributes({ open: isFolded !== true })}><summary>${heading}${icon('chevronDown')}</summary>${list}</details>`;
  });
  return html`<nav class="shell-nav" aria-label="${label}">${parts}</nav>`;
}

function navigationItem(item: NavigationItem): Html {
  const tag = attributes({ href: item.href, 'aria-current': item.isCurrent === true ? 'page' : null });
  const look = item.isUrgent === true ? 'count count-urgent' : 'count';
  const count =
    item.count !== undefined &&
    item.count > 0 &&
    html`<span class="${look}">${item.count.toLocaleString('ja-JP')}<span class="visually-hidden">件</span></span>`;
  return html`<li><a ${tag}>${icon(item.icon)}${item.label}${count}</a></li>`;
}

const emblem = html`<svg viewBox="0 0 36 36" aria-hidden="true" focusable="false"
  ><rect width="36" height="36" rx="9" fill="#0017c1" /><path d="M9.5 19.5 15.2 25 27 11.5" fill="none" stroke="#fff" stroke-width="3.6" stroke-linecap="round" stroke-linejoin="round" /></svg
>`;
