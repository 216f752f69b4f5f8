import { decodeText, maxLineBytes } from './characters/decode-text.ts';

/** One line of a JSON-lines stream: its value, or that it is no JSON. */
export type JsonLine =
  | { readonly line: number; readonly isJson: true; readonly value: unknown }
  | { readonly line: number; readonly isJson: false };

/**
 * Reads newline-delimited JSON (UTF-8) in batches of lines; a line that is no JSON is told, the others go on.
 * Empty lines are passed over but counted. NUL bytes, foreign bytes and lines over 1 MiB throw a TextFault.
 */
export async function* readJsonLines(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<readonly JsonLine[]> {
  let line = 0;
  for await (const piece of decodeText(chunks, { encodings: ['utf-8'], maxLineBytes })) {
    const lines = piece.split('\n');
    if (lines.at(-1) === '') lines.pop();
    const batch: JsonLine[] = [];
    for (const text of lines) {
      line += 1;
      if (text.trim() !== '') batch.push(parseLine(text, line));
    }
    if (batch.length > 0) yield batch;
  }
}

function parseLine(text: string, line: number): JsonLine {
  try {
    const value: unknown = JSON.parse(text);
    return { line, isJson: true, value };
  } catch {
    return { line, isJson: false }; // an expected outcome: the sender is told the line
  }
}
