/**
 * The twenty-three symbols of a Japan Post customer barcode (カスタマバーコード): start, postcode, address number,
 * check symbol, stop. `symbols` are written 0-9, -, a to h (CC1 to CC8); `check` is the check symbol's value.
 */
export interface CustomerBarcode {
  readonly symbols: string;
  readonly check: number;
}

const alphabet = '0123456789-abcdefgh';

/** The three bars of each symbol in the order of `alphabet`: 1 long, 2 upper half, 3 lower half, 4 timing. */
const barsOfSymbols = '144 114 132 312 123 141 321 213 231 411 414 324 342 234 432 243 423 441 111'.split(' ');
const startBars = '13';
const stopBars = '31';
const addressSymbols = 13;
const kanjiDigits = '〇一二三四五六七八九';

/**
 * Encodes a postcode and the address's number part (丁目 番地 号 and the room).
 * @spec 日本郵便 郵便番号・バーコードマニュアル
 */
export function encodeCustomerBarcode(postcode: string, address: string): CustomerBarcode {
  const digits = postcode.replaceAll(/\D/gu, '');
  if (digits.length !== 7) throw new RangeError('a postcode has seven digits');
  const number = [...customerAddressNumber(address)].map(encodeSymbol).join('');
  const body = digits + number.padEnd(addressSymbols, 'd').slice(0, addressSymbols);
  const sum = [...body].reduce((total, symbol) => total + alphabet.indexOf(symbol), 0);
  const check = (19 - (sum % 19)) % 19;
  return { symbols: `${body}${alphabet[check] ?? ''}`, check };
}

/**
 * The sixty-seven bars of a customer barcode from left to right, one digit each: 1 long, 2 upper half (セミロング上),
 * 3 lower half (セミロング下), 4 timing.
 * @spec 日本郵便 郵便番号・バーコードマニュアル
 */
export function customerBars({ symbols }: CustomerBarcode): string {
  const bars = Array.from(symbols, (symbol) => barsOfSymbols[alphabet.indexOf(symbol)] ?? '');
  return `${startBars}${bars.join('')}${stopBars}`;
}

/** Reads the postcode and the address number back from the symbols; undefined if the check symbol is wrong. */
export function decodeCustomerBarcode(symbols: string): { postcode: string; addressNumber: string } | undefined {
  if (symbols.length !== 21 || /[^0-9\-a-h]/u.test(symbols)) return undefined;
  const sum = [...symbols].reduce((total, symbol) => total + alphabet.indexOf(symbol), 0);
  if (sum % 19 !== 0) return undefined;
  const number = symbols.slice(7, 20).replaceAll(/([abc])(\d)|[a-d]/gu, decodeLetter);
  return { postcode: symbols.slice(0, 7), addressNumber: number };
}

/**
 * The part of an address that the barcode carries: its numbers and single letters joined by hyphens
 * (三丁目30番8号 コーポ403 → 3-30-8-403). Kanji numerals count only before 丁目, 番, 地, 号, 線 and の; a floor's F
 * after a number is dropped; words of letters are no part of it.
 */
export function customerAddressNumber(address: string): string {
  const narrow = address
    .normalize('NFKC')
    .toUpperCase()
    .replaceAll(/[‐‑–—―−ー]/gu, '-')
    .replaceAll(/[&/・.]/gu, '');
  const digits = narrow.replaceAll(
    /[〇一二三四五六七八九十百]+(?=丁目|丁(?![^0-9〇一二三四五六七八九十百\s])|番(?!町)|地割|号|線|の|ノ)/gu,
    readKanjiNumber,
  );
  const separated = digits
    .replaceAll(/[A-Z]{2,}/gu, ' ')
    .replaceAll(/(\d)F/gu, '$1 ')
    .replaceAll(/[^0-9A-Z-]+/gu, ' ');
  return separated
    .split(/[\s-]+/u)
    .filter((part) => part !== '')
    .join('-')
    .replaceAll(/-?([A-Z])-?/gu, '$1');
}

function encodeSymbol(character: string): string {
  if (!/[A-Z]/u.test(character)) return character;
  const index = character.charCodeAt(0) - 65;
  return `${'abc'[Math.floor(index / 10)] ?? ''}${index % 10}`;
}

function decodeLetter(_all: string, control: string | undefined, digit: string | undefined): string {
  if (control === undefined) return '';
  return String.fromCharCode(65 + 'abc'.indexOf(control) * 10 + Number(digit));
}

function readKanjiNumber(text: string): string {
  if (!/[十百]/u.test(text)) return [...text].map((character) => kanjiDigits.indexOf(character)).join('');
  let total = 0;
  let current = 0;
  for (const character of text) {
    const unit = character === '百' ? 100 : character === '十' ? 10 : 0;
    if (unit === 0) current = kanjiDigits.indexOf(character);
    else {
      total += Math.max(1, current) * unit;
      current = 0;
    }
  }
  return String(total + current);
}
