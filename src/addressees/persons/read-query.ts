import { addressKey, buildingKey, phoneKey, townOfAddressKey } from './address-key.ts';
import { type DayRange, findBirthDateRange } from './birth-date.ts';
import { foldName } from './fold-name.ts';
import { kanaWords, longVowelSpellings } from './normalize-kana.ts';

/** What a clerk typed: the single box (`text`), or the fields of the detailed form; all given ones hold together. */
export interface PersonQuery {
  readonly text?: string;
  readonly number?: string;
  readonly kana?: string;
  readonly name?: string;
  readonly birthDate?: string;
  readonly address?: string;
  readonly phone?: string;
}

/** The kinds of criteria that a search used; they, not what was typed, go into the log. */
export type CriterionKind = 'number' | 'kana' | 'name' | 'birthDate' | 'address' | 'phone';

/** An address as it is looked for: town and numbers, or the beginning of a building's name. */
export interface AddressCriterion {
  /** Folded text before the first number, any part of a town's name; may be empty. */
  readonly town: string;
  /** What follows the town: numbers joined by hyphens; may be empty. */
  readonly rest: string;
  readonly building: string;
}

/** A query understood: what must hold, all in normalised keys. */
export interface Criteria {
  /** Numbers that it may be, with and without leading zeros. */
  readonly numbers: readonly string[] | null;
  readonly kanaWords: readonly string[];
  readonly names: readonly string[];
  readonly born: DayRange | null;
  readonly phone: string | null;
  readonly address: AddressCriterion | null;
  readonly kinds: readonly CriterionKind[];
}

const onlyKana = /^[\u3041-\u309f\u30a1-\u30ff\uff66-\uff9f・ー\s]+$/u;
/** 昭和29年 8月 25日: one date, though written apart. */
const spaceInDate = /(?<=[\d元])([年月])[\s\u3000]+(?=[\d０-９])/gu;
const addressSign = /丁目|番地|番|号|大字|町\d|\d-\d/u;
const likeDate =
  /^(?:明治?|大正?|昭和?|平成?|令和?|[mtshr]|\d{2}(?=\d{2}))(?:\d{1,2}|元)(?:年|[./-])\d{1,2}(?:月|[./-])\d{1,2}日?$/iu;
const longestNumber = 15;

/** What the detailed form asks for, likeliest reading first; a field that cannot be read (生年月日) is `unreadable`. */
export function readFields(
  query: PersonQuery,
  municipalityName: string,
): { readings: Criteria[]; unreadable: CriterionKind[] } {
  const number = clean(query.number);
  const birthDate = clean(query.birthDate);
  const born = birthDate === '' ? null : (findBirthDateRange(birthDate) ?? null);
  const phone = phoneKey(query.phone ?? '');
  const address = clean(query.address);
  const parts = {
    numbers: number === '' ? null : numbersLike(number),
    names: splitNames(query.name ?? ''),
    born,
    phone: phone === '' ? null : phone,
    address: address === '' ? null : readAddress(address, municipalityName),
  };
  const readings = longVowelSpellings(query.kana ?? '').map((kana) =>
    withKinds({ ...parts, kanaWords: kanaWords(kana) }),
  );
  return {
    readings: readings.filter((reading) => reading.kinds.length > 0),
    unreadable: birthDate !== '' && born === null ? ['birthDate'] : [],
  };
}

/**
 * What the single box may mean, likeliest first: digits are a number, a birth date or a telephone number; kana a
 * phonetic name; a text with 丁目, 番 or numbers an address; other text a name, else an address. Words stand together:
 * `サトウ 昭和29年` is a phonetic name and a birth date.
 */
export function readText(text: string, municipalityName: string): Criteria[] {
  const words = text
    .trim()
    .replaceAll(spaceInDate, '$1')
    .split(/[\s\u3000]+/u)
    .filter((word) => word !== '');
  if (words.length === 0) return [];
  const dates = words.map((word) => (isDigits(word) ? undefined : findBirthDateRange(word)));
  const others = words.filter((_, i) => dates[i] === undefined);
  const born = dates.find((date) => date !== undefined) ?? null;
  if (others.length === 0) return [withKinds({ ...nothing, born })];
  return readWords(others, municipalityName).map((parts) => withKinds({ ...parts, born: born ?? parts.born }));
}

/** A word that was meant as a date but is none (R6.13.40, 2024-02-30): nothing found by it says nothing. */
export function hasImpossibleDate(text: string): boolean {
  return text
    .normalize('NFKC')
    .split(/\s+/u)
    .some((word) => likeDate.test(word) && findBirthDateRange(word) === undefined);
}

type Parts = Omit<Criteria, 'kinds'>;

const nothing: Parts = { numbers: null, kanaWords: [], names: [], born: null, phone: null, address: null };

