import { isResidentOn, loadPersonsForJudging, type PersonOnRecord } from '#addressees/persons';
import { type ActionContext, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { type Day, formatIsoDay, type PersonId } from '#kernel';
import { withRun } from '#platform/jobs';
import { type Tx, withMunicipality } from '#platform/postgres';
import { judge, type RuleSet } from '#schedule';
import {
  deleteForecastsOf,
  deleteOtherForecasts,
  type ForecastRow,
  loadFreshForecasts,
  sumForecasts,
  upsertForecasts,
} from './forecast-store.ts';
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
 * one after a small change is short. Its progress is shown among the runs, where it can be stopped.
 */
export async function runForecast(
  context: ActionContext,
  options: { readonly rules: RuleSet; readonly asOf: Day },
): Promise<ForecastResult> {
  const { actor, db } = context;
  requirePermission(actor, 'forecast.run');
  const run = { kind: 'vaccinations.forecast', label: '接種予定の計算', startedBy: actor.staffId };
  return withRun(db, actor.lgCode, run, async (handle) => {
    const startedAt = performance.now();
    let after: PersonId | null = null;
    let people = 0;
    do {
      const from: PersonId | null = after;
      const page: ForecastPage = await withMunicipality(db, actor.lgCode, (tx) => forecastPage(tx, options, from));
      people += page.people;
      after = page.last;
      context.onProgress?.(people, null);
      await handle.report({ done: people });
    } while (after !== null);
    const sums = await withMunicipality(db, actor.lgCode, (tx) => finishForecast(tx, context, options, people));
    const seconds = (performance.now() - startedAt) / 1000;
    const peoplePerSecond = Math.round(people / Math.max(seconds, 0.001));
    const value = { people, ...sums, seconds: Math.round(seconds * 1000) / 1000, peoplePerSecond };
    return { value, result: { ...value } };
  });
}

interface ForecastPage {
  readonly people: number;
  readonly last: PersonId | null;
}

async function finishForecast(
  tx: Tx,
  context: ActionContext,
  options: { readonly rules: RuleSet; readonly asOf: Day },
  people: number,
): Promise<{ due: number; overdue: number }> {
  const asOf = formatIsoDay(options.asOf);
  await deleteOtherForecasts(tx, asOf, options.rules.version);
  const sums = await sumForecasts(tx, asOf, options.rules.version);
  await recordAct(tx, context.actor, { act: 'vaccinations.forecast', details: { asOf, people, ...sums } });
  return sums;
}

async function forecastPage(
  tx: Tx,
  options: { readonly rules: RuleSet; readonly asOf: Day },
  after: PersonId | null,
): Promise<ForecastPage> {
  const { rules, asOf } = options;
  const on = formatIsoDay(asOf);
  const page = await loadPersonsForJudging(tx, { after, limit: peoplePerPage });
  const residents = page.filter((person) => isHereOn(person, asOf));
  const gone = page.filter((person) => !isHereOn(person, asOf));
  await deleteForecastsOf(
    tx,
    gone.map((person) => person.personId),
  );
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

/** Whether the person is a resident (or kept as 住登外者) and alive on the day; of linked records one stands for all. */
function isHereOn(person: PersonOnRecord, on: Day): boolean {
  if (person.principalId !== null && person.principalId !== person.personId) return false;
  if (person.isCancelled || (person.diedOn !== null && person.diedOn <= on)) return false;
  return person.isNonRegistered || isResidentOn(person.residencies, on);
}
