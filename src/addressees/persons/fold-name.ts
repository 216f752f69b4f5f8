import { kanjiVariants } from './kanji-variants.ts';

const variationSelectors = /[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/gu;
const separators = /[\s\u3000・･,，.．'’\-‐－]/gu;
const hiragana = /[\u3041-\u3096]/gu;
const kanji = /[\u3400-\u9fff\uf900-\ufaff\u{20000}-\u{323af}]/gu;
const repeated = /(.)([々〻]+)/gu;
const plainForms = readPlainForms(kanjiVariants);

/**
 * The search key of a written name or place (漢字検索キー): variants of one kanji (髙/高, 﨑/崎, 邉/邊/辺, 𠮷/吉), glyph
 * selectors, widths, hiragana and katakana, ヶ/ケ, 々 and spaces are folded. Only keys are folded: the name itself
 * is kept code point by code point.
 */
export function foldName(text: string): string {
  return text
    .normalize('NFKC')
    .replaceAll(variationSelectors, '')
    .replaceAll(separators, '')
    .replaceAll(repeated, (_, character: string, marks: string) => character.repeat(marks.length + 1))
    .replaceAll(kanji, (character) => plainForms.get(character) ?? character)
    .replaceAll(hiragana, (kana) => String.fromCharCode(kana.charCodeAt(0) + 0x60))
    .replaceAll('ヶ', 'ケ')
    .replaceAll('ヵ', 'カ')
    .toUpperCase();
}

function readPlainForms(words: string): ReadonlyMap<string, string> {
  const forms = new Map<string, string>();
  for (const word of words.trim().split(/\s+/u)) {
    const [plain, ...variants] = word;
    if (plain !== undefined) for (const variant of variants) forms.set(variant, plain);
  }
  return forms;
}
