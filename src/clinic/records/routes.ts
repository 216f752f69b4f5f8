import { randomUUID } from 'node:crypto';
import type { InjectionCheck } from '#clinic/check';
import { type ClinicMasters, clinicContextOf, findPatientName, listNumbersOf, loadMasters } from '#clinic/tickets';
import {
  type Answer,
  addStaffRoute,
  answerWith,
  redirectTo,
  type StaffApp,
  type StaffContext,
} from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { answerOf, type Finding, type LgCode } from '#kernel';
import { findReference, wordOfReference } from '#messages';
import { todayInTokyo } from '#platform/clock';
import { explainFinding, type FindingsTables } from '#platform/findings';
import type { FormError, Html } from '#platform/pages';
import { type Database, withMunicipality } from '#platform/postgres';
import { listProductsInUse, type RuleSet } from '#schedule';
import { type ChairContext, type ChairState, checkChair, checkInjection, loadChair } from './check-injection.ts';
import { correctRecord, getOwnRecord, withdrawRecord } from './correct-record.ts';
import { listRecalledDoses } from './list-recalled.ts';
import {
  type ChairView,
  chairPage,
  checkedPage,
  type NotGivenFields,
  type RecordingFields,
} from './pages/chair-page.ts';
import { recordPath, recordsPath } from './pages/paths.ts';
import {
  type CorrectionFields,
  correctionFields,
  recalledNotice,
  recordPage,
  recordsPage,
} from './pages/record-pages.ts';
import {
  emptyInjection,
  fillFromPackage,
  type InjectionForm,
  planOf,
  readInjectionForm,
} from './read-injection-form.ts';
import { readTold } from './read-told.ts';
import { openRecorder, type Recorder } from './record-outcome.ts';
import { findLastPhysician, listRecordsOfDay } from './store.ts';
import { recordItems } from './types.ts';

/** What the pages need beside a request. */
export interface ChairTools {
  readonly findings: FindingsTables;
  readonly rulesOf: (lgCode: LgCode) => Promise<RuleSet>;
  readonly mastersOf: (db: Database, lgCode: LgCode) => Promise<ClinicMasters>;
}

/** The pages of the chair and of today's records. */
export function registerRecordRoutes(app: StaffApp, tools: ChairTools): void {
  const record = openRecorder(app.options.db);
  const route = (method: 'GET' | 'POST', url: string, handler: (context: StaffContext) => Promise<Answer>) =>
    addStaffRoute(app, { method, url, permission: 'doses.record', handler });
  route('GET', '/tickets/:openingId', (context) => showChair(context, tools));
  route('POST', '/tickets/:openingId/check', (context) => takeCheck(context, tools));
  route('POST', '/tickets/:openingId/record', (context) => takeRecord(context, tools, record));
  route('GET', recordsPath, (context) => showRecords(context, tools));
  route('GET', '/records/:recordId', (context) => showRecord(context, tools));
  route('POST', '/records/:recordId/correct', (context) => takeCorrection(context, tools));
  route('POST', '/records/:recordId/withdraw', (context) => takeWithdrawal(context));
}

async function chairContext(context: StaffContext, tools: ChairTools): Promise<ChairContext> {
  const [rules, masters] = await Promise.all([
    tools.rulesOf(context.lgCode),
    tools.mastersOf(context.db, context.lgCode),
  ]);
  return { ...clinicContextOf(context), rules, masters };
}

function viewOf(context: StaffContext, chair: ChairContext, state: ChairState, tools: ChairTools): ChairView {
  return {
    openingId: openingOf(context),
    state,
    rules: chair.rules,
    findings: tools.findings,
    today: todayInTokyo(context.clock),
    csrfToken: context.csrfToken,
  };
}

interface ChairInput {
  readonly form: InjectionForm;
  readonly errors: readonly FormError[];
  readonly trouble: Finding | null;
  /** As it was typed; the last one of the day where nothing was. */
  readonly physician?: string;
  readonly notGiven?: NotGivenFields;
}

async function lastPhysician(context: StaffContext): Promise<string> {
  const { staffId } = context.actor;
  if (staffId === null) return '';
  const at = { institutionCode: context.department, staffId };
  const today = todayInTokyo(context.clock);
  const last = await withMunicipality(context.db, context.lgCode, (tx) => findLastPhysician(tx, at, today));
  return last ?? '';
}

