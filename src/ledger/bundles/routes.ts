import {
  type Answer,
  addStaffRoute,
  answerWith,
  mayDo,
  type OrderWork,
  type Permission,
  redirectTo,
  type StaffApp,
  type StaffContext,
} from '#common-base/access';
import { loadItemCatalogue } from '#common-base/linkage';
import { type BatchId, Conflict, type Day, dayParts, findTypedDay, NotFound, UnreadableInput } from '#kernel';
import { loadInstitutions } from '#ledger/contracts';
import { isValidOn, type KnownNames, loadNames } from '#ledger/masters';
import { todayInTokyo } from '#platform/clock';
import { explainFinding, type FindingsTables } from '#platform/findings';
import type { FormError } from '#platform/pages';
import { type Tx, withMunicipality } from '#platform/postgres';
import type { RuleSet } from '#schedule';
import { checkHandOver } from './hand-over.ts';
import { checkForm, findLastKeyed, keyForm, listComparedForms } from './key-form.ts';
import { getBundle, listBundles } from './list-bundles.ts';
import { addBundle, expectMonth, linkBundle, noteClaim, receiveBundle, remindInstitution } from './manage-bundles.ts';
import { handOverTask } from './order-tasks.ts';
import { bundlePage, comparisonPage } from './pages/bundle-page.ts';
import { bundlesPage } from './pages/bundles-page.ts';
import { formCheck, keyingPage } from './pages/keying-page.ts';
import { bundlePath, bundlesPath, keyingPath } from './pages/paths.ts';
import { readKeyedValues } from './read-keyed-values.ts';
import { listEvents } from './store.ts';
import { type KeyedValues, type KeyingPass, keyedFields } from './types.ts';

/** What the application lends to the routes of this room. */
export interface BundleTools {
  readonly findings: FindingsTables;
  rulesOf(context: StaffContext): Promise<RuleSet>;
  readonly orderWork: OrderWork;
}

type Handler = (context: StaffContext, tools: BundleTools) => Promise<Answer>;

/** The pages of this room: bundles of a month, one bundle, the keyboard, the comparison of two typings. */
export function registerBundleRoutes(app: StaffApp, tools: BundleTools): void {
  const add = (method: 'GET' | 'POST', tail: string, permission: Permission, handler: Handler) =>
    addStaffRoute(app, {
      method,
      url: `${bundlesPath}${tail}`,
      permission,
      needsReason: true,
      handler: (context: StaffContext) => handler(context, tools),
    });
  add('GET', '', 'bundles.view', (context) => showBundles(context, []));
  add('POST', '', 'bundles.manage', openBundles);
  add('GET', '/:bundleId', 'bundles.view', (context) => showBundle(context, [], null));
  add('POST', '/:bundleId/receipt', 'bundles.manage', receive);
  add('POST', '/:bundleId/claim', 'bundles.manage', claim);
  add('POST', '/:bundleId/reminder', 'bundles.manage', remind);
  add('POST', '/:bundleId/batch', 'bundles.manage', link);
  add('POST', '/:bundleId/hand-over', 'bundles.key', handOver);
  add('GET', '/:bundleId/comparison', 'bundles.view', showComparison);
  add('GET', '/:bundleId/forms', 'bundles.key', (context) => showKeying(context, null));
  add('POST', '/:bundleId/forms', 'bundles.key', keepForm);
}

async function showBundles(context: StaffContext, errors: readonly FormError[]): Promise<Answer> {
  const { actor } = context;
  const asked = context.query.text('month') || context.body.text('month');
  const claimMonth = isMonth(asked) ? asked : monthBefore(context);
  const view = await withMunicipality(context.db, context.lgCode, async (tx) => ({
    bundles: await listBundles(tx, actor, claimMonth),
    nameOf: await loadInstitutionNames(tx),
  }));
  const body = bundlesPage({
    ...view,
    claimMonth,
    today: todayInTokyo(context.clock),
    mayManage: mayDo(actor, 'bundles.manage'),
    csrfToken: context.csrfToken,
    errors,
    isOpenOnly: context.query.text('open') === 'yes',
  });
  const page = context.page({ title: '予診票の束', body, current: bundlesPath });
  return errors.length === 0 ? page : answerWith(422, page);
}

