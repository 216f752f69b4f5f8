import { foldName } from './fold-name.ts';

const dash = /[‐‑‒–—―−－]/gu;
const kanjiNumber = /[〇一二三四五六七八九十百]+(?=丁目|丁|番|号|条|線)/gu;
const numberSuffix = /(\d+)(?:丁目|丁|番地|番|号|ノ|の|之)(?:の|ノ|之)?/gu;
const numerals: Readonly<Record<string, number>> = {
  〇: 0,
  一: 1,
  二: 2,
  三: 3,
  四: 4,
  五: 5,
  六: 6,
  七: 7,
  八: 8,
  九: 9,
};

/**
 * The search key of an address in the municipality (住所検索キー): folded like a name, without the municipality's own
 * name and 大字・字, numbers of 丁目, 番, 号 joined by hyphens: 青葉台市青葉台二丁目36番22号 → 青葉台2-36-22.
 */
export function addressKey(address: string, municipalityName: string): string {
  const numbered = joinNumbers(address);
  const parts = numbered.split(/(\d+(?:-\d+)*)/u).map((part, i) => (i % 2 === 1 ? part : foldName(part)));
  const own = ownKey(municipalityName);
  const folded = parts.join('');
  const at = own === '' ? -1 : folded.indexOf(own);
  const local = at >= 0 && at <= 4 ? folded.slice(at + own.length) : folded;
  return local.replace(/^(?:大字|字)/u, '').replaceAll('大字', '');
}

const ownKeys = new Map<string, string>();

/** The folded name of a municipality, made once for each. */
function ownKey(municipalityName: string): string {
  const known = ownKeys.get(municipalityName);
  if (known !== undefined) return known;
  const key = foldName(municipalityName);
  ownKeys.set(municipalityName, key);
  return key;
}

/** The part of an address key before its first number: the town (町名). */
export function townOfAddressKey(key: string): string {
  return /^[^\d]*/u.exec(key)?.[0] ?? '';
}

/** The search key of a building and room (方書検索キー). */
export function buildingKey(building: string): string {
  return foldName(
    building
      .normalize('NFKC')
      .replaceAll(dash, '-')
      .replace(/(\d+)号室?$/u, '$1'),
  );
}

/** Only the digits of a telephone number, of any width. */
export function phoneKey(phone: string): string {
  return phone.normalize('NFKC').replaceAll(/\D/gu, '');
}

function joinNumbers(address: string): string {
  const wide = address.normalize('NFKC').replaceAll(/[\s\u3000]/gu, '');
  return wide
    .replaceAll(kanjiNumber, (text) => String(readKanjiNumber(text)))
    .replaceAll(/(\d)[‐‑‒–—―−－ーｰ-](?=\d)/gu, '$1-')
    .replaceAll(numberSuffix, '$1-')
    .replaceAll(/-+(?=-|$|[^\d])/gu, '');
}

/** 二十三 → 23, 一〇二 → 102; up to hundreds, as addresses use them. */
function readKanjiNumber(text: string): number {
  if (!/[十百]/u.test(text)) return [...text].reduce((sum, character) => sum * 10 + (numerals[character] ?? 0), 0);
  let total = 0;
  let pending = 0;
  for (const character of text) {
    const unit = character === '百' ? 100 : character === '十' ? 10 : 0;
    if (unit === 0) pending = numerals[character] ?? 0;
    else {
      total += (pending === 0 ? 1 : pending) * unit;
      pending = 0;
    }
  }
  return total + pending;
}