function readWords(words: readonly string[], municipalityName: string): Parts[] {
  const digits = words.filter(isDigits);
  const texts = words.filter((word) => !isDigits(word));
  if (texts.length === 0) return digits.length === 1 ? readDigits(digits[0] ?? '') : [];
  const whole = words.join('');
  const asAddress = { ...nothing, address: readAddress(whole, municipalityName) };
  if (addressSign.test(whole.normalize('NFKC')) || digits.length > 0) {
    const isPlain = digits.length === 1 && texts.every((word) => !addressSign.test(word));
    const dated = isPlain ? readNamedDigits(texts, digits[0] ?? '') : [];
    return dated.length > 0 ? dated : [asAddress, ...readNamedPlaces(words, municipalityName)];
  }
  const named = readNames(texts);
  // One or two words of kanji may as well be a town; kana alone is a name.
  if (texts.every((word) => onlyKana.test(word))) return named;
  return [...named, ...readNamedPlaces(words, municipalityName), asAddress];
}

/** 高橋 緑町, ニシムラ ショウ 緑町2-3: one or two words of a name, then where they live. */
function readNamedPlaces(words: readonly string[], municipalityName: string): Parts[] {
  return [2, 1].flatMap((length) => {
    const [name, place] = [words.slice(0, length), words.slice(length)];
    const isName = name.length === length && name.every((word) => !isDigits(word) && !addressSign.test(word));
    // What says no town is no place: kana belong to the name, figures alone to the word before them.
    if (!isName || place.every((word) => onlyKana.test(word) || isDigits(word))) return [];
    const address = readAddress(place.join(''), municipalityName);
    return readNames(name).map((parts) => ({ ...parts, address }));
  });
}

/** 佐藤 19540825: a name with a birth date or a telephone number. */
function readNamedDigits(texts: readonly string[], digits: string): Parts[] {
  const named = readNames(texts);
  return readDigits(digits)
    .filter((parts) => parts.numbers === null)
    .flatMap(({ born, phone }) => named.map((parts) => ({ ...parts, born, phone })));
}

function readNames(texts: readonly string[]): Parts[] {
  const kana = texts.filter((word) => onlyKana.test(word)).join(' ');
  const names = texts.filter((word) => !onlyKana.test(word)).flatMap(splitNames);
  return longVowelSpellings(kana).map((spelling) => ({ ...nothing, kanaWords: kanaWords(spelling), names }));
}

function readDigits(word: string): Parts[] {
  const narrow = word.normalize('NFKC');
  const digits = phoneKey(narrow);
  const readings: Parts[] = [];
  if (/^\d+$/u.test(narrow) && narrow.length <= longestNumber)
    readings.push({ ...nothing, numbers: numbersLike(narrow) });
  const born = /^\d{4}$|^\d{6,8}$/u.test(narrow) ? findBirthDateRange(narrow) : undefined;
  if (born !== undefined) readings.push({ ...nothing, born });
  // 39-0327, without the area's number, is a telephone number by its hyphen.
  const isPhone = (digits.startsWith('0') && digits.length >= 4) || (narrow.includes('-') && digits.length >= 6);
  if (isPhone) readings.push({ ...nothing, phone: digits });
  return readings;
}

function readAddress(text: string, municipalityName: string): AddressCriterion {
  const key = addressKey(text, municipalityName);
  const town = townOfAddressKey(key);
  return { town, rest: key.slice(town.length), building: buildingKey(text) };
}

/** The number as typed and with the leading zeros that numbers of 8 to 15 digits may carry. */
function numbersLike(text: string): string[] {
  const narrow = text.normalize('NFKC').replaceAll(/\s/gu, '');
  if (!/^\d+$/u.test(narrow)) return [narrow];
  const bare = narrow.replace(/^0+(?=\d)/u, '');
  const padded = Array.from({ length: longestNumber - 7 }, (_, i) => bare.padStart(i + 8, '0'));
  return [...new Set([narrow, bare, ...padded])];
}

function splitNames(text: string): string[] {
  return text
    .split(/[\s\u3000・]+/u)
    .map(foldName)
    .filter((word) => word !== '');
}

/** Digits alone or with hyphens, unless that is a date (1954-08-25). */
function isDigits(word: string): boolean {
  const narrow = word.normalize('NFKC');
  if (!/^[\d()-]+$/u.test(narrow)) return false;
  return /^\d+$/u.test(narrow) || findBirthDateRange(narrow) === undefined;
}

function clean(text: string | undefined): string {
  return (text ?? '').trim();
}

function withKinds(parts: Parts): Criteria {
  const kinds: CriterionKind[] = [];
  if (parts.numbers !== null) kinds.push('number');
  if (parts.kanaWords.length > 0) kinds.push('kana');
  if (parts.names.length > 0) kinds.push('name');
  if (parts.born !== null) kinds.push('birthDate');
  if (parts.phone !== null) kinds.push('phone');
  if (parts.address !== null) kinds.push('address');
  return { ...parts, kinds };
}
