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

/** Links between views of the same thing; the one shown is marked. */
export function tabs(items: readonly Tab[], label: string): Html {
  const links = items.map((item) => {
    const tag = attributes({ href: item.href, 'aria-current': item.isCurrent ? 'page' : null });
    const count =
      item.count === undefined ? null : html`<span class="count">${item.count.toLocaleString('ja-JP')}</span>`;
    return html`<a ${tag}>${item.label}${count}</a>`;
  });
  return html`<nav class="tabs" aria-label="${label}">${links}</nav>`;
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

/** Which rows of how many are shown, and the way to the others. */
export function pagination(options: PaginationOptions): Html {
  const { page, pageSize, total } = options;
  const last = Math.max(1, Math.ceil(total / pageSize));
  const from = total === 0 ? 0 : (page - 1) * pageSize + 1;
  const to = Math.min(total, page * pageSize);
  const summary = html`<p class="small soft figures">${total.toLocaleString('ja-JP')}件のうち ${from.toLocaleString('ja-JP')}～${to.toLocaleString('ja-JP')}件目</p>`;
  if (last === 1) return html`<div class="pagination">${summary}</div>`;
  const steps = pageSteps(page, last).map((step) =>
    step === null
      ? html`<li><span class="page-gap" aria-hidden="true">…</span></li>`
      : html`<li>${pageStep(step, options)}</li>`,
  );
  return html`<nav class="pagination" aria-label="ページ">${summary}<ul>${steps}</ul></nav>`;
}

function pageStep(step: number, options: PaginationOptions): Html {
  const current = step === options.page ? 'page' : null;
  const label = `${step}ページ目`;
  if (options.hrefOf !== undefined) {
    return html`<a ${attributes({ href: options.hrefOf(step), 'aria-current': current, 'aria-label': label })}>${step}</a>`;
  }
  const tag = attributes({
    type: 'submit',
    class: 'page',
    name: 'page',
    value: step,
    form: options.form,
    'aria-current': current,
    'aria-label': label,
  });
  return html`<button ${tag}>${step}</button>`;
}

function pageSteps(page: number, last: number): readonly (number | null)[] {
  const shown = [...new Set([1, page - 2, page - 1, page, page + 1, page + 2, last])].filter(
    (n) => n >= 1 && n <= last,
  );
  const steps: (number | null)[] = [];
  for (const n of shown) {
    const previous = steps.at(-1);
    if (typeof previous === 'number' && n - previous === 2) steps.push(n - 1);
    else if (typeof previous === 'number' && n - previous > 2) steps.push(null);
    steps.push(n);
  }
  return steps;
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
