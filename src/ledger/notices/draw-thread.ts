import { openFonts } from '#platform/pdf';
import { serveThread } from '#platform/threads';
import { drawFile } from './draw-file.ts';
import { unpackSheets } from './kept-sheets.ts';

/** What a thread that draws is prepared with. */
export interface DrawThreadData {
  /** Folders with a municipality's own fonts (外字). */
  readonly fontFolders: readonly string[];
}

/**
 * One thread of a printing: what is kept of a file in, the file out. It draws from the same bytes as a reprint does, and
 * sees no database.
 */
await serveThread(({ fontFolders }: DrawThreadData) => {
  const fonts = openFonts(fontFolders);
  return Promise.resolve((packed: Uint8Array) => drawFile(unpackSheets(packed), fonts));
});
