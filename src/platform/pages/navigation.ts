import { attributes, type Html, type HtmlValue, html } from './html.ts';
import { icon } from './icon.ts';

/** A step of the way from the start page to here. */
export interface Crumb {
  readonly label: string;
  readonly href: string;
}

/** The way from the start page to here; the page itself is its heading and does not stand in it. */
export function breadcrumbs(crumbs: readonly Crumb[]): Html | null {
  if (crumbs.length === 0) return null;
  const items = crumbs.map((crumb) => html`<li><a href="${crumb.href}">${crumb.label}</a></li>`);
  return html`<nav class="breadcrumbs" aria-label="現在の場所"><ol>${items}</ol></nav>`;
}

/** One of several views of the same thing. */
export interface Tab {
  readonly label: string;
  readonly href: string;
  readonly isCurrent: boolean;
  readonly count?: number;
}

/** Where a paged list stands. */
export interface PaginationOptions {
  readonly page: number;
  readonly pageSize: number;
  readonly total: number;
  /** The address of a page; leave it out and give `form` where the list hangs on a form sent by POST. */
  readonly hrefOf?: (page: number) => string;
  /** The id of the form whose `page` field the buttons send. */
  readonly form?: string;
}

/** A small menu that opens below its label, without script. */
export function menu(label: HtmlValue, body: HtmlValue, options: { readonly class?: string } = {}): Html {
  return html`<details class="menu ${options.class ?? ''}"
    ><summary>${label}${icon('chevronDown')}</summary><div class="menu-panel">${body}</div></details
  >`;
}

/** More that opens below, without script. */
export function disclosure(summary: HtmlValue, body: HtmlValue, isOpen = false): Html {
  return html`<details class="disclosure"${attributes({ open: isOpen })}><summary>${summary}</summary>${body}</details>`;
}
