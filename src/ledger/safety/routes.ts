import { listPersonSummaries, type PersonSummary, readPersonId } from '#addressees/persons';
import {
  type Answer,
  addStaffRoute,
  answerWith,
  mayDo,
  redirectTo,
  type StaffApp,
  type StaffContext,
} from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { getMunicipality } from '#common-base/municipalities';
import { foldLotNumber } from '#formats';
import {
  Conflict,
  type Day,
  type EntryId,
  findIsoDay,
  findTypedDay,
  fiscalYear,
  getDay,
  NotFound,
  type PersonId,
  UnreadableInput,
} from '#kernel';
import { loadInstitutions } from '#ledger/contracts';
import { loadManufacturerNames } from '#ledger/masters';
import {
  countLot,
  type LedgerEntry,
  type LotSpan,
  listEntryHistory,
  recordWordingOf,
  type TracedDose,
  traceLot,
} from '#ledger/vaccinations';
import { todayInTokyo } from '#platform/clock';
import type { FormFields } from '#platform/http';
import { dayHelp, type FormError } from '#platform/pages';
import { type Tx, withMunicipality } from '#platform/postgres';
import type { RuleSet } from '#schedule';
import { decideReaction, type ReactionVerdict } from './decide-reaction.ts';
import { keepReport } from './keep-report.ts';
import { lotTracePath, reportPath as pathOfReport, reportsPath } from './pages/paths.ts';
import { reportPage } from './pages/report-page.ts';
import { type LotLine, lotPage, reportsPage } from './pages/safety-pages.ts';
import { formOfReport, instantsOf, type ReportForm, readReportForm, readTold } from './read-report-form.ts';
import { categoriesOf, reactionsOf } from './report-categories.ts';
import { findReport, listVersions, selectReports } from './store.ts';
import { type ReportKind, reportKinds, type SafetyReport, type WaitingDoses } from './types.ts';

const linesPerPage = 1000;

/** What the application lends to the routes of this room. */
export interface SafetyTools {
  rulesOf(context: StaffContext): Promise<RuleSet>;
  /** Files with doses of a lot that are not in the ledger yet; the room of intake knows them. */
  readonly listWaiting: (tx: Tx, span: LotSpan) => Promise<readonly WaitingDoses[]>;
}

/** The pages of this room: where a lot went, reports of a kind, one report. */
export function registerSafetyRoutes(app: StaffApp, tools: SafetyTools): void {
  const add = (
    method: 'GET' | 'POST',
    url: string,
    permission: 'safety.view' | 'safety.report',
    handler: (context: StaffContext, rules: RuleSet) => Promise<Answer>,
  ) =>
    addStaffRoute(app, {
      method,
      url,
      permission,
      needsReason: true,
      handler: async (context: StaffContext) => await handler(context, await tools.rulesOf(context)),
    });
  add('GET', lotTracePath, 'safety.view', (context, rules) => showLot(context, rules, tools));
  add('GET', '/safety/reports', 'safety.view', showReports);
  add('POST', '/safety/reports', 'safety.report', (context, rules) => keep(context, rules, null));
  add('GET', '/safety/new-report', 'safety.report', (context, rules) => showNew(context, rules, null));
  add('GET', '/safety/reports/:reportId', 'safety.view', (context, rules) => showReport(context, rules, null));
  add('POST', '/safety/reports/:reportId', 'safety.report', (context, rules) =>
    keep(context, rules, readNumber(context.params['reportId'])),
  );
}

async function showLot(context: StaffContext, rules: RuleSet, tools: SafetyTools): Promise<Answer> {
  const today = todayInTokyo(context.clock);
  const lot = foldLotNumber(context.query.text('lot').slice(0, 40));
  const [fromText, toText] = [context.query.text('from'), context.query.text('to')];
  // A recall asks for every dose, however long ago: only whoever names days sees less.
  const [from, to] = [fromText, toText].map((text) => (text === '' ? null : findTypedDay(text)));
  const isSpan = from !== undefined && to !== undefined && (from === null || to === null || from <= to);
  const error = isSpan ? null : dayHelp('期間', '始めの日から');
  const view = await withMunicipality(context.db, context.lgCode, async (tx) => {
    const institutionName = await loadNames(tx);
    if (lot === '' || !isSpan) return { trace: null, institutionName };
    const span = { lot, from, to };
    const { lines, next } = await listTraced(tx, context, span, today);
    const counts = await countLot(tx, span);
    return { trace: { ...counts, lines, next, waiting: await tools.listWaiting(tx, span) }, institutionName };
  });
  const body = lotPage({ ...view, lot, fromText, toText, error, words: recordWordingOf(rules) });
  const page = context.page({ title: 'ロットの追跡', body, current: lotTracePath });
  return error === null ? page : answerWith(422, page);
}

