import { type Html, html } from './html.ts';

const shapes = {
  alert: html`<path d="M10 2.8 1.9 17h16.2L10 2.8Z" /><path d="M10 8v4M10 14.6v.1" />`,
  arrowLeft: html`<path d="M16 10H4m5-5-5 5 5 5" />`,
  arrowRight: html`<path d="M4 10h12m-5-5 5 5-5 5" />`,
  bell: html`<path d="M5 13.5V9a5 5 0 0 1 10 0v4.5l1.5 1.5h-13L5 13.5ZM8 17.5h4" />`,
  book: html`<path d="M10 5c-2-1.5-4.5-1.8-7-1.5v11.7c2.5-.3 5 0 7 1.5 2-1.5 4.5-1.8 7-1.500V3.500c-2.5-.3-5 0-7 1.500Zm0 0v11.7" />`,
  calendar: html`<path d="M3 5h14v12H3zM3 9h14M7 2.800V6M13 2.800V6" />`,
  chart: html`<path d="M3 17h14M5.5 14V9M10 14V4M14.5 14v-3" />`,
  check: html`<path d="m4 10.5 4 4 8-9" />`,
  checkCircle: html`<circle cx="10" cy="10" r="7.5" /><path d="m6.5 10.2 2.5 2.5 4.5-5" />`,
  chevronDown: html`<path d="m5 8 5 5 5-5" />`,
  clock: html`<circle cx="10" cy="10" r="7.5" /><path d="M10 5.500V10l3 2" />`,
  cross: html`<path d="m5 5 10 10M15 5 5 15" />`,
  crossCircle: html`<circle cx="10" cy="10" r="7.5" /><path d="m7 7 6 6m0-6-6 6" />`,
  dash: html`<path d="M5 10h10" />`,
  door: html`<path d="M8 3h8v14H8M12 10H3m3-3-3 3 3 3" />`,
  download: html`<path d="M10 3v9m-4-3.5 4 4 4-4M3.5 16.500h13" />`,
  eye: html`<path d="M1.5 10S4.5 4.5 10 4.5 18.5 10 18.5 10 15.5 15.5 10 15.5 1.5 10 1.5 10Z" /><circle cx="10" cy="10" r="2.5" />`,
  file: html`<path d="M5 2.500h6.500L15 6v11.500H5zM11.5 2.500V6H15" />`,
  flag: html`<path d="M5 18V3h10l-2 3.500L15 10H5" />`,
  gear: html`<circle cx="10" cy="10" r="2.750" /><path d="M10 2v2.500M10 15.500V18M2 10h2.500M15.5 10H18M4.3 4.300l1.8 1.800M13.9 13.900l1.8 1.800M15.7 4.300l-1.8 1.800M6.1 13.900l-1.8 1.8" />`,
  history: html`<path d="M3 10a7 7 0 1 0 2.2-5.100L3 7m0-4v4h4M10 6v4.200l2.8 1.8" />`,
  home: html`<path d="M3 9.5 10 3l7 6.500M5 8v9h10V8M8.5 17v-5h3v5" />`,
  inbox: html`<path d="M3 11.5 5.5 4h9L17 11.500V16H3v-4.500Zm0 0h4l1 2h4l1-2h4" />`,
  info: html`<circle cx="10" cy="10" r="7.5" /><path d="M10 9v5M10 6v.1" />`,
  keyboard: html`<path d="M2 5h16v10H2zM5 8h.1M8.3 8h.1M11.6 8h.1M15 8h.1M6.5 12h7" />`,
  list: html`<path d="M7 5h10M7 10h10M7 15h10M3.5 5h.1M3.5 10h.1M3.5 15h.1" />`,
  lock: html`<path d="M4.5 9h11v8.500h-11zM7 9V6a3 3 0 0 1 6 0v3M10 12.500v1.5" />`,
  mail: html`<path d="M2.5 4.500h15v11h-15zM2.5 5.5 10 11l7.5-5.5" />`,
  menu: html`<path d="M3 5h14M3 10h14M3 15h14" />`,
  people: html`<circle cx="7" cy="7" r="3" /><path d="M1.5 17c0-3 2-5 5.5-5s5.5 2 5.5 5M12.5 4.200a3 3 0 0 1 0 5.600M15 12.500c2.2.5 3.5 2.2 3.5 4.5" />`,
  person: html`<circle cx="10" cy="6.5" r="3.5" /><path d="M3.5 17.500c0-3.5 2.5-5.5 6.5-5.500s6.5 2 6.5 5.5" />`,
  print: html`<path d="M5.5 7V2.500h9V7M5.5 14H2.500V7h15v7h-3M5.5 11.500h9v6h-9z" />`,
  question: html`<circle cx="10" cy="10" r="7.5" /><path d="M7.7 7.800a2.4 2.4 0 1 1 3.5 2.100c-.8.4-1.2.9-1.2 1.800M10 14.200v.1" />`,
  search: html`<circle cx="8.5" cy="8.5" r="5.5" /><path d="m12.7 12.7 4.8 4.8" />`,
  shield: html`<path d="M10 2 3.5 4.500v5c0 4 2.7 6.8 6.5 8.5 3.8-1.7 6.5-4.5 6.5-8.500v-5L10 2Z" />`,
  stop: html`<path d="M6.8 2.500h6.400l4.3 4.300v6.400l-4.3 4.300H6.800l-4.3-4.300V6.800L6.8 2.500ZM10 6v5M10 13.800v.1" />`,
  tag: html`<path d="M10.5 2.500H17V9l-8 8-6.5-6.5 8-8ZM13.5 6v.1" />`,
  undo: html`<path d="M7 4 3 8l4 4M3 8h9a4.5 4.5 0 0 1 0 9H8" />`,
  upload: html`<path d="M10 13V3.500M6 7l4-4 4 4M3.5 16.500h13" />`,
} as const;

/** The names of the drawings of the house; each is 20 by 20, drawn with one line in the colour of the text. */
export type IconName = keyof typeof shapes;

/** A drawing beside a word; it is hidden from readers aloud, because the word says the same. */
export function icon(name: IconName): Html {
  return html`<svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">${shapes[name]}</svg>`;
}
