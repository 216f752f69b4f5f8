import { type HoleContext, holeContextsOf } from './hole-context.ts';

/** Markup that is known to be escaped. Made by `html` (or, where audited, by `trustedHtml`) and by nothing else. */
export class Html {
  readonly #markup: string;

  /** Takes markup as it is: only this file calls it. */
  constructor(markup: string) {
    this.#markup = markup;
  }

  /** The markup, ready to be sent. */
  toString(): string {
    return this.#markup;
  }
}

/** Attributes of one tag, already escaped: `html\`<input ${attributes({ checked: true })}>\``. */
export class Attributes {
  readonly #markup: string;

  /** Takes escaped attributes with a leading blank: only this file calls it. */
  constructor(markup: string) {
    this.#markup = markup;
  }

  /** The attributes with a leading blank, or nothing. */
  toString(): string {
    return this.#markup;
  }
}

/** What may stand in a hole of the template. `true` is refused on purpose: it would print itself. */
export type HtmlValue = Html | Attributes | string | number | bigint | null | undefined | false | readonly HtmlValue[];

/** The value of one attribute: `true` prints the bare name; null, undefined and false leave it out. */
export type AttributeValue = string | number | boolean | null | undefined;

/**
 * Makes markup; every value is escaped for the place where it stands (text or quoted attribute), null and false
 * print nothing, arrays print their members. A hole in a script, a style, a comment, a tag's name, an unquoted
 * attribute, a `style` or an `on…` attribute is a programmer's error and throws.
 */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  const contexts = holeContextsOf(strings);
  let markup = strings[0] ?? '';
  for (let i = 0; i < values.length; i += 1) {
    markup += fill(values[i], contexts[i]) + (strings[i + 1] ?? '');
  }
  return new Html(markup);
}

/** Attributes by name; names are written by the programmer, values are escaped, links are checked for their scheme. */
export function attributes(values: Readonly<Record<string, AttributeValue>>): Attributes {
  let markup = '';
  for (const [name, value] of Object.entries(values)) {
    if (value === null || value === undefined || value === false) continue;
    if (!/^[a-z][a-z0-9:-]*$/iu.test(name)) throw new TypeError(`not the name of an attribute: ${name}`);
    if (/^(?:on|style$)/iu.test(name)) throw new TypeError(`the content security policy forbids the attribute ${name}`);
    markup += value === true ? ` ${name}` : ` ${name}="${attributeText(name, value)}"`;
  }
  return new Attributes(markup);
}

/** Class names in a row; false and null are left out. */
export function classNames(...names: readonly (string | false | null | undefined)[]): string {
  return names.filter((name) => typeof name === 'string' && name !== '').join(' ');
}

/**
 * Markup that was not made by `html`, taken as it is. Only for markup that the program itself produced (a barcode
 * drawn as SVG); never for anything that came from a person, a file or the database. `origin` names the producer,
 * so that a search for this function lists every use with its reason.
 */
export function trustedHtml(markup: string, origin: string): Html {
  if (origin.trim() === '') throw new TypeError('trustedHtml must say where the markup comes from');
  return new Html(markup);
}

/** Text with the five characters replaced that have a meaning in markup. */
function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/gu, (character) => entities[character] ?? character);
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const linkAttributes = new Set(['href', 'src', 'action', 'formaction', 'poster', 'xlink:href']);

function fill(value: HtmlValue, context: HoleContext | undefined): string {
  if (value === null || value === undefined || value === false) return '';
  if (context === undefined || context.kind === 'text') return textOf(value);
  if (context.kind === 'tag') return attributesOf(value);
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint') {
    throw new TypeError(`the attribute ${context.attribute} takes text or a number only`);
  }
  return attributeText(context.attribute, context.isWhole ? String(value) : `./${value}`, String(value));
}

function textOf(value: HtmlValue): string {
  if (value === null || value === undefined || value === false) return '';
  if (value instanceof Html) return value.toString();
  if (value instanceof Attributes) throw new TypeError('attributes stand inside a tag, not in text');
  if (typeof value === 'object') return value.map(textOf).join('');
  if (typeof value === 'boolean') throw new TypeError('true is not text');
  return escapeHtml(String(value));
}

function attributesOf(value: HtmlValue): string {
  if (value instanceof Attributes) return value.toString();
  throw new TypeError('inside a tag only attributes(…) may stand');
}

function attributeText(name: string, value: string | number, shown: string | number = value): string {
  const text = String(value);
  if (linkAttributes.has(name.toLowerCase()) && !isHarmlessLink(text)) {
    throw new TypeError(`the attribute ${name} takes a path or an http(s), mailto or tel address`);
  }
  return escapeHtml(String(shown));
}

function isHarmlessLink(link: string): boolean {
  // Browsers drop blanks and control characters before they read the scheme.
  const bare = [...link].filter((character) => character > ' ').join('');
  const scheme = /^([^/?#]*?):/u.exec(bare);
  return scheme === null || ['http', 'https', 'mailto', 'tel'].includes((scheme[1] ?? '').toLowerCase());
}
