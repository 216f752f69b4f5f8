import type { Tx } from '#platform/postgres';
import { joinPlaceKey, type ProtectedPlaces, placeKey } from './decide-disclosure.ts';
import { hasProtectedRecord } from './person-store.ts';
import type { PersonVersion } from './version-store.ts';

/**
 * Of the households and addresses that some versions of a person name: those where a protected person (支援措置) lives
 * now, also under a linked record, and the households of those who left. Two lookups by household and address, whatever the number of people.
 */
export async function loadProtectedPlaces(
  tx: Tx,
  versions: readonly PersonVersion[],
  municipalityName: string,
): Promise<ProtectedPlaces> {
  const households = versions.flatMap(({ householdNumber }) => householdNumber ?? []);
  const doors = versions.flatMap((version) => [
    ...keyOf(version.address, version.building, municipalityName),
    ...keyOf(version.previousAddress, version.previousBuilding, municipalityName),
  ]);
  const { rows } = await tx.client.query<{
    household_number: string | null;
    address_key: string | null;
    building_key: string | null;
    lives_here: boolean;
  }>(
    `SELECT household_number, address_key, building_key, (died_on IS NULL AND (ceased_resident_on IS NULL
       OR ceased_resident_on >= (now() AT TIME ZONE 'Asia/Tokyo')::date)) AS lives_here
     FROM persons p WHERE lg_code = $1 AND (is_protected OR ${hasProtectedRecord('p')}) AND NOT is_cancelled
       AND (household_number = ANY($2) OR address_key = ANY($3))`,
    [tx.lgCode, [...new Set(households)], [...new Set(doors.map((door) => door.split('|')[0] ?? ''))]],
  );
  const here = rows.filter((row) => row.lives_here);
  return {
    households: new Set(here.flatMap((row) => row.household_number ?? [])),
    householdsLeft: new Set(rows.flatMap((row) => (row.lives_here ? [] : (row.household_number ?? [])))),
    places: new Set(
      here.flatMap((row) => (row.address_key === null ? [] : joinPlaceKey(row.address_key, row.building_key))),
    ),
  };
}

/**
 * Whether anything changed since an instant about anybody who is protected (支援措置): what was written down of places
 * before may tell one that must not be told any more.
 */
export async function hasProtectedSince(tx: Tx, since: Date): Promise<boolean> {
  const { rows } = await tx.client.query<{ has: boolean }>(
    `SELECT EXISTS (SELECT 1 FROM persons WHERE lg_code = $1 AND is_protected AND updated_at > $2)
       OR EXISTS (SELECT 1 FROM person_links WHERE lg_code = $1 AND recorded_at > $2) AS has`,
    [tx.lgCode, since],
  );
  return rows[0]?.has === true;
}

function keyOf(address: string | null, building: string | null, municipalityName: string): string[] {
  return address === null ? [] : [placeKey(address, building, municipalityName)];
}
