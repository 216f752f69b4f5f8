import type { Font, Glyph } from 'fontkit';

/**
 * The parts of PDFKit 0.20 that its public drawing functions are built on. We place glyphs and paths ourselves:
 * its `text()` breaks, shapes and measures every string anew, which is most of the time of a dense form.
 */
export interface EmbeddedFont {
  readonly id: string;
  readonly subset: { includeGlyph(glyphId: number): number };
  readonly widths: number[];
  readonly unicode: number[][];
  ref(): unknown;
}

/** An object of the PDF file that is still being written. */
export interface PdfReference {
  readonly data: Record<string, unknown>;
  end(chunk?: string | Buffer): void;
}

interface PdfkitPage {
  readonly fonts: Record<string, unknown>;
  readonly xobjects: Record<string, unknown>;
}

/** A document as PDFKit holds it, reduced to what is used here. */
export interface PdfkitDocument {
  readonly page: PdfkitPage;
  readonly _font: EmbeddedFont;
  font(source: Font): unknown;
  ref(data: Record<string, unknown>): PdfReference;
  addPage(options: { size: [number, number]; margin: number }): unknown;
  addContent(content: string): unknown;
  read(): Buffer | null;
  end(): void;
}

/** Opens a document whose bytes depend on its content alone: dates and ids come from the arguments. */
export async function openPdfkitDocument(info: {
  title: string;
  author: string;
  createdAt: Date;
}): Promise<PdfkitDocument> {
  const { default: PDFDocument } = await import('pdfkit');
  const document = new PDFDocument({
    autoFirstPage: false,
    bufferPages: false,
    pdfVersion: '1.7',
    lang: 'ja-JP',
    displayTitle: true,
    font: '',
    info: {
      Title: info.title,
      Author: info.author,
      Creator: 'Sesshu',
      Producer: 'PDFKit',
      CreationDate: info.createdAt,
      ModDate: info.createdAt,
    },
  });
  return document as unknown as PdfkitDocument;
}

/** The number under which a document's font holds a glyph, as four hexadecimal digits. */
export function embedGlyph(font: EmbeddedFont, glyph: Glyph, widthEm: number, codePoints: readonly number[]): string {
  const id = font.subset.includeGlyph(glyph.id);
  font.widths[id] ??= widthEm;
  font.unicode[id] ??= [...codePoints];
  return id.toString(16).padStart(4, '0');
}
