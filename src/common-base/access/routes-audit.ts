import { type ActFilter, findAct, listActKinds, listActs, listPersonsOfAct, recordAct } from '#common-base/audit';
import { findIsoDay, NotFound, type PersonId, type StaffId } from '#kernel';
import type { FormFields } from '#platform/http';
import { type Tx, withMunicipality } from '#platform/postgres';
import { ownActNames } from './act-names.ts';
import { type Answer, answerWith } from './answers.ts';
import { findPeriodErrors } from './find-period-errors.ts';
import { actPage, auditLogPage, type LogPage, type LogSearch } from './pages/audit-log-page.ts';
import { permissionsPage } from './pages/permissions-page.ts';
import { addStaffRoute, dutiesOf, listStaffRoutes, type StaffApp } from './staff-app.ts';
import type { LogPersons, StaffContext } from './staff-route.ts';
import { listStaff } from './staff-store.ts';

/** The auditor's pages: the log and the permission table. */
export function addAuditRoutes(app: StaffApp): void {
  addStaffRoute(app, {
    method: 'GET',
    url: '/audit/log',
    permission: 'audit.view',
    handler: async (context) => await showLog(app, context, false),
  });
  addStaffRoute(app, {
    method: 'POST',
    url: '/audit/log',
    permission: 'audit.view',
    handler: async (context) => await showLog(app, context, true),
  });
  addStaffRoute(app, {
    method: 'GET',
    url: '/audit/log/:recordedOn/:actId',
    permission: 'audit.view',
    handler: async (context) => await showAct(app, context),
  });
  addStaffRoute(app, {
    method: 'GET',
    url: '/audit/permissions',
    permission: 'permissions.view',
    handler: (context) =>
      context.page({ title: '権限の一覧', body: permissionsPage(listStaffRoutes(app), dutiesOf(app)) }),
  });
}

async function showLog(app: StaffApp, context: StaffContext, isSearch: boolean): Promise<Answer> {
  const search = readSearch(context.body);
  const errors = findPeriodErrors(search);
  const page = await withMunicipality(context.db, context.lgCode, async (tx): Promise<LogPage> => {
    const persons = errors.length === 0 ? await findPersons(app, tx, search.person) : [];
    if (search.person !== '' && persons.length === 0 && errors.length === 0) {
      errors.push({ field: 'person', message: 'この番号の人は見つかりません。番号を確かめてください。' });
    }
    const mayList = isSearch && errors.length === 0;
    const found = mayList
      ? await listActs(tx, filterOf(search, persons[0]), { after: context.body.text('after') })
      : null;
    if (mayList) await recordSearch(tx, context, search, persons);
    return {
      search,
      errors,
      found,
      staff: await listStaff(tx),
      acts: await listActKinds(tx),
      persons: logPersonsOf(app),
      csrfToken: context.csrfToken,
      nameOf: (act) => nameOf(app, act),
    };
  });
  const whole = context.page({ title: '監査ログ', body: auditLogPage(page) });
  return errors.length > 0 ? answerWith(422, whole) : whole;
}

async function showAct(app: StaffApp, context: StaffContext): Promise<Answer> {
  const { recordedOn = '', actId = '' } = context.params;
  const isReadable = findIsoDay(recordedOn) !== undefined && /^\d{1,15}$/u.test(actId);
  const shown = await withMunicipality(context.db, context.lgCode, async (tx) => {
    const act = isReadable ? await findAct(tx, recordedOn, Number(actId)) : undefined;
    if (act === undefined) throw new NotFound('この記録はありません。監査ログから選び直してください。');
    const personIds = await listPersonsOfAct(tx, recordedOn, act.actId, 200);
    const described = await app.options.describePersons?.(tx, personIds);
    await recordAct(tx, context.actor, { act: 'audit.viewed', personIds, details: { actId: act.actId } });
    return { act, persons: [...(described?.values() ?? [])] };
  });
  const name = nameOf(app, shown.act.act);
  return context.page({ title: name, body: actPage(shown.act, name, shown.persons), current: '/audit/log' });
}

/** How this system's auditors name a person; null where its log knows nobody. */
function logPersonsOf({ options }: StaffApp): LogPersons | null {
  const { logPersons, findPersonIds: find } = options;
  if (logPersons !== undefined || find === undefined) return logPersons ?? null;
  return { label: '対象者の宛名番号', hint: 'この人の記録をだれが見たかを調べるときに入力します。', find };
}

async function findPersons(app: StaffApp, tx: Tx, text: string): Promise<readonly PersonId[]> {
  return text === '' ? [] : ((await logPersonsOf(app)?.find(tx, text)) ?? []);
}

async function recordSearch(
  tx: Tx,
  context: StaffContext,
  search: LogSearch,
  personIds: readonly PersonId[],
): Promise<void> {
  const { recordedFrom, recordedTo, staff, act, outcome } = search;
  const details = { recordedFrom, recordedTo, staff, act, outcome };
  await recordAct(tx, context.actor, { act: 'audit.searched', personIds, details });
}

function filterOf(search: LogSearch, personId: PersonId | undefined): ActFilter {
  return {
    ...(search.recordedFrom === '' ? {} : { recordedFrom: search.recordedFrom }),
    ...(search.recordedTo === '' ? {} : { recordedTo: search.recordedTo }),
    ...(search.staff === '' ? {} : { staffId: Number(search.staff) as StaffId }),
    ...(search.act === '' ? {} : { act: search.act }),
    ...(search.outcome === 'done' || search.outcome === 'refused' ? { outcome: search.outcome } : {}),
    ...(personId === undefined ? {} : { personId }),
  };
}

function readSearch(body: FormFields): LogSearch {
  const read = (name: string): string => body.text(name).slice(0, 100);
  return {
    recordedFrom: body.day('recordedFrom').slice(0, 100),
    recordedTo: body.day('recordedTo').slice(0, 100),
    staff: /^\d{1,15}$/u.exec(read('staff'))?.[0] ?? '',
    act: /^[a-zA-Z-]+\.[a-zA-Z]*$/u.exec(read('act'))?.[0] ?? '',
    outcome: /^(?:done|refused)$/u.exec(read('outcome'))?.[0] ?? '',
    person: read('person'),
  };
}

function nameOf(app: StaffApp, act: string): string {
  return ownActNames[act] ?? app.options.actNames?.[act] ?? act;
}
