import {
  type Answer,
  addApprovalKind,
  addStaffRoute,
  answerWith,
  explainErrors,
  mayDo,
  redirectTo,
  requestApproval,
  type StaffApp,
  type StaffContext,
  sendFile,
} from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { type ItemCatalogue, loadItemCatalogue } from '#common-base/linkage';
import { findSettings } from '#common-base/municipalities';
import { type Finding, findTypedDay, formatIsoDay, NotFound } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import { dayHelp, type Html } from '#platform/pages';
import { type Tx, withMunicipality } from '#platform/postgres';
import { type AskedExport, publishedColumns, publishedSets } from './decide-export.ts';
import { noteMedium, registerMedium } from './keep-media.ts';
import { erasureKind, exportKind } from './kinds.ts';
import { type MadeExport, makeExport } from './make-export.ts';
import { parseOversightSettings } from './oversight-settings.ts';
import { exportPage, exportsPage, newExportPage } from './pages/export-pages.ts';
import { itemsPage } from './pages/items-page.ts';
import { mediaPage } from './pages/media-page.ts';
import { exportPath, exportsPath, itemsPath, mediaPath, provisionsPath } from './pages/paths.ts';
import { provisionsPage } from './pages/provisions-page.ts';
import { isProvisionInForce } from './provisions/parse-provisions.ts';
import { basisText, loadProvisions, provisionsFile } from './provisions/require-basis.ts';
import { type ExportRules, requestExport } from './request-export.ts';
import { getExport, listExports, listMedia } from './store.ts';
import { eraseExportFile, takeExport } from './take-export.ts';
import type { ExportSet, ExportSetsOf, OversightSettings } from './types.ts';

/** The file of a municipality's decisions on taking data out. */
const settingsPath = 'oversight.json';

/** The municipality's decisions on taking data out. */
export async function loadOversightSettings(tx: Tx): Promise<OversightSettings> {
  return parseOversightSettings(await findSettings(tx, settingsPath));
}

/** The pages of the registers: media, and data taken out. The sets come from the rooms that hold the data. */
export function registerOversightRoutes(app: StaffApp, setsOf: ExportSetsOf): void {
  const withSets =
    (run: (context: StaffContext, sets: readonly ExportSet[]) => Promise<Answer>) =>
    async (context: StaffContext): Promise<Answer> =>
      run(context, await withMunicipality(context.db, context.lgCode, setsOf));
  addApprovalKind(app, exportKind(setsOf));
  addApprovalKind(app, erasureKind);
  const view = { permission: 'exports.view' } as const;
  const request = { permission: 'exports.request', needsReason: true } as const;
  addStaffRoute(app, {
    method: 'GET',
    url: exportsPath,
    ...view,
    handler: withSets((context, sets) => showExports(context, sets)),
  });
  addStaffRoute(app, {
    method: 'GET',
    url: `${exportsPath}/new`,
    ...request,
    handler: withSets((context, sets) => showNew(context, sets)),
  });
  addStaffRoute(app, {
    method: 'POST',
    url: `${exportsPath}/new`,
    ...request,
    handler: withSets((context, sets) => takeNew(context, sets)),
  });
  const one = `${exportsPath}/:exportId`;
  addStaffRoute(app, {
    method: 'GET',
    url: one,
    ...view,
    handler: withSets((context, sets) => showOne(context, sets)),
  });
  const fresh = { ...request, needsFreshSignIn: true } as const;
  addStaffRoute(app, {
    method: 'POST',
    url: `${one}/make`,
    ...fresh,
    handler: withSets((context, sets) => make(context, sets)),
  });
  addStaffRoute(app, {
    method: 'POST',
    url: `${one}/file`,
    ...fresh,
    handler: withSets((context, sets) => take(context, sets)),
  });
  addStaffRoute(app, { method: 'POST', url: `${one}/erase`, permission: 'exports.erase', handler: eraseHere });
  addStaffRoute(app, {
    method: 'POST',
    url: `${one}/erased`,
    ...request,
    handler: withSets((context, sets) => reportErasure(context, sets)),
  });
  addStaffRoute(app, {
    method: 'GET',
    url: mediaPath,
    ...view,
    handler: (context: StaffContext) => showMedia(context, []),
  });
  addStaffRoute(app, { method: 'GET', url: provisionsPath, permission: 'provisions.view', handler: showProvisions });
  addStaffRoute(app, { method: 'GET', url: itemsPath, permission: 'settings.view', handler: showItems });
  const manage = { permission: 'media.manage' } as const;
  addStaffRoute(app, { method: 'POST', url: mediaPath, ...manage, handler: takeMedium });
  addStaffRoute(app, { method: 'POST', url: `${mediaPath}/:mediumId/:event`, ...manage, handler: takeMediumNote });
}

