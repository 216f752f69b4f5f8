import type { RegisterItems } from './types.ts';

/** The items that tell where a protected person is or was, or who could tell it. */
const placeItems = [
  'machiazaId',
  'block',
  'branch',
  'subBranch',
  'address',
  'building',
  'phone',
  'postalCode',
  'householdNumber',
  'previousAddress',
  'previousBuilding',
  'nextAddress',
  'nextBuilding',
  'guardianNumber',
  'email',
] as const satisfies readonly (keyof RegisterItems)[];

/**
 * What of a version may be shown (支援措置): where `isHidden`, every item that tells a place is null. It is the one
 * place where this is decided; the road around it is `revealProtectedAddress`, with permission, reason and trace.
 */
export function discloseItems<T extends RegisterItems>(items: T, isHidden: boolean): T {
  if (!isHidden) return items;
  const hidden = Object.fromEntries(placeItems.map((key) => [key, null]));
  return { ...items, ...hidden };
}