/** One page of who was given a lot, and the last dose of it where there are more. */
async function listTraced(
  tx: Tx,
  context: StaffContext,
  span: LotSpan,
  today: Day,
): Promise<{ readonly lines: readonly LotLine[]; readonly next: TracedDose | null }> {
  const after = readTraced(context.query.text('after'));
  const found = await traceLot(tx, span, { after, limit: linesPerPage + 1 });
  const shown = found.slice(0, linesPerPage);
  const personIds = [...new Set(shown.map((one) => one.personId))];
  const people = new Map((await listPersonSummaries(tx, personIds, today)).map((one) => [one.personId, one]));
  await recordAct(tx, context.actor, { act: 'safety.lotTraced', personIds });
  const lines = shown.flatMap(({ personId, entry }) => {
    const person = people.get(personId);
    return person === undefined ? [] : [{ entry, person }];
  });
  const last = found.length > linesPerPage ? shown.at(-1)?.entry : undefined;
  const vaccinatedOn = last?.fact?.vaccinatedOn;
  return {
    lines,
    next: last === undefined || vaccinatedOn === undefined ? null : { vaccinatedOn, entryId: last.entryId },
  };
}

/** The dose behind which a page begins, as `lotPage` writes it into its link; null for the first page. */
function readTraced(text: string): TracedDose | null {
  const [, dayText = '', entry = ''] = /^(\d{4}-\d{2}-\d{2})\.(\d{1,15})$/u.exec(text) ?? [];
  const vaccinatedOn = findIsoDay(dayText);
  return vaccinatedOn === undefined ? null : { vaccinatedOn, entryId: Number(entry) as EntryId };
}

async function showReports(context: StaffContext, rules: RuleSet): Promise<Answer> {
  const kind = readKind(context.query);
  const today = todayInTokyo(context.clock);
  const yearText = context.query.text('year');
  const year = /^(?:19|20)\d{2}$/u.test(yearText) ? Number(yearText) : fiscalYear(today);
  const view = await withMunicipality(context.db, context.lgCode, async (tx) => {
    const reports = await selectReports(tx, { kind, from: getDay(year, 4, 1), to: getDay(year + 1, 3, 31) });
    const personIds = [...new Set(reports.map((report) => report.personId))];
    const people = await listPersonSummaries(tx, personIds, today);
    await recordAct(tx, context.actor, { act: 'safety.reportsListed', personIds });
    return { reports, people: new Map(people.map((one) => [Number(one.personId), one])) };
  });
  const categories = categoriesOf(kind, rules);
  const body = reportsPage({ kind, fiscalYear: year, categories, ...view });
  return context.page({ title: reportKinds[kind].name, body, current: reportsPath('adverseReaction') });
}

interface Problem {
  readonly form: ReportForm;
  readonly errors: readonly FormError[];
  readonly status: 409 | 422;
}

async function showNew(context: StaffContext, rules: RuleSet, problem: Problem | null): Promise<Answer> {
  const fields = problem === null ? context.query : context.body;
  const personId = readPersonId(fields.find('personId'));
  const entryId = readNumber(fields.find('entryId'));
  return await draw(context, rules, { kind: readKind(fields), personId, entryId, report: null, problem });
}

async function showReport(context: StaffContext, rules: RuleSet, problem: Problem | null): Promise<Answer> {
  const report = await getReport(context, readNumber(context.params['reportId']));
  const { kind, personId, entryId } = report;
  return await draw(context, rules, { kind, personId, entryId, report, problem });
}

async function draw(
  context: StaffContext,
  rules: RuleSet,
  asked: {
    readonly kind: ReportKind;
    readonly personId: PersonId;
    readonly entryId: number;
    readonly report: SafetyReport | null;
    readonly problem: Problem | null;
  },
): Promise<Answer> {
  const { kind, personId, entryId, report, problem } = asked;
  const view = await withMunicipality(context.db, context.lgCode, async (tx) => {
    const known = await getDose(tx, context, personId, entryId);
    await recordAct(tx, context.actor, { act: 'safety.reportViewed', personIds: [personId] });
    const versions = report === null ? [] : await listVersions(tx, report.reportId);
    const manufacturers = await loadManufacturerNames(tx);
    const { prefecture } = await getMunicipality(tx);
    return { ...known, versions, manufacturers, prefecture, institutionName: await loadNames(tx) };
  });
  const isReaction = kind === 'adverseReaction';
  const body = reportPage({
    ...view,
    kind,
    report,
    place: `${view.prefecture}${context.municipality.name}`,
    categories: categoriesOf(kind, rules),
    reactions: isReaction ? reactionsOf(rules, view.entry.fact) : [],
    verdict: isReaction && report !== null ? verdictOf(report, view.entry, rules) : null,
    words: recordWordingOf(rules),
    office: context.municipality.name,
    mayReport: mayDo(context.actor, 'safety.report'),
    form: problem?.form ?? formOfReport(report),
    errors: problem?.errors ?? [],
    csrfToken: context.csrfToken,
  });
  const page = context.page({ title: reportKinds[kind].name, body, current: reportsPath('adverseReaction') });
  return problem === null ? page : answerWith(problem.status, page);
}