async function openBundles(context: StaffContext): Promise<Answer> {
  const claimMonth = context.body.text('month');
  const dueText = context.body.text('dueOn');
  const dueOn = dueText === '' ? null : findTypedDay(dueText);
  const needsSecond = context.body.has('needsSecond');
  const errors: FormError[] = [];
  if (!isMonth(claimMonth)) errors.push({ field: 'shown-month', message: '請求月を 2026-10 のように書いてください。' });
  if (dueOn === undefined)
    errors.push({ field: 'dueOn', message: '届くはずの日を 2026-11-10 のように書いてください。' });
  if (context.body.text('what') === 'month') {
    if (dueOn === null) errors.push({ field: 'dueOn', message: '届くはずの日を書いてください。' });
    if (errors.length > 0 || dueOn === null || dueOn === undefined) return showBundles(context, errors);
    await expectMonth(context, { claimMonth, dueOn, needsSecond });
  } else {
    const institutionCode = context.body.text('institutionCode').normalize('NFKC');
    const expectedText = context.body.text('expectedCount').normalize('NFKC');
    const expectedCount = expectedText === '' ? null : readCount(expectedText);
    if (!/^[\w-]{1,20}$/u.test(institutionCode)) {
      errors.push({ field: 'institutionCode', message: '医療機関コードを書いてください。' });
    }
    if (expectedCount === undefined) errors.push({ field: 'expectedCount', message: '枚数を数字で書いてください。' });
    if (errors.length > 0 || expectedCount === undefined || dueOn === undefined) return showBundles(context, errors);
    const ward = context.body.text('ward').slice(0, 40);
    await addBundle(context, { institutionCode, claimMonth, ward, expectedCount, dueOn, needsSecond });
  }
  return redirectTo(`${bundlesPath}?month=${claimMonth}`);
}

async function showBundle(
  context: StaffContext,
  errors: readonly FormError[],
  conflict: string | null,
): Promise<Answer> {
  const { actor } = context;
  const bundleId = readId(context.params['bundleId']);
  const view = await withMunicipality(context.db, context.lgCode, async (tx) => {
    const bundle = await getBundle(tx, actor, bundleId);
    const nameOf = await loadInstitutionNames(tx);
    return {
      bundle,
      institutionName: nameOf(bundle.institutionCode),
      events: await listEvents(tx, bundleId),
      compared: await listComparedForms(tx, bundle),
    };
  });
  const body = bundlePage({
    ...view,
    today: todayInTokyo(context.clock),
    mayManage: mayDo(actor, 'bundles.manage'),
    mayKey: mayDo(actor, 'bundles.key'),
    csrfToken: context.csrfToken,
    errors,
    conflict,
  });
  const page = context.page({ title: view.institutionName, body, crumbs: crumbsOf(view.bundle), current: bundlesPath });
  if (conflict !== null) return answerWith(409, page);
  return errors.length === 0 ? page : answerWith(422, page);
}

async function receive(context: StaffContext): Promise<Answer> {
  const count = readCount(context.body.text('count').normalize('NFKC'));
  const onText = context.body.text('on');
  const on = onText === '' ? todayInTokyo(context.clock) : findTypedDay(onText);
  const errors: FormError[] = [];
  if (count === undefined) errors.push({ field: 'count', message: '数えた枚数を数字で書いてください。' });
  if (on === undefined || on > todayInTokyo(context.clock)) {
    errors.push({ field: 'on', message: '受け取った日を、今日までの日で書いてください。' });
  }
  if (count === undefined || on === undefined || errors.length > 0) return showBundle(context, errors, null);
  const bundleId = readId(context.params['bundleId']);
  return await settle(context, () => receiveBundle(context, { bundleId, version: readVersion(context), count, on }));
}

async function claim(context: StaffContext): Promise<Answer> {
  const read = (name: string) => readCount(context.body.text(name).normalize('NFKC'));
  const [doses, screenings] = [read('doses'), read('screenings')];
  const errors: FormError[] = [];
  if (doses === undefined) errors.push({ field: 'doses', message: '請求書の接種の件数を数字で書いてください。' });
  if (screenings === undefined) {
    errors.push({ field: 'screenings', message: '予診のみの件数を数字で書いてください。なければ 0 です。' });
  }
  if (doses === undefined || screenings === undefined) return showBundle(context, errors, null);
  const bundleId = readId(context.params['bundleId']);
  return await settle(context, () =>
    noteClaim(context, { bundleId, version: readVersion(context), doses, screenings }),
  );
}

