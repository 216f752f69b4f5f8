import { Value } from 'typebox/value';
import { requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { type Day, type Decision, formatIsoDay, UnreadableInput } from '#kernel';
import { storeFile } from '#platform/files';
import { type Canvas, drawPagePicture, type FontSet, readPng } from '#platform/pdf';
import { withMunicipality } from '#platform/postgres';
import { sampleSheet } from './draw-sample.ts';
import { layOutPages } from './lay-out-pages.ts';
import { type LayoutChanges, layoutChangesSchema } from './layout-schema.ts';
import { insertSeal, insertVersion, type LayoutVersion, selectVersions } from './layout-store.ts';
import type { FormLayout } from './layout-types.ts';
import { type NoticeContext, readFormLayout, sayFaults } from './library.ts';

/** A layout as the screen for changing it shows it. */
export interface LayoutPage {
  readonly decision: Decision<FormLayout>;
  readonly versions: readonly LayoutVersion[];
}

/** A layout on a day with its versions; `trial` shows how it would be, without keeping anything. */
export async function getLayoutPage(
  context: NoticeContext,
  layoutId: string,
  on: Day,
  trial?: LayoutChanges,
): Promise<LayoutPage> {
  requirePermission(context.actor, 'notices.view');
  return withMunicipality(context.db, context.actor.lgCode, async (tx) => ({
    decision: await readFormLayout(tx, context.library, layoutId, on, trial),
    versions: await selectVersions(tx, layoutId),
  }));
}

/**
 * Keeps what a municipality changes of a layout from a day on (様式の版). Refused with everything that is wrong with
 * the changed layout, so that no version can be chosen that does not print.
 */
export async function changeLayout(
  context: NoticeContext,
  request: {
    readonly layoutId: string;
    readonly inForceFrom: Day;
    readonly changes: LayoutChanges;
    readonly reason: string;
  },
): Promise<number> {
  const { actor, db, library } = context;
  requirePermission(actor, 'notices.layouts');
  const { layoutId, inForceFrom, changes } = request;
  const reason = request.reason.trim();
  if (reason === '') throw new UnreadableInput('変える理由を入力してください。');
  return withMunicipality(db, actor.lgCode, async (tx) => {
    const decision = await readFormLayout(tx, library, layoutId, inForceFrom, changes);
    if (decision.answer === 'refused') throw new UnreadableInput(sayFaults(library, layoutId, decision.findings));
    const details = { layout: layoutId, inForceFrom: formatIsoDay(inForceFrom) };
    const actId = await recordAct(tx, actor, { act: 'notices.layoutChanged', details });
    const frame = { actId, staffId: actor.staffId, staffName: actor.staffName };
    return insertVersion(tx, frame, { layoutId, inForceFrom, changes, reason });
  });
}

/** Registers the picture of the seal (公印) that is printed from a day on; a PNG, refused in words otherwise. */
export async function registerSeal(context: NoticeContext, png: Buffer, inForceFrom: Day): Promise<void> {
  const { actor, db } = context;
  requirePermission(actor, 'notices.layouts');
  readPng(png);
  await withMunicipality(db, actor.lgCode, async (tx) => {
    const { fileId, digest } = await storeFile(tx, { name: '公印.png', mediaType: 'image/png' }, [png]);
    const details = { inForceFrom: formatIsoDay(inForceFrom), digest };
    const actId = await recordAct(tx, actor, { act: 'notices.sealRegistered', details });
    await insertSeal(
      tx,
      { actId, staffId: actor.staffId, staffName: actor.staffName },
      { fileId, digest, inForceFrom },
    );
  });
}

/** What was written as changes, checked for its shape only; undefined where it is no such thing. */
export function readLayoutChanges(text: string): LayoutChanges | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Value.Check(layoutChangesSchema, value) ? value : undefined;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

/** A sheet of a layout with invented values as a picture inside a page; 見本 stands across it. */
export function drawLayoutPicture(fonts: FontSet, layout: FormLayout, municipalityName: string): string {
  const [page] = layOutPages(layout, sampleSheet(layout, municipalityName));
  const content = page?.content;
  if (content === undefined) return '';
  const { widthMm, heightMm } = layout.paper;
  const mark = (canvas: Canvas) => {
    const box = { x: 0, y: 0, width: widthMm, height: heightMm };
    canvas.text('見　本', box, { align: 'center', face: 'bold', grey: 0.88, sizePt: widthMm * 0.7 });
  };
  const window = (canvas: Canvas) => {
    if (layout.window === null) return;
    const [x, y, width, height] = layout.window;
    canvas.rectangle({ x, y, width, height }, { line: { widthMm: 0.3, grey: 0.55, dashMm: [2, 1.5] } });
  };
  const drawings = [mark, ...(content.background === null ? [] : [content.background]), content.draw, window];
  return drawPagePicture(fonts, layout.paper, drawings, { isInline: true }).svg;
}
