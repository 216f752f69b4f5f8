import {
  discloseAnnotations,
  getPerson,
  identityBanner,
  listAnnotations,
  personCrumbs,
  personPath,
  personSearchPath,
  readPersonId,
  registerMailingAddress,
  withdrawMailingAddress,
} from '#addressees/persons';
import {
  type Answer,
  addStaffRoute,
  answerWith,
  explainErrors,
  redirectTo,
  type StaffApp,
  type StaffContext,
} from '#common-base/access';
import { type Decision, type Finding, findIsoDay, finding, formatIsoDay } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import { type Html, html } from '#platform/pages';
import { withMunicipality } from '#platform/postgres';
import { annotatePerson, withdrawAnnotation } from './annotate-person.ts';
import { annotationsPage, nameOf } from './pages/annotations-page.ts';
import { annotationsPath } from './pages/paths.ts';
import { loadRegistrationSettings } from './registration-settings.ts';

const url = `${personSearchPath}/:personId/annotations`;

/** 送付先, 保護者, 区分, 注意情報: looked at, added and taken back. */
export function registerAnnotationRoutes(app: StaffApp): void {
  const rule = { permission: 'persons.register', needsReason: true } as const;
  addStaffRoute(app, { method: 'GET', url, ...rule, handler: (context: StaffContext) => show(context, {}, []) });
  addStaffRoute(app, { method: 'POST', url, ...rule, handler: add });
  addStaffRoute(app, { method: 'POST', url: `${url}/withdraw`, ...rule, handler: withdraw });
  addStaffRoute(app, { method: 'POST', url: `${url}/mailing`, ...rule, handler: takeMailing });
}

async function add(context: StaffContext): Promise<Answer> {
  const text = (name: string): string => context.body.text(name);
  const form = {
    kind: text('kind'),
    relatedNumber: text('relatedNumber'),
    content: text('content'),
    validFrom: context.body.day('validFrom'),
    validTo: context.body.day('validTo'),
    reason: text('reason'),
  };
  return await answer(context, await annotatePerson(context, readPersonId(context.params['personId']), form), form);
}

async function withdraw(context: StaffContext): Promise<Answer> {
  const given = context.body.text('annotationId');
  const annotationId = /^\d{1,15}$/u.test(given) ? Number(given) : 0;
  const personId = readPersonId(context.params['personId']);
  const from = todayInTokyo(context.clock);
  const reason = context.body.text('reason');
  return await answer(context, await withdrawAnnotation(context, personId, annotationId, { from, reason }), {});
}

async function takeMailing(context: StaffContext): Promise<Answer> {
  const personId = readPersonId(context.params['personId']);
  const text = (name: string): string => context.body.text(name).trim();
  const at = context.clock.now();
  if (context.body.has('isWithdrawal')) {
    await withMunicipality(context.db, context.lgCode, (tx) =>
      withdrawMailingAddress(tx, context.actor, personId, { from: todayInTokyo(context.clock), at }),
    );
    return redirectTo(annotationsPath(personId));
  }
  const postalCode = text('postalCode').normalize('NFKC').replaceAll(/\D/gu, '');
  const [recipientName, address] = [text('recipientName'), text('address')];
  const [mailingFrom, mailingTo] = [context.body.day('validFrom'), context.body.day('validTo')];
  const validFrom = findIsoDay(mailingFrom);
  const validTo = mailingTo === '' ? null : findIsoDay(mailingTo);
  const typed = { recipientName, postalCode, address, building: text('building'), mailingFrom, mailingTo };
  if (recipientName === '' || address === '' || !/^\d{7}$/u.test(postalCode)) {
    return await refuse(context, [finding('mailingPartMissing', 'refuse', 'recipientName')], typed);
  }
  if (validFrom === undefined || validTo === undefined || (validTo !== null && validTo < validFrom)) {
    return await refuse(context, [finding('annotationDaysWrong', 'refuse', 'mailingFrom')], typed);
  }
  const building = typed.building === '' ? null : typed.building;
  const mailing = { recipientName, postalCode, address, building, validFrom, validTo };
  await withMunicipality(context.db, context.lgCode, (tx) =>
    registerMailingAddress(tx, context.actor, personId, mailing, at),
  );
  return redirectTo(annotationsPath(personId));
}

async function answer(
  context: StaffContext,
  decision: Decision<unknown>,
  typed: Readonly<Record<string, string>>,
): Promise<Answer> {
  if (decision.answer === 'refused') return await refuse(context, decision.findings, typed);
  return redirectTo(annotationsPath(readPersonId(context.params['personId'])));
}

async function refuse(
  context: StaffContext,
  findings: readonly Finding[],
  typed: Readonly<Record<string, string>>,
): Promise<Answer> {
  return answerWith(422, await show(context, typed, findings));
}

async function show(
  context: StaffContext,
  typed: Readonly<Record<string, string>>,
  findings: readonly Finding[],
): Promise<Html> {
  const personId = readPersonId(context.params['personId']);
  const asOf = todayInTokyo(context.clock);
  const { person, annotations, withoutKinds } = await withMunicipality(context.db, context.lgCode, async (tx) => ({
    person: await getPerson(tx, context.actor, personId, asOf),
    annotations: await listAnnotations(tx, personId),
    withoutKinds: (await loadRegistrationSettings(tx)).withoutAnnotations,
  }));
  const today = formatIsoDay(asOf);
  const body = annotationsPage({
    personId,
    annotations: discloseAnnotations(annotations, person.isAddressHidden),
    isHidden: person.isAddressHidden,
    withoutKinds,
    asOf,
    mailing: person.mailing,
    errors: await explainErrors(findings),
    typed: { validFrom: today, mailingFrom: today, ...typed },
    csrfToken: context.csrfToken,
  });
  return context.page({
    title: '送り先・保護者など',
    body: html`${identityBanner(person, asOf)}${body}`,
    crumbs: [...personCrumbs, { label: nameOf(person), href: personPath(personId) }],
    current: personSearchPath,
  });
}