async function remind(context: StaffContext): Promise<Answer> {
  const note = context.body.text('note').slice(0, 200);
  if (note === '') {
    return showBundle(context, [{ field: 'note', message: 'どのように督促したかを書いてください。' }], null);
  }
  const bundleId = readId(context.params['bundleId']);
  return await settle(context, () => remindInstitution(context, { bundleId, version: readVersion(context), note }));
}

async function link(context: StaffContext): Promise<Answer> {
  const text = context.body.text('batchId').normalize('NFKC');
  if (!/^\d{1,15}$/u.test(text)) {
    return showBundle(context, [{ field: 'batchId', message: '受付の番号を数字で書いてください。' }], null);
  }
  const bundleId = readId(context.params['bundleId']);
  const batchId = Number(text) as BatchId;
  return await settle(context, () => linkBundle(context, { bundleId, version: readVersion(context), batchId }));
}

async function handOver(context: StaffContext, tools: BundleTools): Promise<Answer> {
  const bundleId = readId(context.params['bundleId']);
  const version = readVersion(context);
  return await settle(context, async () => {
    await checkHandOver(context, { bundleId, version });
    const back = bundlePath(bundleId);
    const params = { bundle: bundleId, version };
    const order = { task: handOverTask, label: '予診票の束を受付へ回す', params, back };
    return (await tools.orderWork(context, order))?.path;
  });
}

async function settle(context: StaffContext, work: () => Promise<string | undefined | void>): Promise<Answer> {
  try {
    return redirectTo((await work()) ?? bundlePath(readId(context.params['bundleId'])));
  } catch (error) {
    if (error instanceof Conflict) return showBundle(context, [], error.message);
    if (error instanceof UnreadableInput) return showBundle(context, [{ field: null, message: error.message }], null);
    throw error;
  }
}

async function showComparison(context: StaffContext): Promise<Answer> {
  const view = await withMunicipality(context.db, context.lgCode, async (tx) => {
    const bundle = await getBundle(tx, context.actor, readId(context.params['bundleId']));
    const nameOf = await loadInstitutionNames(tx);
    return { bundle, institutionName: nameOf(bundle.institutionCode), compared: await listComparedForms(tx, bundle) };
  });
  const body = comparisonPage({ ...view, mayKey: mayDo(context.actor, 'bundles.key') });
  const crumbs = [...crumbsOf(view.bundle), { label: view.institutionName, href: bundlePath(view.bundle.bundleId) }];
  return context.page({ title: '入力の突き合わせ', body, crumbs, current: bundlesPath });
}

interface KeyingProblem {
  readonly values: KeyedValues;
  readonly errors: readonly FormError[];
}

async function showKeying(context: StaffContext, problem: KeyingProblem | null): Promise<Answer> {
  const bundleId = readId(context.params['bundleId']);
  const pass = readPass(context.query.text('pass'));
  const asked = readCount(context.query.text('ordinal'));
  const view = await withMunicipality(context.db, context.lgCode, async (tx) => {
    const bundle = await getBundle(tx, context.actor, bundleId);
    const nameOf = await loadInstitutionNames(tx);
    const compared = await listComparedForms(tx, bundle);
    const last = await findLastKeyed(tx, bundleId, pass);
    const suggestions = suggestionsOf(await loadNames(tx), bundle.institutionCode, todayInTokyo(context.clock));
    const { mayHold } = await loadItemCatalogue(tx);
    return { bundle, institutionName: nameOf(bundle.institutionCode), compared, last, suggestions, mayHold };
  });
  const { bundle, institutionName, compared, last, suggestions, mayHold } = view;
  const typed = compared.filter((form) => (pass === 2 ? form.second : form.first) !== null).length;
  const ordinal = asked ?? typed + 1;
  const kept = compared.find((form) => form.ordinal === ordinal);
  // The second person sees nothing of the first one's typing.
  const own = pass === 2 ? kept?.second : pass === 3 ? (kept?.decided ?? kept?.first) : kept?.first;
  const values = problem?.values ?? (asked === undefined ? undefined : own?.values) ?? carriedOver(last?.values);
  const body = keyingPage({
    bundle,
    institutionName,
    pass,
    ordinal,
    isAnew: asked !== undefined,
    typed,
    values,
    errors: problem?.errors ?? [],
    csrfToken: context.csrfToken,
    suggestions,
    mayHold,
    lastKept: context.query.has('kept') ? `${context.query.text('kept').slice(0, 6)}枚目を登録しました。` : null,
  });
  const crumbs = [...crumbsOf(bundle), { label: institutionName, href: bundlePath(bundleId) }];
  const page = context.page({ title: `${ordinal}枚目の入力`, body, crumbs, current: bundlesPath });
  return problem === null ? page : answerWith(422, page);
}

