import { isHereOn } from '#addressees/persons';
import { ageInYears, type Day } from '#kernel';
import { type PeopleRange, readPopulation } from '#ledger/vaccinations';
import type { Tx } from '#platform/postgres';
import { ageGroupOf, ChangeCounts } from './count-changes.ts';
import type { createComparer } from './derive-changes.ts';
import { type ChangedPerson, insertTrialPeople } from './store.ts';
import type { ChangeCount } from './types.ts';

/** A page to be compared; `isListing` is false once the list of people is long enough. */
export interface TrialPage extends PeopleRange {
  readonly isListing: boolean;
}

/** What a page came to. */
export interface TrialPageCounts {
  /** People on record, for the progress. */
  readonly looked: number;
  /** Residents judged. */
  readonly people: number;
  readonly affected: number;
  readonly listed: number;
  readonly counts: readonly ChangeCount[];
}

/** Compares the residents of a page by both rule sets; lists those of whom anything changes. */
export async function tryPage(
  tx: Tx,
  compare: ReturnType<typeof createComparer>,
  trial: { readonly trialId: number; readonly asOf: Day },
  page: TrialPage,
): Promise<TrialPageCounts> {
  const population = await readPopulation(tx, page);
  const counts = new ChangeCounts();
  const changed: ChangedPerson[] = [];
  let people = 0;
  for (const { person, doses, facts } of population) {
    const { bornOn, sex, personId } = person;
    if (bornOn === null || bornOn > trial.asOf || !isHereOn(person, trial.asOf)) continue;
    people += 1;
    const changes = compare({ bornOn, sex, doses, facts });
    if (changes.length === 0) continue;
    const ageFrom = ageGroupOf(ageInYears(bornOn, trial.asOf));
    for (const change of changes) counts.add(change, ageFrom);
    changed.push({ personId, changes });
  }
  if (page.isListing) await insertTrialPeople(tx, trial.trialId, changed);
  const listed = page.isListing ? changed.length : 0;
  return { looked: population.length, people, affected: changed.length, listed, counts: counts.list() };
}
