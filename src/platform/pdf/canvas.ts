import { drawBarCode } from './bar-code.ts';
import { layOutText, type PlacedText, pointsPerMm } from './lay-out-text.ts';
import type { Picture } from './read-png.ts';
import type { Box, FontFace, MeasureCluster, Symbology, TextIssue, TextStyle } from './types.ts';

/** How a line is drawn; widths in millimetres, grey 0 (black) to 1 (white). */
export interface LineStyle {
  readonly widthMm: number;
  readonly grey?: number;
  readonly dashMm?: readonly number[];
}

/** How an area is drawn: its outline, its filling, or both; `radiusMm` rounds the corners. */
export interface AreaStyle {
  readonly line?: LineStyle;
  readonly fillGrey?: number;
  readonly radiusMm?: number;
}

/** What can be drawn on a page or a layer; all lengths are millimetres from the upper left corner. */
export interface Canvas {
  text(text: string, box: Box, style: TextStyle): readonly TextIssue[];
  line(x1: number, y1: number, x2: number, y2: number, style: LineStyle): void;
  rectangle(box: Box, style: AreaStyle): void;
  ellipse(box: Box, style: AreaStyle): void;
  /** A check mark (レ点) that fills the box. */
  tick(box: Box): void;
  barCode(symbology: Symbology, text: string, box: Box): void;
  /** A picture, as large as fits the box in its own proportions, in the middle. */
  picture(picture: Picture, box: Box): void;
}

/** A glyph as a document holds it. */
export interface DocumentGlyph {
  readonly fontId: string;
  readonly hex: string;
  readonly issue: 'characterMissing' | 'variantReplaced' | null;
}

/** What a canvas needs of its document: widths, and glyphs that are embedded by being asked for. */
export interface GlyphBook {
  readonly measure: MeasureCluster;
  glyphOf(cluster: string, face: FontFace): DocumentGlyph;
  /** The name under which the document holds a picture; written once however often it is drawn. */
  pictureName(picture: Picture): string;
}

/** A canvas with what was drawn on it: PDF operators, and the fonts they name. */
export interface Recording {
  readonly canvas: Canvas;
  readonly operators: string[];
  readonly fontIds: Set<string>;
  readonly pictureNames: Set<string>;
}

/** Opens a canvas that records PDF operators in PDFKit's coordinates (points, y downwards). */
export function openCanvas(book: GlyphBook): Recording {
  const operators: string[] = [];
  const fontIds = new Set<string>();
  const pictureNames = new Set<string>();
  const write = (operator: string) => {
    operators.push(operator);
  };
  const canvas: Canvas = {
    text(text, box, style) {
      if (text === '') return [];
      const layout = layOutText(text, box, style, book.measure);
      const issues: TextIssue[] = [...layout.issues];
      write(`${number(style.grey ?? 0)} g BT`);
      for (const piece of layout.pieces) write(showPiece(piece, style.face ?? 'regular', text, book, fontIds, issues));
      write('ET');
      return issues;
    },
    line(x1, y1, x2, y2, style) {
      write(`${stroke(style)} ${points(x1)} ${points(y1)} m ${points(x2)} ${points(y2)} l S`);
    },
    rectangle(box, style) {
      write(paint(style, style.radiusMm === undefined ? rectanglePath(box) : roundPath(box, style.radiusMm)));
    },
    ellipse(box, style) {
      write(paint(style, roundPath(box, Infinity)));
    },
    tick({ x, y, width, height }) {
      const at = (h: number, v: number) => `${points(x + width * h)} ${points(y + height * v)}`;
      const pen = stroke({ widthMm: Math.min(width, height) * 0.14 });
      write(`${pen} ${at(0.12, 0.5)} m ${at(0.4, 0.85)} l ${at(0.98, -0.05)} l S`);
    },
    barCode(symbology, text, box) {
      write(`0 g ${drawBarCode(symbology, text, box).map(rectanglePath).join(' ')} f`);
    },
    picture(picture, box) {
      const name = book.pictureName(picture);
      pictureNames.add(name);
      const { x, y, width, height } = fitPicture(picture, box);
      write(`q ${points(width)} 0 0 ${points(-height)} ${points(x)} ${points(y + height)} cm /${name} Do Q`);
    },
  };
  return { canvas, operators, fontIds, pictureNames };
}