/** Whether the reported symptom must be reported by the law; a dose that was retracted since is no dose to judge by. */
function verdictOf(report: SafetyReport, { fact }: LedgerEntry, rules: RuleSet): ReactionVerdict | null {
  if (fact === null) return null;
  const { given, occurred } = instantsOf(fact.vaccinatedOn, report);
  const isVoluntary = fact.vaccinationClass === 'voluntary';
  return decideReaction(reactionsOf(rules, fact), { symptom: report.category, isVoluntary, given, occurred });
}

async function keep(context: StaffContext, rules: RuleSet, reportId: number | null): Promise<Answer> {
  const known = reportId === null ? null : await getReport(context, reportId);
  const form = readReportForm(context.body);
  const again = (errors: readonly FormError[], status: 409 | 422) =>
    known === null
      ? showNew(context, rules, { form, errors, status })
      : showReport(context, rules, { form, errors, status });
  const dose = await withMunicipality(context.db, context.lgCode, async (tx) => {
    const personId = known?.personId ?? readPersonId(context.body.find('personId'));
    const { entry } = await getDose(tx, context, personId, known?.entryId ?? readNumber(context.body.find('entryId')));
    const kind = known?.kind ?? readKind(context.body);
    const vaccinatedOn = entry.fact?.vaccinatedOn ?? null;
    return {
      kind,
      personId: entry.personId,
      entryId: entry.entryId,
      vaccinatedOn,
      categories: categoriesOf(kind, rules),
    };
  });
  const { told, errors } = readTold(dose, form, todayInTokyo(context.clock));
  if (known !== null && form.reason === '') errors.push({ field: 'reason', message: '変更の理由を書いてください。' });
  if (told === null || errors.length > 0) return await again(errors, 422);
  const versionId = Number(context.body.text('versionId')) || 0;
  const replaces = known === null ? null : { reportId: known.reportId, versionId };
  try {
    return redirectTo(pathOfReport(await keepReport(context, { told, replaces, rules, reason: form.reason || null })));
  } catch (error) {
    if (!(error instanceof Conflict || error instanceof UnreadableInput)) throw error;
    return await again([{ field: null, message: error.message }], error instanceof Conflict ? 409 : 422);
  }
}

async function getReport(context: StaffContext, reportId: number): Promise<SafetyReport> {
  const report = await withMunicipality(context.db, context.lgCode, (tx) => findReport(tx, reportId));
  if (report === undefined) throw new NotFound('この報告はありません。');
  return report;
}

/** The dose that is reported, and whose it is. */
async function getDose(
  tx: Tx,
  context: StaffContext,
  personId: PersonId,
  entryId: number,
): Promise<{
  readonly person: PersonSummary;
  readonly entry: LedgerEntry;
  /** What else holds as given to the person on the same day. */
  readonly sameDay: readonly LedgerEntry[];
}> {
  const [person] = await listPersonSummaries(tx, [personId], todayInTokyo(context.clock));
  const entries = person === undefined ? [] : await listEntryHistory(tx, context.actor, personId);
  const entry = entries.find((one) => one.entryId === entryId && one.fact !== null);
  if (person === undefined || entry === undefined) throw new NotFound('この接種の記録はありません。');
  const on = entry.fact?.vaccinatedOn;
  const sameDay = entries.filter(
    ({ entryId: other, isCurrent, fact }) =>
      isCurrent && other !== entry.entryId && fact?.outcome === 'administered' && fact.vaccinatedOn === on,
  );
  return { person, entry, sameDay };
}

async function loadNames(tx: Tx): Promise<(code: string) => string> {
  const institutions = await loadInstitutions(tx);
  return (code) => institutions.get(code)?.name ?? code;
}

function readKind(fields: FormFields): ReportKind {
  return fields.text('kind') === 'vaccinationError' ? 'vaccinationError' : 'adverseReaction';
}

function readNumber(text: string | undefined): number {
  if (text === undefined || !/^\d{1,15}$/u.test(text)) throw new NotFound('この報告や記録はありません。');
  return Number(text);
}
