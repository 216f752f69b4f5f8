import {
  type Answer,
  addStaffRoute,
  answerWith,
  mayDo,
  type Permission,
  redirectTo,
  type StaffApp,
  type StaffContext,
  sendFile,
} from '#common-base/access';
import { Conflict, findTypedDay, formatIsoDay, UnreadableInput } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import { dayHelp, type FormError } from '#platform/pages';
import { listStages, nameOfProgramme } from '#schedule';
import type { DispatchMeans, MaterialKind, RecipientKind } from './outreach-store.ts';
import { noticeCrumbs } from './pages/notices-pages.ts';
import { materialPage, outreachPage } from './pages/outreach-page.ts';
import { materialPath, noticesPath, outreachPath } from './pages/paths.ts';
import {
  listMaterials,
  openMaterial,
  readMaterial,
  recordDispatch,
  registerMaterial,
  withdrawDispatch,
} from './record-outreach.ts';
import { inOffice, type NoticeTools, noticeContext, readNumber } from './route-parts.ts';

const crumbs = [...noticeCrumbs, { label: '啓発資材', href: outreachPath }];
const fileBytesMax = 30_000_000;
const materialFields = ['title', 'kind', 'programme', 'language'] as const;
const dispatchFields = ['recipientKind', 'recipient', 'means', 'sentOn', 'copies', 'remark'] as const;

type Handler = (context: StaffContext, tools: NoticeTools) => Promise<Answer>;

/** 啓発資材 and the record of their dispatch. */
export function registerOutreachRoutes(app: StaffApp, tools: NoticeTools): void {
  const add = (method: 'GET' | 'POST', url: string, permission: Permission, handler: Handler, takesFiles = false) =>
    addStaffRoute(app, {
      ...{ method, url, permission, needsReason: true, takesFiles },
      handler: (context: StaffContext) => handler(context, tools),
    });
  add('GET', outreachPath, 'notices.view', (context) => showOutreach(context, tools));
  add('POST', outreachPath, 'notices.print', keepMaterial, true);
  add('GET', `${outreachPath}/:materialId`, 'notices.view', (context) => showMaterial(context, tools));
  add('GET', `${outreachPath}/:materialId/file`, 'notices.view', sendMaterial);
  add('POST', `${outreachPath}/:materialId/dispatches`, 'notices.print', keepDispatch);
  add('POST', `${outreachPath}/:materialId/withdrawal`, 'notices.print', takeDispatchBack);
}

/** The registered materials. */
async function showOutreach(
  context: StaffContext,
  tools: NoticeTools,
  errors: readonly FormError[] = [],
): Promise<Answer> {
  const { actor } = context;
  const body = outreachPage({
    materials: await inOffice(context, (tx) => listMaterials(tx, actor)),
    programmes: await programmesOf(context, tools),
    typed: errors.length === 0 ? {} : context.body.texts(materialFields),
    errors,
    mayChange: mayDo(actor, 'notices.print'),
    csrfToken: context.csrfToken,
  });
  const page = context.page({ title: '啓発資材', body, crumbs: noticeCrumbs, current: noticesPath });
  return errors.length === 0 ? page : answerWith(422, page);
}

/** Registers a material. */
async function keepMaterial(context: StaffContext, tools: NoticeTools): Promise<Answer> {
  const { body } = context;
  const file = await takeFile(context);
  const errors: FormError[] = [];
  if (body.text('title') === '') errors.push({ field: 'title', message: '題名を入力してください。' });
  if (body.text('kind') === '') errors.push({ field: 'kind', message: '種類を選んでください。' });
  if (errors.length > 0) return showOutreach(context, tools, errors);
  try {
    const material = {
      title: body.text('title'),
      kind: body.text('kind') as MaterialKind,
      programme: body.text('programme') || null,
      language: body.text('language'),
    };
    return redirectTo(materialPath(await registerMaterial(await noticeContext(context, tools), material, file)));
  } catch (error) {
    if (!(error instanceof UnreadableInput)) throw error;
    return showOutreach(context, tools, [{ field: 'file', message: error.message }]);
  }
}

