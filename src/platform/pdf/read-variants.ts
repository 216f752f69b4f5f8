/** A font's variant glyphs: `${selector}:${codePoint}` → glyph id, or 0 where the ordinary glyph is the variant. */
export type VariantGlyphs = ReadonlyMap<string, number>;

/** The key of a base character with a variation selector in `VariantGlyphs`. */
export function variantKey(codePoint: number, selector: number): string {
  return `${selector}:${codePoint}`;
}

/**
 * Reads the ideographic variation sequences (IVS) of a TrueType or OpenType font from its `cmap` format 14.
 * fontkit's own look-up skips a selector's second table whenever its first one exists, so it is read here.
 * @spec OpenType cmap, Format 14: Unicode variation sequences
 */
export function readVariantGlyphs(bytes: Uint8Array): VariantGlyphs {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const glyphs = new Map<string, number>();
  const table = findVariationTable(view);
  if (table === undefined) return glyphs;
  const selectors = view.getUint32(table + 6);
  for (let i = 0; i < selectors; i += 1) {
    const record = table + 10 + i * 11;
    const selector = readUint24(view, record);
    const defaults = view.getUint32(record + 3);
    const others = view.getUint32(record + 7);
    if (defaults !== 0) readDefaults(view, table + defaults, selector, glyphs);
    if (others !== 0) readOthers(view, table + others, selector, glyphs);
  }
  return glyphs;
}

function findVariationTable(view: DataView): number | undefined {
  const tables = view.getUint16(4);
  for (let i = 0; i < tables; i += 1) {
    const record = 12 + i * 16;
    if (view.getUint32(record) !== 0x636d6170) continue;
    const cmap = view.getUint32(record + 8);
    const subtables = view.getUint16(cmap + 2);
    for (let j = 0; j < subtables; j += 1) {
      const at = cmap + view.getUint32(cmap + 4 + j * 8 + 4);
      if (view.getUint16(at) === 14) return at;
    }
  }
  return undefined;
}

function readDefaults(view: DataView, at: number, selector: number, glyphs: Map<string, number>): void {
  const ranges = view.getUint32(at);
  for (let i = 0; i < ranges; i += 1) {
    const record = at + 4 + i * 4;
    const first = readUint24(view, record);
    const last = first + view.getUint8(record + 3);
    for (let codePoint = first; codePoint <= last; codePoint += 1) glyphs.set(variantKey(codePoint, selector), 0);
  }
}

function readOthers(view: DataView, at: number, selector: number, glyphs: Map<string, number>): void {
  const mappings = view.getUint32(at);
  for (let i = 0; i < mappings; i += 1) {
    const record = at + 4 + i * 5;
    glyphs.set(variantKey(readUint24(view, record), selector), view.getUint16(record + 3));
  }
}

function readUint24(view: DataView, at: number): number {
  return (view.getUint8(at) << 16) | view.getUint16(at + 1);
}
