import { drawBarCode } from './bar-code.ts';
import { type AreaStyle, type Canvas, fitPicture, type LineStyle } from './canvas.ts';
import { layOutText, type PlacedText, pointsPerMm } from './lay-out-text.ts';
import { type FontSet, findGlyph } from './open-fonts.ts';
import type { Box, FontFace, MeasureCluster, TextIssue } from './types.ts';
import type { Drawing } from './write-pdf.ts';

/** A page as a picture, and what on it could not be set as asked. */
export interface PagePicture {
  readonly svg: string;
  readonly issues: readonly TextIssue[];
}

/**
 * Draws one page as an SVG picture for the screen, with the same setting of texts as on paper: every glyph is an
 * outline, so that it looks the same where the fonts are not installed. Nothing in it can run or load, and none of its
 * texts stands in it as text; inside a page (`isInline`) a frame stands for a picture.
 */
export function drawPagePicture(
  fonts: FontSet,
  paper: { readonly widthMm: number; readonly heightMm: number },
  drawings: readonly Drawing[],
  options: { readonly isInline?: boolean } = {},
): PagePicture {
  const book = openOutlineBook(fonts);
  const parts: string[] = [];
  const issues: TextIssue[] = [];
  const canvas = svgCanvas(book, parts, issues, options.isInline === true);
  for (const drawing of drawings) drawing(canvas);
  const { widthMm, heightMm } = paper;
  const head = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 ${widthMm} ${heightMm}" width="${widthMm}mm" height="${heightMm}mm">`;
  const sheet = `<rect width="${widthMm}" height="${heightMm}" fill="#fff"/>`;
  return { svg: `${head}<defs>${book.outlines().join('')}</defs>${sheet}${parts.join('')}</svg>`, issues };
}

interface OutlineBook {
  readonly measure: MeasureCluster;
  idOf(cluster: string, face: FontFace): { readonly id: string; readonly issue: TextIssue['kind'] | null };
  outlines(): string[];
}

function openOutlineBook(fonts: FontSet): OutlineBook {
  const known = new Map<string, { id: string; issue: 'characterMissing' | 'variantReplaced' | null; width: number }>();
  const outlines: string[] = [];
  const entryOf = (cluster: string, face: FontFace) => {
    const key = `${face} ${cluster}`;
    const seen = known.get(key);
    if (seen !== undefined) return seen;
    const { file, glyph, issue } = findGlyph(fonts, face, cluster);
    const id = `g${known.size}`;
    const em = file.open().font.unitsPerEm;
    const scale = round(1 / em, 8);
    outlines.push(`<path id="${id}" transform="scale(${scale} ${-scale})" d="${glyph.path.toSVG()}"/>`);
    const entry = { id, issue, width: (glyph.advanceWidth * 1000) / em };
    known.set(key, entry);
    return entry;
  };
  return {
    measure: (cluster, face) => entryOf(cluster, face).width,
    idOf: entryOf,
    outlines: () => outlines,
  };
}

function svgCanvas(book: OutlineBook, parts: string[], issues: TextIssue[], isInline: boolean): Canvas {
  const write = (part: string) => {
    parts.push(part);
  };
  return {
    text(text, box, style) {
      if (text === '') return [];
      const layout = layOutText(text, box, style, book.measure);
      const found: TextIssue[] = [...layout.issues];
      const fill = grey(style.grey ?? 0);
      for (const piece of layout.pieces) write(pieceOf(piece, style.face ?? 'regular', fill, book, text, found));
      issues.push(...found);
      return found;
    },
    line(x1, y1, x2, y2, style) {
      write(`<path d="M${mm(x1)} ${mm(y1)}L${mm(x2)} ${mm(y2)}" ${stroke(style)}/>`);
    },
    rectangle(box, style) {
      const radius = style.radiusMm === undefined ? '' : ` rx="${mm(style.radiusMm)}"`;
      write(`<rect ${place(box)}${radius} ${paint(style)}/>`);
    },
    ellipse({ x, y, width, height }, style) {
      const at = `cx="${mm(x + width / 2)}" cy="${mm(y + height / 2)}" rx="${mm(width / 2)}" ry="${mm(height / 2)}"`;
      write(`<ellipse ${at} ${paint(style)}/>`);
    },
    tick({ x, y, width, height }) {
      const at = (h: number, v: number) => `${mm(x + width * h)} ${mm(y + height * v)}`;
      const pen = stroke({ widthMm: Math.min(width, height) * 0.14 });
      write(`<path d="M${at(0.12, 0.5)}L${at(0.4, 0.85)}L${at(0.98, -0.05)}" ${pen}/>`);
    },
    barCode(symbology, text, box) {
      const bars = drawBarCode(symbology, text, box).map(
        ({ x, y, width, height }) => `M${mm(x)} ${mm(y)}h${mm(width)}v${mm(height)}h${mm(-width)}z`,
      );
      write(`<path d="${bars.join('')}" fill="#000"/>`);
    },
    picture(picture, box) {
      if (isInline) {
        write(`<rect ${place(fitPicture(picture, box))} ${paint({ line: { widthMm: 0.3, dashMm: [1, 1] } })}/>`);
        return;
      }
      const data = picture.file.toString('base64');
      write(`<image ${place(fitPicture(picture, box))} href="data:image/png;base64,${data}"/>`);
    },
  };
}

function pieceOf(
  piece: PlacedText,
  face: FontFace,
  fill: string,
  book: OutlineBook,
  text: string,
  issues: TextIssue[],
): string {
  const sizeMm = piece.sizePt / pointsPerMm;
  let at = 0;
  const glyphs = piece.clusters.map((cluster) => {
    const { id, issue } = book.idOf(cluster, face);
    if (issue === 'characterMissing' || issue === 'variantReplaced')
      issues.push({ kind: issue, character: cluster, text });
    const use = `<use xlink:href="#${id}" x="${round(at, 4)}"/>`;
    at += book.measure(cluster, face) / 1000 + piece.trackingMm / piece.stretch / sizeMm;
    return use;
  });
  const scale = `scale(${round(sizeMm * piece.stretch, 5)} ${round(sizeMm, 5)})`;
  return `<g fill="${fill}" transform="translate(${mm(piece.x)} ${mm(piece.baseline)}) ${scale}">${glyphs.join('')}</g>`;
}

function place({ x, y, width, height }: Box): string {
  return `x="${mm(x)}" y="${mm(y)}" width="${mm(width)}" height="${mm(height)}"`;
}

function paint(style: AreaStyle): string {
  const fill = style.fillGrey === undefined ? 'none' : grey(style.fillGrey);
  return `fill="${fill}"${style.line === undefined ? '' : ` ${stroke(style.line, true)}`}`;
}

function stroke(style: LineStyle, isFilled = false): string {
  const dash = style.dashMm === undefined ? '' : ` stroke-dasharray="${style.dashMm.map(mm).join(' ')}"`;
  return `${isFilled ? '' : 'fill="none" '}stroke="${grey(style.grey ?? 0)}" stroke-width="${mm(style.widthMm)}"${dash}`;
}

function grey(value: number): string {
  const part = Math.round(value * 255)
    .toString(16)
    .padStart(2, '0');
  return `#${part}${part}${part}`;
}

function mm(value: number): string {
  return String(round(value, 3));
}

function round(value: number, digits: number): number {
  const factor = 10 ** digits;
  return Math.round(value * factor) / factor;
}
