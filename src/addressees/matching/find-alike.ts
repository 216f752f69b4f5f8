import {
  type AlikeProbe,
  type AlikeRecord,
  foldName,
  listAlikeRecords,
  makeAddressKey,
  normalizeKana,
  phoneKey,
} from '#addressees/persons';
import { getMunicipality } from '#common-base/municipalities';
import type { Day, Sex } from '#kernel';
import type { Tx } from '#platform/postgres';
import { type CompareNumbers, rankCandidates, swapDayAndMonth } from './decide-match.ts';
import type { MatchCandidate, MatchRow } from './types.ts';

/** Somebody as told: on a form, in another record. What is not known is null. */
export interface ToldPerson {
  readonly addresseeNumber: string | null;
  readonly kana: string | null;
  readonly name: string | null;
  readonly bornOn: Day | null;
  readonly sex: Sex | null;
  readonly address: string | null;
  readonly phone: string | null;
}

/** A record that may be the told person, with score and reasons. */
export interface Alike extends MatchCandidate {
  readonly record: AlikeRecord;
}

/**
 * The records that may be somebody, likeliest first, at most ten (AD-07): by 氏名, 生年月日, 性別, 住所 and telephone.
 * `compareNumbers` says of each whether the individual number is the same; one that differs is never offered.
 */
export async function findAlike(tx: Tx, told: ToldPerson, compareNumbers?: CompareNumbers): Promise<Alike[]> {
  const [alike] = await findAlikeOfMany(tx, [told], compareNumbers);
  return alike ?? [];
}

/** The same for many at once, in the order given. */
export async function findAlikeOfMany(
  tx: Tx,
  people: readonly ToldPerson[],
  compareNumbers?: CompareNumbers,
): Promise<Alike[][]> {
  const { name: municipalityName } = await getMunicipality(tx);
  const probes = people.map((told) => probeOf(told, municipalityName));
  const found = await listAlikeRecords(tx, probes);
  return people.map((told, i) => {
    const probe = probes[i];
    if (probe === undefined) return [];
    const records = found[i] ?? [];
    const byId = new Map(records.map((record) => [record.personId, record]));
    const row: MatchRow = {
      addresseeNumber: told.addresseeNumber,
      kana: told.kana,
      bornOn: told.bornOn,
      sex: told.sex,
      nameKey: probe.nameKey,
      addressKey: probe.addressKey,
      phoneKey: probe.phone === null ? null : [...probe.phone].reverse().join(''),
    };
    return rankCandidates(row, probe.kanaKey, records, compareNumbers).flatMap((candidate) => {
      const record = byId.get(candidate.personId);
      return record === undefined ? [] : [{ ...candidate, record }];
    });
  });
}

function probeOf(told: ToldPerson, municipalityName: string): AlikeProbe {
  const { kana, name, bornOn, address, phone } = told;
  const swapped = bornOn === null ? undefined : swapDayAndMonth(bornOn);
  const digits = phone === null ? '' : phoneKey(phone);
  return {
    kanaKey: normalizeKana(kana ?? ''),
    nameKey: foldName(name ?? ''),
    bornOn,
    slippedDays: swapped === undefined ? [] : [swapped],
    addressKey: address === null ? null : makeAddressKey(address, municipalityName) || null,
    phone: digits === '' ? null : digits,
  };
}
