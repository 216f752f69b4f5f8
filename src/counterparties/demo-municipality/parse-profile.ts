import { type CsvTableRow, parseCsvTable } from '#formats';
import { parseIsoDay, type Sex } from '#kernel';
import { parseDayAfter, parseDayOfLife } from './day-expression.ts';
import { Lottery } from './random.ts';
import type { DemoProfile, GivenName, ProfileOptions, Season, Series, SeriesStep, VendorCodes } from './types.ts';
import type { VaccineLine } from './vaccine-lines.ts';

/** The files of a settings folder that a profile is made of, by path below the folder. */
export type ProfileFiles = (path: string) => string;

type Values = CsvTableRow['values'];

/** Reads the profile of a demonstration municipality; a fault names the file and the line. */
export function parseProfile(read: ProfileFiles): DemoProfile {
  const { lgCode, name } = readMunicipality(read('municipality.json'));
  const givenNames = rows(read, 'demo/given-names.csv').map(readGivenName);
  const foreign = rows(read, 'demo/foreign-names.csv');
  const places = rows(read, 'demo/places.csv');
  const placesOf = (kind: string): string[] =>
    places.filter((place) => text(place, 'kind') === kind).map((place) => text(place, 'address'));
  return {
    lgCode,
    municipalityName: name,
    municipalityCodes: new Map(
      rows(read, 'municipality-codes.csv').map((row) => [
        `${text(row, 'prefecture')}${text(row, 'name')}`,
        text(row, 'code'),
      ]),
    ),
    familyNames: lottery(rows(read, 'demo/family-names.csv'), (row) => ({
      kana: text(row, 'kana'),
      kanji: text(row, 'kanji'),
    })),
    givenLotteries: givenLotteries(givenNames),
    foreignNames: new Map(
      (['male', 'female'] as const).map((sex) => [
        sex,
        lottery(ofSex(foreign, sex), (row) => readForeignName(row, sex)),
      ]),
    ),
    towns: lottery(rows(read, 'demo/towns.csv'), (row) => ({
      machiazaId: text(row, 'machiaza_id'),
      name: text(row, 'name'),
      postalCode: text(row, 'postal_code'),
      ward: text(row, 'ward'),
    })),
    buildings: lottery(rows(read, 'demo/buildings.csv'), (row) => ({
      name: text(row, 'name'),
      room: text(row, 'room'),
    })),
    places: placesOf('home'),
    placesAbroad: placesOf('abroad'),
    households: lottery(rows(read, 'demo/households.csv'), (row) => ({
      kind: text(row, 'kind'),
      headAgeFrom: number(row, 'head_age_from'),
      headAgeTo: number(row, 'head_age_to'),
    })),
    institutionKinds: lottery(rows(read, 'demo/institution-names.csv'), (row) => text(row, 'kind')),
    series: readSeries(rows(read, 'demo/series.csv')),
    seasons: rows(read, 'demo/seasons.csv').map(readSeason),
    // A code without numbers of doses comes from elsewhere (VRS): the clinics of the demonstration never write it.
    vaccineLines: rows(read, 'vaccine-codes.csv')
      .filter((row) => text(row, 'dose_from') !== '')
      .map(readVaccineLine),
    options: readOptions(rows(read, 'demo/options.csv')),
    relationships: vendorCodes(rows(read, 'codes/relationships.csv')),
    changeReasons: vendorCodes(rows(read, 'codes/change-reasons.csv')),
    codeList: readCodeList(read),
  };
}

/** The lottery of given names of a sex and birth year. */
export function givenNameKey(sex: Sex, year: number): string {
  return `${sex}/${Math.floor(year / 5)}`;
}