async function rulesOf(context: StaffContext, sets: readonly ExportSet[]): Promise<ExportRules> {
  const on = todayInTokyo(context.clock);
  return await withMunicipality(context.db, context.lgCode, async (tx) => ({
    sets: heldSets(sets, await loadItemCatalogue(tx)),
    settings: await loadOversightSettings(tx),
    bases: (await loadProvisions(tx)).filter((row) => row.door === 'exports' && isProvisionInForce(row, on)),
  }));
}

async function showExports(context: StaffContext, sets: readonly ExportSet[]): Promise<Html> {
  const exports = await withMunicipality(context.db, context.lgCode, async (tx) => {
    await recordAct(tx, context.actor, { act: 'oversight.registerViewed', details: { register: 'exports' } });
    return await listExports(tx);
  });
  const mayRequest = mayDo(context.actor, 'exports.request');
  const body = exportsPage(exports, { sets, today: today(context), mayRequest });
  return context.page({ title: 'データの持ち出し', body, current: exportsPath });
}

/** The sets without columns that the municipality may not hold. */
function heldSets(sets: readonly ExportSet[], catalogue: ItemCatalogue): readonly ExportSet[] {
  return sets.map((set) => ({
    ...set,
    columns: set.columns.filter(({ item }) => item === undefined || catalogue.mayHold(item)),
  }));
}

const emptyAsk: AskedExport & { readonly reason: string } = {
  ...{
    setKey: '',
    columns: [],
    dayFrom: '',
    dayTo: '',
    mediumId: 0,
    recipient: '',
    provision: '',
    eraseBy: '',
    reason: '',
  },
};

async function showNew(
  context: StaffContext,
  sets: readonly ExportSet[],
  typed = { ...emptyAsk, setKey: context.query.text('set') },
  findings: readonly Finding[] = [],
): Promise<Html> {
  const { settings, bases, sets: held } = await rulesOf(context, sets);
  const media = await withMunicipality(context.db, context.lgCode, listMedia);
  const open = publishedSets(held, settings);
  const set = open.find(({ key }) => key === typed.setKey);
  const body = newExportPage({
    sets: open,
    set,
    columns: set === undefined ? [] : publishedColumns(set, settings),
    bases,
    media: media.filter(({ disposedAt }) => disposedAt === null),
    typed,
    errors: await explainErrors(findings),
    csrfToken: context.csrfToken,
  });
  return context.page({ title: '持ち出しを申請する', body, crumbs, current: exportsPath });
}

const crumbs = [{ label: 'データの持ち出し', href: exportsPath }];

async function takeNew(context: StaffContext, sets: readonly ExportSet[]): Promise<Answer> {
  const { body } = context;
  const typed = {
    setKey: body.text('setKey'),
    columns: [...body.list('columns')],
    dayFrom: body.day('dayFrom'),
    dayTo: body.day('dayTo'),
    mediumId: readId(body.text('mediumId')) ?? 0,
    recipient: body.text('recipient'),
    provision: body.text('provision'),
    eraseBy: body.day('eraseBy'),
    reason: body.text('reason'),
  };
  const decision = await requestExport(context, await rulesOf(context, sets), typed, typed.reason);
  if (decision.answer !== 'refused') return redirectTo(exportPath(decision.value));
  return answerWith(422, await showNew(context, sets, typed, decision.findings));
}

async function showOne(
  context: StaffContext,
  sets: readonly ExportSet[],
  outcome: { readonly made?: MadeExport | null; readonly findings?: readonly Finding[] } = {},
): Promise<Html> {
  const exportId = idOf(context);
  const { asked, basis } = await withMunicipality(context.db, context.lgCode, async (tx) => {
    await recordAct(tx, context.actor, { act: 'oversight.exportViewed', details: { exportId } });
    const found = await getExport(tx, exportId);
    return { asked: found, basis: (await loadProvisions(tx)).find(({ id }) => id === found.provision) };
  });
  const body = exportPage({
    asked,
    basis: basisText(basis),
    set: sets.find(({ key }) => key === asked.setKey),
    isOwn: asked.requestedBy === context.actor.staffId,
    today: today(context),
    csrfToken: context.csrfToken,
    errors: await explainErrors(outcome.findings ?? []),
    made: outcome.made ?? null,
  });
  return context.page({ title: `持ち出し ${exportId}`, body, crumbs, current: exportsPath });
}

