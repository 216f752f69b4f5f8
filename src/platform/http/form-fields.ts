import { findTypedDay, formatIsoDay, hasNul } from '#kernel';
import { UnusableText } from './refuse-nul.ts';

/** The fields of a form or of a query, each with any number of values, as text. */
export class FormFields {
  readonly #values: ReadonlyMap<string, readonly string[]>;

  /** Takes what the parser gave: text or lists of text by name. Refuses the NUL character, which no database keeps. */
  constructor(parsed: unknown) {
    if (hasNul(parsed)) throw new UnusableText();
    const values = new Map<string, readonly string[]>();
    const entries = parsed !== null && typeof parsed === 'object' ? Object.entries(parsed) : [];
    for (const [name, value] of entries) {
      const texts = (Array.isArray(value) ? value : [value]).filter((item): item is string => typeof item === 'string');
      values.set(name, texts);
    }
    this.#values = values;
  }

  /** The first value exactly as sent; undefined when the field is missing. */
  find(name: string): string | undefined {
    return this.#values.get(name)?.[0];
  }

  /** The first value without blanks around it; empty when the field is missing. */
  text(name: string): string {
    return this.find(name)?.trim() ?? '';
  }

  /** The texts of several fields by name, each no longer than `lengthMax` UTF-16 units. */
  texts<Name extends string>(names: readonly Name[], lengthMax?: number): Record<Name, string> {
    const texts = names.map((name) => [name, this.text(name).slice(0, lengthMax)] as const);
    return Object.fromEntries(texts) as Record<Name, string>;
  }

  /** The day that staff typed, western or 和暦, as 2026-04-01; what is no day stays as it was typed, to be refused. */
  day(name: string): string {
    const text = this.text(name);
    const day = findTypedDay(text);
    return day === undefined ? text : formatIsoDay(day);
  }

  /** All values of a field that may stand several times. */
  list(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  /** Whether the field was sent at all (a ticked box). */
  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** The names of all fields. */
  names(): readonly string[] {
    return [...this.#values.keys()];
  }
}
