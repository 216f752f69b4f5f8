import type { Day } from '#kernel';
import type { DosePaper } from '#ledger/forms';
import type { FontFace, Picture } from '#platform/pdf';
import type { CopaymentClass, DocumentKind, LayoutElement, LayoutInput } from './layout-schema.ts';

/** A form's layout (様式) as data: what it serves, since when, and everything on the sheet. */
export interface FormLayout {
  readonly layoutId: string;
  readonly title: string;
  /** `*` where the paper serves any programme. */
  readonly programme: string;
  readonly stage: string;
  readonly document: DocumentKind;
  readonly inForceFrom: Day;
  readonly paper: { readonly widthMm: number; readonly heightMm: number };
  /** Whether the letter is addressed to the guardian of the person. */
  readonly isForGuardian: boolean;
  /** Whether the letter is addressed to the householder, where that is another than the person. */
  readonly isToHouseholder?: boolean | undefined;
  /** Whether readings (ふりがな) written in the texts are printed. */
  readonly hasReadings: boolean;
  /** The size of a text that names none, points. */
  readonly size: number;
  /** The face of texts that name none; sheets kept before there was one have none. */
  readonly face?: FontFace | undefined;
  readonly copaymentClasses: readonly CopaymentClass[];
  readonly elements: readonly LayoutElement[];
  readonly window: readonly [number, number, number, number] | null;
  readonly repeat: {
    readonly columns: number;
    readonly rows: number;
    readonly stepX: number;
    readonly stepY: number;
  } | null;
  /** The list that goes on over as many sheets as it needs; null where every person has one sheet. */
  readonly flow: string | null;
  readonly inputs: readonly LayoutInput[];
  /** The layout's own texts (`${notice}`) as the municipality has them. */
  readonly texts: Readonly<Record<string, string>>;
  /** The municipality's seal (公印); null where none is registered for the day. */
  readonly seal: Picture | null;
}

/** The values printed on one sheet: single texts by field, and lists of rows. */
export interface FormValues {
  readonly texts: Readonly<Record<string, string>>;
  readonly lists: Readonly<Record<string, readonly Readonly<Record<string, string>>[]>>;
}

/** The programme and the stage of papers that serve any. */
export const anyStage = '*';

/** Whether a paper serves a stage: made for it, or for any. */
export function servesStage(
  layout: Pick<FormLayout, 'programme' | 'stage'>,
  key: { readonly programme: string; readonly stage: string },
): boolean {
  return layout.programme === anyStage || (layout.programme === key.programme && layout.stage === key.stage);
}

/** The kind of a paper that is used for a dose, so that its number is valid once; null where it only says something. */
export function dosePaperOf({ document }: Pick<FormLayout, 'document'>): DosePaper | null {
  return document === 'screening' || document === 'coupon' ? document : null;
}
