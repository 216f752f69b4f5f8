import {
  type Answer,
  addStaffRoute,
  answerWith,
  mayDo,
  type Permission,
  redirectTo,
  type StaffApp,
  type StaffContext,
} from '#common-base/access';
import { type BatchId, Conflict, dayParts, findTypedDay, UnreadableInput } from '#kernel';
import { findPhone, loadPhones } from '#ledger/contracts';
import { todayInTokyo } from '#platform/clock';
import { dayHelp, type FormError } from '#platform/pages';
import { withMunicipality } from '#platform/postgres';
import { checkHandOver } from './hand-over.ts';
import { listComparedForms } from './key-form.ts';
import { keepForm, showComparison, showKeying } from './keying-routes.ts';
import { getBundle, listBundles } from './list-bundles.ts';
import {
  addBundle,
  announceBundle,
  expectMonth,
  explainDifference,
  linkBundle,
  noteClaim,
  receiveBundle,
  remindInstitution,
} from './manage-bundles.ts';
import { linkTogether, listBatchChoices, remindTogether } from './month-routes.ts';
import { handOverTask } from './order-tasks.ts';
import { bundlePage } from './pages/bundle-page.ts';
import { bundlesPage } from './pages/bundles-page.ts';
import { bundlePath, bundlesPath } from './pages/paths.ts';
import { type BundleTools, crumbsOf, loadInstitutionNames, readCount, readId, readVersion } from './route-tools.ts';
import { listEvents } from './store.ts';

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
  add('POST', '/reminders', 'bundles.manage', (context) => remindTogether(context, showBundles));
  add('POST', '/batch', 'bundles.manage', (context) => linkTogether(context, showBundles));
  add('GET', '/:bundleId', 'bundles.view', (context) => showBundle(context, [], null));
  add('POST', '/:bundleId/announcement', 'bundles.manage', announce);
  add('POST', '/:bundleId/explanation', 'bundles.manage', explain);
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
    phones: await loadPhones(tx),
    batches: await listBatchChoices(tx, context),
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
  if (dueOn === undefined) errors.push({ field: 'dueOn', message: dayHelp('届くはずの日') });
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
      phone: await findPhone(tx, bundle.institutionCode),
      events: await listEvents(tx, bundleId),
      compared: await listComparedForms(tx, bundle),
      batches: await listBatchChoices(tx, context),
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
  return await settle(context, (seen) => receiveBundle(context, { ...seen, count, on }));
}

async function announce(context: StaffContext): Promise<Answer> {
  const text = context.body.text('expectedCount').normalize('NFKC');
  const dueText = context.body.text('dueOn');
  const expectedCount = text === '' ? null : readCount(text);
  const dueOn = dueText === '' ? null : findTypedDay(dueText);
  const errors: FormError[] = [];
  if (expectedCount === undefined) errors.push({ field: 'expectedCount', message: '枚数を数字で書いてください。' });
  if (dueOn === undefined) errors.push({ field: 'dueOn', message: dayHelp('届くはずの日') });
  if (expectedCount === undefined || dueOn === undefined) return showBundle(context, errors, null);
  return await settle(context, (seen) => announceBundle(context, { ...seen, expectedCount, dueOn }));
}

async function explain(context: StaffContext): Promise<Answer> {
  const note = context.body.text('differenceNote').slice(0, 200);
  if (note === '') {
    return showBundle(context, [{ field: 'differenceNote', message: '確かめた結果を書いてください。' }], null);
  }
  return await settle(context, (seen) => explainDifference(context, { ...seen, note }));
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
  return await settle(context, (seen) => noteClaim(context, { ...seen, doses, screenings }));
}

async function remind(context: StaffContext): Promise<Answer> {
  const note = context.body.text('note').slice(0, 200);
  if (note === '') {
    return showBundle(context, [{ field: 'note', message: 'どのように督促したかを書いてください。' }], null);
  }
  return await settle(context, (seen) => remindInstitution(context, { ...seen, note }));
}

async function link(context: StaffContext): Promise<Answer> {
  const text = context.body.text('batchId').normalize('NFKC');
  if (!/^\d{1,15}$/u.test(text)) {
    return showBundle(context, [{ field: 'batchId', message: '束が届いたファイルを選んでください。' }], null);
  }
  const batchId = Number(text) as BatchId;
  return await settle(context, (seen) => linkBundle(context, { ...seen, batchId }));
}

async function handOver(context: StaffContext, tools: BundleTools): Promise<Answer> {
  return await settle(context, async (seen) => {
    await checkHandOver(context, seen);
    const back = bundlePath(seen.bundleId);
    const params = { bundle: seen.bundleId, version: seen.version };
    const order = { task: handOverTask, label: '予診票の束を受付へ回す', params, back };
    return (await tools.orderWork(context, order))?.path;
  });
}

/** A bundle as it was looked at. */
type SeenBundle = { readonly bundleId: number; readonly version: number };

/** Does something to the bundle of the page that was looked at, and leads back to it or where the work says. */
async function settle(
  context: StaffContext,
  work: (seen: SeenBundle) => Promise<string | undefined | void>,
): Promise<Answer> {
  const bundleId = readId(context.params['bundleId']);
  try {
    return redirectTo((await work({ bundleId, version: readVersion(context) })) ?? bundlePath(bundleId));
  } catch (error) {
    if (error instanceof Conflict) return showBundle(context, [], error.message);
    if (error instanceof UnreadableInput) return showBundle(context, [{ field: null, message: error.message }], null);
    throw error;
  }
}

function monthBefore(context: StaffContext): string {
  const { year, month } = dayParts(todayInTokyo(context.clock));
  return month === 1 ? `${year - 1}-12` : `${year}-${String(month - 1).padStart(2, '0')}`;
}

function isMonth(text: string): boolean {
  return /^\d{4}-(?:0[1-9]|1[0-2])$/u.test(text);
}
