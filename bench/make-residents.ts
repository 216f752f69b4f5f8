import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FeedSource } from '#common-base/linkage';
import { parseCsvTable } from '#formats';

/** Which residents to make: the same options give the same bytes. */
export interface ResidentOptions {
  readonly people: number;
  /** Every how many rows differ from the file of `change: 0`; 0 = none. */
  readonly changeEvery?: number;
  /** Which rows differ and what they say: another number, another change. */
  readonly change?: number;
  /** Only the rows that differ, as a file of daily changes. */
  readonly onlyChanged?: boolean;
}

/** A resident as benchmarks search for one. */
export interface MadeResident {
  readonly number: string;
  readonly kana: string;
  readonly name: string;
  /** YYYYMMDD. */
  readonly birthDate: string;
  readonly address: string;
}

const header =
  '整理番号,氏名カナ,氏名漢字,生年月日,性別,町丁目,番地,枝,子枝,住所,方書,電話番号,世帯番号,郵便番号,続柄区分,取消,' +
  '住登外フラグ,外国人フラグ,外国人本名カナ,外国人本名漢字,住民となった日,住民でなくなった日,異動,異動年月日,住民異動,' +
  '住民異動年月日,転入前住所,転入前方書,転出後住所,転出後方書,支援措置,死亡年月日';

/**
 * A resident file of any size, as it streams: names by their frequency in the demonstration's lists, about 2.3 people
 * a household, a town for each 800 people. Light on purpose: it must be much faster than what it measures.
 */
export function residentFile(options: ResidentOptions): FeedSource {
  const { people, change = 0 } = options;
  return {
    name: `residents-${people}-${change}.csv`,
    async *open() {
      let text = `${header}\r\n`;
      for (const line of residentLines(options)) {
        text += line;
        if (text.length < 1 << 18) continue;
        yield Buffer.from(text, 'utf8');
        text = '';
      }
      // Empty lines are no rows: the same people in a file that was not seen before.
      yield Buffer.from(text + '\r\n'.repeat(change), 'utf8');
    },
  };
}

function* residentLines(options: ResidentOptions): Generator<string> {
  const { people, changeEvery = 0, change = 0, onlyChanged = false } = options;
  const words = readWords(people);
  for (let i = 0; i < people; i += 1) {
    const isChanged = changeEvery > 0 && i % changeEvery === change % changeEvery;
    if (!onlyChanged || isChanged) yield residentLine(words, i, isChanged ? change : 0);
  }
}

/** The residents of these places in the file, for searches that find somebody. */
export function residentsAt(people: number, places: readonly number[]): MadeResident[] {
  const words = readWords(people);
  return places.map((i) => {
    const { family, given, birthDate, address } = personAt(words, i);
    const kana = `${family.kana}　${given.kana}`;
    return { number: numberOf(i), kana, name: `${family.kanji}　${given.kanji}`, birthDate, address };
  });
}

interface Word {
  readonly kana: string;
  readonly kanji: string;
}

interface Words {
  readonly families: readonly Word[];
  readonly males: readonly Word[];
  readonly females: readonly Word[];
  readonly towns: readonly string[];
}

function residentLine(words: Words, i: number, change: number): string {
  const { family, given, isMale, birthDate, address, household, building, phone, movedIn, town } = personAt(words, i);
  const since = change === 0 ? movedIn : `202610${String((change % 30) + 1).padStart(2, '0')}`;
  const said =
    change === 0 ? phone : `0299-${String(change % 100).padStart(2, '0')}-${String(i % 10_000).padStart(4, '0')}`;
  const block = address.slice(address.lastIndexOf('目') + 1).match(/\d+/gu) ?? [];
  return (
    `${numberOf(i)},${family.kana}　${given.kana},${family.kanji}　${given.kanji},${birthDate},${isMale ? 1 : 2},` +
    `${String(town).padStart(4, '0')},${block[0] ?? ''},${block[1] ?? ''},,${address},${building},${said},${household},` +
    `299${String(town % 10_000).padStart(4, '0')},02,0,0,0,,,${movedIn},,11,${since},11,${since},` +
    `東京都町田市森野２丁目２番２２号,,,,${i % 500 === 7 ? 1 : 0},\r\n`
  );
}