async function showChair(
  context: StaffContext,
  tools: ChairTools,
  input: ChairInput = { form: emptyInjection, errors: [], trouble: null },
): Promise<Answer> {
  const chair = await chairContext(context, tools);
  const state = await withMunicipality(context.db, context.lgCode, (tx) => loadChair(tx, chair, openingOf(context)));
  const view = viewOf(context, chair, state, tools);
  const outlook = outlookOf(chair, state);
  const physician = input.physician ?? (await lastPhysician(context));
  const notGiven = input.notGiven ?? null;
  const body = chairPage(view, { ...input, outlook, recordId: randomUUID(), physician, notGiven });
  return context.page({ title: '接種前の確認', body });
}

/** What speaks against every product of the form today, whatever package is taken. */
function outlookOf(chair: ChairContext, state: ChairState): InjectionCheck {
  const on = todayInTokyo(chair.clock);
  const products = listProductsInUse(chair.rules, state.opened.ticket.programme, on);
  const checks = products.map((product) =>
    checkChair(chair, state, { product, lotNumber: '-', expiresOn: on, gtin: null, bodyTemperature: null }),
  );
  const open = checks.find((check) => answerOf(check.findings) !== 'refused');
  return open ?? checks[0] ?? { findings: [], judged: null };
}

async function takeCheck(context: StaffContext, tools: ChairTools): Promise<Answer> {
  const form = readInjectionForm(context.body);
  const today = todayInTokyo(context.clock);
  const chair = await chairContext(context, tools);
  if (context.body.text('step') === 'scan') {
    const scanned = context.body.find('barcode') ?? '';
    const filled = fillFromPackage(form, scanned, { masters: chair.masters, today });
    return showChair(context, tools, { ...filled, errors: [] });
  }
  if (context.body.text('step') === 'back') return showChair(context, tools, { form, errors: [], trouble: null });
  const read = planOf(form);
  if ('errors' in read) return refuse(await showChair(context, tools, { form, ...read, trouble: null }));
  const { state, check } = await checkInjection(chair, openingOf(context), read.plan);
  const view = viewOf(context, chair, state, tools);
  const recording = { physician: await lastPhysician(context), doseVolumeMl: '', reason: '' };
  const body = checkedPage(view, { form, check, recordId: randomUUID(), errors: [], recording });
  return context.page({ title: '接種前の確認の結果', body });
}

async function takeRecord(context: StaffContext, tools: ChairTools, record: Recorder): Promise<Answer> {
  const read = readTold(context.body);
  const errors = 'errors' in read ? read.errors : [];
  const isGiven = context.body.text('outcome') === 'administered';
  if (isGiven && !context.body.has('isConsented')) {
    errors.push({ field: 'isConsented', message: '同意の署名を確かめて、印を付けてください。' });
  }
  const recordId = findReference(context.body.text('recordId')) ?? randomUUID();
  const chair = await chairContext(context, tools);
  if ('errors' in read || errors.length > 0) return showAgain(context, tools, chair, { recordId, errors });
  const decision = await record(chair, { openingId: openingOf(context), recordId, told: read.told });
  if (decision.answer !== 'refused') return redirectTo(`${recordPath(decision.value.recordId)}?new=yes`);
  const own = decision.findings.filter(({ field }) => field === 'reason');
  const told = own.map((found) => ({ field: 'reason', message: explainFinding(tools.findings, found).message }));
  return showAgain(context, tools, chair, { recordId, errors: told });
}

/** The page from which the form came, with what was typed and what is wrong with it. */
async function showAgain(
  context: StaffContext,
  tools: ChairTools,
  chair: ChairContext,
  { recordId, errors }: { readonly recordId: string; readonly errors: readonly FormError[] },
): Promise<Answer> {
  const form = readInjectionForm(context.body);
  const read = planOf(form);
  const outcome = context.body.text('outcome');
  const { physician, reason } = recordingOf(context);
  if (outcome !== 'administered') {
    const notGiven = { outcome, reason, errors };
    return refuse(await showChair(context, tools, { form, errors: [], trouble: null, physician, notGiven }));
  }
  if ('errors' in read) return refuse(await showChair(context, tools, { form, errors, trouble: null, physician }));
  const state = await withMunicipality(context.db, context.lgCode, (tx) => loadChair(tx, chair, openingOf(context)));
  const check = checkChair(chair, state, read.plan);
  const view = viewOf(context, chair, state, tools);
  const body = checkedPage(view, { form, check, recordId, errors, recording: recordingOf(context) });
  return answerWith(422, context.page({ title: '接種前の確認の結果', body }));
}

function recordingOf({ body }: StaffContext): RecordingFields {
  return { physician: body.text('physician'), doseVolumeMl: body.text('doseVolumeMl'), reason: body.text('reason') };
}

/** What the pages of records show of somebody. */
const viewedItems = ['氏名', ...recordItems];

