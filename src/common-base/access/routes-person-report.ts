import { listActsForPerson, type RecordedAct, recordAct } from '#common-base/audit';
import type { PersonId } from '#kernel';
import { type Tx, withMunicipality } from '#platform/postgres';
import { ownActNames } from './act-names.ts';
import { type Answer, answerWith } from './answers.ts';
import { findPeriodErrors } from './find-period-errors.ts';
import { type PersonReportForm, type PersonReportPage, personReportPage } from './pages/person-report-page.ts';
import { addStaffRoute, type StaffApp } from './staff-app.ts';
import type { StaffContext } from './staff-route.ts';
import { listStaff } from './staff-store.ts';

/** How many lines one report has at most. */
const linesMax = 2000;
const emptyForm: PersonReportForm = { person: '', recordedFrom: '', recordedTo: '', hasStaffNames: false };

/** The report for the person: who looked at my record, and why. */
export function addPersonReportRoutes(app: StaffApp): void {
  const report = { url: '/audit/person-report', permission: 'audit.reportForPerson' } as const;
  addStaffRoute(app, {
    method: 'GET',
    ...report,
    handler: (context: StaffContext) => show(app, context, { form: emptyForm, errors: [], report: null }),
  });
  addStaffRoute(app, {
    method: 'POST',
    ...report,
    needsReason: true,
    handler: async (context: StaffContext) => await takeReport(app, context),
  });
}

async function takeReport(app: StaffApp, context: StaffContext): Promise<Answer> {
  const form = readForm(context);
  const errors = findPeriodErrors(form);
  const report = await withMunicipality(context.db, context.lgCode, async (tx) => {
    const personIds = errors.length > 0 ? [] : ((await app.options.findPersonIds?.(tx, form.person)) ?? []);
    const [personId] = personIds;
    if (personId !== undefined) return await makeReport(tx, context, form, personId);
    if (errors.length === 0) {
      errors.push({ field: 'person', message: 'この番号の人は見つかりません。番号を確かめてください。' });
    }
    return null;
  });
  return show(app, context, { form, errors, report });
}

async function makeReport(
  tx: Tx,
  context: StaffContext,
  form: PersonReportForm,
  personId: PersonId,
): Promise<NonNullable<PersonReportPage['report']>> {
  const period = {
    ...(form.recordedFrom === '' ? {} : { recordedFrom: form.recordedFrom }),
    ...(form.recordedTo === '' ? {} : { recordedTo: form.recordedTo }),
  };
  const acts: RecordedAct[] = [];
  let after: string | null = null;
  do {
    const page = await listActsForPerson(tx, personId, { ...period, after, limit: 500 });
    acts.push(...page.acts);
    after = page.next;
  } while (after !== null && acts.length < linesMax);
  const departments = new Map((await listStaff(tx)).map((staff) => [staff.staffId, staff.department]));
  const { recordedFrom, recordedTo, hasStaffNames } = form;
  const details = { recordedFrom, recordedTo, hasStaffNames, lines: acts.length };
  await recordAct(tx, context.actor, { act: 'audit.reportedForPerson', personIds: [personId], details });
  return {
    acts: acts.map((act) => ({ act, department: (act.staffId && departments.get(act.staffId)) ?? '' })),
    isCut: after !== null,
    madeAt: context.clock.now(),
  };
}

function show(
  app: StaffApp,
  context: StaffContext,
  page: Pick<PersonReportPage, 'form' | 'errors' | 'report'>,
): Answer {
  const body = personReportPage({
    ...page,
    csrfToken: context.csrfToken,
    officeName: context.municipality.name,
    nameOf: (act) => ownActNames[act] ?? app.options.actNames?.[act] ?? act,
  });
  const whole = context.page({ title: '本人への報告', body });
  return page.errors.length === 0 ? whole : answerWith(422, whole);
}

function readForm({ body }: StaffContext): PersonReportForm {
  const read = (name: string): string => body.text(name).slice(0, 100);
  const hasStaffNames = body.has('hasStaffNames');
  const day = (name: string): string => body.day(name).slice(0, 100);
  return { person: read('person'), recordedFrom: day('recordedFrom'), recordedTo: day('recordedTo'), hasStaffNames };
}