async function keepForm(context: StaffContext, tools: BundleTools): Promise<Answer> {
  const bundleId = readId(context.params['bundleId']);
  const pass = readPass(context.query.text('pass'));
  const { values, faults } = readKeyedValues(context.body);
  if (context.fragment !== null) {
    const checked = await checkForm(context, { bundleId, values, rules: await tools.rulesOf(context) });
    return formCheck(
      checked,
      checked.findings.map((each) => explainFinding(tools.findings, each)),
    );
  }
  const errors: FormError[] = [...faults];
  if (values.outcome === '') errors.push({ field: 'outcome', message: '実施区分を入れてください。' });
  if (values.vaccinatedOn === '') errors.push({ field: 'vaccinatedOn', message: '接種年月日を入れてください。' });
  if (values.formNumber === '' && values.addresseeNumber === '') {
    errors.push({ field: 'formNumber', message: 'バーコードを読むか、宛名番号を入れてください。' });
  }
  if (errors.length > 0) return showKeying(context, { values, errors });
  const asked = readCount(context.query.text('ordinal')) ?? null;
  try {
    const { ordinal } = await keyForm(context, {
      bundleId,
      pass,
      ordinal: asked ?? readOrdinal(context, pass),
      values,
    });
    return redirectTo(
      pass === 3 ? `${bundlePath(bundleId)}/comparison` : `${keyingPath(bundleId, pass)}&kept=${ordinal}`,
    );
  } catch (error) {
    if (!(error instanceof UnreadableInput || error instanceof Conflict)) throw error;
    return showKeying(context, { values, errors: [{ field: null, message: error.message }] });
  }
}

/** The second person types the form that stands next; the first one's next form takes the place that is free. */
function readOrdinal(context: StaffContext, pass: KeyingPass): number | null {
  return pass === 1 ? null : (readCount(context.body.text('ordinal')) ?? null);
}

/** What the next form takes over from the one before. */
function carriedOver(last: KeyedValues | undefined): KeyedValues {
  const usual: Readonly<Record<string, string>> = { outcome: '1', consent: '1' };
  return Object.fromEntries(
    keyedFields.map(({ key, isCarried }) => [key, isCarried ? (last?.[key] ?? usual[key] ?? '') : '']),
  ) as KeyedValues;
}

async function loadInstitutionNames(tx: Tx): Promise<(code: string) => string> {
  const institutions = await loadInstitutions(tx);
  return (code) => institutions.get(code)?.name ?? code;
}

/** The doctors of the institution and the venues that hold today. */
function suggestionsOf(
  known: KnownNames,
  institutionCode: string,
  today: Day,
): { readonly administeringPhysician: readonly string[]; readonly venueOther: readonly string[] } {
  const namesOf = (entries: KnownNames['venues']): string[] =>
    entries.filter((entry) => isValidOn(entry, today)).map((entry) => entry.name);
  return {
    administeringPhysician: namesOf(known.physicians.get(institutionCode) ?? []),
    venueOther: namesOf(known.venues),
  };
}

function crumbsOf(bundle: { readonly claimMonth: string }): readonly { label: string; href: string }[] {
  return [{ label: '予診票の束', href: `${bundlesPath}?month=${bundle.claimMonth}` }];
}

function monthBefore(context: StaffContext): string {
  const { year, month } = dayParts(todayInTokyo(context.clock));
  return month === 1 ? `${year - 1}-12` : `${year}-${String(month - 1).padStart(2, '0')}`;
}

function isMonth(text: string): boolean {
  return /^\d{4}-(?:0[1-9]|1[0-2])$/u.test(text);
}

function readPass(text: string): KeyingPass {
  return text === '2' ? 2 : text === '3' ? 3 : 1;
}

function readCount(text: string): number | undefined {
  return /^\d{1,6}$/u.test(text) ? Number(text) : undefined;
}

function readVersion(context: StaffContext): number {
  return readCount(context.body.text('version')) ?? -1;
}

function readId(text: string | undefined): number {
  if (text === undefined || !/^\d{1,15}$/u.test(text)) throw new NotFound('この束はありません。');
  return Number(text);
}