/** Where a picture stands in its box: its own proportions, in the middle. */
export function fitPicture(picture: Pick<Picture, 'width' | 'height'>, box: Box): Box {
  const scale = Math.min(box.width / picture.width, box.height / picture.height);
  const [width, height] = [picture.width * scale, picture.height * scale];
  return { x: box.x + (box.width - width) / 2, y: box.y + (box.height - height) / 2, width, height };
}

function showPiece(
  piece: PlacedText,
  face: FontFace,
  text: string,
  book: GlyphBook,
  fontIds: Set<string>,
  issues: TextIssue[],
): string {
  const tracking = (piece.trackingMm * pointsPerMm) / piece.stretch;
  const parts = [
    `${number(piece.stretch * 100)} Tz ${number(tracking)} Tc 1 0 0 -1 ${points(piece.x)} ${points(piece.baseline)} Tm`,
  ];
  let fontId = '';
  let hex = '';
  const flush = () => {
    if (hex !== '') parts.push(`<${hex}> Tj`);
    hex = '';
  };
  for (const cluster of piece.clusters) {
    const glyph = book.glyphOf(cluster, face);
    if (glyph.issue !== null) issues.push({ kind: glyph.issue, character: cluster, text });
    if (glyph.fontId !== fontId) {
      flush();
      fontId = glyph.fontId;
      fontIds.add(fontId);
      parts.push(`/${fontId} ${number(piece.sizePt)} Tf`);
    }
    hex += glyph.hex;
  }
  flush();
  return parts.join(' ');
}

function paint(style: AreaStyle, path: string): string {
  const fill = style.fillGrey === undefined ? '' : `${number(style.fillGrey)} g`;
  const line = style.line === undefined ? '' : stroke(style.line);
  const operator = style.fillGrey === undefined ? 'S' : style.line === undefined ? 'f' : 'B';
  return `${fill} ${line} ${path} ${operator}`.trim();
}

function stroke(style: LineStyle): string {
  const dash = (style.dashMm ?? []).map(points).join(' ');
  return `${number(style.grey ?? 0)} G ${points(style.widthMm)} w [${dash}] 0 d`;
}

function rectanglePath(box: Box): string {
  return `${points(box.x)} ${points(box.y)} ${points(box.width)} ${points(box.height)} re`;
}

/** A rectangle with round corners by Bézier quarters; the largest radius makes an ellipse. */
function roundPath({ x, y, width, height }: Box, radius: number): string {
  const rx = Math.min(radius, width / 2);
  const ry = Math.min(radius, height / 2);
  const kx = rx * 0.5523;
  const ky = ry * 0.5523;
  const right = x + width;
  const bottom = y + height;
  const curve = (...numbers: number[]) => `${numbers.map(points).join(' ')} c`;
  return [
    `${points(x + rx)} ${points(y)} m ${points(right - rx)} ${points(y)} l`,
    curve(right - rx + kx, y, right, y + ry - ky, right, y + ry),
    `${points(right)} ${points(bottom - ry)} l`,
    curve(right, bottom - ry + ky, right - rx + kx, bottom, right - rx, bottom),
    `${points(x + rx)} ${points(bottom)} l`,
    curve(x + rx - kx, bottom, x, bottom - ry + ky, x, bottom - ry),
    `${points(x)} ${points(y + ry)} l`,
    curve(x, y + ry - ky, x + rx - kx, y, x + rx, y),
    'h',
  ].join(' ');
}

function points(mm: number): string {
  return number(mm * pointsPerMm);
}

/** At most three decimals: a thousandth of a point is finer than any printer. */
function number(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}
