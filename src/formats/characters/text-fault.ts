/** Why bytes cannot be read as a text file: one of the faults that make a whole file unreadable. */
export type TextFaultKind =
  | 'nulByte'
  | 'undecodableByte'
  | 'lineTooLong'
  | 'unclosedQuote'
  | 'textAfterQuote'
  | 'truncated'
  | 'invalidJson';

/**
 * A file that cannot be read on. `line` counts lines from 1, `column` counts fields of the line from 1 and
 * `character` characters of the line from 1; null where it cannot be said. Holds no content of the file.
 */
export class TextFault extends Error {
  override readonly name = 'TextFault';
  readonly kind: TextFaultKind;
  readonly line: number;
  readonly column: number | null;
  readonly character: number | null;

  constructor(kind: TextFaultKind, line: number, column: number | null, character: number | null) {
    super(`${kind} at line ${line}, column ${column ?? '?'}, character ${character ?? '?'}`);
    this.kind = kind;
    this.line = line;
    this.column = column;
    this.character = character;
  }
}
