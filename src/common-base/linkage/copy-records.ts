import { readFeed } from './read-feed.ts';
import type { FeedSource, Layout } from './types.ts';

const lineBreak = 0x0a;

/** Lines of a file from one up to another, which is outside. */
interface LineSpan {
  readonly from: number;
  readonly to: number;
}

/**
 * The header of a file and its records that begin on the given lines, byte for byte as the sender wrote them: a file of
 * the same layout, for rows that are to be sent again by another way. Neither of the character sets in use has a line
 * break inside a character.
 */
export async function* copyRecords(
  source: FeedSource,
  layout: Layout,
  lines: ReadonlySet<number>,
): AsyncGenerator<Uint8Array> {
  const spans = (await listSpans(source, layout, lines)).values();
  let span = spans.next().value;
  let line = 1;
  for await (const bytes of source.open()) {
    for (let at = 0; at < bytes.length && span !== undefined; ) {
      const breakAt = bytes.indexOf(lineBreak, at);
      const end = breakAt < 0 ? bytes.length : breakAt + 1;
      if (line >= span.from) yield bytes.subarray(at, end);
      at = end;
      if (breakAt < 0) continue;
      line += 1;
      if (line === span.to) span = spans.next().value;
    }
    if (span === undefined) return;
  }
}

/** Where the header and the wanted records stand: a record ends where the next one begins. */
async function listSpans(source: FeedSource, layout: Layout, lines: ReadonlySet<number>): Promise<LineSpan[]> {
  const spans: LineSpan[] = [];
  let open: number | null = layout.hasHeader ? 1 : null;
  for await (const rows of readFeed(source, layout, { onlyKeys: [] })) {
    for (const { line } of rows) {
      // Several doses may stand in one record.
      if (open !== null && line > open) {
        spans.push({ from: open, to: line });
        open = null;
      }
      if (lines.has(line)) open ??= line;
    }
  }
  return open === null ? spans : [...spans, { from: open, to: Number.POSITIVE_INFINITY }];
}
