import { attributes, classNames, type Html, html } from './html.ts';
import { type IconName, icon } from './icon.ts';

/** How loud a button is: one `filled` per view, `outlined` for the rest, `danger` for what cannot be taken back. */
export type ButtonLook = 'filled' | 'outlined' | 'plain' | 'danger';

/** The look of a button or of a link that looks like one. */
export interface ButtonStyle {
  readonly look?: ButtonLook;
  readonly size?: 'normal' | 'small' | 'tiny';
  readonly icon?: IconName;
}

/** A button that sends its form; `name` and `value` say which button it was. */
export interface ButtonOptions extends ButtonStyle {
  readonly name?: string;
  readonly value?: string;
  readonly type?: 'submit' | 'button';
  /** Where this button sends the form instead of the form's own address. */
  readonly formAction?: string;
  /** The form's id when the button stands outside of it. */
  readonly form?: string;
  readonly isDisabled?: boolean;
  /** Sends the form though its required fields are empty: this answer does not need them. */
  readonly needsNoFields?: boolean;
  readonly shortcut?: string;
  readonly ariaLabel?: string;
}

/** A button with a word on it; never an icon alone. */
export function button(label: string, options: ButtonOptions = {}): Html {
  const tag = attributes({
    type: options.type ?? 'submit',
    class: buttonClass(options),
    name: options.name,
    value: options.value,
    formaction: options.formAction,
    form: options.form,
    disabled: options.isDisabled,
    formnovalidate: options.needsNoFields,
    'aria-keyshortcuts': options.shortcut,
    'aria-label': options.ariaLabel,
  });
  return html`<button ${tag}>${options.icon && icon(options.icon)}${label}</button>`;
}

/**
 * Stands first in a form with several answers: Enter in a field presses the form's first button, and where that one is
 * out of use nothing is sent. So no answer is given that nobody chose.
 */
export const noButtonByEnter: Html = html`<button type="submit" disabled hidden></button>`;

/** A link that looks like a button, for going somewhere; it changes nothing. */
export function buttonLink(
  label: string | Html,
  href: string,
  options: ButtonStyle & { readonly download?: boolean } = {},
): Html {
  const tag = attributes({ href, class: buttonClass(options), download: options.download });
  return html`<a ${tag}>${options.icon && icon(options.icon)}${label}</a>`;
}

/** Buttons side by side, the most important first. */
export function buttonRow(...buttons: readonly (Html | null | false)[]): Html {
  return html`<div class="button-row">${buttons}</div>`;
}

/** A button that may not be used now, with the reason beside it: staff must never wonder why. */
export function unavailableButton(label: string, reason: string, options: ButtonStyle = {}): Html {
  return html`<span class="button-row"
    >${button(label, { ...options, isDisabled: true, type: 'button' })}
    <span class="button-reason">${reason}</span></span
  >`;
}

function buttonClass(style: ButtonStyle): string {
  return classNames(
    'button',
    `button-${style.look ?? 'outlined'}`,
    style.size === 'small' && 'button-small',
    style.size === 'tiny' && 'button-tiny',
  );
}
