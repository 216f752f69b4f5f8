import { kanjiVariants } from './kanji-variants.ts';

const accented = /[\u00c0-\u024f\u1e00-\u1eff]/gu;
const combining = /[\u0300-\u036f]/gu;
const plainForms = readPlainForms(kanjiVariants);

/**
 * The search key of a written name or place (漢字検索キー): variants of one kanji (髙/高, 﨑/崎, 邉/邊/辺, 𠮷/吉), glyph
 * selectors, widths, hiragana and katakana, ヶ/ケ, 々, accents of Roman letters and spaces are folded. Only keys are
 * folded: the name itself is kept code point by code point.
 */
export function foldName(text: string): string {
  let folded = '';
  let last = '';
  for (const character of withoutAccents(text.normalize('NFKC'))) {
    // 佐々木 is 佐佐木; a mark with nothing before it stays.
    const isRepeated = last !== '' && (character === '々' || character === '〻');
    const plain = isRepeated ? last : (plainForms.get(character) ?? character);
    if (plain === '') continue;
    folded += plain;
    last = plain;
  }
  return folded.toUpperCase();
}

/** JOÃO is typed JOAO. Only Roman letters lose their marks: が and ガ keep theirs. */
function withoutAccents(text: string): string {
  return text.replaceAll(accented, (letter) => letter.normalize('NFD').replaceAll(combining, ''));
}

/** What becomes of a character; the empty text: it is left out. */
function readPlainForms(words: string): ReadonlyMap<string, string> {
  const forms = new Map<string, string>();
  for (const word of words.trim().split(/\s+/u)) {
    const [plain, ...variants] = word;
    if (plain !== undefined) for (const variant of variants) forms.set(variant, plain);
  }
  for (const [first, last] of [
    [0xfe00, 0xfe0f],
    [0xe0100, 0xe01ef],
  ] as const) {
    for (let selector = first; selector <= last; selector += 1) forms.set(String.fromCodePoint(selector), '');
  }
  for (const separator of "\t\n\v\f\r \u1680\ufeff\u2028\u2029\u3000・･,，.．'’-‐－") forms.set(separator, '');
  for (let hiragana = 0x3041; hiragana <= 0x3096; hiragana += 1) {
    forms.set(String.fromCharCode(hiragana), String.fromCharCode(hiragana + 0x60));
  }
  for (const [small, plain] of ['ヶケ', 'ヵカ', 'ゖケ', 'ゕカ', 'đD', 'ĐD', 'øO', 'ØO', 'łL', 'ŁL'])
    forms.set(small ?? '', plain ?? '');
  return forms;
}
