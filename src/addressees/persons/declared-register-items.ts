import { type ItemCatalogue, type ItemSubject } from '#common-base/linkage';
import type { RegisterItems } from './types.ts';

/** The items of the register that a municipality may declare or not, with what holds them (CB-15). */
const switchableItems = {
  'persons.phone': ['phone'],
  'persons.householdNumber': ['householdNumber'],
  'persons.relation': ['relation'],
  'persons.changeReason': ['changeReason', 'changedOn'],
  'persons.residencyChangeReason': ['residencyChangeReason', 'residencyChangedOn'],
  'persons.previousAddress': ['previousAddress', 'previousBuilding'],
  'persons.nextAddress': ['nextAddress', 'nextBuilding'],
  'persons.foreignName': ['foreignName', 'foreignKana'],
  'persons.commonName': ['commonName'],
  'persons.formerFamilyName': ['formerFamilyName'],
  'persons.nationality': ['nationality'],
  'persons.guardianNumber': ['guardianNumber'],
  'persons.email': ['email'],
} as const satisfies Readonly<Record<string, readonly (keyof RegisterItems)[]>>;

const entries = Object.entries(switchableItems);

/** Whose items they are, as the catalogue tells people apart. */
export function subjectOf({ isNonRegistered }: Pick<RegisterItems, 'isNonRegistered'>): ItemSubject {
  return isNonRegistered ? 'nonRegistered' : 'residents';
}

/** The items that are filled in of somebody. */
export function listFilledItems(items: RegisterItems): readonly string[] {
  return entries.flatMap(([item, keys]) => (keys.some((key) => items[key] !== null) ? [item] : []));
}

/** Without what the municipality may not hold of such a person: for what is stored, and for what is shown. */
export function withoutUndeclared<T extends RegisterItems>(items: T, catalogue: ItemCatalogue): T {
  if (!catalogue.isLimited) return items;
  const subject = subjectOf(items);
  const gone = entries.filter(([item]) => !catalogue.mayHold(item, subject)).flatMap(([, keys]) => keys);
  return gone.length === 0 ? items : { ...items, ...Object.fromEntries(gone.map((key) => [key, null])) };
}
