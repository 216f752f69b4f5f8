import { requirePermission } from '#common-base/access';
import { getMunicipality } from '#common-base/municipalities';
import { type Day, getDay } from '#kernel';
import { formatFormNumber } from '#ledger/forms';
import { type Canvas, writePdf } from '#platform/pdf';
import { withMunicipality } from '#platform/postgres';
import { deriveFormValues, type SheetFacts } from './derive-form-values.ts';
import { prepareForm } from './draw-form.ts';
import type { FormLayout } from './layout-types.ts';
import { getFormLayout, type NoticeContext } from './library.ts';

/** The number on a sample: its check digit is wrong, so that no scanner takes it for a form. */
const sampleNumber = '000000000001';

/**
 * One sheet of a layout with invented values and 見本 across it, as this municipality's settings make it: for
 * looking before anything is printed. Nobody's data is in it and no number is given out.
 */
export async function drawSample(context: NoticeContext, layoutId: string): Promise<Buffer> {
  const { actor, db, library } = context;
  requirePermission(actor, 'notices.view');
  const [layout, { name }] = await withMunicipality(db, actor.lgCode, async (tx) => [
    await getFormLayout(tx, library, layoutId),
    await getMunicipality(tx),
  ]);
  const form = prepareForm(layout);
  const values = deriveFormValues(layout, sampleFacts(layout));
  const options = {
    title: `${layout.title}（見本）`,
    author: name,
    createdAt: new Date(0),
    paper: layout.paper,
    fonts: library.fonts,
  };
  const background = (canvas: Canvas) => {
    const box = { x: 0, y: 0, width: layout.paper.widthMm, height: layout.paper.heightMm };
    canvas.text('見　本', box, { sizePt: 150, align: 'center', weight: 'bold', grey: 0.88 });
    form.background(canvas);
  };
  const draw = (canvas: Canvas) => void form.drawValues(canvas, values);
  return Buffer.concat(await Array.fromAsync(writePdf(options, [{ background, draw }])));
}

function sampleFacts(layout: FormLayout): SheetFacts {
  const issuedOn = getDay(2026, 10, 1);
  const bornOn: Day = layout.isForGuardian ? getDay(2026, 5, 10) : getDay(1954, 8, 25);
  const days = { eligibleFrom: null, eligibleTo: null, standardFrom: null, standardTo: null };
  const next = { doseNumber: 1, earliestOn: issuedOn, recommendedFrom: null, recommendedTo: null };
  return {
    formNumber: sampleNumber,
    formNumberSpaced: formatFormNumber(sampleNumber),
    issuedOn,
    person: { name: '見本　花子', kana: 'ミホン　ハナコ', bornOn, birthDatePrecision: 'day', sex: 'female' },
    destination: {
      recipientName: '見本　花子',
      postalCode: '0000000',
      address: '見本市見本一丁目1番1号',
      building: '見本住宅101号',
    },
    welfare: null,
    forecast: { ...layout, ...days, status: 'due', dosesNeeded: null, next: null, trace: [] },
    next: { ...next, latestOn: getDay(2027, 1, 31) },
    pastDoses: [],
  };
}
