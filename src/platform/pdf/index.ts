export { drawBarCode, fourStateQuietMm } from './bar-code.ts';
export type { AreaStyle, Canvas, LineStyle } from './canvas.ts';
export { withoutReadings } from './clusters.ts';

export { checkText, type FontSet, openFonts } from './open-fonts.ts';
export { type Picture, readPng } from './read-png.ts';
export type { Box, FontFace, Symbology, TextAlign, TextIssue, TextStyle, VerticalAlign } from './types.ts';
export { a4, type Drawing, type PageContent, type PdfOptions, writePdf } from './write-pdf.ts';
export { drawPagePicture, type PagePicture } from './write-svg.ts';
