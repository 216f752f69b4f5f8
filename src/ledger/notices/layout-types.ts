import type { Day } from '#kernel';
import type { CopaymentClass, LayoutElement } from './layout-schema.ts';

/** A form's layout (様式) as data: what it serves, since when, and everything on the sheet. */
export interface FormLayout {
  readonly layoutId: string;
  readonly title: string;
  readonly programme: string;
  readonly stage: string;
  readonly inForceFrom: Day;
  readonly paper: { readonly widthMm: number; readonly heightMm: number };
  /** Whether the letter is addressed to the guardian of the person. */
  readonly isForGuardian: boolean;
  /** Whether readings (ふりがな) written in the texts are printed. */
  readonly hasReadings: boolean;
  /** The size of a text that names none, points. */
  readonly size: number;
  readonly copaymentClasses: readonly CopaymentClass[];
  readonly elements: readonly LayoutElement[];
}

/** The values printed on one sheet: single texts by field, and lists of rows. */
export interface FormValues {
  readonly texts: Readonly<Record<string, string>>;
  readonly lists: Readonly<Record<string, readonly Readonly<Record<string, string>>[]>>;
}
