import { availableParallelism } from 'node:os';
import { openThreads } from '#platform/threads';
import { type DrawnFile, drawFile } from './draw-file.ts';
import type { DrawThreadData } from './draw-thread.ts';
import type { NoticeLibrary } from './library.ts';
import type { PreparedPart } from './print-part.ts';

/** Where the files of a print job are drawn. */
export interface Press {
  /** How many files one transaction prints. */
  readonly filesAtOnce: number;
  /** Draws what was prepared; nothing where nobody gets a letter. Tells now and then how many sheets stand. */
  draw(kept: PreparedPart['kept'], onSheets: (sheets: number) => Promise<void>): Promise<DrawnFile | null>;
  close(): Promise<void>;
}

const fewFiles = 3;
const threadsAtMost = 8;
/** While one file of a thread is drawn, the next one is decided. */
const filesPerThread = 2;

/** Draws a few files in this process, many of them side by side in threads, one for each core. */
export function openPress({ fonts, fontFolders }: NoticeLibrary, files: number): Press {
  if (files <= fewFiles) {
    return {
      filesAtOnce: 1,
      draw: (kept, onSheets) => (kept === null ? Promise.resolve(null) : drawFile(kept.sheets, fonts, onSheets)),
      close: () => Promise.resolve(),
    };
  }
  const count = Math.min(threadsAtMost, availableParallelism(), files);
  const data: DrawThreadData = { fontFolders };
  const threads = openThreads<Uint8Array, DrawnFile>(new URL('draw-thread.ts', import.meta.url), data, count);
  return {
    filesAtOnce: count * filesPerThread,
    draw: (kept) => (kept === null ? Promise.resolve(null) : threads.run(kept.packed)),
    close: () => threads.close(),
  };
}