function rows(read: ProfileFiles, path: string): readonly Values[] {
  try {
    return parseCsvTable(read(path)).map(({ values }) => values);
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

function readMunicipality(content: string): { lgCode: string; name: string } {
  const value: unknown = JSON.parse(content);
  if (typeof value !== 'object' || value === null) throw new Error('municipality.json: not an object');
  const { lgCode, name } = value as { lgCode?: unknown; name?: unknown };
  if (typeof lgCode !== 'string' || typeof name !== 'string')
    throw new Error('municipality.json: lgCode or name missing');
  return { lgCode, name };
}

function text(row: Values, column: string): string {
  const value = row[column];
  if (value === undefined) throw new Error(`the column ${column} is missing`);
  return value;
}

function number(row: Values, column: string): number {
  const value = Number(text(row, column));
  if (text(row, column) === '' || Number.isNaN(value)) throw new Error(`${column} is no number: ${text(row, column)}`);
  return value;
}

/** The value read by `reader`, or null where the cell is empty. */
function optional<T>(row: Values, column: string, reader: (value: string) => T): T | null {
  const value = text(row, column);
  return value === '' ? null : reader(value);
}

function lottery<T>(table: readonly Values[], reader: (row: Values) => T): Lottery<T> {
  return new Lottery(
    table.map(reader),
    table.map((row) => number(row, 'weight')),
  );
}

function readGivenName(row: Values): { name: GivenName; weight: number } {
  return {
    name: {
      sex: readSex(text(row, 'sex')),
      bornFrom: number(row, 'born_from'),
      bornTo: number(row, 'born_to'),
      kana: text(row, 'kana'),
      kanji: text(row, 'kanji'),
    },
    weight: number(row, 'weight'),
  };
}

function givenLotteries(names: readonly { name: GivenName; weight: number }[]): Map<string, Lottery<GivenName>> {
  const lotteries = new Map<string, Lottery<GivenName>>();
  for (const sex of ['male', 'female'] as const) {
    for (let year = 1900; year <= 2030; year += 5) {
      const fitting = names.filter(({ name }) => name.sex === sex && name.bornFrom <= year + 4 && name.bornTo >= year);
      if (fitting.length === 0) throw new Error(`demo/given-names.csv: no ${sex} name for births of ${year}`);
      const drawn = fitting.map(({ name }) => name);
      lotteries.set(
        givenNameKey(sex, year),
        new Lottery(
          drawn,
          fitting.map(({ weight }) => weight),
        ),
      );
    }
  }
  return lotteries;
}

function readForeignName(row: Values, sex: Sex) {
  return {
    sex,
    kana: text(row, 'kana'),
    name: text(row, 'name'),
    aliasKana: text(row, 'alias_kana'),
    aliasName: text(row, 'alias_name'),
  };
}

function ofSex(table: readonly Values[], sex: Sex): readonly Values[] {
  return table.filter((row) => text(row, 'sex') === sex);
}

function readSex(value: string): Sex {
  if (value !== 'male' && value !== 'female') throw new Error(`not a sex: ${value}`);
  return value;
}

function readSeries(table: readonly Values[]): readonly Series[] {
  const names = [...new Set(table.map((row) => text(row, 'series')))];
  return names.map((name) => {
    const own = table.filter((row) => text(row, 'series') === name);
    const [first] = own;
    if (first === undefined) throw new Error(`no rows for ${name}`);
    return {
      name,
      code: text(first, 'code'),
      sex: optional(first, 'sex', readSex),
      bornFrom: optional(first, 'born_from', parseIsoDay),
      bornTo: optional(first, 'born_to', parseIsoDay),
      givenFrom: optional(first, 'given_from', parseIsoDay),
      maker: text(first, 'maker'),
      volumeMl: text(first, 'volume_ml'),
      isLive: text(first, 'is_live') === '1',
      steps: own.map(readStep),
    };
  });
}

function readStep(row: Values): SeriesStep {
  return {
    doseNumber: number(row, 'dose'),
    begin: parseDayOfLife(text(row, 'begin')),
    end: parseDayOfLife(text(row, 'end')),
    usualBegin: optional(row, 'usual_begin', parseDayOfLife),
    after: optional(row, 'after', parseDayAfter),
    afterFirst: optional(row, 'after_first', parseDayAfter),
    usualAfter: optional(row, 'usual_after', parseDayAfter),
    spreadDays: number(row, 'spread_days'),
    uptake: number(row, 'uptake'),
  };
}

function readSeason(row: Values): Season {
  return {
    name: text(row, 'series'),
    code: text(row, 'code'),
    begin: parseDayOfLife(text(row, 'begin')),
    firstSeason: number(row, 'first_season'),
    opens: monthAndDay(text(row, 'season_from')),
    closes: monthAndDay(text(row, 'season_to')),
    spreadDays: number(row, 'spread_days'),
    uptake: number(row, 'uptake'),
    maker: text(row, 'maker'),
    volumeMl: text(row, 'volume_ml'),
  };
}

function readVaccineLine(row: Values): VaccineLine {
  return {
    code: text(row, 'code'),
    doseFrom: number(row, 'dose_from'),
    doseTo: number(row, 'dose_to'),
    givenFrom: optional(row, 'given_from', parseIsoDay),
    givenTo: optional(row, 'given_to', parseIsoDay),
    programme: text(row, 'programme'),
    stage: text(row, 'stage'),
    doseOffset: number(row, 'dose_offset'),
    product: text(row, 'product'),
  };
}

function monthAndDay(value: string): readonly [number, number] {
  const match = /^(\d{2})-(\d{2})$/u.exec(value);
  if (match === null) throw new Error(`not a month and day: ${value}`);
  return [Number(match[1]), Number(match[2])];
}

function readOptions(table: readonly Values[]): ProfileOptions {
  const values = new Map(table.map((row) => [text(row, 'name'), text(row, 'value')]));
  const word = (name: string): string => {
    const value = values.get(name);
    if (value === undefined) throw new Error(`demo/options.csv: ${name} is missing`);
    return value;
  };
  const figure = (name: string): number => {
    const value = Number(word(name));
    if (!(value >= 0)) throw new Error(`demo/options.csv: ${name} is no number`);
    return value;
  };
  return {
    unknownVaccineCode: word('unknown_vaccine_code'),
    otherLgCode: word('other_lg_code'),
    prefectureDigits: word('prefecture_digits'),
    areaDigits: word('area_digits'),
    shareForeign: figure('share_foreign'),
    shareFromAbroad: figure('share_from_abroad'),
    shareForeignersFromAbroad: figure('share_foreigners_from_abroad'),
    shareProtected: figure('share_protected'),
    shareNonRegistered: figure('share_non_registered'),
    shareMovedOut: figure('share_moved_out'),
    shareBornHere: figure('share_born_here'),
    shareWelfare: figure('share_welfare'),
    sharePhone: figure('share_phone'),
    shareTwins: figure('share_twins'),
    shareFirstOfApril: figure('share_first_of_april'),
    shareSameName: figure('share_same_name'),
    peoplePerFault: figure('people_per_fault'),
    peoplePerInstitution: figure('people_per_institution'),
  };
}

function vendorCodes(table: readonly Values[]): VendorCodes {
  return Object.fromEntries(table.map((row) => [text(row, 'value'), text(row, 'code')]));
}

function readCodeList(read: ProfileFiles): [string, string, string][] {
  const list = (kind: string, path: string): [string, string, string][] => {
    const names = new Map(rows(read, path).map((row) => [text(row, 'code'), text(row, 'name')]));
    return [...names].map(([code, name]) => [kind, code, name]);
  };
  return [
    ...list('予防接種', 'vaccine-codes.csv'),
    ...list('メーカー', 'manufacturers.csv'),
    ['実施区分', '1', '実施'],
    ['実施区分', '2', '予診のみ'],
    ['実施区分', '3', '未同意'],
    ['課税区分', '1', '課税'],
    ['課税区分', '2', '非課税'],
    ['課税区分', '3', '均等割のみ'],
    ...list('異動', 'codes/change-reasons.csv'),
    ...list('続柄', 'codes/relationships.csv'),
  ];
}
