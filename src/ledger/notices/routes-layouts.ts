import { type Answer, answerWith, mayDo, redirectTo, type StaffContext, sendFile } from '#common-base/access';
import { getMunicipality } from '#common-base/municipalities';
import { type Day, findTypedDay, formatIsoDay, NotFound, UnreadableInput } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import { explainFinding } from '#platform/findings';
import { dayHelp, type FormError } from '#platform/pages';
import { withMunicipality } from '#platform/postgres';
import { changeLayout, drawLayoutPicture, getLayoutPage, readLayoutChanges, registerSeal } from './change-layout.ts';
import { drawSample } from './draw-sample.ts';
import type { LayoutChanges } from './layout-schema.ts';
import { selectSeals } from './layout-store.ts';
import type { FormLayout } from './layout-types.ts';
import { listTranslations } from './list-translations.ts';
import { type LayoutForm, layoutPage, layoutsPage } from './pages/layout-page.ts';
import { noticeCrumbs } from './pages/notices-pages.ts';
import { layoutPath, layoutsPath, noticesPath } from './pages/paths.ts';
import { loadChoices, type NoticeTools, noticeContext } from './route-parts.ts';

const crumbs = [...noticeCrumbs, { label: '様式と公印', href: layoutsPath }];
const sealBytesMax = 5_000_000;

/** The layouts with their faults, and the seal. */
export async function showLayouts(
  context: StaffContext,
  tools: NoticeTools,
  errors: readonly FormError[] = [],
): Promise<Answer> {
  const today = todayInTokyo(context.clock);
  const view = await withMunicipality(context.db, context.lgCode, async (tx) => ({
    layouts: await loadChoices(tx, tools, today),
    seals: await selectSeals(tx),
    translations: await listTranslations(tx, tools.library, today),
  }));
  const mayChange = mayDo(context.actor, 'notices.layouts');
  const sealFrom = errors.length > 0 ? context.body.text('inForceFrom') : formatIsoDay(today);
  const body = layoutsPage({ ...view, mayChange, sealFrom, errors, csrfToken: context.csrfToken });
  const page = context.page({ title: '様式と公印', body, crumbs: noticeCrumbs, current: noticesPath });
  return errors.length === 0 ? page : answerWith(422, page);
}

/** A sample of a layout as PDF, with nobody's data. */
export async function showSample(context: StaffContext, tools: NoticeTools): Promise<Answer> {
  const layoutId = context.params['layoutId'] ?? '';
  const language = context.query.text('language') || undefined;
  const chunks = await drawSample(await noticeContext(context, tools), layoutId, dayAsked(context), language);
  return sendFile({ name: `見本_${layoutId}.pdf`, mediaType: 'application/pdf', chunks, isInline: true });
}

/** One layout with its picture and the form to change it. */
export async function showLayout(context: StaffContext, tools: NoticeTools): Promise<Answer> {
  return layoutAnswer(context, tools, { on: dayAsked(context), errors: [] });
}

/** Shows how a changed layout would print, or keeps it from a day on. */
export async function tryOrKeepLayout(context: StaffContext, tools: NoticeTools): Promise<Answer> {
  const layoutId = context.params['layoutId'] ?? '';
  const on = findTypedDay(context.body.text('inForceFrom'));
  if (on === undefined) {
    const errors = [{ field: 'inForceFrom', message: dayHelp('適用する日') }];
    return layoutAnswer(context, tools, { on: dayAsked(context), errors });
  }
  const notices = await noticeContext(context, tools);
  const { decision } = await getLayoutPage(notices, layoutId, on);
  const read = readTyped(context, decision.answer === 'refused' ? null : decision.value);
  if ('errors' in read) return layoutAnswer(context, tools, { on, errors: read.errors });
  const reason = context.body.text('reason');
  if (context.body.text('act') !== 'keep') return layoutAnswer(context, tools, { on, errors: [], trial: read.changes });
  if (reason === '') {
    const errors = [{ field: 'reason', message: '変える理由を書いてください。' }];
    return layoutAnswer(context, tools, { on, errors, trial: read.changes });
  }
  const trial = await getLayoutPage(notices, layoutId, on, read.changes);
  if (trial.decision.answer === 'refused') {
    return layoutAnswer(context, tools, {
      on,
      errors: [{ field: null, message: '直してから、もう一度押してください。' }],
      trial: read.changes,
    });
  }
  await changeLayout(notices, { layoutId, inForceFrom: on, changes: read.changes, reason });
  return redirectTo(`${layoutPath(layoutId)}?on=${formatIsoDay(on)}`);
}

/** Registers the picture of a seal. */
export async function keepSeal(context: StaffContext, tools: NoticeTools): Promise<Answer> {
  const inForceFrom = findTypedDay(context.body.text('inForceFrom'));
  const chunks: Buffer[] = [];
  for await (const file of context.files()) {
    let bytes = 0;
    for await (const chunk of file.chunks) {
      bytes += chunk.length;
      if (bytes > sealBytesMax) throw new UnreadableInput('公印の画像は5MBまでにしてください。');
      chunks.push(Buffer.from(chunk));
    }
  }
  const errors: FormError[] = [];
  if (inForceFrom === undefined) errors.push({ field: 'inForceFrom', message: dayHelp('使い始める日') });
  if (chunks.length === 0) errors.push({ field: 'seal', message: '公印の画像を選んでください。' });
  if (inForceFrom === undefined || errors.length > 0) return showLayouts(context, tools, errors);
  try {
    await registerSeal(await noticeContext(context, tools), Buffer.concat(chunks), inForceFrom);
  } catch (error) {
    if (!(error instanceof UnreadableInput)) throw error;
    return showLayouts(context, tools, [{ field: 'seal', message: error.message }]);
  }
  return redirectTo(layoutsPath);
}

