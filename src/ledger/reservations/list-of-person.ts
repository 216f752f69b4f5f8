import type { PersonId } from '#kernel';
import type { Tx } from '#platform/postgres';
import type { RuleSet } from '#schedule';
import { whatOf } from './reservation-words.ts';
import { selectOfPersons } from './store.ts';
import type { Reservation } from './types.ts';

/** The reservations and wishes of a person's records that hold, in words; the caller records the view. */
export async function listReservationsOf(
  tx: Tx,
  rules: RuleSet,
  personIds: readonly PersonId[],
): Promise<readonly (Reservation & { readonly what: string })[]> {
  return (await selectOfPersons(tx, personIds)).map((one) => ({ ...one, what: whatOf(one, rules) }));
}
