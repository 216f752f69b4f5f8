import { attributes, classNames, type Html, html } from './html.ts';
import { icon } from './icon.ts';

/** What every control of a form has: its name in the form, its label, help, and what was wrong with it. */
export interface FieldOptions {
  readonly name: string;
  readonly label: string;
  /** Inside a table whose column says the same: only readers aloud are told. */
  readonly isLabelHidden?: boolean;
  /** Help that stands under the label: form, example, where to find it. */
  readonly hint?: string | Html;
  readonly error?: string | null;
  readonly isRequired?: boolean;
  /** The id where the same name stands twice on a page; the name otherwise. */
  readonly id?: string;
  readonly width?: 3 | 5 | 10 | 20 | 40;
  readonly size?: 'normal' | 'small';
}

/** One line of text. */
export interface TextFieldOptions extends FieldOptions {
  readonly value?: string | null;
  readonly type?: 'text' | 'password' | 'tel' | 'email' | 'number' | 'search' | 'month';
  readonly inputMode?: 'numeric' | 'decimal' | 'tel' | 'text' | 'email' | 'kana';
  readonly autocomplete?: string;
  readonly placeholder?: string;
  readonly maxLength?: number;
  readonly isFocused?: boolean;
  /** Texts that the browser offers while one writes; any other may be written. */
  readonly suggestions?: readonly string[];
}

/** A line of text with label, help and error, tied together for readers aloud. */
export function textField(options: TextFieldOptions): Html {
  const { suggestions = [] } = options;
  const hasSuggestions = suggestions.length > 0;
  const listId = `${options.id ?? options.name}-suggestions`;
  const tag = attributes({
    ...controlAttributes(options),
    type: options.type ?? 'text',
    value: options.value,
    inputmode: options.inputMode === 'kana' ? 'text' : options.inputMode,
    autocomplete: options.autocomplete ?? 'off',
    placeholder: options.placeholder,
    maxlength: options.maxLength,
    autofocus: options.isFocused,
    list: hasSuggestions ? listId : null,
  });
  const list =
    hasSuggestions &&
    html`<datalist id="${listId}">${suggestions.map((text) => html`<option ${attributes({ value: text })}></option>`)}</datalist>`;
  return field(options, html`<input ${tag}>${list}`);
}

/**
 * A day as staff type it, western or 和暦, which `FormFields.day` reads. Not the browser's own field of dates: that knows
 * no 和暦, and what it cannot read it sends as nothing.
 */
export function dayField({ hint, ...options }: Omit<TextFieldOptions, 'type' | 'inputMode'>): Html {
  const example = `例　${dayExamples.join('、')}`;
  return textField({ width: 10, ...options, hint: hint === undefined ? example : html`${example}。${hint}` });
}

const dayExamples = ['2026-04-01', 'R8.4.1'];

/** What is said beside a day that could not be read; `how` says what else it must be: `今日までの日で`. */
export function dayHelp(label = '日付', how?: string): string {
  return `${label}を ${dayExamples.join(' や ')} のように${how === undefined ? '' : `、${how}`}書いてください。`;
}

/** Several lines of text. */
export function textArea(options: FieldOptions & { readonly value?: string | null; readonly rows?: number }): Html {
  const tag = attributes({ ...controlAttributes(options), rows: options.rows ?? 3 });
  return field(options, html`<textarea ${tag}>${options.value}</textarea>`);
}

/** One of several, as a list that opens. */
export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly hint?: string;
  readonly isDisabled?: boolean;
}

/** A list that opens; for more than about six choices, else radio buttons are quicker. */
export function selectField(
  options: FieldOptions & { readonly choices: readonly Choice[]; readonly value?: string | null },
): Html {
  const choices = options.choices.map((choice) => {
    const tag = attributes({
      value: choice.value,
      selected: choice.value === (options.value ?? ''),
      disabled: choice.isDisabled,
    });
    return html`<option ${tag}>${choice.label}</option>`;
  });
  return field(options, html`<select ${attributes(controlAttributes(options))}>${choices}</select>`);
}

/** One of a few, all in sight. */
export function radioGroup(options: GroupOptions & { readonly value?: string | null }): Html {
  return choiceGroup(options, 'radio', new Set(options.value === null ? [] : [options.value ?? '']));
}

/** Any of a few, all in sight; every box carries the same name. */
export function checkboxGroup(options: GroupOptions & { readonly values?: readonly string[] }): Html {
  return choiceGroup(options, 'checkbox', new Set(options.values ?? []));
}

/** The choices of a group. */
export interface GroupOptions extends FieldOptions {
  readonly choices: readonly Choice[];
  readonly isInline?: boolean;
  /** The keys begin at the one that is chosen, or at the first. */
  readonly isFocused?: boolean;
}

/** A single box for yes or no. */
export function checkbox(options: {
  readonly name: string;
  readonly label: string | Html;
  readonly value?: string;
  readonly isChecked?: boolean;
  readonly hint?: string;
  readonly id?: string;
}): Html {
  const id = options.id ?? options.name;
  const tag = attributes({
    type: 'checkbox',
    id,
    name: options.name,
    value: options.value ?? 'yes',
    checked: options.isChecked,
  });
  return html`<label class="choice" for="${id}"
    ><input ${tag}><span>${options.label}${options.hint && html`<span class="choice-hint">${options.hint}</span>`}</span></label
  >`;
}

