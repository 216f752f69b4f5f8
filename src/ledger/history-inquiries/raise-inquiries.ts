import { randomUUID } from 'node:crypto';
import { type Arrival, listArrivals } from '#addressees/persons';
import { type ActBy, recordAct } from '#common-base/audit';
import { addDays, type Day, formatIsoDay, reachesYearsOn } from '#kernel';
import type { NewsListener } from '#platform/jobs';
import type { Tx } from '#platform/postgres';
import { findMunicipalityOf, type KnownMunicipality, loadMunicipalityCodes } from './find-municipality.ts';
import { type HistorySettings, loadHistorySettings } from './history-settings.ts';
import { dayKey, insertInquiries, listRaised, type NewInquiry } from './inquiry-store.ts';

/** The task that hears of people who moved in. */
export const historyNewsTask = 'histories.hear';

/** A feed of the register may tell of a move-in. */
export const historyNewsListener: NewsListener = { task: historyNewsTask, topics: ['persons.imported'] };

/**
 * Raises an inquiry for every move-in within the days of the settings that has none yet (LG-09). A move-in is asked about
 * once, whatever becomes of it. Answers how many were raised.
 */
export async function raiseInquiries(
  tx: Tx,
  by: ActBy,
  now: { readonly at: Date; readonly today: Day },
): Promise<number> {
  const settings = await loadHistorySettings(tx);
  const arrivals = await listArrivals(tx, addDays(now.today, -settings.daysBack));
  const raised = await listRaised(
    tx,
    arrivals.map(({ personId }) => personId),
  );
  const fresh = arrivals.filter(
    (each) => !raised.has(dayKey(each.personId, each.movedInOn)) && isAskedAbout(each, settings, now.today),
  );
  if (fresh.length === 0) return 0;
  const known = await loadMunicipalityCodes(tx);
  const inquiries = fresh.map((each) =>
    decideInquiry(each, known, settings, { relayRef: randomUUID(), lgCode: tx.lgCode }),
  );
  const personIds = await insertInquiries(tx, inquiries, now.at);
  if (personIds.length > 0) {
    await recordAct(tx, by, { act: 'histories.raised', personIds, details: { inquiries: personIds.length } });
  }
  return personIds.length;
}

/** Whether a municipality wants to know of somebody of that age; who has no known age is asked about. Pure. */
function isAskedAbout({ bornOn }: Arrival, { youngerThan }: HistorySettings, today: Day): boolean {
  return bornOn === null || youngerThan === null || today < reachesYearsOn(bornOn, youngerThan);
}

/**
 * What becomes of a move-in: asking would tell the other municipality where a protected person is, so those are held for
 * a superior; without a known former municipality a person looks. Pure.
 */
export function decideInquiry(
  arrival: Arrival,
  known: readonly KnownMunicipality[],
  { isAutomatic }: Pick<HistorySettings, 'isAutomatic'>,
  given: { readonly relayRef: string; readonly lgCode: string },
): NewInquiry {
  const { personId, movedInOn, previousAddress, isProtected } = arrival;
  const found = previousAddress === null ? undefined : findMunicipalityOf(previousAddress, known);
  const askedOf = found === undefined || found.lgCode === given.lgCode ? null : found.lgCode;
  const frame = { personId, movedInOn: formatIsoDay(movedInOn), relayRef: given.relayRef, releasedByName: null };
  if (isProtected) return { ...frame, askedOf, state: 'held' };
  if (askedOf === null) return { ...frame, askedOf, state: 'unclear' };
  if (!isAutomatic) return { ...frame, askedOf, state: 'raised' };
  return { ...frame, askedOf, state: 'released', releasedByName: '自動（設定による）' };
}
