import type { Canvas, Drawing, PageContent } from '#platform/pdf';
import { type FormIssue, type PreparedForm, prepareForm } from './draw-form.ts';
import type { FormLayout, FormValues } from './layout-types.ts';

/** One sheet of paper about to be drawn. */
export interface LaidOutPage {
  readonly content: PageContent;
  /** What could not be printed as it stands; filled while the page is drawn. */
  readonly issues: FormIssue[];
}

/**
 * The sheets of a layout for these values: one each; several people on a sheet of labels; or, where a list goes on,
 * as many sheets as the list needs, numbered.
 */
export function layOutPages(layout: FormLayout, values: readonly FormValues[]): Generator<LaidOutPage> {
  return preparePages(layout)(values);
}

type LayOut = (values: readonly FormValues[]) => Generator<LaidOutPage>;

/** Prepares a layout once, so that all its pages share one background however often it is asked for some. */
function preparePages(layout: FormLayout): LayOut {
  const form = prepareForm(layout);
  return (values) => pagesOf(layout, form, values);
}

function* pagesOf(layout: FormLayout, form: PreparedForm, values: readonly FormValues[]): Generator<LaidOutPage> {
  if (layout.repeat !== null) {
    const { columns, rows } = layout.repeat;
    const background = shiftedBackground(layout, form.background);
    for (let i = 0; i < values.length; i += columns * rows) {
      const places = values.slice(i, i + columns * rows);
      yield pageOf(background, (canvas) =>
        places.flatMap((each, n) => form.drawValues(shiftCanvas(canvas, ...shiftOf(layout, n)), each)),
      );
    }
    return;
  }
  for (const each of values) {
    for (const sheet of flowValues(layout, each)) {
      yield pageOf(form.background, (canvas) => form.drawValues(canvas, sheet));
    }
  }
}

/** A sheet that goes behind another one (翻訳シート). */
export interface Insert {
  /** The place of the sheet before it, first = 0. */
  readonly after: number;
  /** Which of the insert layouts it stands on, first = 0. */
  readonly layout: number;
  readonly values: FormValues;
}

/** A sheet of paper with the place of the sheet that it is or stands behind, first = 0. */
export interface BundlePage extends LaidOutPage {
  readonly sheet: number;
  readonly isInsert: boolean;
}

/** The sheets of a layout in their order, each with what goes behind it. */
export function* layOutBundle(
  layout: FormLayout,
  sheets: readonly FormValues[],
  { layouts, inserts }: { readonly layouts: readonly FormLayout[]; readonly inserts: readonly Insert[] },
): Generator<BundlePage> {
  if (inserts.length === 0) {
    let sheet = 0;
    for (const page of layOutPages(layout, sheets)) {
      yield { ...page, sheet, isInsert: false };
      sheet += 1;
    }
    return;
  }
  const behind = Map.groupBy(inserts, (insert) => insert.after);
  const form = preparePages(layout);
  const papers = layouts.map(preparePages);
  for (const [sheet, values] of sheets.entries()) {
    for (const page of form([values])) yield { ...page, sheet, isInsert: false };
    for (const insert of behind.get(sheet) ?? []) {
      for (const page of papers[insert.layout]?.([insert.values]) ?? []) yield { ...page, sheet, isInsert: true };
    }
  }
}

function pageOf(background: Drawing, draw: (canvas: Canvas) => FormIssue[]): LaidOutPage {
  const issues: FormIssue[] = [];
  return { content: { background, draw: (canvas) => void issues.push(...draw(canvas)) }, issues };
}

/** The values of each sheet of a list that goes on; one sheet where the layout has no such list. */
function flowValues(layout: FormLayout, values: FormValues): FormValues[] {
  const { flow } = layout;
  const element = layout.elements.find((each) => each.kind === 'rows' && each.list === flow);
  if (flow === null || element?.kind !== 'rows') return [values];
  const rows = values.lists[flow] ?? [];
  const perPage = Math.max(1, Math.floor((element.at[3] + 0.01) / element.rowHeight));
  const pages = Math.max(1, Math.ceil(rows.length / perPage));
  return Array.from({ length: pages }, (_, i) => ({
    texts: { ...values.texts, page: String(i + 1), pages: String(pages), listCount: String(rows.length) },
    lists: { ...values.lists, [flow]: rows.slice(i * perPage, (i + 1) * perPage) },
  }));
}

function shiftOf({ repeat }: FormLayout, place: number): [number, number] {
  if (repeat === null) return [0, 0];
  return [(place % repeat.columns) * repeat.stepX, Math.floor(place / repeat.columns) * repeat.stepY];
}

function shiftedBackground(layout: FormLayout, background: Drawing): Drawing {
  const places = (layout.repeat?.columns ?? 1) * (layout.repeat?.rows ?? 1);
  return (canvas) => {
    for (let n = 0; n < places; n += 1) background(shiftCanvas(canvas, ...shiftOf(layout, n)));
  };
}

/** The same canvas with its origin elsewhere, millimetres. */
function shiftCanvas(canvas: Canvas, dx: number, dy: number): Canvas {
  const shift = <B extends { readonly x: number; readonly y: number }>(box: B): B => ({
    ...box,
    x: box.x + dx,
    y: box.y + dy,
  });
  return {
    text: (text, box, style) => canvas.text(text, shift(box), style),
    line: (x1, y1, x2, y2, style) => canvas.line(x1 + dx, y1 + dy, x2 + dx, y2 + dy, style),
    rectangle: (box, style) => canvas.rectangle(shift(box), style),
    ellipse: (box, style) => canvas.ellipse(shift(box), style),
    tick: (box) => canvas.tick(shift(box)),
    barCode: (symbology, text, box) => canvas.barCode(symbology, text, shift(box)),
    picture: (picture, box) => canvas.picture(picture, shift(box)),
  };
}
