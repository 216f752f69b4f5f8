import { attributes, classNames, type Html, type HtmlValue, html } from './html.ts';
import { type IconName, icon } from './icon.ts';

/** A framed part of a page with a heading. */
export interface PanelOptions {
  readonly title: string;
  readonly id?: string;
  readonly icon?: IconName;
  /** Beside the heading: a count, a button. */
  readonly aside?: HtmlValue;
  /** The body touches the frame (a table). */
  readonly isFlush?: boolean;
  readonly foot?: HtmlValue;
  readonly headingLevel?: 2 | 3;
  readonly class?: string;
}

/** A framed part of a page; its heading names it for readers aloud. */
export function panel(options: PanelOptions, body: HtmlValue): Html {
  const headingId = `${options.id ?? panelId(options.title)}-heading`;
  const title = html`${options.icon && icon(options.icon)}${options.title}`;
  const heading =
    options.headingLevel === 3 ? html`<h3 id="${headingId}">${title}</h3>` : html`<h2 id="${headingId}">${title}</h2>`;
  const tag = attributes({
    class: classNames('panel', options.class),
    id: options.id,
    'aria-labelledby': headingId,
  });
  return html`<section ${tag}
    ><div class="panel-head">${heading}${options.aside && html`<div class="row">${options.aside}</div>`}</div
    ><div class="${options.isFlush === true ? 'panel-flush' : 'panel-body'}">${body}</div
    >${options.foot && html`<div class="panel-foot">${options.foot}</div>`}</section
  >`;
}

/** The page's heading with a sentence on what the page is for, and its actions on the right. */
export function pageHead(
  title: HtmlValue,
  options: { readonly lead?: HtmlValue; readonly actions?: HtmlValue } = {},
): Html {
  return html`<div class="page-head"
    ><div><h1>${title}</h1>${options.lead && html`<p class="page-lead">${options.lead}</p>`}</div>${options.actions && html`<div class="button-row">${options.actions}</div>`}</div
  >`;
}

/** Terms and what they are, one under the other; entries without a value are left out. */
export function dataList(entries: readonly (readonly [string, HtmlValue] | null | false)[]): Html {
  const rows = entries.map(
    (entry) =>
      entry !== null &&
      entry !== false &&
      entry[1] !== null &&
      entry[1] !== undefined &&
      entry[1] !== '' &&
      html`<div><dt>${entry[0]}</dt><dd>${entry[1]}</dd></div>`,
  );
  return html`<dl class="data-list">${rows}</dl>`;
}

/** One figure of a row of figures; with `href` it is a filter of the list below. */
export interface Figure {
  readonly label: string;
  readonly value: number | string;
  readonly unit?: string;
  readonly icon?: IconName;
  readonly href?: string;
  readonly isCurrent?: boolean;
}

/** Figures side by side, to be taken in at a glance. */
export function figureRow(figures: readonly Figure[], label: string): Html {
  const cells = figures.map((figure) => {
    const shown = typeof figure.value === 'number' ? figure.value.toLocaleString('ja-JP') : figure.value;
    const body = html`<span class="figure-label">${figure.icon && icon(figure.icon)}${figure.label}</span
      ><span class="figure-value">${shown}${figure.unit && html`<small>${figure.unit}</small>`}</span>`;
    if (figure.href === undefined) return html`<div>${body}</div>`;
    return html`<a ${attributes({ href: figure.href, 'aria-current': figure.isCurrent === true ? 'true' : null })}>${body}</a>`;
  });
  return html`<div class="figure-row" role="group" aria-label="${label}">${cells}</div>`;
}

function panelId(title: string): string {
  return `panel-${[...title].map((character) => (character.codePointAt(0) ?? 0).toString(36)).join('')}`;
}