async function make(context: StaffContext, sets: readonly ExportSet[]): Promise<Answer> {
  const decision = await makeExport(context, await rulesOf(context, sets), idOf(context));
  if (decision.answer !== 'refused') return await showOne(context, sets, { made: decision.value });
  return answerWith(409, await showOne(context, sets, { findings: decision.findings }));
}

async function take(context: StaffContext, sets: readonly ExportSet[]): Promise<Answer> {
  const exportId = idOf(context);
  const decision = await takeExport(context, await rulesOf(context, sets), exportId);
  if (decision.answer !== 'refused' && decision.value !== null) {
    return sendFile({ name: `sesshu-export-${exportId}.zip`, mediaType: 'application/zip', chunks: decision.value });
  }
  return answerWith(409, await showOne(context, sets, { findings: decision.findings }));
}

async function eraseHere(context: StaffContext): Promise<Answer> {
  const exportId = idOf(context);
  const asked = await withMunicipality(context.db, context.lgCode, (tx) => getExport(tx, exportId));
  if (asked.requestedBy !== context.actor.staffId) throw new NotFound('この持ち出しの記録はありません。');
  await eraseExportFile(context, exportId);
  return redirectTo(exportPath(exportId));
}

async function reportErasure(context: StaffContext, sets: readonly ExportSet[]): Promise<Answer> {
  const exportId = idOf(context);
  const note = context.body.text('note').slice(0, 200);
  const decision = await requestApproval(context, erasureKind, {
    subject: { exportId, note },
    reason: '媒体から消去したため',
  });
  if (decision.answer !== 'refused') return redirectTo(exportPath(exportId));
  return answerWith(422, await showOne(context, sets, { findings: decision.findings }));
}

async function showMedia(context: StaffContext, findings: readonly Finding[]): Promise<Html> {
  const media = await withMunicipality(context.db, context.lgCode, async (tx) => {
    await recordAct(tx, context.actor, { act: 'oversight.registerViewed', details: { register: 'media' } });
    return await listMedia(tx);
  });
  const mayManage = mayDo(context.actor, 'media.manage');
  const body = mediaPage({ media, mayManage, errors: await explainErrors(findings), csrfToken: context.csrfToken });
  return context.page({ title: '媒体の管理簿', body, current: mediaPath });
}

async function showProvisions(context: StaffContext): Promise<Answer> {
  const text = context.query.text('on');
  const asked = text === '' ? undefined : findTypedDay(text);
  const on = asked ?? todayInTokyo(context.clock);
  const error = text === '' || asked !== undefined ? null : dayHelp('時点');
  const { rows, isOwnTable } = await withMunicipality(context.db, context.lgCode, async (tx) => {
    await recordAct(tx, context.actor, { act: 'oversight.registerViewed', details: { register: 'provisions' } });
    return { rows: await loadProvisions(tx), isOwnTable: (await findSettings(tx, provisionsFile)) !== undefined };
  });
  const body = provisionsPage({ rows, on, onText: error === null ? formatIsoDay(on) : text, error, isOwnTable });
  const page = context.page({ title: '提供の根拠', body, current: provisionsPath });
  return error === null ? page : answerWith(422, page);
}

async function showItems(context: StaffContext): Promise<Html> {
  const catalogue = await withMunicipality(context.db, context.lgCode, async (tx) => {
    await recordAct(tx, context.actor, { act: 'oversight.registerViewed', details: { register: 'items' } });
    return await loadItemCatalogue(tx);
  });
  return context.page({ title: '項目の一覧', body: itemsPage(catalogue), current: itemsPath });
}

async function takeMedium(context: StaffContext): Promise<Answer> {
  const typed = { label: context.body.text('label'), kind: context.body.text('kind') };
  const decision = await registerMedium(context, typed);
  if (decision.answer !== 'refused') return redirectTo(mediaPath);
  return answerWith(422, await showMedia(context, decision.findings));
}

async function takeMediumNote(context: StaffContext): Promise<Answer> {
  const mediumId = readId(context.params['mediumId']);
  const event = context.params['event'];
  if (mediumId === undefined || (event !== 'checked' && event !== 'disposed')) {
    throw new NotFound('この媒体は管理簿にありません。');
  }
  const decision = await noteMedium(context, mediumId, { event, note: context.body.text('note') });
  if (decision.answer !== 'refused') return redirectTo(mediaPath);
  return answerWith(422, await showMedia(context, decision.findings));
}

function idOf(context: StaffContext): number {
  const id = readId(context.params['exportId']);
  if (id === undefined) throw new NotFound('この持ち出しの記録はありません。');
  return id;
}

function readId(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9]\d{0,14}$/u.test(text) ? Number(text) : undefined;
}

function today(context: StaffContext): string {
  return formatIsoDay(todayInTokyo(context.clock));
}
