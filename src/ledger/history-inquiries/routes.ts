import { listConfirmationsOf } from '#addressees/numbers';
import { identityBanner, listPersonSummaries, type PersonSummary, personCrumbs } from '#addressees/persons';
import {
  type Answer,
  type ApprovalKind,
  addApprovalKind,
  addStaffRoute,
  answerWith,
  approvalPath,
  explainErrors,
  mayDo,
  redirectTo,
  type StaffApp,
  type StaffContext,
} from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { type Decision, type Finding, NotFound } from '#kernel';
import { deriveLedgerView, dosesPanel, judgePerson, loadLedgerWording, recordWordingOf } from '#ledger/vaccinations';
import { todayInTokyo } from '#platform/clock';
import { explainFinding, type FindingsTables } from '#platform/findings';
import type { Html } from '#platform/pages';
import { html } from '#platform/pages';
import { type Tx, withMunicipality } from '#platform/postgres';
import type { RuleSet } from '#schedule';
import { loadMunicipalityCodes } from './find-municipality.ts';
import { countInquiries, listInquiries } from './inquiry-store.ts';
import { inquiryPage } from './pages/inquiry-page.ts';
import { inquiryListPage, type ListGroup, listGroups } from './pages/list-page.ts';
import { historyInquiriesPath, historyInquiryPath } from './pages/paths.ts';
import { registerProvisionRoutes } from './provisions/provision-routes.ts';
import { closeInquiry, nameMunicipality, releaseInquiry } from './settle-inquiry.ts';
import { compareAnswer, proposeTakeOver, takeOverKind } from './take-over.ts';

/** What the pages need beside a request. */
export interface HistoryInquiryTools {
  readonly findings: FindingsTables;
  rulesOf(context: StaffContext): Promise<RuleSet>;
  /** The rules where no request is at hand (an approval that describes itself). */
  rulesInForce(tx: Tx): Promise<RuleSet>;
  /** The moment, for the same. */
  now(): Date;
}

const perPage = 100;

/** 転入者の接種歴照会: the list, one inquiry beside the own doses, what people say of it. */
export function registerHistoryInquiryRoutes(app: StaffApp, tools: HistoryInquiryTools): void {
  const kind = takeOverKind(
    (tx) => tools.rulesInForce(tx),
    () => tools.now(),
  );
  addApprovalKind(app, kind);
  registerProvisionRoutes(app, () => tools.now());
  const compare = { permission: 'histories.compare', needsReason: true } as const;
  const one = `${historyInquiriesPath}/:inquiryId`;
  addStaffRoute(app, {
    method: 'GET',
    url: historyInquiriesPath,
    ...compare,
    handler: (context: StaffContext) => showList(context),
  });
  addStaffRoute(app, {
    method: 'GET',
    url: one,
    ...compare,
    handler: (context: StaffContext) => showInquiry(context, tools),
  });
  addStaffRoute(app, {
    method: 'POST',
    url: `${one}/take-over`,
    ...compare,
    handler: (context: StaffContext) => takeOver(context, tools, kind),
  });
  addStaffRoute(app, {
    method: 'POST',
    url: `${one}/municipality`,
    ...compare,
    handler: (context: StaffContext) =>
      settle(context, tools, nameMunicipality(context, readId(context), context.body.text('askedOf'))),
  });
  addStaffRoute(app, {
    method: 'POST',
    url: `${one}/close`,
    ...compare,
    handler: (context: StaffContext) =>
      settle(context, tools, closeInquiry(context, readId(context), context.body.text('closeNote'))),
  });
  addStaffRoute(app, {
    method: 'POST',
    url: `${one}/release`,
    permission: 'histories.release',
    needsReason: true,
    handler: (context: StaffContext) =>
      settle(context, tools, releaseInquiry(context, readId(context), context.body.text('note'))),
  });
}

async function showList(context: StaffContext): Promise<Html> {
  const given = context.query.text('group');
  const group: ListGroup = Object.hasOwn(listGroups, given) ? (given as ListGroup) : 'work';
  const afterText = context.query.text('after');
  const after = /^\d{1,15}$/u.test(afterText) ? Number(afterText) : 0;
  const view = await withMunicipality(context.db, context.lgCode, async (tx) => {
    const inquiries = await listInquiries(tx, listGroups[group].states, { after, limit: perPage });
    const personIds = [...new Set(inquiries.map(({ personId }) => personId))];
    const people = await listPersonSummaries(tx, personIds, todayInTokyo(context.clock));
    await recordAct(tx, context.actor, { act: 'histories.listed', personIds, items: ['historyInquiries'] });
    return {
      inquiries,
      counts: await countInquiries(tx),
      municipalities: await loadMunicipalityCodes(tx),
      people: new Map(people.map((each) => [each.personId, each])),
    };
  });
  const next = view.inquiries.length < perPage ? null : (view.inquiries.at(-1)?.inquiryId ?? null);
  const mayRelease = mayDo(context.actor, 'histories.release');
  const { csrfToken } = context;
  const body = inquiryListPage({ ...view, group, next, mayRelease, errors: [], csrfToken });
  return context.page({ title: '転入者の接種歴照会', body, current: historyInquiriesPath });
}

