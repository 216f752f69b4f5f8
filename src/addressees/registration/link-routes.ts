import { findAlike } from '#addressees/matching';
import { compareIndividualNumbers } from '#addressees/numbers';
import {
  findPersonIdByAddresseeNumber,
  getPerson,
  identityBanner,
  listLinkedRecords,
  listLinkFacts,
  listPersonSummaries,
  listRecordsOf,
  personCrumbs,
  personPath,
  personSearchPath,
  readPersonId,
} from '#addressees/persons';
import {
  type Answer,
  addApprovalKind,
  addStaffRoute,
  answerWith,
  approvalsPath,
  explainErrors,
  mayDo,
  type OrderWork,
  redirectTo,
  requestApproval,
  type StaffApp,
  type StaffContext,
} from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { type Decision, type Finding, finding, type PersonId } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import { explainFinding, type FindingsTables } from '#platform/findings';
import { type Html, html } from '#platform/pages';
import { type Tx, withMunicipality } from '#platform/postgres';
import {
  findLinkFindings,
  type LinkPair,
  type LinksChanged,
  linkKind,
  linkPersons,
  unlinkKind,
  unlinkPersons,
} from './link-persons.ts';
import { listAlike } from './list-alike.ts';
import { comparePage, linksPage } from './pages/link-pages.ts';
import { comparePath, linksPath } from './pages/paths.ts';
import { loadRegistrationSettings } from './registration-settings.ts';

/** What the pages of this room need of the application. */
export interface RegistrationTools {
  readonly findings: FindingsTables;
  readonly onLinksChanged: LinksChanged;
  readonly orderWork: OrderWork;
}

const url = `${personSearchPath}/:personId/links`;

/** The records of one person: looking for them, comparing, linking and parting; and both as things that two people do. */
export function registerLinkRoutes(app: StaffApp, tools: RegistrationTools): void {
  addApprovalKind(app, linkKind(app.options.db, tools.onLinksChanged));
  addApprovalKind(app, unlinkKind(tools.onLinksChanged));
  const rule = { permission: 'persons.link', needsReason: true } as const;
  addStaffRoute(app, { method: 'GET', url, ...rule, handler: (context: StaffContext) => showLinks(context) });
  addStaffRoute(app, { method: 'POST', url: `${url}/find`, ...rule, handler: find });
  addStaffRoute(app, {
    method: 'POST',
    url: `${url}/unlink`,
    ...rule,
    handler: (context: StaffContext) => takeUnlink(context, tools),
  });
  const compared = `${url}/:otherId`;
  addStaffRoute(app, {
    method: 'GET',
    url: compared,
    ...rule,
    handler: (context: StaffContext) => showCompared(context, tools),
  });
  addStaffRoute(app, {
    method: 'POST',
    url: compared,
    ...rule,
    handler: (context: StaffContext) => takeLink(context, tools),
  });
}

async function find(context: StaffContext): Promise<Answer> {
  const personId = readPersonId(context.params['personId']);
  const otherNumber = context.body.text('otherNumber');
  const otherId = await withMunicipality(context.db, context.lgCode, (tx) =>
    findPersonIdByAddresseeNumber(tx, otherNumber),
  );
  if (otherId !== undefined && otherId !== personId) return redirectTo(comparePath(personId, otherId));
  const code = otherId === personId ? 'linkSameRecord' : 'linkRecordUnknown';
  return await refuse(context, [finding(code, 'refuse', 'otherNumber')], { otherNumber, reason: '' });
}

async function takeUnlink(context: StaffContext, tools: RegistrationTools): Promise<Answer> {
  const personId = readPersonId(context.params['personId']);
  const reason = context.body.text('reason');
  const { needsApproval, principalId } = await withMunicipality(context.db, context.lgCode, async (tx) => ({
    needsApproval: (await loadRegistrationSettings(tx)).linksNeedApproval,
    principalId: (await listRecordsOf(tx, personId))[0],
  }));
  const decision: Decision<unknown> = needsApproval
    ? await requestApproval(context, unlinkKind(tools.onLinksChanged), {
        subject: { memberId: personId, principalId },
        reason,
      })
    : await unlinkPersons(context, personId, reason, tools.onLinksChanged);
  if (decision.answer === 'refused') return await refuse(context, decision.findings, { otherNumber: '', reason });
  return redirectTo(needsApproval ? approvalsPath : linksPath(personId));
}

async function takeLink(context: StaffContext, tools: RegistrationTools): Promise<Answer> {
  const personId = readPersonId(context.params['personId']);
  const otherId = readPersonId(context.params['otherId']);
  const typed = { principal: context.body.text('principal'), reason: context.body.text('reason') };
  const pair = [
    { principalId: personId, memberId: otherId },
    { principalId: otherId, memberId: personId },
  ].find((each) => String(each.principalId) === typed.principal);
  if (pair === undefined) {
    const errors = [{ field: 'principal', message: '代表にする記録を選んでください。' }];
    return answerWith(422, await showCompared(context, tools, { errors, typed }));
  }
  const needsApproval = await withMunicipality(context.db, context.lgCode, async (tx) => {
    return (await loadRegistrationSettings(tx)).linksNeedApproval;
  });
  const decision: Decision<unknown> = needsApproval
    ? await requestApproval(context, linkKind(context.db, tools.onLinksChanged), {
        subject: { memberId: pair.memberId, principalId: pair.principalId },
        reason: typed.reason,
      })
    : await linkPersons(context, pair, typed.reason, tools.onLinksChanged);
  if (decision.answer !== 'refused') return redirectTo(needsApproval ? approvalsPath : linksPath(personId));
  const errors = await explainErrors(decision.findings);
  return answerWith(422, await showCompared(context, tools, { errors, typed }));
}

