/** A character that CP932 does not carry, with its place in the text (in UTF-16 units). */
export interface UnmappableCharacter {
  readonly character: string;
  readonly index: number;
}

/** CP932 bytes and every character that had to be replaced by 〓 because the set lacks it. */
export interface Cp932Encoding {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly unmappable: readonly UnmappableCharacter[];
}

const strictDecoder = new TextDecoder('shift_jis', { fatal: true });
const getaMark = 0x81ac;

/**
 * Characters that other systems write in two ways: both forms go to the one CP932 position, so that a wave dash
 * or a minus of any origin arrives as itself and not as a lost character.
 */
const twins: ReadonlyMap<number, number> = new Map([
  [0x301c, 0xff5e],
  [0x2212, 0xff0d],
  [0x2016, 0x2225],
  [0x00a2, 0xffe0],
  [0x00a3, 0xffe1],
  [0x00ac, 0xffe2],
  [0x2014, 0x2015],
  [0x00a6, 0xffe4],
]);

/** The platform's decoder exchanges these three control codes; the table puts them back. */
const exchangedControls: ReadonlyMap<string, string> = new Map([
  ['\u001C', '\u001A'],
  ['\u007F', '\u001C'],
  ['\u001A', '\u007F'],
]);

let encodingTable: Uint16Array | undefined;

/** Decodes CP932 (Windows-31J, with NEC and IBM extensions and private use); throws TypeError on a foreign byte. */
export function decodeCp932(bytes: Uint8Array): string {
  const text = strictDecoder.decode(bytes);
  // oxlint-disable-next-line no-control-regex
  return /[\u001A\u001C\u007F]/u.test(text)
    ? // oxlint-disable-next-line no-control-regex
      text.replaceAll(/[\u001A\u001C\u007F]/gu, (control) => exchangedControls.get(control) ?? control)
    : text;
}

/** Encodes into CP932; what the set lacks becomes a visible 〓 and is reported, never a silent question mark. */
export function encodeCp932(text: string): Cp932Encoding {
  const table = getEncodingTable();
  const out = new Uint8Array(text.length * 2);
  const unmappable: UnmappableCharacter[] = [];
  let length = 0;
  for (let index = 0; index < text.length; ) {
    const codePoint = text.codePointAt(index) ?? 0;
    const code = codePoint < 0x80 ? codePoint : codePoint > 0xffff ? 0 : (table[codePoint] ?? 0);
    if (codePoint < 0x80) {
      out[length++] = codePoint;
    } else {
      if (code === 0) unmappable.push({ character: String.fromCodePoint(codePoint), index });
      const written = code === 0 ? getaMark : code;
      if (written > 0xff) out[length++] = written >> 8;
      out[length++] = written & 0xff;
    }
    index += codePoint > 0xffff ? 2 : 1;
  }
  return { bytes: out.slice(0, length), unmappable };
}

/** Whether CP932 carries the character. */
export function isInCp932(codePoint: number): boolean {
  return codePoint < 0x80 || (codePoint <= 0xffff && getEncodingTable()[codePoint] !== 0);
}

/**
 * Built from the platform's decoder: of several positions of one character the first counts, and the NEC copy of
 * the IBM extensions (lead bytes ED, EE) only where nothing else is found, as Windows writes it.
 */
function getEncodingTable(): Uint16Array {
  if (encodingTable !== undefined) return encodingTable;
  const table = new Uint16Array(0x10000);
  for (let byte = 0xa1; byte <= 0xdf; byte += 1) table[0xff61 + byte - 0xa1] = byte;
  const leads = [...range(0x81, 0x9f), ...range(0xe0, 0xec), ...range(0xef, 0xfc), 0xed, 0xee];
  for (const lead of leads) for (const trail of range(0x40, 0xfc)) enter(table, lead, trail);
  for (const [twin, standard] of twins) if (table[twin] === 0) table[twin] = table[standard] ?? 0;
  encodingTable = table;
  return table;
}

function enter(table: Uint16Array, lead: number, trail: number): void {
  if (trail === 0x7f) return;
  let character: string;
  try {
    character = strictDecoder.decode(Uint8Array.of(lead, trail));
  } catch {
    return; // no character at this position of the set
  }
  const codePoint = character.codePointAt(0) ?? 0;
  if (character.length === 1 && codePoint >= 0x80 && table[codePoint] === 0) table[codePoint] = lead * 256 + trail;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
