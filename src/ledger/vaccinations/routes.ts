import {
  identityBanner,
  listPersonSummaries,
  type PersonSummary,
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
  approvalPath,
  explainErrors,
  mayDo,
  redirectTo,
  type StaffApp,
  type StaffContext,
} from '#common-base/access';
import { recordAct } from '#common-base/audit';
import {
  addDays,
  Conflict,
  type Day,
  type EntryId,
  findTypedDay,
  formatIsoDay,
  NotFound,
  type PersonId,
} from '#kernel';
import { startOfDayInTokyo, todayInTokyo } from '#platform/clock';
import type { FindingsTables } from '#platform/findings';
import { dayHelp, type FormError, html, notice } from '#platform/pages';
import { type Tx, withMunicipality } from '#platform/postgres';
import { listProductNames, listStages, type RuleSet } from '#schedule';
import { correctEntry } from './correct-entry.ts';
import { listHeldItems } from './held-items.ts';
import { judgePersonAsRecorded } from './judge-person.ts';
import { loadLedgerSettings } from './ledger-settings.ts';
import { deriveLedgerView } from './pages/derive-ledger-view.ts';
import { type ChangeLine, changesPage, historyPage } from './pages/history-page.ts';
import { dosesPanel } from './pages/ledger-panels.ts';
import { loadLedgerWording, loadRecordWording, recordWordingOf } from './pages/ledger-wording.ts';
import { changesPath, recordPath, recordsPath } from './pages/paths.ts';
import { type CorrectionForm, deriveChanges, formOfFact, readCorrectionForm } from './pages/read-correction-form.ts';
import { type RecordChoices, type RecordPageView, recordPage } from './pages/record-page.ts';
import { proposeChange, recordChangeKind } from './propose-change.ts';
import { listChangeEntries, listEntriesOfPerson, loadEntries } from './read-entries.ts';
import { retractEntries } from './retract-entries.ts';
import { loadLedgerVersions } from './store.ts';
import type { FactChanges, LedgerEntry } from './types.ts';

/** What the application lends to the routes of this room. */
export interface RecordTools {
  readonly findings: FindingsTables;
  rulesOf(context: StaffContext): Promise<RuleSet>;
  /** The rules where no request is at hand (an approval that describes itself). */
  rulesInForce(tx: Tx): Promise<RuleSet>;
  /** Where other rooms make reports of a dose. */
  reportLinks(context: StaffContext, personId: PersonId, entryId: EntryId): RecordPageView['reportLinks'];
}

const linesPerPage = 100;

/** The pages of this room: a person's entries as they were and are, one record, 異動リスト. */
export function registerRecordRoutes(app: StaffApp, tools: RecordTools): void {
  const kind = recordChangeKind(async (tx) => await loadRecordWording(tx, await tools.rulesInForce(tx)));
  addApprovalKind(app, kind);
  const url = `${personSearchPath}/:personId/records`;
  const view = { permission: 'vaccinations.view', needsReason: true } as const;
  const correct = { permission: 'vaccinations.correct', needsReason: true } as const;
  addStaffRoute(app, { method: 'GET', url, ...view, handler: (context: StaffContext) => showHistory(context, tools) });
  addStaffRoute(app, {
    method: 'GET',
    url: changesPath,
    ...view,
    handler: (context: StaffContext) => showChanges(context, tools),
  });
  addStaffRoute(app, {
    method: 'GET',
    url: `${url}/:entryId`,
    ...view,
    handler: (context: StaffContext) => showRecord(context, tools, null),
  });
  for (const which of ['correction', 'retraction'] as const) {
    addStaffRoute(app, {
      method: 'POST',
      url: `${url}/:entryId/${which}`,
      ...correct,
      handler: async (context: StaffContext) => {
        const proposal = async (change: Change) => await proposeChange(context, kind, change);
        return which === 'correction'
          ? await correctRecord(context, tools, proposal)
          : await retractRecord(context, tools, proposal);
      },
    });
  }
}

