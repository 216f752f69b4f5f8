import {
  getNumberState,
  individualNumberPanel,
  listConfirmationsOf,
  registerConfirmationPanel,
} from '#addressees/numbers';
import {
  basicsPanel,
  discloseAnnotations,
  getPerson,
  householdPanel,
  identityBanner,
  isAnnotationValid,
  listAnnotations,
  listHousehold,
  listLinkedRecords,
  listPersonSummaries,
  type PersonPage,
  personCrumbs,
  personNotices,
  personSearchPath,
  protectedPlacePath,
  readPersonId,
} from '#addressees/persons';
import { annotationsPanel, cautionNotices, linkedRecordsPanel } from '#addressees/registration';
import { type Answer, addStaffRoute, mayDo, type StaffApp, type StaffContext } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import type { Day, PersonId } from '#kernel';
import { certificatesPath } from '#ledger/certificates';
import { historyInquiriesNotice, historyInquiriesPanel, listInquiriesOf } from '#ledger/history-inquiries';
import {
  type FormLayoutSummary,
  listFormLayouts,
  loadIssuedForms,
  type NoticeLibrary,
  personPrintPath,
  printPanel,
  wishPath,
} from '#ledger/notices';
import { listReservationsOf, reservationsPanel } from '#ledger/reservations';
import {
  deriveLedgerView,
  dosesPanel,
  duePanel,
  factsPanel,
  factWordingOf,
  judgePerson,
  listFacts,
  loadLedgerWording,
  recordsPath,
  type StageView,
  stageTitle,
  timelinePanel,
} from '#ledger/vaccinations';
import { todayInTokyo } from '#platform/clock';
import type { FindingsTables } from '#platform/findings';
import { button, buttonLink, type Html, html, postForm } from '#platform/pages';
import { withMunicipality } from '#platform/postgres';
import type { RuleSet } from '#schedule';

/** What the person's page needs beside the database. */
export interface PersonPageTools {
  readonly findings: FindingsTables;
  readonly library: NoticeLibrary;
  rulesOf(context: StaffContext): Promise<RuleSet>;
}

/** One person on one screen: who, the household, every dose against the rules, what may be given, the forms. */
export function registerPersonPage(app: StaffApp, tools: PersonPageTools): void {
  addStaffRoute(app, {
    method: 'GET',
    url: `${personSearchPath}/:personId`,
    permission: 'persons.view',
    needsReason: true,
    handler: (context) => showPerson(context, tools),
  });
}

async function showPerson(context: StaffContext, tools: PersonPageTools): Promise<Answer> {
  const personId = readPersonId(context.params['personId']);
  const asOf = todayInTokyo(context.clock);
  const { person, household, records, annotations, ledger, confirmations } = await loadPage(
    context,
    tools,
    personId,
    asOf,
  );
  const mayPrint = mayDo(context.actor, 'notices.print') && isServed(person);
  const reveal = person.isAddressHidden && mayDo(context.actor, 'persons.viewProtected');
  const mayCompare = mayDo(context.actor, 'histories.compare');
  const mayConfirm = mayDo(context.actor, 'numbers.confirm');
  const number = mayConfirm && individualNumberPanel(personId, await getNumberState(context, personId));
  const basics = basicsPanel(person, { reveal: reveal ? revealForm(context, personId) : null });
  const more = html`<div class="columns columns-half"
    >${linkedRecordsPanel(personId, records, mayDo(context.actor, 'persons.link'))}${annotationsPanel(personId, annotations, mayDo(context.actor, 'persons.register'))}${number}${confirmations === null ? null : registerConfirmationPanel(personId, confirmations)}</div
  >`;
  const body = html`${identityBanner(person, asOf)}${cautionNotices(annotations)}${personNotices(person)}${ledger !== null && historyInquiriesNotice(ledger.inquiries, mayCompare)}<div class="columns columns-person"
    >${ledger !== null && duePanel(ledger.view, (stage) => (mayPrint ? printLink(personId, stage, ledger.layouts) : null))}${basics}<div class="stack">${householdPanel(household, personId, asOf)}${ledger !== null && factsPanel({ ...ledger.facts, mayEnter: mayDo(context.actor, 'vaccinations.enterFacts') })}</div></div
  >${ledger !== null && html`${timelinePanel(ledger.view)}${dosesPanel(ledger.view, changesLink(personId))}${mayCompare && historyInquiriesPanel(ledger.inquiries)}${reservationsPanel(ledger.reservations)}${printPanel({ personId, forms: ledger.forms, mayPrint })}`}${more}`;
  const title = person.name === '' ? person.kana : person.name;
  return context.page({ title, body, crumbs: personCrumbs, current: personSearchPath });
}

