import { addressKey, buildingKey } from './address-key.ts';
import type { RegisterItems } from './types.ts';

/** Which places of a version are shown to nobody without permission, reason and trace. */
export interface HiddenPlaces {
  readonly present: boolean;
  readonly previous: boolean;
  readonly next: boolean;
}

/** Of a protected person, and of everybody of the same household. */
export const everyPlace: HiddenPlaces = { present: true, previous: true, next: true };

/** The items that tell where a person is or was, or who could tell it, by the place of which they speak. */
const placeItems = {
  present: [
    'machiazaId',
    'block',
    'branch',
    'subBranch',
    'address',
    'building',
    'phone',
    'postalCode',
    'householdNumber',
    'guardianNumber',
    'email',
  ],
  previous: ['previousAddress', 'previousBuilding'],
  next: ['nextAddress', 'nextBuilding'],
} as const satisfies Readonly<Record<keyof HiddenPlaces, readonly (keyof RegisterItems)[]>>;

/**
 * What of a version may be shown (支援措置): the items that tell a hidden place are null. It is the one place where this
 * is decided; the road around it is `revealProtectedAddress`, with permission, reason and trace.
 */
export function discloseItems<T extends RegisterItems>(items: T, hidden: HiddenPlaces): T {
  const keys = (['present', 'previous', 'next'] as const).flatMap((place) => (hidden[place] ? placeItems[place] : []));
  return { ...items, ...Object.fromEntries(keys.map((key) => [key, null])) };
}

/** Where protected people live now, and the households that left with one. */
export interface ProtectedPlaces {
  readonly households: ReadonlySet<string>;
  readonly householdsLeft: ReadonlySet<string>;
  /** Keys of address and building, see `placeKey`. */
  readonly places: ReadonlySet<string>;
}

/**
 * Which places of somebody who is not protected tell where a protected person is: a former home that is still theirs, and
 * where a household went with them.
 */
export function decideHiddenPlaces(
  version: RegisterItems,
  protectedPlaces: ProtectedPlaces,
  municipalityName: string,
): HiddenPlaces {
  const { households, householdsLeft, places } = protectedPlaces;
  const { householdNumber, address, building, previousAddress, previousBuilding } = version;
  const isIn = (set: ReadonlySet<string>) => householdNumber !== null && set.has(householdNumber);
  const isTheirs = (where: string | null, house: string | null) =>
    where !== null && places.has(placeKey(where, house, municipalityName));
  return {
    present: isIn(households) || isTheirs(address, building),
    previous: isTheirs(previousAddress, previousBuilding),
    next: isIn(householdsLeft),
  };
}

/** One key for the same door, however address and building are written. */
export function placeKey(address: string, building: string | null, municipalityName: string): string {
  return joinPlaceKey(addressKey(address, municipalityName), building === null ? null : buildingKey(building));
}

/** The same of the keys that the head of a person keeps. */
export function joinPlaceKey(address: string, building: string | null): string {
  return `${address}|${building ?? ''}`;
}
