import { listPersonSummaries } from '#addressees/persons';
import { type Answer, addStaffRoute, answerWith, type StaffApp, type StaffContext } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { findTypedDay } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import { dayHelp } from '#platform/pages';
import { type Tx, withMunicipality } from '#platform/postgres';
import type { RuleSet } from '#schedule';
import { prioritiesPath, reservationsPath } from './pages/paths.ts';
import { dayPage, prioritiesPage, type ReservationLine } from './pages/reservations-page.ts';
import { whatOf } from './reservation-words.ts';
import { selectHeld, selectOfDay } from './store.ts';
import type { Reservation } from './types.ts';

interface ReservationTools {
  rulesOf(context: StaffContext): Promise<RuleSet>;
}

const linesPerPage = 200;

/** The pages of this room: who comes on a day, who asked to come first. */
export function registerReservationRoutes(app: StaffApp, tools: ReservationTools): void {
  const route = { method: 'GET', permission: 'reservations.view', needsReason: true } as const;
  addStaffRoute(app, { ...route, url: reservationsPath, handler: (context: StaffContext) => showDay(context, tools) });
  addStaffRoute(app, {
    ...route,
    url: prioritiesPath,
    handler: (context: StaffContext) => showPriorities(context, tools),
  });
}

async function showDay(context: StaffContext, tools: ReservationTools): Promise<Answer> {
  const text = context.query.text('on');
  const asked = text === '' ? undefined : findTypedDay(text);
  const on = asked ?? todayInTokyo(context.clock);
  const rules = await tools.rulesOf(context);
  const lines = await withMunicipality(context.db, context.lgCode, async (tx) =>
    describe(tx, context, rules, await selectOfDay(tx, 'reservation', on)),
  );
  const error = text !== '' && asked === undefined ? dayHelp() : null;
  const body = dayPage({ on, lines, error });
  const page = context.page({ title: '接種の予約', body, current: reservationsPath });
  return error === null ? page : answerWith(422, page);
}

async function showPriorities(context: StaffContext, tools: ReservationTools): Promise<Answer> {
  const text = context.query.text('after');
  const after = /^\d{1,9}$/u.test(text) ? Number(text) : 0;
  const rules = await tools.rulesOf(context);
  const lines = await withMunicipality(context.db, context.lgCode, async (tx) =>
    describe(tx, context, rules, await selectHeld(tx, 'priority', { after, limit: linesPerPage + 1 })),
  );
  const nextHref = lines.length > linesPerPage ? `${prioritiesPath}?after=${after + linesPerPage}` : null;
  const body = prioritiesPage({ lines: lines.slice(0, linesPerPage), nextHref });
  return context.page({ title: '優先接種希望者', body, current: reservationsPath });
}

/** The lines with their people by name; who looked is recorded with them. */
async function describe(
  tx: Tx,
  context: StaffContext,
  rules: RuleSet,
  held: readonly Reservation[],
): Promise<readonly ReservationLine[]> {
  const personIds = [...new Set(held.map((one) => one.personId))];
  if (personIds.length > 0) await recordAct(tx, context.actor, { act: 'reservations.viewed', personIds });
  const people = await listPersonSummaries(tx, personIds, todayInTokyo(context.clock));
  const byId = new Map(people.map((person) => [person.personId, person]));
  return held.map((one) => ({ ...one, person: byId.get(one.personId) ?? null, what: whatOf(one, rules) }));
}