/** One material with its dispatches. */
async function showMaterial(
  context: StaffContext,
  tools: NoticeTools,
  errors: readonly FormError[] = [],
): Promise<Answer> {
  const { actor } = context;
  const materialId = readNumber(context.params['materialId']);
  const view = await inOffice(context, (tx) => openMaterial(tx, actor, materialId));
  const { programme, title } = view.material;
  const body = materialPage({
    ...view,
    about: programme === null ? '予防接種全般' : ((await programmesOf(context, tools)).get(programme) ?? programme),
    typed:
      errors.length > 0 ? context.body.texts(dispatchFields) : { sentOn: formatIsoDay(todayInTokyo(context.clock)) },
    errors,
    mayChange: mayDo(actor, 'notices.print'),
    csrfToken: context.csrfToken,
  });
  const page = context.page({ title, body, crumbs, current: noticesPath });
  return errors.length === 0 ? page : answerWith(422, page);
}

/** Records a dispatch. */
async function keepDispatch(context: StaffContext, tools: NoticeTools): Promise<Answer> {
  const { body } = context;
  const materialId = readNumber(context.params['materialId']);
  const sentOn = findTypedDay(body.text('sentOn'));
  const copies = body.text('copies').normalize('NFKC').replaceAll(',', '');
  const errors: FormError[] = [];
  if (body.text('recipientKind') === '')
    errors.push({ field: 'recipientKind', message: '配布先の種類を選んでください。' });
  if (body.text('recipient') === '') errors.push({ field: 'recipient', message: '配布先を入力してください。' });
  if (body.text('means') === '') errors.push({ field: 'means', message: '渡し方を選んでください。' });
  if (!/^\d{1,7}$/u.test(copies)) errors.push({ field: 'copies', message: '部数を数字で入力してください。' });
  if (sentOn === undefined) errors.push({ field: 'sentOn', message: dayHelp('発送した日') });
  if (sentOn === undefined || errors.length > 0) return showMaterial(context, tools, errors);
  const dispatch = {
    ...{ materialId, recipient: body.text('recipient'), sentOn, copies: Number(copies), remark: body.text('remark') },
    recipientKind: body.text('recipientKind') as RecipientKind,
    means: body.text('means') as DispatchMeans,
  };
  try {
    await recordDispatch(await noticeContext(context, tools), dispatch, todayInTokyo(context.clock));
  } catch (error) {
    if (!(error instanceof UnreadableInput)) throw error;
    return showMaterial(context, tools, [{ field: 'sentOn', message: error.message }]);
  }
  return redirectTo(materialPath(materialId));
}

/** Takes a dispatch back. */
async function takeDispatchBack(context: StaffContext, tools: NoticeTools): Promise<Answer> {
  const { body } = context;
  const materialId = readNumber(context.params['materialId']);
  const notices = await noticeContext(context, tools);
  try {
    await withdrawDispatch(notices, materialId, readNumber(body.text('dispatchId')), body.text('reason'));
  } catch (error) {
    if (!(error instanceof UnreadableInput || error instanceof Conflict)) throw error;
    return showMaterial(context, tools, [{ field: null, message: error.message }]);
  }
  return redirectTo(materialPath(materialId));
}

/** The file of a material. */
async function sendMaterial(context: StaffContext): Promise<Answer> {
  const materialId = readNumber(context.params['materialId']);
  const { name, mediaType, content } = await inOffice(context, (tx) => readMaterial(tx, context.actor, materialId));
  return sendFile({ name, mediaType, chunks: content });
}

async function programmesOf(context: StaffContext, tools: NoticeTools): Promise<ReadonlyMap<string, string>> {
  const rules = await tools.rulesOf(context);
  return new Map(listStages(rules).map(({ programme }) => [programme, nameOfProgramme(rules, programme)]));
}

async function takeFile(context: StaffContext): Promise<{ readonly name: string; readonly bytes: Buffer } | null> {
  let taken: { name: string; bytes: Buffer } | null = null;
  for await (const { fileName, chunks } of context.files()) {
    const parts: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > fileBytesMax) throw new UnreadableInput('資材のファイルは30MBまでにしてください。');
      parts.push(Buffer.from(chunk));
    }
    if (bytes > 0) taken = { name: fileName, bytes: Buffer.concat(parts) };
  }
  return taken;
}