async function refuse(
  context: StaffContext,
  findings: readonly Finding[],
  typed: { readonly otherNumber: string; readonly reason: string },
): Promise<Answer> {
  return answerWith(422, await showLinks(context, { errors: await explainErrors(findings), typed }));
}

async function showLinks(
  context: StaffContext,
  outcome: Pick<Parameters<typeof linksPage>[0], 'errors' | 'typed'> = {
    errors: [],
    typed: { otherNumber: '', reason: '' },
  },
): Promise<Html> {
  const personId = readPersonId(context.params['personId']);
  const asOf = todayInTokyo(context.clock);
  const view = await withMunicipality(context.db, context.lgCode, async (tx) => {
    const person = await getPerson(tx, context.actor, personId, asOf);
    const recordIds = (await listLinkedRecords(tx, [personId])).get(personId) ?? [];
    const records = await listPersonSummaries(tx, recordIds, asOf);
    const candidates = await listCandidates(context, tx, person, recordIds);
    const facts = await listLinkFacts(tx, personId);
    const named = await listPersonSummaries(
      tx,
      [...new Set(facts.flatMap((fact) => [fact.personId, fact.principalId]))],
      asOf,
    );
    const numberOf = new Map(named.map((each) => [each.personId, each.addresseeNumber]));
    const needsApproval = (await loadRegistrationSettings(tx)).linksNeedApproval;
    const shown = [...records, ...candidates.map(({ summary }) => summary)].map((each) => each.personId);
    await recordAct(tx, context.actor, {
      act: 'persons.candidatesViewed',
      personIds: [...new Set([personId, ...shown])],
    });
    return { person, page: { personId, records, candidates, facts, numberOf, needsApproval } };
  });
  const body = linksPage({ ...view.page, ...outcome, csrfToken: context.csrfToken });
  return frame(context, '同じ人の記録', view.person, html`${identityBanner(view.person, asOf)}${body}`);
}

/** Who may be the same person: by what the register says, never by a place that is withheld, never with a differing number. */
async function listCandidates(
  context: StaffContext,
  tx: Tx,
  person: Awaited<ReturnType<typeof getPerson>>,
  recordIds: readonly PersonId[],
) {
  const told = {
    addresseeNumber: null,
    kana: person.kana,
    name: person.name,
    bornOn: person.birthDatePrecision === 'unknown' ? null : person.bornOn,
    sex: person.sex,
    address: person.items.address,
    phone: person.items.phone,
  };
  const alike = (await findAlike(tx, told)).filter(
    ({ personId }) => personId !== person.personId && !recordIds.includes(personId),
  );
  const ids = alike.map(({ personId }) => personId);
  const compared = mayDo(context.actor, 'numbers.confirm')
    ? await compareIndividualNumbers(context.db, context.lgCode, person.personId, ids)
    : new Map<PersonId, string>();
  const possible = alike.filter(({ personId }) => compared.get(personId) !== 'differing');
  return await listAlike(tx, possible, todayInTokyo(context.clock));
}

async function showCompared(
  context: StaffContext,
  tools: RegistrationTools,
  outcome: Pick<Parameters<typeof comparePage>[0], 'errors' | 'typed'> = {
    errors: [],
    typed: { principal: '', reason: '' },
  },
): Promise<Html> {
  const personId = readPersonId(context.params['personId']);
  const otherId = readPersonId(context.params['otherId']);
  const asOf = todayInTokyo(context.clock);
  const view = await withMunicipality(context.db, context.lgCode, async (tx) => {
    const one = await getPerson(tx, context.actor, personId, asOf);
    const other = await getPerson(tx, context.actor, otherId, asOf);
    const pair: LinkPair = { memberId: otherId, principalId: personId };
    const findings = await findLinkFindings(tx, context.db, pair);
    return { one, other, findings, needsApproval: (await loadRegistrationSettings(tx)).linksNeedApproval };
  });
  const findings = view.findings
    // Which of the two stands for both is chosen on this page: it is no fault of the pair.
    .filter((each) => !['linkPrincipalCancelled', 'linkMemberLinked', 'linkPrincipalLinked'].includes(each.code))
    .map((each) => {
      const { message, whatToDo } = explainFinding(tools.findings, each);
      return { isRefusal: each.severity === 'refuse', message, whatToDo };
    });
  const body = comparePage({ ...view, ...outcome, findings, csrfToken: context.csrfToken });
  return frame(context, '二つの記録をくらべる', view.one, body);
}

function frame(
  context: StaffContext,
  title: string,
  person: { readonly personId: PersonId; readonly name: string; readonly kana: string },
  body: Html,
): Html {
  const label = person.name === '' ? person.kana : person.name;
  const crumbs = [...personCrumbs, { label, href: personPath(person.personId) }];
  return context.page({ title, body, crumbs, current: personSearchPath });
}
