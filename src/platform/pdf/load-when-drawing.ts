import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type BwipJs from 'bwip-js/node';
import type { create as createFont } from 'fontkit';

/**
 * What draws is loaded when the first page, code or character asks for it, and then without waiting: together these
 * packages take longer to load than most commands take to answer, and most programs that can print never do.
 */
const load = createRequire(import.meta.url);

let reader: typeof createFont | undefined;
let encoder: typeof BwipJs | undefined;

/** fontkit's reader of font files, the same that PDFKit uses. */
export function fontReader(): typeof createFont {
  reader ??= (load(fileURLToPath(import.meta.resolve('fontkit'))) as { create: typeof createFont }).create;
  return reader;
}

/** The encoder of bar codes. */
export function codeEncoder(): typeof BwipJs {
  encoder ??= (load(fileURLToPath(import.meta.resolve('bwip-js/node'))) as { default: typeof BwipJs }).default;
  return encoder;
}