/** What one of the two forms asks for; `changes` null takes the record back. */
interface Change {
  readonly entryId: EntryId;
  readonly changes: FactChanges | null;
  readonly reason: string;
  readonly expectedVersion: number;
}

type Propose = (change: Change) => ReturnType<typeof proposeChange>;

async function showHistory(context: StaffContext, tools: RecordTools): Promise<Answer> {
  const personId = readPersonId(context.params['personId']);
  const onText = context.query.text('on');
  const on = onText === '' ? null : (findTypedDay(onText) ?? null);
  const onError = onText !== '' && on === null ? dayHelp() : null;
  const rules = await tools.rulesOf(context);
  const view = await withMunicipality(context.db, context.lgCode, async (tx) => {
    const person = await getSummary(tx, context, personId);
    const entries = await listEntriesOfPerson(tx, personId);
    const said = on === null ? null : await saidOn(tx, { tools, rules, personId, on });
    const items = on === null ? ['changes'] : ['changes', 'historyAsRecorded'];
    await recordAct(tx, context.actor, { act: 'vaccinations.changesViewed', personIds: [personId], items });
    return { person, said, lines: linesOf(entries, entries, null), words: await loadRecordWording(tx, rules) };
  });
  const body = historyPage({ ...view, onText, onError });
  const page = context.page({
    title: '接種記録の異動リスト',
    body,
    crumbs: crumbsOf(view.person),
    current: personSearchPath,
  });
  return onError === null ? page : answerWith(422, page);
}

/** What the ledger said at the end of a day, judged by the rules as of that day. */
async function saidOn(
  tx: Tx,
  asked: { tools: RecordTools; rules: RuleSet; personId: PersonId; on: Day },
): Promise<ReturnType<typeof html>> {
  const { tools, rules, personId, on } = asked;
  const recordedBefore = startOfDayInTokyo(addDays(on, 1));
  const judged = await judgePersonAsRecorded(tx, rules, personId, { recordedBefore, asOf: on });
  const view = deriveLedgerView(judged, on, await loadLedgerWording(tx, rules, tools.findings));
  const title = `${formatIsoDay(on)} の終わりに台帳が言っていたこと`;
  const hint =
    'その日までに登録・訂正・取消されたものだけで作り直した接種の記録です。人の情報と接種のきまりは今のものです。';
  return html`${notice('info', title, hint)}${dosesPanel(view)}`;
}

async function showChanges(context: StaffContext, tools: RecordTools): Promise<Answer> {
  const today = todayInTokyo(context.clock);
  const fromText = context.query.text('from') || formatIsoDay(addDays(today, -30));
  const toText = context.query.text('to') || formatIsoDay(today);
  const [from, to] = [findTypedDay(fromText), findTypedDay(toText)];
  const error = from === undefined || to === undefined || from > to ? dayHelp('期間', '始めの日から') : null;
  const afterText = context.query.text('after');
  const rules = await tools.rulesOf(context);
  const view = await withMunicipality(context.db, context.lgCode, async (tx) => {
    const words = await loadRecordWording(tx, rules);
    if (from === undefined || to === undefined || error !== null) return { lines: [], next: null, words };
    const entries = await listChangeEntries(tx, {
      from: startOfDayInTokyo(from),
      to: startOfDayInTokyo(addDays(to, 1)),
      after: /^\d{1,15}$/u.test(afterText) ? (Number(afterText) as EntryId) : null,
      limit: linesPerPage + 1,
    });
    const shown = entries.slice(0, linesPerPage);
    const before = await loadEntries(
      tx,
      shown.flatMap((entry) => entry.replaces ?? []),
    );
    const personIds = [...new Set(shown.map((entry) => entry.personId))];
    const people = new Map((await listPersonSummaries(tx, personIds, today)).map((one) => [one.personId, one]));
    await recordAct(tx, context.actor, { act: 'vaccinations.changesViewed', personIds, items: ['changes'] });
    const next = entries.length > linesPerPage ? (shown.at(-1)?.entryId ?? null) : null;
    return { lines: linesOf(shown, [...before.values()], people), next, words };
  });
  const body = changesPage({ ...view, fromText, toText, error });
  const page = context.page({ title: '異動リスト', body, current: changesPath });
  return error === null ? page : answerWith(422, page);
}