/** A file to send; the form needs `enctype="multipart/form-data"`. */
export function fileField(options: FieldOptions & { readonly accept?: string; readonly isMultiple?: boolean }): Html {
  const tag = attributes({
    ...controlAttributes(options),
    type: 'file',
    accept: options.accept,
    multiple: options.isMultiple === true,
  });
  return field(options, html`<input ${tag}>`);
}

/** One fault of a sent form: the control's id and the sentence. */
export interface FormError {
  readonly field: string | null;
  readonly message: string;
}

/** All faults of a form at its head, each a link to its field; nothing when there are none. */
export function errorSummary(errors: readonly FormError[]): Html | null {
  if (errors.length === 0) return null;
  const items = errors.map((error) =>
    error.field === null
      ? html`<li>${error.message}</li>`
      : html`<li><a href="#${error.field}">${error.message}</a></li>`,
  );
  return html`<div class="error-summary" role="alert" tabindex="-1" id="error-summary"
    ><h2>入力を確かめてください</h2><ul>${items}</ul></div
  >`;
}

/** The fault of one field, for its control. */
export function errorOf(errors: readonly FormError[], field: string): string | null {
  return errors.find((error) => error.field === field)?.message ?? null;
}

/** A value that goes along with the form unseen. */
export function hiddenField(name: string, value: string | number): Html {
  return html`<input type="hidden" name="${name}" value="${value}">`;
}

/** A form that sends by POST with the proof that it came from our own page (CSRF token). */
export function postForm(
  options: {
    readonly action: string;
    readonly csrfToken: string;
    readonly id?: string;
    readonly class?: string;
    readonly takesFiles?: boolean;
    readonly label?: string;
    readonly role?: 'search';
  },
  body: Html,
): Html {
  const tag = attributes({
    method: 'post',
    action: options.action,
    id: options.id,
    class: options.class,
    enctype: options.takesFiles === true ? 'multipart/form-data' : null,
    'aria-label': options.label,
    role: options.role,
    'accept-charset': 'utf-8',
  });
  return html`<form ${tag}>${hiddenField('csrfToken', options.csrfToken)}${body}</form>`;
}

function field(options: FieldOptions, control: Html): Html {
  const id = options.id ?? options.name;
  return html`<div class="field"
    ><label class="${options.isLabelHidden === true ? 'visually-hidden' : 'field-label'}" for="${id}">${options.label}${requiredMark(options)}</label>${hintOf(options)}${control}${errorMessage(options)}</div
  >`;
}

function choiceGroup(options: GroupOptions, type: 'radio' | 'checkbox', chosen: ReadonlySet<string>): Html {
  const base = options.id ?? options.name;
  const focused = Math.max(
    0,
    options.choices.findIndex((choice) => chosen.has(choice.value)),
  );
  const choices = options.choices.map((choice, index) => {
    const id = index === 0 ? base : `${base}-${index}`;
    const tag = attributes({
      type,
      id,
      name: options.name,
      value: choice.value,
      checked: chosen.has(choice.value),
      disabled: choice.isDisabled,
      autofocus: options.isFocused === true && index === focused,
    });
    return html`<label class="choice" for="${id}"
      ><input ${tag}><span>${choice.label}${choice.hint && html`<span class="choice-hint">${choice.hint}</span>`}</span></label
    >`;
  });
  const tag = attributes({ class: 'field', 'aria-describedby': descriptionIds(options) });
  return html`<fieldset ${tag}
    ><legend class="field-label">${options.label}${requiredMark(options)}</legend>${hintOf(options)}<div class="${classNames('choices', options.isInline && 'choices-inline')}">${choices}</div>${errorMessage(options)}</fieldset
  >`;
}

function controlAttributes(options: FieldOptions): Record<string, string | boolean | null> {
  return {
    id: options.id ?? options.name,
    name: options.name,
    class: classNames(
      'control',
      options.size === 'small' && 'control-small',
      options.width !== undefined && `width-${options.width}`,
    ),
    required: options.isRequired === true,
    'aria-invalid': hasError(options) ? 'true' : null,
    'aria-describedby': descriptionIds(options),
  };
}

function hasError(options: FieldOptions): boolean {
  return options.error !== undefined && options.error !== null;
}

function descriptionIds(options: FieldOptions): string | null {
  const id = options.id ?? options.name;
  const ids = [options.hint !== undefined && `${id}-hint`, hasError(options) && `${id}-error`];
  return classNames(...ids) || null;
}

function requiredMark(options: FieldOptions): Html | false {
  return options.isRequired === true && html`<span class="field-required">※必須</span>`;
}

function hintOf(options: FieldOptions): Html | false {
  if (options.hint === undefined) return false;
  return html`<p class="field-hint" id="${options.id ?? options.name}-hint">${options.hint}</p>`;
}

function errorMessage(options: FieldOptions): Html | false {
  if (!hasError(options)) return false;
  return html`<p class="field-error" id="${options.id ?? options.name}-error">${icon('stop')}<span>${options.error}</span></p>`;
}

/** The form above a list that asks for other rows of it: sent by GET, so that the address tells what is shown; not printed. */
export function filterForm(
  options: { readonly action: string; readonly label: string; readonly isSearch?: boolean },
  body: Html,
): Html {
  const tag = attributes({
    class: 'row filter-form no-print',
    method: 'get',
    action: options.action,
    role: options.isSearch === true ? 'search' : null,
    'aria-label': options.label,
  });
  return html`<form ${tag}>${body}</form>`;
}
