import { type Html, type HtmlValue, html } from './html.ts';
import { type IconName, icon } from './icon.ts';

/** What a notice is: done, worth knowing, to be looked at, gone wrong. */
export type NoticeKind = 'success' | 'info' | 'warning' | 'error';

const icons: Readonly<Record<NoticeKind, IconName>> = {
  success: 'checkCircle',
  info: 'info',
  warning: 'alert',
  error: 'stop',
};

/** A banner over the page's content; success and error are read aloud when they appear. */
export function notice(kind: NoticeKind, title: HtmlValue, body?: HtmlValue): Html {
  const role = kind === 'success' || kind === 'info' ? 'status' : 'alert';
  return html`<div class="notice notice-${kind}" role="${role}"
    >${icon(icons[kind])}<h2>${title}</h2>${body === undefined ? null : html`<div class="notice-body">${body}</div>`}</div
  >`;
}

/** What stands where a list would: what it is that is not there, and what to do. */
export function emptyState(title: string, body?: HtmlValue, drawing: IconName = 'inbox'): Html {
  return html`<div class="empty">${icon(drawing)}<p class="empty-title">${title}</p>${body === undefined ? null : html`<div>${body}</div>`}</div>`;
}
