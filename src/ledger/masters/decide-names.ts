import { type Day, type Finding, finding } from '#kernel';
import type { KnownNames, MasterEntry } from './types.ts';

/** Items of a record by key, as text; what is absent or empty is not told. */
export type NamedItems = Readonly<Partial<Record<string, string | null>>>;

/** What the masters add to the items of a record, and what is remarkable about the names in them. */
export interface DecidedNames {
  readonly filled: Readonly<Record<string, string>>;
  readonly findings: readonly Finding[];
}

/** The items in which a code and a name stand for the same, by master; of a doctor the item of the institution, too. */
const namedItems = [
  { kind: 'physician', code: 'administeringPhysicianCode', name: 'administeringPhysician', at: 'institutionCode' },
  { kind: 'physician', code: 'screeningPhysicianCode', name: 'screeningPhysician', at: 'screeningInstitutionCode' },
  { kind: 'venue', code: 'venueCode', name: 'venueOther', at: null },
  { kind: 'manufacturer', code: 'manufacturerCode', name: 'manufacturerName', at: null },
] as const;

/** The findings of each master; the codes stand whole, so that a search finds them. */
const findingCodes = {
  physician: { isOutside: 'physicianNotValid', isUnknown: 'physicianNotInMaster' },
  venue: { isOutside: 'venueNotValid', isUnknown: 'venueNotInMaster' },
  manufacturer: { isOutside: 'manufacturerNotValid', isUnknown: 'manufacturerNotInMaster' },
} as const;

/**
 * Brings doctors, venues and makers of a record together with the masters of its day: a name that the master has gets its code, a
 * code its name. What the master does not have stays as free text (その他) and is noted; where the master is not kept
 * (no doctor of the institution, no venue, no maker) nothing is said. A doctor without a screening institution is of the giving one.
 */
export function decideNames(known: KnownNames, items: NamedItems, on: Day): DecidedNames {
  const filled: Record<string, string> = {};
  const findings: Finding[] = [];
  for (const { kind, code, name, at } of namedItems) {
    const [sentCode, sentName] = [items[code] ?? '', items[name] ?? ''];
    if (sentCode === '' && sentName === '') continue;
    const owner = at === null ? '' : (items[at] ?? items['institutionCode'] ?? '');
    const entries = entriesOf(known, kind, owner);
    if (entries.length === 0) continue;
    const valid = entries.filter((entry) => isValidOn(entry, on));
    const isMeant = (entry: MasterEntry): boolean =>
      sentCode === '' ? foldName(entry.name) === foldName(sentName) : entry.code === sentCode;
    const meant = valid.filter(isMeant);
    const [entry] = meant;
    if (entry !== undefined && meant.length === 1) {
      if (sentCode === '') filled[code] = entry.code;
      else if (sentName === '') filled[name] = entry.name;
      continue;
    }
    const { isOutside, isUnknown } = findingCodes[kind];
    const what = meant.length === 0 && entries.some(isMeant) ? isOutside : isUnknown;
    findings.push(finding(what, 'note', sentCode === '' ? name : code));
  }
  return { filled, findings };
}

function entriesOf(
  { physicians, venues, manufacturers }: KnownNames,
  kind: keyof typeof findingCodes,
  owner: string,
): readonly MasterEntry[] {
  if (kind === 'physician') return physicians.get(owner) ?? [];
  return kind === 'venue' ? venues : manufacturers;
}

/**
 * The name that was typed for a doctor or a venue: a code of the master becomes its name, so that the number pad is
 * enough; everything else stays as typed.
 */
export function nameOfTyped(entries: readonly MasterEntry[], typed: string, on: Day): string {
  return entries.find((entry) => entry.code === typed && isValidOn(entry, on))?.name ?? typed;
}

/** Whether an entry holds on a day. */
export function isValidOn({ validFrom, validTo }: MasterEntry, on: Day): boolean {
  return (validFrom === null || validFrom <= on) && (validTo === null || on <= validTo);
}

/** A name as it is compared: width folded, without blanks. */
function foldName(text: string): string {
  return text.normalize('NFKC').replaceAll(/\s/gu, '');
}