/** Everything the page shows, read in one transaction with its rows in the log. */
function loadPage(context: StaffContext, tools: PersonPageTools, personId: PersonId, asOf: Day) {
  const { actor, db, lgCode } = context;
  return withMunicipality(db, lgCode, async (tx) => {
    const person = await getPerson(tx, actor, personId, asOf);
    const household = await listHousehold(tx, actor, personId, asOf);
    const linked = (await listLinkedRecords(tx, [personId])).get(personId) ?? [];
    const records = await listPersonSummaries(tx, linked, asOf);
    const all = discloseAnnotations(await listAnnotations(tx, personId), person.isAddressHidden);
    const annotations = all.filter((each) => isAnnotationValid(each, asOf));
    const confirmations = mayDo(actor, 'numbers.askRegister')
      ? await listConfirmationsOf(tx, [personId, ...linked])
      : null;
    if (!mayDo(actor, 'vaccinations.view')) {
      return { person, household, records, annotations, confirmations, ledger: null };
    }
    const rules = await tools.rulesOf(context);
    const judged = await judgePerson(tx, rules, personId, asOf);
    await recordAct(tx, actor, {
      act: 'vaccinations.viewed',
      personIds: [personId],
      items: ['history', 'forecast', 'facts'],
    });
    const view = deriveLedgerView(judged, asOf, await loadLedgerWording(tx, rules, tools.findings));
    const isForms = mayDo(actor, 'notices.view');
    const forms = isForms ? await loadIssuedForms(tx, rules, personId) : [];
    const layouts = isForms ? await listFormLayouts(tx, tools.library, asOf) : [];
    const inquiries = await listInquiriesOf(tx, [personId, ...linked]);
    const isBooking = mayDo(actor, 'reservations.view');
    const reservations = isBooking ? await listReservationsOf(tx, rules, [personId, ...linked]) : [];
    const facts = { personId, facts: await listFacts(tx, personId), words: factWordingOf(rules) };
    return {
      person,
      household,
      records,
      annotations,
      confirmations,
      ledger: { view, forms, layouts, facts, inquiries, reservations },
    };
  });
}

function changesLink(personId: PersonId): Html {
  const changes = buttonLink('異動リスト', recordsPath(personId), { size: 'small', icon: 'history' });
  const certificates = buttonLink('証明書', certificatesPath(personId), { size: 'small', icon: 'file' });
  const wish = buttonLink('通知の希望', wishPath(personId), { size: 'small', icon: 'bell' });
  return html`${changes}${certificates}${wish}`;
}

/** Whether the office still writes to this person. */
function isServed(person: PersonPage): boolean {
  return person.state === 'resident' || person.state === 'nonRegistered';
}

function printLink(personId: PersonId, stage: StageView, layouts: readonly FormLayoutSummary[]): Html | null {
  const layout = layouts.find((one) => one.programme === stage.programme && one.stage === stage.stage);
  if (layout === undefined) return null;
  const href = `${personPrintPath(personId)}?layoutId=${encodeURIComponent(layout.layoutId)}`;
  const label = html`予診票<span class="visually-hidden">（${stageTitle(stage)}）</span>`;
  return buttonLink(label, href, { size: 'small', icon: 'print' });
}

function revealForm(context: StaffContext, personId: PersonId): Html {
  const label = '住所を見る';
  return postForm(
    { action: protectedPlacePath(personId), csrfToken: context.csrfToken, label },
    button(label, { size: 'small', icon: 'eye' }),
  );
}
