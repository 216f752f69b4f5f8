import { foldName } from './fold-name.ts';
import { normalizeKana } from './normalize-kana.ts';

const latinRun = /[A-Z0-9]+/gu;

/** The written and phonetic names of one person under which clerks look for them. */
export interface SearchableNames {
  /** 氏名, 通称, 旧氏, 外国人本名: whatever is written. */
  readonly written: readonly string[];
  /** 氏名カナ, 外国人本名カナ. */
  readonly kana: readonly string[];
}

/**
 * The tokens (検索トークン) under which a person is found by any part of a name: each kanji or kana of the written
 * names and each neighbouring pair, the first two and three letters of each word in Roman letters and of each
 * phonetic word. They are 32-bit hashes that include the municipality, so that a token's list is one municipality's.
 */
export function personTokens(lgCode: string, names: SearchableNames): number[] {
  const tokens = new Set<number>();
  for (const name of names.written) {
    let before = '';
    for (const word of splitWords(name)) {
      const { tokens: own, first, last } = writtenWord(lgCode, word);
      for (const token of own) tokens.add(token);
      // 渡辺花子 typed without a space finds 渡辺 花子: the pair across the space counts too.
      if (before !== '' && first !== '') tokens.add(hash(lgCode, 'n', before + first));
      before = last;
    }
  }
  for (const name of names.kana) {
    for (const word of splitWords(name)) for (const token of kanaWord(lgCode, word)) tokens.add(token);
  }
  return [...tokens];
}

/** A word of a written name; its first and last character are empty where they are Roman letters. */
interface WrittenWord {
  readonly tokens: readonly number[];
  readonly first: string;
  readonly last: string;
}

const writtenWord = rememberWords<WrittenWord>((lgCode, word) => {
  const runs = runsOf(foldName(word));
  const grams = runs.flatMap((run) => (run.isLatin ? prefixes(run.text) : gramsOf(run.text)));
  const plain = runs.length === 1 && runs[0]?.isLatin === false ? [...runs[0].text] : [];
  return {
    tokens: grams.map((gram) => hash(lgCode, 'n', gram)),
    first: plain[0] ?? '',
    last: plain.at(-1) ?? '',
  };
});

const kanaWord = rememberWords<readonly number[]>((lgCode, word) =>
  prefixes(normalizeKana(word)).map((prefix) => hash(lgCode, 'k', prefix)),
);

/** The tokens that every person must carry whose written name holds this text; empty when it is too short to say. */
export function writtenQueryTokens(lgCode: string, text: string): number[] {
  return scriptRuns(text).flatMap((run) => {
    if (run.isLatin) return longestPrefix(run.text).map((prefix) => hash(lgCode, 'n', prefix));
    const characters = [...run.text];
    if (characters.length === 1) return [hash(lgCode, 'n', run.text)];
    return characters.slice(1).map((character, i) => hash(lgCode, 'n', `${characters[i]}${character}`));
  });
}

/** The token of a phonetic word that begins like this; empty for a single kana. */
export function kanaQueryTokens(lgCode: string, word: string): number[] {
  return longestPrefix(word).map((prefix) => hash(lgCode, 'k', prefix));
}

interface Run {
  readonly text: string;
  readonly isLatin: boolean;
}

/** Words in Roman letters keep their borders until here; the fold takes spaces away. */
function scriptRuns(text: string): Run[] {
  return splitWords(text).flatMap((word) => runsOf(foldName(word)));
}

function splitWords(text: string): string[] {
  return text.split(/[\s\u3000・･]+/u);
}

function runsOf(folded: string): Run[] {
  const latin = folded.match(latinRun) ?? [];
  const rest = latin.length === 0 ? [folded] : folded.replaceAll(latinRun, ' ').split(' ');
  return [
    ...latin.map((text) => ({ text, isLatin: true })),
    ...rest.filter((text) => text !== '').map((text) => ({ text, isLatin: false })),
  ];
}

const mostWords = 50_000;
/** A longer word may be a view into a whole chunk of the file, which remembering it would keep. */
const longestRemembered = 12;

/** The same function, which remembers what it made of short words: family and given names come again and again. */
function rememberWords<T>(derive: (lgCode: string, word: string) => T): typeof derive {
  let owner = '';
  const known = new Map<string, T>();
  return (lgCode, word) => {
    if (word.length > longestRemembered) return derive(lgCode, word);
    if (owner !== lgCode || known.size >= mostWords) known.clear();
    owner = lgCode;
    const remembered = known.get(word);
    if (remembered !== undefined) return remembered;
    const made = derive(lgCode, word);
    known.set(word, made);
    return made;
  };
}

function gramsOf(text: string): string[] {
  const characters = [...text];
  return [...characters, ...characters.slice(1).map((character, i) => `${characters[i]}${character}`)];
}

function prefixes(word: string): string[] {
  const characters = [...word];
  return [2, 3].filter((n) => characters.length >= n).map((n) => characters.slice(0, n).join(''));
}

function longestPrefix(word: string): string[] {
  return prefixes(word).slice(-1);
}

/** FNV-1a over UTF-16 code units, as a signed 32-bit integer; a collision only costs a second look. */
function hash(lgCode: string, kind: string, token: string): number {
  const text = `${lgCode}${kind}${token}`;
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value | 0;
}
