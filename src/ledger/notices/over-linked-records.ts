import { listLinkedRecords } from '#addressees/persons';
import type { PersonId } from '#kernel';
import type { Tx } from '#platform/postgres';

/**
 * Something known by record, with what linked records tell joined, so that each of them tells the same: records that are
 * linked are one person. Of some people, or of everybody of whom anything is known.
 */
export async function overLinkedRecords<Known>(
  tx: Tx,
  personIds: readonly PersonId[] | undefined,
  load: (personIds: readonly PersonId[] | undefined) => Promise<ReadonlyMap<PersonId, Known>>,
  join: (a: Known, b: Known) => Known,
): Promise<ReadonlyMap<PersonId, Known>> {
  const asked = personIds === undefined ? undefined : await listLinkedRecords(tx, personIds);
  const records = personIds && [...new Set([...personIds, ...[...(asked ?? [])].flatMap(([, linked]) => linked)])];
  const own = await load(records);
  const linked = asked ?? (await listLinkedRecords(tx, [...own.keys()]));
  const joined = new Map(own);
  for (const group of linked.values()) {
    const known = group.filter((record) => own.has(record)).map((record) => own.get(record) as Known);
    const [first, ...others] = known;
    if (first === undefined) continue;
    const whole = others.reduce(join, first);
    for (const record of group) joined.set(record, whole);
  }
  return joined;
}
