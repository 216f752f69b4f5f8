/** A rectangle on the page in millimetres from the upper left corner. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * The faces of a document: Japanese in two weights; and, for papers in another language, Latin letters with all marks,
 * simplified Chinese and Korean, so that a sentence is not pieced together from several fonts; and OCR-B for lines that
 * a machine reads.
 */
export type FontFace = 'regular' | 'bold' | 'latin' | 'chinese' | 'korean' | 'ocrB';

/** Where a text stands in its box across; `spread` is 均等割付: the characters fill the width. */
export type TextAlign = 'left' | 'center' | 'right' | 'spread';

/** Where a text stands in its box downwards. */
export type VerticalAlign = 'top' | 'middle' | 'bottom';

/** How a text is set. Sizes are points, as printers count; lengths stay millimetres. */
export interface TextStyle {
  readonly sizePt: number;
  /** The smallest size the text may be shrunk to before it is reported; defaults to three quarters of `sizePt`. */
  readonly sizeMinPt?: number;
  readonly face?: FontFace;
  readonly align?: TextAlign;
  readonly verticalAlign?: VerticalAlign;
  /** Line height as a multiple of the size; 1.35 when left out. */
  readonly leading?: number;
  /** Whether the text may take several lines; a line break in the text always makes one. */
  readonly isWrapped?: boolean;
  /** Ink as grey, 0 black to 1 white. */
  readonly grey?: number;
  /** Whether readings in `{漢字|かんじ}` are printed above their characters; otherwise only the characters are. */
  readonly hasReadings?: boolean;
}

/** What happened to a text that could not be set as asked; the caller reports it to a person. */
export type TextIssue =
  | { readonly kind: 'characterMissing'; readonly character: string; readonly text: string }
  | { readonly kind: 'variantReplaced'; readonly character: string; readonly text: string }
  | { readonly kind: 'textTooLong'; readonly text: string; readonly sizePt: number };

/**
 * A bar code's kind: three that an ordinary scanner reads, and bars of four heights whose text names each bar (1 long,
 * 2 upper half, 3 lower half, 4 timing), as sorting machines of the post read them.
 */
export type Symbology = 'code128' | 'nw7' | 'qr' | 'fourState';

/** How wide each character cluster is, in thousandths of the size; the only thing that layout asks of a font. */
export type MeasureCluster = (cluster: string, face: FontFace) => number;