function personAt(words: Words, i: number) {
  const home = Math.floor((i * 10) / 23);
  const family = words.families[chance(home, 1, words.families.length)] ?? { kana: 'アオバ', kanji: '青葉' };
  const isMale = chance(i, 2, 2) === 0;
  const given = isMale
    ? words.males[chance(i, 3, words.males.length)]
    : words.females[chance(i, 4, words.females.length)];
  const year = 1930 + chance(i, 5, 96);
  const birthDate = `${year}${two(1 + chance(i, 6, 12))}${two(1 + chance(i, 7, 28))}`;
  const town = chance(home, 8, words.towns.length);
  const numbers = `${1 + chance(home, 9, 40)}番${1 + chance(home, 10, 30)}号`;
  const building =
    home % 3 === 0 ? `${family.kanji}ハイツ　${100 * (1 + chance(home, 11, 6)) + 1 + chance(home, 12, 9)}号` : '';
  const movedIn = `${Math.max(year, 1990 + chance(home, 13, 36))}0${1 + chance(home, 14, 9)}1${chance(home, 15, 10)}`;
  return {
    family,
    given: given ?? { kana: 'ハナコ', kanji: '花子' },
    isMale,
    birthDate: birthDate > '20260930' ? '20260930' : birthDate,
    town,
    address: `若葉台市${words.towns[town] ?? ''}${numbers}`,
    building,
    household: String(home + 1).padStart(9, '0'),
    phone: `0299-${two(chance(home, 16, 100))}-${String(chance(home, 17, 10_000)).padStart(4, '0')}`,
    movedIn: movedIn > '20260930' ? '20260930' : movedIn,
  };
}

function numberOf(i: number): string {
  return String(i + 1).padStart(10, '0');
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

/** A whole number below the limit that depends on place and purpose alone. */
function chance(place: number, purpose: number, limit: number): number {
  let value = Math.imul(place ^ Math.imul(purpose, 0x9e3779b1), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return ((value ^ (value >>> 16)) >>> 0) % limit;
}

const demo = join(import.meta.dirname, '../settings/wakabadai/demo');
const townHeads = ['青葉', '港', '緑', '桜', '若葉', '本', '栄', '旭', '中', '松', '泉', '山手', '髙野', '辻', '星が'];
const townTails = ['台', '町', '丘', '原', '沢', '田', '野', '島', '木'];
const blocks = ['一丁目', '二丁目', '三丁目', '四丁目', '五丁目', '六丁目'];

function readWords(people: number): Words {
  const given = readTable('given-names.csv');
  const towns = townHeads.flatMap((head) =>
    townTails.flatMap((tail) =>
      ['', '東', '西', '北'].flatMap((side) => blocks.map((block) => side + head + tail + block)),
    ),
  );
  return {
    families: spread(readTable('family-names.csv')),
    males: spread(given.filter((row) => row['sex'] === 'male')),
    females: spread(given.filter((row) => row['sex'] === 'female')),
    towns: towns.slice(0, Math.max(20, Math.round(people / 800))),
  };
}

function readTable(file: string): Record<string, string>[] {
  return parseCsvTable(readFileSync(join(demo, file), 'utf8')).map((row) => row.values);
}

/** Every word as often as its weight says, so that drawing one is one look-up. */
function spread(rows: readonly Record<string, string>[]): Word[] {
  return rows.flatMap((row) => {
    const word = { kana: row['kana'] ?? '', kanji: row['kanji'] ?? '' };
    return Array.from({ length: Number(row['weight'] ?? 1) }, () => word);
  });
}