interface Shown {
  readonly faults: readonly Finding[];
  readonly chosen: ReadonlySet<number> | null;
  readonly reason: string;
}

const nothing: Shown = { faults: [], chosen: null, reason: '' };

async function showInquiry(context: StaffContext, tools: HistoryInquiryTools, shown = nothing): Promise<Html> {
  const today = todayInTokyo(context.clock);
  const rules = await tools.rulesOf(context);
  const { compared, person, ledger, municipalities, suggested } = await withMunicipality(
    context.db,
    context.lgCode,
    async (tx) => {
      const found = await compareAnswer(tx, readId(context), { rules, today });
      if (found === undefined) throw new NotFound('この照会はありません。一覧から選び直してください。');
      const { personId, inquiryId } = found.inquiry;
      const summary = await getSummary(tx, context, found.inquiry.personId);
      await recordAct(tx, context.actor, {
        act: 'histories.compared',
        personIds: [personId],
        items: ['history', 'historyAnswer'],
        details: { inquiry: inquiryId },
      });
      return {
        compared: found,
        person: summary,
        ledger: deriveLedgerView(
          await judgePerson(tx, rules, personId, today),
          today,
          await loadLedgerWording(tx, rules, tools.findings),
        ),
        municipalities: await loadMunicipalityCodes(tx),
        suggested: (await listConfirmationsOf(tx, [personId]))[0]?.answer?.previousMunicipality ?? null,
      };
    },
  );
  const fresh = compared.records.flatMap(({ ordinal, verdict }) => (verdict.kind === 'new' ? [ordinal] : []));
  const body = inquiryPage({
    compared,
    ownDoses: dosesPanel(ledger),
    municipalities,
    suggested,
    words: recordWordingOf(rules),
    explain: (verdict) =>
      verdict.kind === 'impossible'
        ? verdict.findings.map((each) => explainFinding(tools.findings, each).message).join('')
        : '',
    mayRelease: mayDo(context.actor, 'histories.release'),
    chosen: shown.chosen ?? new Set(fresh),
    reason: shown.reason,
    errors: fieldsOf(await explainErrors(shown.faults)),
    csrfToken: context.csrfToken,
  });
  const crumbs = [...personCrumbs, { label: '転入者の接種歴照会', href: historyInquiriesPath }];
  return context.page({
    title: '転出元への照会',
    body: html`${identityBanner(person, today)}${body}`,
    crumbs,
    current: historyInquiriesPath,
  });
}

/** The note of the closing form has a name of its own on the page. */
function fieldsOf(errors: Awaited<ReturnType<typeof explainErrors>>) {
  return errors.map((error) => ({ ...error, field: error.field === 'ordinals' ? null : error.field }));
}

async function takeOver(context: StaffContext, tools: HistoryInquiryTools, kind: ApprovalKind): Promise<Answer> {
  const given = context.body.list('ordinals').filter((text) => /^\d{1,4}$/u.test(text));
  const ordinals = [...new Set(given.map(Number))];
  const versionText = context.body.text('version');
  const version = /^\d{1,9}$/u.test(versionText) ? Number(versionText) : -1;
  const reason = context.body.text('reason');
  const asked = { inquiryId: readId(context), ordinals, version, reason };
  const decision = await proposeTakeOver(context, kind, asked);
  if (decision.answer !== 'refused') return redirectTo(approvalPath(decision.value));
  const shown = { faults: decision.findings, chosen: new Set(ordinals), reason };
  return answerWith(422, await showInquiry(context, tools, shown));
}

async function settle(
  context: StaffContext,
  tools: HistoryInquiryTools,
  work: Promise<Decision<null>>,
): Promise<Answer> {
  const decision = await work;
  if (decision.answer === 'refused') {
    const isMoved = decision.findings.some(({ code }) => code === 'inquiryMoved');
    return answerWith(
      isMoved ? 409 : 422,
      await showInquiry(context, tools, { ...nothing, faults: decision.findings }),
    );
  }
  return redirectTo(context.body.text('back') === 'list' ? historyInquiriesPath : historyInquiryPath(readId(context)));
}

function readId({ params }: StaffContext): number {
  const text = params['inquiryId'] ?? '';
  return /^\d{1,15}$/u.test(text) ? Number(text) : 0;
}

async function getSummary(tx: Tx, context: StaffContext, personId: PersonSummary['personId']): Promise<PersonSummary> {
  const [person] = await listPersonSummaries(tx, [personId], todayInTokyo(context.clock));
  if (person === undefined) throw new NotFound('この人の記録はありません。');
  return person;
}
