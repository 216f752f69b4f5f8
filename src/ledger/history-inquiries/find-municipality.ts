import { findSettings } from '#common-base/municipalities';
import { parseCsvTable } from '#formats';
import { isLocalGovernmentCode, UnreadableInput } from '#kernel';
import type { Tx } from '#platform/postgres';

/** A municipality that may be asked. */
export interface KnownMunicipality {
  /** 全国地方公共団体コード with its check digit. */
  readonly lgCode: string;
  readonly prefecture: string;
  readonly name: string;
}

/** The table of municipalities of the settings (`municipality-codes.csv`); empty where there is none. */
export async function loadMunicipalityCodes(tx: Tx): Promise<readonly KnownMunicipality[]> {
  return parseMunicipalityCodes((await findSettings(tx, 'municipality-codes.csv')) ?? '');
}

/** Reads `municipality-codes.csv`: code, prefecture, name. Pure. @spec 総務省 全国地方公共団体コード */
export function parseMunicipalityCodes(text: string): readonly KnownMunicipality[] {
  if (text.trim() === '') return [];
  return parseCsvTable(text).map(({ line, values }) => {
    const { code = '', prefecture = '', name = '' } = values;
    if (!isLocalGovernmentCode(code) || prefecture === '' || name === '') {
      throw new UnreadableInput(
        `設定 municipality-codes.csv の${line}行目を読めません。検査数字つきの6桁のコード、都道府県、市区町村を書いてください。`,
      );
    }
    return { lgCode: code, prefecture, name };
  });
}

/**
 * The municipality of an address as a register writes it: the longest name that it begins with, with its prefecture or,
 * where no other has that name, without. Undefined where none fits: a person looks. Pure.
 */
export function findMunicipalityOf(
  address: string,
  known: readonly KnownMunicipality[],
): KnownMunicipality | undefined {
  const text = address.normalize('NFKC').replaceAll(/\s/gu, '');
  const fitting = known.filter(({ prefecture, name }) => {
    if (text.startsWith(`${prefecture}${name}`)) return true;
    return text.startsWith(name) && known.filter((each) => each.name === name).length === 1;
  });
  const [longest, second] = fitting.toSorted((a, b) => b.name.length - a.name.length);
  return second !== undefined && second.name === longest?.name ? undefined : longest;
}
