import { type Day, formatIsoDay, type PersonId } from '#kernel';
import type { Tx } from '#platform/postgres';
import { hasProtectedMember, loadPersonsForJudging } from './person-store.ts';
import type { PersonOnRecord } from './types.ts';

/** What is told of somebody who may be on record already, as search keys; empty or null = not told. */
export interface AlikeProbe {
  readonly kanaKey: string;
  readonly nameKey: string;
  readonly bornOn: Day | null;
  /** Days that the birth date may have been written for by one slip (day and month swapped). */
  readonly slippedDays: readonly Day[];
  readonly addressKey: string | null;
  /** Digits of the telephone number. */
  readonly phone: string | null;
}

/** A record that may be the same person, with what matching compares beside the name and birth. */
export interface AlikeRecord extends PersonOnRecord {
  /** Every phonetic and written name by key. */
  readonly otherKanaKeys: readonly string[];
  /** Null where the place is withheld (支援措置). */
  readonly addressKey: string | null;
  readonly phoneKey: string | null;
}

const waysSql = `
  SELECT DISTINCT k.place, w.person_id FROM unnest($2::text[], $3::text[], $4::date[], $5::text[], $6::text[], $7::text[])
    WITH ORDINALITY AS k (kana, name, born_on, slipped, address, phone, place)
  CROSS JOIN LATERAL (
    (SELECT p.person_id FROM persons p WHERE p.lg_code = $1 AND p.born_on = k.born_on AND NOT p.is_cancelled LIMIT 400)
    UNION ALL
    (SELECT p.person_id FROM persons p WHERE p.lg_code = $1 AND p.kana_key = k.kana AND k.kana <> '' AND NOT p.is_cancelled
       ORDER BY abs(p.born_on - k.born_on) LIMIT 60)
    UNION ALL
    (SELECT p.person_id FROM persons p WHERE p.lg_code = $1 AND p.name_key = k.name AND k.name <> '' AND NOT p.is_cancelled
       ORDER BY abs(p.born_on - k.born_on) LIMIT 30)
    UNION ALL
    (SELECT p.person_id FROM persons p WHERE p.lg_code = $1 AND p.born_on = ANY (k.slipped::date[])
       AND starts_with(p.kana_key, left(k.kana, 1)) AND k.kana <> '' AND NOT p.is_cancelled LIMIT 60)
    UNION ALL
    (SELECT p.person_id FROM persons p WHERE p.lg_code = $1 AND p.address_key = k.address AND NOT p.is_protected
       AND NOT ${hasProtectedMember('p')} AND NOT p.is_cancelled LIMIT 30)
    UNION ALL
    (SELECT p.person_id FROM persons p WHERE p.lg_code = $1 AND p.phone_key = k.phone AND NOT p.is_protected
       AND NOT ${hasProtectedMember('p')} AND NOT p.is_cancelled LIMIT 20)
  ) w`;

/**
 * For each of these people the records that may be theirs: born on the same day or a day slipped from it, named alike in
 * kana or kanji, at the same place or telephone. Each way goes by one index. A protected place finds nobody and is not
 * told. In the order given.
 */
export async function listAlikeRecords(tx: Tx, probes: readonly AlikeProbe[]): Promise<AlikeRecord[][]> {
  const { rows } = await tx.client.query<AlikeRow>(
    `WITH found AS MATERIALIZED (${waysSql})
     SELECT p.person_id, p.search_keys, array_agg(f.place) AS places,
       CASE WHEN NOT (p.is_protected OR ${hasProtectedMember('p')}) THEN p.address_key END AS address_key,
       CASE WHEN NOT (p.is_protected OR ${hasProtectedMember('p')}) THEN p.phone_key END AS phone_key
     FROM found f JOIN persons p ON p.lg_code = $1 AND p.person_id = f.person_id GROUP BY p.lg_code, p.person_id
     ORDER BY p.person_id`,
    [
      tx.lgCode,
      probes.map((probe) => probe.kanaKey),
      probes.map((probe) => probe.nameKey),
      probes.map((probe) => (probe.bornOn === null ? null : formatIsoDay(probe.bornOn))),
      probes.map((probe) => `{${probe.slippedDays.map(formatIsoDay).join(',')}}`),
      probes.map((probe) => probe.addressKey),
      probes.map((probe) => (probe.phone === null ? null : [...probe.phone].reverse().join(''))),
    ],
  );
  const people = await loadPersonsForJudging(tx, { personIds: rows.map((row) => row.person_id) });
  const byId = new Map(people.map((person) => [person.personId, person]));
  const found: AlikeRecord[][] = probes.map(() => []);
  for (const row of rows) {
    const person = byId.get(row.person_id);
    if (person === undefined) continue;
    const { search_keys: keys, address_key: addressKey, phone_key: phoneKey } = row;
    const record = { ...person, otherKanaKeys: keys.split('|'), addressKey, phoneKey };
    for (const place of row.places) found[place - 1]?.push(record);
  }
  return found;
}

interface AlikeRow {
  readonly person_id: PersonId;
  readonly search_keys: string;
  /** Which of the probes found the record; the first is 1. */
  readonly places: readonly number[];
  readonly address_key: string | null;
  readonly phone_key: string | null;
}
