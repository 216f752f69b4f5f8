import type { Canvas, Drawing, PageContent } from '#platform/pdf';
import { type FormIssue, prepareForm } from './draw-form.ts';
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
export function* layOutPages(layout: FormLayout, values: readonly FormValues[]): Generator<LaidOutPage> {
  const form = prepareForm(layout);
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