async function layoutAnswer(
  context: StaffContext,
  tools: NoticeTools,
  shown: { readonly on: Day; readonly errors: readonly FormError[]; readonly trial?: LayoutChanges },
): Promise<Answer> {
  const layoutId = context.params['layoutId'] ?? '';
  const notices = await noticeContext(context, tools);
  const { decision, versions } = await getLayoutPage(notices, layoutId, shown.on, shown.trial);
  const layout = decision.answer === 'refused' ? null : decision.value;
  // What can be changed stays in sight when the change itself cannot be printed.
  const present = layout ?? (await getLayoutPage(notices, layoutId, shown.on)).decision;
  const base = 'answer' in present ? (present.answer === 'refused' ? null : present.value) : present;
  const { name } = await withMunicipality(context.db, context.lgCode, getMunicipality);
  const inForce = versions.find((version) => version.inForceFrom <= shown.on);
  const made = formOf(base, shown.trial ?? inForce?.changes ?? {}, formatIsoDay(shown.on), context);
  const form = shown.errors.length === 0 ? made : typedOver(made, context);
  const title = layout?.title ?? base?.title ?? layoutId;
  const body = layoutPage({
    layout: base,
    layoutId,
    title,
    faults: decision.findings.map((one) => explainFinding(tools.findings, one).message),
    picture: layout === null ? '' : drawLayoutPicture(tools.library.fonts, layout, name),
    form,
    versions,
    errors: shown.errors,
    mayChange: mayDo(context.actor, 'notices.layouts'),
    isTrial: shown.trial !== undefined,
    csrfToken: context.csrfToken,
  });
  const page = context.page({ title, body, crumbs, current: noticesPath });
  return shown.errors.length === 0 ? page : answerWith(422, page);
}

function formOf(layout: FormLayout | null, changes: LayoutChanges, on: string, context: StaffContext): LayoutForm {
  const places = (layout?.elements ?? []).flatMap((element): [string, string][] =>
    element.id === undefined || !('at' in element) ? [] : [[element.id, element.at.join(', ')]],
  );
  return {
    inForceFrom: on,
    reason: context.body.text('reason'),
    window: layout?.window?.join(', ') ?? '',
    texts: layout?.texts ?? {},
    places: Object.fromEntries(places),
    changes: JSON.stringify(changes, null, 2),
  };
}

/** The form as it was typed, where it is asked again. */
function typedOver(form: LayoutForm, { body }: StaffContext): LayoutForm {
  const typed = (prefix: string, values: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, body.find(`${prefix}-${name}`) ?? value]));
  return {
    inForceFrom: body.find('inForceFrom') ?? form.inForceFrom,
    reason: form.reason,
    window: body.find('window') ?? form.window,
    texts: typed('text', form.texts),
    places: typed('place', form.places),
    changes: body.find('changes') ?? form.changes,
  };
}

/** The changes that a sent form means: the JSON, and over it every text and place that is not as it was. */
function readTyped(
  context: StaffContext,
  layout: FormLayout | null,
): { readonly changes: LayoutChanges } | { readonly errors: readonly FormError[] } {
  const { body } = context;
  const typed = body.text('changes');
  const kept = readLayoutChanges(typed === '' ? '{}' : typed);
  if (kept === undefined) {
    return { errors: [{ field: 'changes', message: 'そのほかの変更が、手引きの書き方になっていません。' }] };
  }
  if (layout === null) return { changes: kept };
  const errors: FormError[] = [];
  const texts = Object.entries(layout.texts).flatMap(([name, text]): [string, string][] => {
    const now = body.text(`text-${name}`).replaceAll('\r\n', '\n');
    return now === text || now === '' ? [] : [[name, now]];
  });
  const moved = layout.elements.flatMap((element): [string, { at: number[] }][] => {
    if (element.id === undefined || !('at' in element)) return [];
    const now = readNumbers(body.text(`place-${element.id}`));
    if (now !== undefined && now.length === element.at.length) {
      return now.every((value, i) => value === element.at[i]) ? [] : [[element.id, { at: now }]];
    }
    errors.push({
      field: `place-${element.id}`,
      message: `${element.id} の位置を「22, 11, 80, 5」のように書いてください。`,
    });
    return [];
  });
  const window = readNumbers(body.text('window'));
  if (body.text('window') !== '' && window?.length !== 4) {
    errors.push({ field: 'window', message: '封筒の窓を「18, 9, 90, 41」のように書いてください。' });
  }
  if (errors.length > 0) return { errors };
  const elements = { ...kept.elements };
  for (const [id, change] of moved) elements[id] = { ...elements[id], ...change };
  const [x, y, width, height] = window ?? [];
  const hasWindow = x !== undefined && y !== undefined && width !== undefined && height !== undefined;
  return {
    changes: {
      ...kept,
      ...(texts.length > 0 ? { texts: { ...kept.texts, ...Object.fromEntries(texts) } } : {}),
      ...(Object.keys(elements).length > 0 ? { elements } : {}),
      ...(hasWindow && window?.join() !== layout.window?.join() ? { window: [x, y, width, height] } : {}),
    },
  };
}

function readNumbers(text: string): number[] | undefined {
  const numbers = text
    .normalize('NFKC')
    .split(/[,、\s]+/u)
    .filter((part) => part !== '')
    .map(Number);
  return numbers.length === 0 || numbers.some((value) => !Number.isFinite(value)) ? undefined : numbers;
}

/** The day named in the address (`on`), today where there is none. */
function dayAsked(context: StaffContext): Day {
  const text = context.query.text('on');
  if (text === '') return todayInTokyo(context.clock);
  const day = findTypedDay(text);
  if (day === undefined) throw new NotFound('その日の様式はありません。');
  return day;
}
