import {
  identityBanner,
  listPersonSummaries,
  listRecordsOf,
  type PersonSummary,
  personCrumbs,
  personPath,
  personSearchPath,
  readPersonId,
} from '#addressees/persons';
import {
  type Answer,
  type ApprovalKind,
  addApprovalKind,
  addStaffRoute,
  answerWith,
  approvalPath,
  explainErrors,
  redirectTo,
  type StaffApp,
  type StaffContext,
} from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { type Finding, NotFound, type PersonId } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import { type Html, html } from '#platform/pages';
import { withMunicipality } from '#platform/postgres';
import { findPeer } from './intermediate/peer-store.ts';
import { registerDifferencesPath } from './pages/paths.ts';
import { registerConfirmationPage, registerDifferencesPage } from './pages/register-pages.ts';
import { askAtRegister, registerConfirmationKind, settleDifference } from './resident-network/confirm-at-register.ts';
import { listConfirmationsOf, listOpenDifferences } from './resident-network/confirmation-store.ts';
import { findNumberState } from './store.ts';

const perPage = 50;

/** 住基ネットでの本人確認 (AD-18): fixing the subject, the answers, the work list of differences. */
export function registerRegisterRoutes(app: StaffApp, now: () => Date): void {
  const kind = registerConfirmationKind(now);
  addApprovalKind(app, kind);
  const rule = { permission: 'numbers.askRegister', needsReason: true } as const;
  const url = `${personSearchPath}/:personId/register-confirmation`;
  addStaffRoute(app, { method: 'GET', url, ...rule, handler: (context: StaffContext) => show(context, [], '') });
  addStaffRoute(app, { method: 'POST', url, ...rule, handler: (context: StaffContext) => ask(context, kind) });
  const list = { url: registerDifferencesPath, ...rule };
  addStaffRoute(app, { method: 'GET', ...list, handler: (context: StaffContext) => showDifferences(context, []) });
  addStaffRoute(app, { method: 'POST', ...list, handler: settle });
}

async function ask(context: StaffContext, kind: ApprovalKind): Promise<Answer> {
  const personId = readPersonId(context.params['personId']);
  const reason = context.body.text('reason');
  await getSummary(context, personId);
  const decision = await askAtRegister(context, kind, personId, reason);
  if (decision.answer !== 'refused') return redirectTo(approvalPath(decision.value));
  return answerWith(422, await show(context, decision.findings, reason));
}

async function settle(context: StaffContext): Promise<Answer> {
  const given = context.body.text('confirmationId');
  const confirmationId = /^\d{1,15}$/u.test(given) ? Number(given) : 0;
  const decision = await settleDifference(context, confirmationId, context.body.text('note'));
  if (decision.answer !== 'refused') return redirectTo(registerDifferencesPath);
  return answerWith(422, await showDifferences(context, decision.findings));
}

async function show(context: StaffContext, faults: readonly Finding[], reason: string): Promise<Html> {
  const { db, lgCode, actor } = context;
  const personId = readPersonId(context.params['personId']);
  const today = todayInTokyo(context.clock);
  const person = await getSummary(context, personId);
  const confirmations = await withMunicipality(db, lgCode, async (tx) => {
    const records = await listRecordsOf(tx, personId);
    await recordAct(tx, actor, { act: 'numbers.registerViewed', personIds: [personId], items: ['registerAnswers'] });
    return listConfirmationsOf(tx, records);
  });
  const vault = await withMunicipality(
    db,
    lgCode,
    async (tx) => ({
      isConnected: (await findPeer(tx, 'residentNetwork')) !== undefined,
      hasNumber: (await findNumberState(tx, personId)).isOnRecord,
    }),
    { role: 'vault' },
  );
  const body = registerConfirmationPage({
    personId,
    confirmations,
    ...vault,
    isAddressHidden: person.isAddressHidden,
    municipalityName: codeInWords,
    reason,
    errors: await explainErrors(faults),
    csrfToken: context.csrfToken,
  });
  const name = person.name === '' ? person.kana : person.name;
  return context.page({
    title: '住基ネットでの本人確認',
    body: html`${identityBanner(person, today)}${body}`,
    crumbs: [...personCrumbs, { label: name, href: personPath(personId) }],
    current: personSearchPath,
  });
}

async function showDifferences(context: StaffContext, faults: readonly Finding[]): Promise<Html> {
  const given = context.query.text('after');
  const after = /^\d{1,15}$/u.test(given) ? Number(given) : 0;
  const { differences, people } = await withMunicipality(context.db, context.lgCode, async (tx) => {
    const open = await listOpenDifferences(tx, { after, limit: perPage });
    const personIds = [...new Set(open.map(({ personId }) => personId))];
    const summaries = await listPersonSummaries(tx, personIds, todayInTokyo(context.clock));
    await recordAct(tx, context.actor, { act: 'numbers.registerDifferencesListed', personIds });
    return { differences: open, people: new Map(summaries.map((each) => [each.personId, each])) };
  });
  const body = registerDifferencesPage({
    differences,
    people,
    municipalityName: codeInWords,
    next: differences.length < perPage ? null : (differences.at(-1)?.confirmationId ?? null),
    errors: (await explainErrors(faults)).map((error) => ({ ...error, field: null })),
    csrfToken: context.csrfToken,
  });
  return context.page({ title: '住基ネットとの違い', body, current: registerDifferencesPath });
}

function codeInWords(lgCode: string): string {
  return `団体コード ${lgCode}`;
}

async function getSummary(context: StaffContext, personId: PersonId): Promise<PersonSummary> {
  const today = todayInTokyo(context.clock);
  const [person] = await withMunicipality(context.db, context.lgCode, (tx) =>
    listPersonSummaries(tx, [personId], today),
  );
  if (person === undefined) throw new NotFound('この人の記録はありません。');
  return person;
}
