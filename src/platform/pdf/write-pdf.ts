import { deflateSync } from 'node:zlib';
import { type Canvas, type DocumentGlyph, type GlyphBook, openCanvas, type Recording } from './canvas.ts';
import { pointsPerMm } from './lay-out-text.ts';
import { type FontFile, type FontSet, type FoundGlyph, findGlyph } from './open-fonts.ts';
import { type EmbeddedFont, embedGlyph, openPdfkitDocument, type PdfkitDocument } from './pdfkit-parts.ts';
import type { Picture } from './read-png.ts';
import type { FontFace } from './types.ts';

/** Draws on a canvas. */
export type Drawing = (canvas: Canvas) => void;

/** One page: a background shared with other pages (written once, told apart by identity) and its own drawing. */
export interface PageContent {
  readonly background: Drawing | null;
  readonly draw: Drawing;
}

/** What a document says of itself, its paper and its fonts. */
export interface PdfOptions {
  readonly title: string;
  readonly author: string;
  /** The instant that the file names as its creation; an argument so that the same pages give the same bytes. */
  readonly createdAt: Date;
  readonly paper: { readonly widthMm: number; readonly heightMm: number };
  readonly fonts: FontSet;
}

/** DIN A4 upright. */
export const a4 = { widthMm: 210, heightMm: 297 } as const;

/**
 * Writes a document page by page as its bytes are taken, so that thousands of pages need the memory of one. Fonts
 * are embedded as subsets of the characters used. The same pages give the same bytes.
 */
export async function* writePdf(
  options: PdfOptions,
  pages: AsyncIterable<PageContent> | Iterable<PageContent>,
): AsyncGenerator<Buffer> {
  const document = await openPdfkitDocument(options);
  const book = openGlyphBook(document, options.fonts);
  const layers = new Map<Drawing, string>();
  const size: [number, number] = [options.paper.widthMm * pointsPerMm, options.paper.heightMm * pointsPerMm];
  for await (const page of pages) {
    document.addPage({ size, margin: 0 });
    if (page.background !== null) placeLayer(document, book, layers, page.background, size);
    const recording = openCanvas(book);
    page.draw(recording.canvas);
    document.addContent(recording.operators.join('\n'));
    Object.assign(document.page.fonts, book.fontRefs(recording));
    Object.assign(document.page.xobjects, book.pictureRefs(recording));
    yield* written(document);
  }
  document.end();
  yield* written(document);
}

interface DocumentGlyphBook extends GlyphBook {
  fontRefs(recording: Recording): Record<string, unknown>;
  pictureRefs(recording: Recording): Record<string, unknown>;
}

function* written(document: PdfkitDocument): Generator<Buffer> {
  for (let chunk = document.read(); chunk !== null; chunk = document.read()) yield chunk;
}

/** A layer is a form XObject: its operators stand in the file once, each page only names it. */
function placeLayer(
  document: PdfkitDocument,
  book: DocumentGlyphBook,
  layers: Map<Drawing, string>,
  drawing: Drawing,
  size: readonly [number, number],
): void {
  let name = layers.get(drawing);
  if (name === undefined) {
    name = `L${layers.size + 1}`;
    layers.set(drawing, name);
    layerRefs(document).set(name, recordLayer(document, book, drawing, size));
  }
  document.page.xobjects[name] = layerRefs(document).get(name);
  document.addContent(`/${name} Do`);
}

const refsOfDocument = new WeakMap<PdfkitDocument, Map<string, unknown>>();

function layerRefs(document: PdfkitDocument): Map<string, unknown> {
  const refs = refsOfDocument.get(document) ?? new Map<string, unknown>();
  refsOfDocument.set(document, refs);
  return refs;
}

function recordLayer(
  document: PdfkitDocument,
  book: DocumentGlyphBook,
  drawing: Drawing,
  size: readonly [number, number],
): unknown {
  const recording = openCanvas(book);
  drawing(recording.canvas);
  const ref = document.ref({
    Type: 'XObject',
    Subtype: 'Form',
    BBox: [0, 0, ...size],
    Resources: {
      ProcSet: ['PDF', 'Text', 'ImageC'],
      Font: book.fontRefs(recording),
      XObject: book.pictureRefs(recording),
    },
  });
  // A layer without any operator would be no stream, which readers refuse.
  ref.end(recording.operators.join('\n') || ' ');
  return ref;
}

/** A picture is an image XObject; what it does not cover is a mask beside it. */
function recordPicture(document: PdfkitDocument, { width, height, rgb, alpha }: Picture): unknown {
  const shape = { Type: 'XObject', Subtype: 'Image', Width: width, Height: height, BitsPerComponent: 8 };
  const write = (data: Record<string, unknown>, dots: Buffer) => {
    const ref = document.ref({ ...shape, ...data, Filter: 'FlateDecode' });
    ref.end(deflateSync(dots));
    return ref;
  };
  const mask = alpha === null ? {} : { SMask: write({ ColorSpace: 'DeviceGray' }, alpha) };
  return write({ ColorSpace: 'DeviceRGB', ...mask }, rgb);
}

interface BookEntry extends DocumentGlyph {
  readonly widthEm: number;
}

/** The document's glyphs by face and cluster; each is looked up once. */
function openGlyphBook(document: PdfkitDocument, fonts: FontSet): DocumentGlyphBook {
  const embedded = new Map<FontFile, EmbeddedFont>();
  const byId = new Map<string, EmbeddedFont>();
  const entries = new Map<FontFace, Map<string, BookEntry>>();
  const fontOf = (file: FontFile): EmbeddedFont => {
    const known = embedded.get(file);
    if (known !== undefined) return known;
    document.font(file.open().font);
    const font = document._font;
    embedded.set(file, font);
    byId.set(font.id, font);
    return font;
  };
  const entryOf = (cluster: string, face: FontFace): BookEntry => {
    const ofFace = entries.get(face) ?? new Map<string, BookEntry>();
    entries.set(face, ofFace);
    const known = ofFace.get(cluster);
    if (known !== undefined) return known;
    const found = findGlyph(fonts, face, cluster);
    const entry = embed(fontOf(found.file), found, cluster);
    ofFace.set(cluster, entry);
    return entry;
  };
  const pictures = new Map<Picture, string>();
  const pictureRefs = new Map<string, unknown>();
  const pictureName = (picture: Picture): string => {
    const known = pictures.get(picture);
    if (known !== undefined) return known;
    const name = `P${pictures.size + 1}`;
    pictures.set(picture, name);
    pictureRefs.set(name, recordPicture(document, picture));
    return name;
  };
  return {
    measure: (cluster, face) => entryOf(cluster, face).widthEm,
    glyphOf: entryOf,
    pictureName,
    pictureRefs: ({ pictureNames }) => Object.fromEntries([...pictureNames].map((id) => [id, pictureRefs.get(id)])),
    fontRefs: (recording) => Object.fromEntries([...recording.fontIds].map((id) => [id, byId.get(id)?.ref()])),
  };
}

function embed(font: EmbeddedFont, found: FoundGlyph, cluster: string): BookEntry {
  const widthEm = (found.glyph.advanceWidth * 1000) / found.file.open().font.unitsPerEm;
  const codePoints = Array.from(cluster, (character) => character.codePointAt(0) ?? 0);
  return { fontId: font.id, hex: embedGlyph(font, found.glyph, widthEm, codePoints), issue: found.issue, widthEm };
}
