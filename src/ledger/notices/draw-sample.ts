import { requirePermission } from '#common-base/access';
import { getMunicipality } from '#common-base/municipalities';
import { type Day, getDay, UnreadableInput } from '#kernel';
import { formatFormNumber } from '#ledger/forms';
import { type Canvas, writePdf } from '#platform/pdf';
import { type Tx, withMunicipality } from '#platform/postgres';
import { deriveFormValues, type SheetFacts } from './derive-form-values.ts';
import { formLists } from './form-fields.ts';
import { layOutBundle } from './lay-out-pages.ts';
import type { FormLayout, FormValues } from './layout-types.ts';
import { getFormLayout, type NoticeContext, type NoticeLibrary, sayFaults } from './library.ts';
import { composeSheet, ownLanguage, readTranslation, type TranslationSheet } from './load-translation-sheet.ts';

/** The number on a sample: its check digit is wrong, so that no scanner takes it for a form. */
const sampleNumber = '000000000001';
const sampleRows = 3;

/**
 * A sample of a layout with invented values and 見本 across it, as this municipality's settings make it on a day: for
 * looking before anything is printed. Nobody's data is in it and no number is given out. In another language its
 * translation sheet goes with it, also one that may not be sent out yet.
 */
export async function drawSample(
  context: NoticeContext,
  layoutId: string,
  on: Day,
  language: string = ownLanguage,
): Promise<Buffer> {
  const { actor, db, library } = context;
  requirePermission(actor, 'notices.view');
  const { layout, name, sheet } = await withMunicipality(db, actor.lgCode, async (tx) => {
    const found = await getFormLayout(tx, library, layoutId, on);
    const translation = language === ownLanguage ? undefined : await getSheet(tx, library, found, language, on);
    return { layout: found, name: (await getMunicipality(tx)).name, sheet: translation };
  });
  const options = {
    title: `${layout.title}（見本）`,
    author: name,
    createdAt: new Date(0),
    paper: layout.paper,
    fonts: library.fonts,
  };
  const values = sampleSheet(layout, name);
  const inserts = sheet === undefined ? [] : values.map((each) => sheet.valuesFor(each));
  const bundle = {
    layouts: sheet === undefined ? [] : [sheet.layout],
    inserts: inserts.map((each, after) => ({ after, layout: 0, values: each })),
  };
  const pages = layOutBundle(layout, values, bundle).map(({ content }) => ({
    background: (canvas: Canvas) => {
      const box = { x: 0, y: 0, width: layout.paper.widthMm, height: layout.paper.heightMm };
      canvas.text('見　本', box, { sizePt: 150, align: 'center', face: 'bold', grey: 0.88 });
      content.background?.(canvas);
    },
    draw: content.draw,
  }));
  return Buffer.concat(await Array.fromAsync(writePdf(options, pages)));
}

async function getSheet(
  tx: Tx,
  library: NoticeLibrary,
  layout: FormLayout,
  language: string,
  on: Day,
): Promise<TranslationSheet> {
  const translation = await readTranslation(tx, library, language);
  const sheet =
    translation.answer === 'refused' ? translation : await composeSheet(tx, library, layout, translation.value, on);
  if (sheet.answer === 'refused') throw new UnreadableInput(sayFaults(library, layout.layoutId, sheet.findings));
  return sheet.value;
}

/** Invented values for the sheets of a sample; of a handout, which speaks of nobody, all stay empty. */
export function sampleSheet(layout: FormLayout, municipalityName: string): FormValues[] {
  const values = deriveFormValues(layout, sampleFacts(layout, municipalityName));
  const names = { number: '1', name: '見本　花子 様', page: '1', ordinal: '1' };
  const lists = Object.fromEntries(
    Object.entries(formLists).map(([list, fields]) => {
      const row = Object.fromEntries(fields.map((field) => [field, '見本']));
      return [list, Array.from({ length: sampleRows }, () => ({ ...row, ...names }))];
    }),
  );
  return [{ ...values, lists: { ...lists, ...values.lists } }];
}

function sampleFacts(layout: FormLayout, municipalityName: string): SheetFacts {
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
      address: `${municipalityName}見本一丁目1番1号`,
      building: '見本住宅101号',
    },
    welfare: null,
    forecast: { ...layout, ...days, status: 'due', dosesNeeded: null, next: null, trace: [] },
    next: { ...next, latestOn: getDay(2027, 1, 31) },
    pastDoses: [],
    couponNumber: '0000000000',
    programmeName: '予防接種の名前',
    stageName: '期',
    inputs: Object.fromEntries(layout.inputs.map(({ name, label }) => [name, label])),
  };
}