interface Problem {
  readonly form: CorrectionForm;
  readonly errors: readonly FormError[];
  readonly conflict: string | null;
}

async function showRecord(context: StaffContext, tools: RecordTools, problem: Problem | null): Promise<Answer> {
  const rules = await tools.rulesOf(context);
  const view = await withMunicipality(context.db, context.lgCode, async (tx) => {
    const { entry, entries, person } = await getRecord(tx, context);
    const { personId } = entry;
    const version = (await loadLedgerVersions(tx, [personId])).get(personId) ?? 0;
    const { correctionsNeedApproval: needsApproval } = await loadLedgerSettings(tx);
    await recordAct(tx, context.actor, { act: 'vaccinations.recordViewed', personIds: [personId] });
    const successor = entries.find((one) => one.replaces === entry.entryId) ?? null;
    const words = await loadRecordWording(tx, rules);
    return { entry, successor, person, version, needsApproval, words, heldItems: await listHeldItems(tx) };
  });
  const { person, entry } = view;
  const body = recordPage({
    ...view,
    who: identityBanner(person, todayInTokyo(context.clock)),
    choices: choicesOf(rules),
    mayCorrect: mayDo(context.actor, 'vaccinations.correct'),
    reportLinks: tools.reportLinks(context, entry.personId, entry.entryId),
    csrfToken: context.csrfToken,
    form: problem?.form ?? (entry.fact === null ? readCorrectionForm(context.query) : formOfFact(entry.fact)),
    errors: problem?.errors ?? [],
    conflict: problem?.conflict ?? null,
  });
  const crumbs = [...crumbsOf(person), { label: '異動リスト', href: recordsPath(person.personId) }];
  const page = context.page({ title: '接種の記録', body, crumbs, current: personSearchPath });
  return problem === null ? page : answerWith(problem.conflict === null ? 422 : 409, page);
}

async function correctRecord(context: StaffContext, tools: RecordTools, propose: Propose): Promise<Answer> {
  const form = readCorrectionForm(context.body);
  const known = await withMunicipality(context.db, context.lgCode, async (tx) => {
    const { entry } = await getRecord(tx, context);
    return { entry, ...(await loadLedgerSettings(tx)) };
  });
  const { entry, correctionsNeedApproval } = known;
  if (entry.fact === null) throw new NotFound(noRecord);
  const { changes, errors } = deriveChanges(entry.fact, form, todayInTokyo(context.clock));
  const faults = [...errors];
  if (form.reason === '') faults.push({ field: 'correction-reason', message: '訂正の理由を書いてください。' });
  if (errors.length === 0 && Object.keys(changes).length === 0) {
    faults.push({ field: null, message: '変わった項目がありません。訂正する項目を書き直してください。' });
  }
  if (faults.length > 0) return showRecord(context, tools, { form, errors: faults, conflict: null });
  const change = { entryId: entry.entryId, changes, reason: form.reason, expectedVersion: readVersion(context) };
  return await settle(context, tools, form, entry.personId, async () => {
    if (correctionsNeedApproval) return await propose(change);
    const corrected = await correctEntry(context, change);
    return recordPath(entry.personId, corrected.entryId);
  });
}

async function retractRecord(context: StaffContext, tools: RecordTools, propose: Propose): Promise<Answer> {
  const reason = context.body.text('reason');
  const known = await withMunicipality(context.db, context.lgCode, async (tx) => {
    const { entry } = await getRecord(tx, context);
    return { entry, ...(await loadLedgerSettings(tx)) };
  });
  const { entry, correctionsNeedApproval } = known;
  if (entry.fact === null) throw new NotFound(noRecord);
  const form: CorrectionForm = { ...formOfFact(entry.fact), which: 'retraction', reason };
  const errors: FormError[] = [];
  if (reason === '') errors.push({ field: 'retraction-reason', message: '取消の理由を書いてください。' });
  if (!context.body.has('isSure')) {
    errors.push({ field: 'isSure', message: '原票を確かめてから、「確かめました」に印を付けてください。' });
  }
  if (errors.length > 0) return showRecord(context, tools, { form, errors, conflict: null });
  const expectedVersion = readVersion(context);
  return await settle(context, tools, form, entry.personId, async () => {
    if (correctionsNeedApproval)
      return await propose({ entryId: entry.entryId, changes: null, reason, expectedVersion });
    const expectedVersions = new Map([[entry.personId, expectedVersion]]);
    await retractEntries(context, { entryIds: [entry.entryId], reason, expectedVersions });
    return recordsPath(entry.personId);
  });
}

