const hiragana = /[\u3041-\u3096\u309d\u309e]/gu;
const soundMarks = /[゛゜]/gu;
const silent = /\u3099|\u309a|[\sー・･‐‑‒–—―－\-'’`.,，、。]/gu;
const vuSyllable = /ヴ[ァィェォ]/gu;
const anyFolded = /[ァィゥェォッャュョヮヵヶヴヰヱヲヂヅヷヸヹヺ]/gu;

const vuSyllables: Readonly<Record<string, string>> = { ヴァ: 'バ', ヴィ: 'ビ', ヴェ: 'ベ', ヴォ: 'ボ' };

const folded: Readonly<Record<string, string>> = {
  ァ: 'ア',
  ィ: 'イ',
  ゥ: 'ウ',
  ェ: 'エ',
  ォ: 'オ',
  ッ: 'ツ',
  ャ: 'ヤ',
  ュ: 'ユ',
  ョ: 'ヨ',
  ヮ: 'ワ',
  ヵ: 'カ',
  ヶ: 'ケ',
  ヴ: 'ブ',
  ヰ: 'イ',
  ヱ: 'エ',
  ヲ: 'オ',
  ヂ: 'ジ',
  ヅ: 'ズ',
  ヷ: 'バ',
  ヸ: 'ビ',
  ヹ: 'ベ',
  ヺ: 'ボ',
};

/**
 * The search key of a phonetic name (カナ検索キー): half and full width, hiragana and katakana, small and large kana,
 * ヴ/ブ, ヂ/ジ, ヅ/ズ and the old ヰヱヲ become one; 長音, 中黒, hyphens and spaces are left out. It is only ever
 * compared, never shown: the name itself is kept as it came.
 */
export function normalizeKana(text: string): string {
  const composed = text.replaceAll(soundMarks, (mark) => (mark === '゛' ? '\u3099' : '\u309a')).normalize('NFKC');
  const wide = composed.replaceAll(silent, '');
  const katakana = wide.replaceAll(hiragana, (kana) => String.fromCharCode(kana.charCodeAt(0) + 0x60));
  return katakana
    .replaceAll(vuSyllable, (syllable) => vuSyllables[syllable] ?? syllable)
    .replaceAll(anyFolded, (kana) => folded[kana] ?? kana)
    .toUpperCase();
}

/** The search keys of the words of a phonetic name, split at spaces and 中黒; empty words are left out. */
export function kanaWords(text: string): string[] {
  return text
    .split(/[\s\u3000・･]+/u)
    .map(normalizeKana)
    .filter((word) => word !== '');
}
