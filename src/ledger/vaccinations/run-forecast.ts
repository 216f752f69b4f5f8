import { loadPersonsForJudging, type PersonOnRecord } from '#addressees/persons';
import { type ActionContext, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { type Day, formatIsoDay, type PersonId } from '#kernel';
import { type Tx, withMunicipality } from '#platform/postgres';
import { judge, type RuleSet } from '#schedule';
import { deleteOtherForecasts, type ForecastRow, loadFreshForecasts, sumForecasts, upsertForecasts } from './forecast-store.ts';
import { findPersonCase, listGivenDoses } from './judge-history.ts';
import { loadHistories, loadLedgerVersions } from './store.ts';

/** The figures of a forecast of the whole population. */
export interface ForecastResult {
  readonly people: number;
  /** Person × stage. */
  readonly due: number;
  readonly overdue: number;
  readonly seconds: number;
  readonly peoplePerSecond: number;
}

const peoplePerPage = 4000;

/**
 * Judges every resident of the day and stores what is due as a cache. Pages are transactions of their own and what
 * is fresh (same day, rules, person and ledger) is passed over, so that a forecast that was stopped goes on, and
 * one after a small change is short.
 */
export async function runForecast(
  context: ActionContext,
  options: { readonly rules: RuleSet; readonly asOf: Day; readonly isStopRequested?: () => boolean },
): Promise<ForecastResult> {
  const { actor, db } = context;
  requirePermission(actor, 'forecast.run');
  const startedAt = performance.now();
  let after: PersonId | null = null;
  let people = 0;
  for (;;) {
    const page = await withMunicipality(db, actor.lgCode, (tx) => forecastPage(tx, options, after));
    people += page.people;
    after = page.last;
    context.onProgress?.(people, null);
    if (after === null || options.isStopRequested?.() === true) break;
  }
  return withMunicipality(db, actor.lgCode, async (tx) => {
    const on = formatIsoDay(options.asOf);
    if (after === null) await deleteOtherForecasts(tx, on, options.rules.version);
    const sums = await sumForecasts(tx, on, options.rules.version);
    const seconds = (performance.now() - startedAt) / 1000;
    await recordAct(tx, actor, { act: 'vaccinations.forecast', details: { asOf: on, people, ...sums } });
    return {
      people,
      ...sums,
      seconds: Math.round(seconds * 1000) / 1000,
      peoplePerSecond: Math.round(people / Math.max(seconds, 0.001)),
    };
  });
}

async function forecastPage(
  tx: Tx,
  options: { readonly rules: RuleSet; readonly asOf: Day },
  after: PersonId | null,
): Promise<{ people: number; last: PersonId | null }> {
  const { rules, asOf } = options;
  const on = formatIsoDay(asOf);
  const page = await loadPersonsForJudging(tx, { after, limit: peoplePerPage });
  const residents = page.filter((person) => isResidentOn(person, asOf));
  const personIds = residents.map((person) => person.personId);
  const versions = await loadLedgerVersions(tx, personIds);
  const fresh = await loadFreshForecasts(tx, personIds, on, rules.version);
  const stale = residents.filter((person) => {
    const seen = fresh.get(person.personId);
    return seen === undefined || seen.person !== person.version || seen.ledger !== (versions.get(person.personId) ?? 0);
  });
  const histories = await loadHistories(
    tx,
    stale.map((person) => person.personId),
  );
  const rows = stale.map((person): ForecastRow => {
    const personCase = findPersonCase(person, listGivenDoses(histories.get(person.personId) ?? []), asOf);
    const stages = personCase === undefined ? [] : judge(rules, personCase).programmes;
    const named = (status: string): string[] =>
      stages.filter((stage) => stage.status === status).map((stage) => `${stage.programme}/${stage.stage}`);
    return {
      personId: person.personId,
      personVersion: person.version,
      ledgerVersion: versions.get(person.personId) ?? 0,
      due: named('due'),
      overdue: named('overdue'),
    };
  });
  await upsertForecasts(tx, on, rules.version, rows);
  return { people: residents.length, last: page.length < peoplePerPage ? null : (page.at(-1)?.personId ?? null) };
}

/** Whether the person is a resident (or kept as 住登外者) and alive on the day. */
function isResidentOn(person: PersonOnRecord, on: Day): boolean {
  if (person.isCancelled || (person.diedOn !== null && person.diedOn <= on)) return false;
  if (person.isNonRegistered) return true;
  return person.residencies.some(
    ({ becameOn, ceasedOn }) => (becameOn === null || becameOn <= on) && (ceasedOn === null || on < ceasedOn),
  );
}
