import type { FeedRow } from '#common-base/linkage';

type Values = [
  shape: number,
  ordinal: number,
  line: number,
  fields: FeedRow['fields'][string][],
  raw: FeedRow['raw'],
  findings: FeedRow['findings'],
  unmappedCharacters: number,
];

/**
 * Rows that wait, as text of one byte for each character: a third of the memory of their JSON, which names each field in
 * every row and takes two bytes for each character as soon as one is Japanese.
 */
export class RowPacker {
  /** The names of fields of each record type seen, in order; a packed row says which of them are its own. */
  private readonly shapes: string[][] = [];

  pack({ ordinal, line, fields, raw, findings, unmappedCharacters }: FeedRow): string {
    const shape = this.shapeOf(Object.keys(fields));
    const values: Values = [shape, ordinal, line, Object.values(fields), raw, findings, unmappedCharacters];
    return Buffer.from(JSON.stringify(values), 'utf8').toString('latin1');
  }

  /** The row as it was packed. */
  unpack(packed: string): FeedRow {
    const text = Buffer.from(packed, 'latin1').toString('utf8');
    const [shape, ordinal, line, values, raw, findings, unmappedCharacters] = JSON.parse(text) as Values;
    const fields: Record<string, string | null> = {};
    for (const [at, name] of (this.shapes[shape] ?? []).entries()) fields[name] = values[at] ?? null;
    return { ordinal, line, fields, raw, findings, unmappedCharacters };
  }

  private shapeOf(names: string[]): number {
    const known = this.shapes.findIndex(
      (shape) => shape.length === names.length && shape.every((name, at) => name === names[at]),
    );
    return known === -1 ? this.shapes.push(names) - 1 : known;
  }
}
