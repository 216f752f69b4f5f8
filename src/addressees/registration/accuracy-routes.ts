import { findLastAccuracyCount } from '#addressees/persons';
import {
  type Answer,
  addStaffRoute,
  answerWith,
  explainErrors,
  mayDo,
  type OrderWork,
  redirectTo,
  type StaffApp,
  type StaffContext,
} from '#common-base/access';
import { type Day, dayParts, daysInMonth, type Finding, getDay, NotFound } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import type { Html } from '#platform/pages';
import { withMunicipality } from '#platform/postgres';
import { isAccuracyRule, listAccuracyChecks, listCorrections, signAccuracyCheck } from './accuracy-check.ts';
import { accuracyTask } from './accuracy-task.ts';
import { accuracyPage, correctionsPage } from './pages/accuracy-page.ts';
import { accuracyCountPath, accuracyPath } from './pages/paths.ts';
import { loadRegistrationSettings } from './registration-settings.ts';

const perPage = 100;

/** The periodic check of accuracy and freshness with its correction lists and signature. */
export function registerAccuracyRoutes(app: StaffApp, orderWork: OrderWork): void {
  const see = { permission: 'persons.register', needsReason: true } as const;
  addStaffRoute(app, {
    method: 'GET',
    url: accuracyPath,
    ...see,
    handler: (context: StaffContext) => show(context, [], ''),
  });
  addStaffRoute(app, { method: 'GET', url: `${accuracyPath}/:rule`, ...see, handler: showCorrections });
  addStaffRoute(app, {
    method: 'POST',
    url: accuracyPath,
    permission: 'persons.approveRegistration',
    needsReason: true,
    handler: sign,
  });
  addStaffRoute(app, {
    method: 'POST',
    url: accuracyCountPath,
    ...see,
    async handler(context: StaffContext) {
      const order = { task: accuracyTask, label: '正確性と最新性の点検の集計', back: accuracyPath };
      return (await orderWork(context, order)) ?? redirectTo(accuracyPath);
    },
  });
}

async function sign(context: StaffContext): Promise<Answer> {
  const note = context.body.text('note');
  const decision = await signAccuracyCheck(context, note);
  if (decision.answer !== 'refused') return redirectTo(accuracyPath);
  return answerWith(422, await show(context, decision.findings, note));
}

async function show(context: StaffContext, findings: readonly Finding[], note: string): Promise<Html> {
  const asOf = todayInTokyo(context.clock);
  const { counted, checks, settings } = await withMunicipality(context.db, context.lgCode, async (tx) => ({
    counted: await findLastAccuracyCount(tx),
    checks: await listAccuracyChecks(tx),
    settings: await loadRegistrationSettings(tx),
  }));
  const last = checks[0]?.checkedAt;
  const dueOn = last === undefined ? asOf : monthsAfter(todayInTokyo({ now: () => last }), settings.accuracyMonths);
  const body = accuracyPage({
    counted,
    checks,
    dueOn,
    isDue: dueOn <= asOf,
    maySign: mayDo(context.actor, 'persons.approveRegistration'),
    errors: await explainErrors(findings),
    note,
    csrfToken: context.csrfToken,
  });
  return context.page({ title: '正確性と最新性の点検', body, current: accuracyPath });
}

async function showCorrections(context: StaffContext): Promise<Answer> {
  const code = context.params['rule'] ?? '';
  if (!isAccuracyRule(code)) throw new NotFound('この点検の項目はありません。');
  const given = context.query.text('after');
  const after = /^\d{1,15}$/u.test(given) ? Number(given) : 0;
  const people = await listCorrections(context, code, { after, limit: perPage });
  const next = people.length < perPage ? null : (people.at(-1)?.personId ?? null);
  const body = correctionsPage({ code, people, next });
  return context.page({ title: '訂正の一覧', body, current: accuracyPath });
}

/** The same day some months later, or the last day of that month. */
function monthsAfter(day: Day, months: number): Day {
  const { year, month, dayOfMonth } = dayParts(day);
  const [laterYear, laterMonth] = [year + Math.floor((month - 1 + months) / 12), ((month - 1 + months) % 12) + 1];
  return getDay(laterYear, laterMonth, Math.min(dayOfMonth, daysInMonth(laterYear, laterMonth)));
}
