import { listAllLinkedRecords, listLinkedRecords } from '#addressees/persons';
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
  const groups = await listGroups(tx, personIds);
  const own = await load(personIds && [...new Set([...personIds, ...groups.flat()])]);
  const joined = new Map(own);
  for (const group of groups) {
    const known = group.filter((record) => own.has(record)).map((record) => own.get(record) as Known);
    const [first, ...others] = known;
    if (first === undefined) continue;
    const whole = others.reduce(join, first);
    for (const record of group) joined.set(record, whole);
  }
  return joined;
}

/** The linked records of some people, or of everybody: few beside all of whom anything is known. */
async function listGroups(
  tx: Tx,
  personIds: readonly PersonId[] | undefined,
): Promise<readonly (readonly PersonId[])[]> {
  if (personIds !== undefined) return [...(await listLinkedRecords(tx, personIds)).values()];
  const people = Map.groupBy(await listAllLinkedRecords(tx), ({ principalId }) => principalId);
  return [...people.values()].map((records) => records.map(({ personId }) => personId));
}
