import { foldName } from './fold-name.ts';
import { kanaWords } from './normalize-kana.ts';

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
    for (const run of scriptRuns(name)) {
      for (const token of run.isLatin ? prefixes(run.text) : gramsOf(run.text)) tokens.add(hash(lgCode, 'n', token));
    }
  }
  for (const name of names.kana) {
    for (const word of kanaWords(name)) for (const prefix of prefixes(word)) tokens.add(hash(lgCode, 'k', prefix));
  }
  return [...tokens];
}

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

function scriptRuns(text: string): { text: string; isLatin: boolean }[] {
  // Words in Roman letters keep their borders until here; the fold takes spaces away.
  return text
    .split(/[\s\u3000・]+/u)
    .map(foldName)
    .reduce<{ text: string; isLatin: boolean }[]>((runs, word) => {
      const latin = word.match(latinRun) ?? [];
      const rest = word.replaceAll(latinRun, ' ').split(' ');
      for (const part of latin) runs.push({ text: part, isLatin: true });
      for (const part of rest) if (part !== '') runs.push({ text: part, isLatin: false });
      return runs;
    }, []);
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
