import { setImmediate } from 'node:timers/promises';
import type { Finding } from '#kernel';
import { type FontSet, type PageContent, writePdf } from '#platform/pdf';
import { findingsOfIssues } from './explain-issues.ts';
import { type KeptSheets, layOutKept } from './kept-sheets.ts';

/** A whole file with where each sheet stands in it. */
export interface DrawnFile {
  readonly pdf: Uint8Array;
  readonly pages: number;
  /** By the place of the sheet: its first page, first = 1, and what could not be printed on it as it stands. */
  readonly sheets: readonly { readonly page: number; readonly findings: readonly Finding[] }[];
}

/** Pages drawn without letting the process do anything else; about 50 ms. */
const pagesPerBreath = 20;

/** Draws the pages of a file from what is kept of them; told now and then how many sheets are drawn. */
export async function drawFile(
  kept: KeptSheets,
  fonts: FontSet,
  onSheets?: (sheets: number) => Promise<void>,
): Promise<DrawnFile> {
  const { layout, title, author, createdAt } = kept;
  const drawn: { page: number; findings: readonly Finding[] }[] = [];
  let pages = 0;
  async function* draw(): AsyncGenerator<PageContent> {
    for (const { content, issues, sheet } of layOutKept(kept)) {
      if (pages % pagesPerBreath === 0) {
        await setImmediate();
        await onSheets?.(sheet);
      }
      yield content;
      pages += 1;
      const before = drawn[sheet] ?? { page: pages, findings: [] };
      drawn[sheet] = { ...before, findings: [...before.findings, ...findingsOfIssues(issues)] };
    }
  }
  const options = { title, author, createdAt, paper: layout.paper, fonts };
  const pdf = Buffer.concat(await Array.fromAsync(writePdf(options, draw())));
  return { pdf, pages, sheets: drawn };
}
