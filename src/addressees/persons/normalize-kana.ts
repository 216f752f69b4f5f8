const soundMark = /[゛゜]/gu;
/** With a small or, in systems without small kana, a large vowel. */
const vuSyllable = /[ヴゔ][ァィェォアイエオぁぃぇぉあいえお]/gu;

const vuSyllables: Readonly<Record<string, string>> = {
  ァ: 'バ',
  ア: 'バ',
  ィ: 'ビ',
  イ: 'ビ',
  ェ: 'ベ',
  エ: 'ベ',
  ォ: 'ボ',
  オ: 'ボ',
};

/** Pairs of a kana and the one that stands for it in the key. */
const foldedPairs =
  'ァア ィイ ゥウ ェエ ォオ ッツ ャヤ ュユ ョヨ ヮワ ヵカ ヶケ ヴブ ヰイ ヱエ ヲオ ヂジ ヅズ ヷバ ヸビ ヹベ ヺボ';

const plainKana = readPlainKana();

/**
 * The search key of a phonetic name (カナ検索キー): half and full width, hiragana and katakana, small and large kana,
 * ヴ/ブ, ヂ/ジ, ヅ/ズ and the old ヰヱヲ become one; 長音, 中黒, hyphens and spaces are left out. It is only ever
 * compared, never shown: the name itself is kept as it came.
 */
export function normalizeKana(text: string): string {
  const marked = text.includes('゛') || text.includes('゜') ? text.replaceAll(soundMark, combineMark) : text;
  const composed = marked.normalize('NFKC');
  const spelt = composed.includes('ヴ') || composed.includes('ゔ') ? spellVu(composed) : composed;
  let key = '';
  for (const character of spelt) key += plainKana.get(character) ?? character;
  return key.toUpperCase();
}

const vowelRows: readonly (readonly [string, readonly string[]])[] = [
  ['アカサタナハマヤラワガザダバパァャヮ', ['ア']],
  ['イキシチニヒミリギジヂビピィ', ['イ']],
  ['ウクスツヌフムユルグズヅブプヴゥュ', ['ウ']],
  ['エケセテネヘメレゲゼデベペェ', ['エ', 'イ']],
  ['オコソトノホモヨロヲゴゾドボポォョ', ['オ', 'ウ']],
];
const longVowels = new Map(vowelRows.flatMap(([row, vowels]) => [...row].map((kana) => [kana, vowels] as const)));

/**
 * What a phonetic name written with 長音 may be in the register, likeliest first: オーノ is オーノ, オオノ or オウノ. Without
 * 長音 the text itself. For searching only.
 */
export function longVowelSpellings(text: string): string[] {
  const wide = text.normalize('NFKC').replaceAll('－', 'ー');
  if (!wide.includes('ー')) return [text];
  const spell = (choice: number): string =>
    wide.replaceAll(/(.)ー/gu, (mark, kana: string) => {
      const vowels = longVowels.get(katakanaOf(kana)) ?? [];
      return vowels.length === 0 ? mark : kana + (vowels[Math.min(choice, vowels.length - 1)] ?? '');
    });
  return [...new Set([wide, spell(0), spell(1)])];
}

/** The search keys of the words of a phonetic name, split at spaces and 中黒; empty words are left out. */
export function kanaWords(text: string): string[] {
  return text
    .split(/[\s\u3000・･]+/u)
    .map(normalizeKana)
    .filter((word) => word !== '');
}

function combineMark(mark: string): string {
  return mark === '゛' ? '\u3099' : '\u309a';
}

function spellVu(text: string): string {
  return text.replaceAll(vuSyllable, (syllable) => vuSyllables[katakanaOf(syllable.slice(1))] ?? syllable);
}

function katakanaOf(kana: string): string {
  const code = kana.charCodeAt(0);
  return code >= 0x3041 && code <= 0x3096 ? String.fromCharCode(code + 0x60) : kana;
}

/** What becomes of a character; the empty text: it is left out. */
function readPlainKana(): ReadonlyMap<string, string> {
  const forms = new Map<string, string>();
  for (const silent of "\t\n\v\f\r \u1680\ufeff\u3000\u3099\u309aー・･‐‑‒–—―－-'’`.,，、。") forms.set(silent, '');
  for (const [kana, plain] of foldedPairs.split(' ')) forms.set(kana ?? '', plain ?? '');
  for (let code = 0x3041; code <= 0x3096; code += 1) {
    const katakana = String.fromCharCode(code + 0x60);
    forms.set(String.fromCharCode(code), forms.get(katakana) ?? katakana);
  }
  forms.set('ゝ', 'ヽ').set('ゞ', 'ヾ');
  return forms;
}