async function showRecords(context: StaffContext, tools: ChairTools): Promise<Answer> {
  const today = todayInTokyo(context.clock);
  const masters = await tools.mastersOf(context.db, context.lgCode);
  const { records, recalled } = await withMunicipality(context.db, context.lgCode, async (tx) => {
    const found = await listRecordsOfDay(tx, context.department, today);
    const ofRecalls = await listRecalledDoses(tx, context.department, masters, today);
    const details = { institution: context.department, records: found.length, recalled: ofRecalls.length };
    const shown = [...new Set([...found, ...ofRecalls].map(({ patientRef }) => patientRef))];
    const personIds = await listNumbersOf(tx, shown);
    await recordAct(tx, context.actor, { act: 'doses.listed', personIds, items: viewedItems, details });
    return { records: found, recalled: ofRecalls };
  });
  const body = recordsPage(records, recalled, { rules: await tools.rulesOf(context.lgCode), today });
  return context.page({ title: '今日の記録', body });
}

async function showRecord(
  context: StaffContext,
  tools: ChairTools,
  input: { readonly errors: readonly FormError[]; readonly typed: CorrectionFields | null } = untouched,
): Promise<Answer> {
  const recordId = findReference(context.params['recordId'] ?? '') ?? '';
  const { record, name } = await withMunicipality(context.db, context.lgCode, async (tx) => {
    const found = await getOwnRecord(tx, clinicContextOf(context), recordId);
    const personIds = await listNumbersOf(tx, [found.patientRef]);
    const details = { record: wordOfReference(recordId), patient: wordOfReference(found.patientRef) };
    await recordAct(tx, context.actor, { act: 'doses.viewed', personIds, items: viewedItems, details });
    return { record: found, name: await findPatientName(tx, found.patientRef) };
  });
  const body = recordPage(record, {
    name: name ?? null,
    rules: await tools.rulesOf(context.lgCode),
    today: todayInTokyo(context.clock),
    csrfToken: context.csrfToken,
    ...input,
    isNew: context.query.text('new') === 'yes',
  });
  return context.page({ title: '接種の記録', body, current: recordsPath });
}

const untouched = { errors: [], typed: null };

async function takeCorrection(context: StaffContext, tools: ChairTools): Promise<Answer> {
  const read = readTold(context.body);
  const errors = 'errors' in read ? read.errors : [];
  if (context.body.text('reason') === '') errors.push({ field: 'reason', message: '訂正の理由を入力してください。' });
  if ('errors' in read || errors.length > 0) {
    return refuse(await showRecord(context, tools, { errors, typed: context.body.texts(correctionFields, 500) }));
  }
  const { recordId, expectedRevision, reason } = revisionOf(context);
  const chair = await chairContext(context, tools);
  await correctRecord(chair, { recordId, expectedRevision, reason, told: { ...read.told, isGivenAnyway: true } });
  return redirectTo(recordPath(recordId));
}

async function takeWithdrawal(context: StaffContext): Promise<Answer> {
  const request = revisionOf(context);
  await withdrawRecord(clinicContextOf(context), request);
  return redirectTo(recordPath(request.recordId));
}

function revisionOf({ body, params }: StaffContext) {
  const recordId = findReference(params['recordId'] ?? '') ?? '';
  return { recordId, expectedRevision: Number(body.text('revision')), reason: body.text('reason').slice(0, 500) };
}

/** The same page with the status of a refusal. */
function refuse(answer: Answer): Answer {
  return 'kind' in answer ? answer : answerWith(422, answer);
}

function openingOf({ params }: StaffContext): string {
  return findReference(params['openingId'] ?? '') ?? '';
}

/** What the first page of somebody at a clinic says of doses whose lot was taken back. */
export function recalledNews(mastersOf: ChairTools['mastersOf']): (context: StaffContext) => Promise<Html | null> {
  return async (context) => {
    const masters = await mastersOf(context.db, context.lgCode);
    const today = todayInTokyo(context.clock);
    return recalledNotice(
      await withMunicipality(context.db, context.lgCode, (tx) =>
        listRecalledDoses(tx, context.department, masters, today),
      ),
    );
  };
}

/** Reads the masters of a municipality, again after ten seconds. */
export function openMasters(now: () => number): ChairTools['mastersOf'] {
  const known = new Map<LgCode, { readonly at: number; readonly masters: ClinicMasters }>();
  return async (db, lgCode) => {
    const held = known.get(lgCode);
    if (held !== undefined && now() - held.at < 10_000) return held.masters;
    const masters = await withMunicipality(db, lgCode, loadMasters);
    known.set(lgCode, { at: now(), masters });
    return masters;
  };
}