/** Does what a form asks; where somebody was faster, the page is shown anew with what the form said (409). */
async function settle(
  context: StaffContext,
  tools: RecordTools,
  form: CorrectionForm,
  personId: PersonId,
  work: () => Promise<string | Awaited<ReturnType<Propose>>>,
): Promise<Answer> {
  try {
    const done = await work();
    if (typeof done === 'string') return redirectTo(done);
    if (done.answer !== 'refused') return redirectTo(approvalPath(done.value));
    const errors = await explainErrors(done.findings);
    return await showRecord(context, tools, {
      form,
      errors: errors.map((error) => ({ ...error, field: error.field === 'reason' ? `${form.which}-reason` : null })),
      conflict: null,
    });
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    const changed = await withMunicipality(context.db, context.lgCode, (tx) => listEntriesOfPerson(tx, personId));
    const [last] = changed;
    const who = last === undefined ? '' : `最後の変更は ${last.recordedByName} によるものです。`;
    return await showRecord(context, tools, { form, errors: [], conflict: `${error.message}${who}` });
  }
}

const noRecord = 'この接種記録はありません。';

async function getRecord(
  tx: Tx,
  context: StaffContext,
): Promise<{ entry: LedgerEntry; entries: readonly LedgerEntry[]; person: PersonSummary }> {
  const personId = readPersonId(context.params['personId']);
  const text = context.params['entryId'] ?? '';
  const person = await getSummary(tx, context, personId);
  const entries = await listEntriesOfPerson(tx, personId);
  const entry = /^\d{1,15}$/u.test(text) ? entries.find((one) => one.entryId === Number(text)) : undefined;
  if (entry === undefined) throw new NotFound(noRecord);
  return { entry, entries, person };
}

async function getSummary(tx: Tx, context: StaffContext, personId: PersonId): Promise<PersonSummary> {
  const [person] = await listPersonSummaries(tx, [personId], todayInTokyo(context.clock));
  if (person === undefined) throw new NotFound('この人の記録はありません。');
  return person;
}

function linesOf(
  entries: readonly LedgerEntry[],
  before: readonly LedgerEntry[],
  people: ReadonlyMap<PersonId, PersonSummary> | null,
): ChangeLine[] {
  const byId = new Map(before.map((entry) => [entry.entryId, entry]));
  return entries.map((entry) => ({
    entry,
    before: entry.replaces === null ? null : (byId.get(entry.replaces) ?? null),
    person: people?.get(entry.personId) ?? null,
  }));
}

function crumbsOf(person: PersonSummary): readonly { readonly label: string; readonly href: string }[] {
  const label = person.name === '' ? person.kana : person.name;
  return [...personCrumbs, { label, href: personPath(person.personId) }];
}

function choicesOf(rules: RuleSet): RecordChoices {
  const unknown = { value: '', label: 'わからない' };
  const words = recordWordingOf(rules);
  return {
    stages: [
      unknown,
      ...listStages(rules).map(({ programme, stage }) => ({
        value: `${programme}/${stage}`,
        label: words.stage(programme, stage),
      })),
    ],
    products: [unknown, ...listProductNames(rules).map(({ product, name }) => ({ value: product, label: name }))],
  };
}

function readVersion(context: StaffContext): number {
  const text = context.body.text('version');
  return /^\d{1,9}$/u.test(text) ? Number(text) : -1;
}
